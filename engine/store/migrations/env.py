"""Alembic runs this for each command, on the connection it is given."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Enum

from engine.privacy.sealed import Sealed
from engine.store.base import Moment
from engine.store.tables import metadata


def _plain(kind: str, item: Any, _autogen: AutogenContext) -> str | Literal[False]:
    """A migration names plain types: it must still run when our own have changed."""
    if kind != "type":
        return False
    match item:
        case Moment():
            return "sa.DateTime(timezone=True)"
        case Sealed():
            return "sa.LargeBinary()"
        case Enum():
            return f"sa.String({item.length})"
        case _:
            return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_item=_plain,
    render_as_batch=True,  # SQLite changes a table by making it anew
    transactional_ddl=True,  # SQLite can, though Alembic doubts it: a step is there whole or not at all
)
with context.begin_transaction():
    context.run_migrations()

"""Words that a mail service says in one post only."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

HASH = sa.String(64)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _post_tokens()


def _post_tokens() -> None:
    op.create_table(
        "post_tokens",
        sa.Column("id", HASH, nullable=False),
        sa.Column("digest", HASH, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_post_tokens"),
    )
    op.create_index("ix_post_tokens_at", "post_tokens", ["at"])

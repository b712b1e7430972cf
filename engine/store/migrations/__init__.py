"""The database's shape, step by step: one head, the same on SQLite and PostgreSQL."""

from enum import StrEnum

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

_LOCK = 7_046_029  # any number, the same for every process that migrates


class Version(StrEnum):
    FRESH = "fresh"  # no tables of ours yet
    BEHIND = "behind"
    CURRENT = "current"
    NEWER = "newer"  # made by a newer program than this one


class DatabaseTooNew(Exception):
    """The database was made by a newer Porchlight; the text says how to mend it."""

    def __init__(self) -> None:
        super().__init__(
            "This database was made by a newer Porchlight than this one. Start that one instead, "
            "or set DATABASE_URL or PORCHLIGHT_DATA to another place."
        )


def migrate(database: Engine) -> None:
    """Brings the database to this program's shape, in one transaction; several processes may ask at
    once. Raises DatabaseTooNew, and then nothing is changed."""
    with database.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        match _version(connection):
            case Version.NEWER:
                raise DatabaseTooNew
            case Version.FRESH | Version.BEHIND:
                command.upgrade(config(connection), "head")
            case Version.CURRENT:
                pass


def check(database: Engine) -> Version:
    """How the database stands to this program. Changes nothing."""
    with database.connect().execution_options(reading=True) as connection:
        return _version(connection)


def config(connection: Connection | None = None) -> Config:
    """Alembic's, without any file: it finds the steps inside this package, wherever that is installed."""
    made = Config(attributes={"connection": connection})
    made.set_main_option("script_location", "engine.store:migrations")
    return made


def _version(connection: Connection) -> Version:
    stands = MigrationContext.configure(connection).get_current_revision()
    steps = ScriptDirectory.from_config(config())
    if stands is None:
        return Version.FRESH
    if stands == steps.get_current_head():
        return Version.CURRENT
    known = {step.revision for step in steps.walk_revisions()}
    return Version.BEHIND if stands in known else Version.NEWER

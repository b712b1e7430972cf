"""`python -m engine.store.migrations "what changes"` drafts the next step from the tables. Read it over."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command

from engine.store.base import open_database
from engine.store.migrations import config, migrate


def draft(what: str) -> None:
    """Writes the difference between the newest step and the tables into versions/."""
    with TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'draft.db'}")
        migrate(database)
        with database.begin() as connection:
            command.revision(config(connection), what, autogenerate=True)


if __name__ == "__main__":
    draft(" ".join(sys.argv[1:]))

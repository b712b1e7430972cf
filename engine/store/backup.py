"""A copy of every row in one SQLite file, and the way back into an empty database.

The file is the same whichever database it was written from, and may be restored into either: it is also
the way from the embedded SQLite to PostgreSQL. What is sealed is copied sealed; no key is in the file.
"""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from alembic.migration import MigrationContext
from sqlalchemy import (
    Connection,
    Engine,
    Enum,
    LargeBinary,
    String,
    Table,
    TableClause,
    column,
    create_engine,
    event,
    func,
    insert,
    literal,
    select,
    table,
    text,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool
from sqlalchemy.types import TypeEngine

from engine.privacy.sealed import Sealed, SealedBytes
from engine.store.holds import Hold, hold
from engine.store.migrations import Version, check, migrate
from engine.store.organizers import try_keys
from engine.store.tables import metadata
from engine.vocabulary.words import Channel, HoldReason

Counts = Mapping[str, int]  # how many rows each table has, by its name

_AT_ONCE = 2000  # rows in memory
_FEWER_AT_ONCE = {"raw": 8, "blobs": 8, "messages": 200}  # one row may hold a whole mail


class BackupError(Exception):
    """A backup cannot be written or restored; the text says why and how to mend it."""


def write_backup(database: Engine, path: Path) -> Counts:
    """Copies every table, as it stood at one moment, into a new file that only its owner may read.

    Others may go on writing. The file is there whole or not at all. Raises BackupError: it exists already,
    its folder cannot be written to, or the database is not of this program's version.
    """
    _refuse_existing(path)
    try:
        with TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-") as folder:
            draft = Path(folder, "draft")
            draft.touch(mode=0o600)
            counts = _fill(database, draft)
            _keep(draft, path)
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error.strerror or error}.") from error
    return counts


def read_backup(path: Path, database: Engine, now: datetime) -> Counts:
    """Fills an empty, migrated database that holds the keys, in one transaction; returns what was in the
    backup. Every channel is held from `now` on. What was claimed stays so until its lease ends.

    A backup of an older version is brought to this one in a copy; the file itself is never changed. Raises
    BackupError (no backup, a damaged or a newer one, a database that is not empty), SealError (other keys);
    then nothing was written.
    """
    if check(database) is not Version.CURRENT:
        raise BackupError("The database to restore into is not up to date: run `porchlight migrate` first.")
    with _of_this_version(path) as file, Session(database) as session, session.begin():
        target = session.connection()
        _require_empty(target)
        with _snapshot(file) as source:
            counts = {each.name: _copy(source, target, each) for each in metadata.sorted_tables}
        try_keys(session)
        for channel in Channel:
            hold(session, Hold(channel, HoldReason.RESTORED, "", now))
    return counts


def _refuse_existing(path: Path) -> None:
    if os.path.lexists(path):
        raise BackupError(f"{path} exists already, and a backup never replaces a file. Name a new one.")


def _fill(database: Engine, draft: Path) -> Counts:
    with _open_file(draft, "rw") as file:
        migrate(file)
        with _snapshot(database) as source, file.begin() as target:
            if _revision(source) != _revision(target):
                raise BackupError("The database is not up to date: run `porchlight migrate` first.")
            return {each.name: _copy(source, target, each) for each in metadata.sorted_tables}


def _keep(draft: Path, path: Path) -> None:
    """Gives the draft its name once it is on the disk. No hard link: sticks and shares often have none."""
    _sync(draft)
    _refuse_existing(path)
    draft.rename(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _open_file(path: Path, mode: str) -> Iterator[Engine]:
    """A backup as a database. Not in WAL: a backup is one file. `mode` is SQLite's: ro, rw or rwc."""
    address = f"{path.absolute().as_uri()}?mode={mode}"
    with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection:
        file = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
        event.listen(file, "begin", lambda each: each.exec_driver_sql("BEGIN"))
        yield file


@contextmanager
def _of_this_version(path: Path) -> Iterator[Engine]:
    """The backup to read; an older one as a migrated copy that goes afterwards."""
    if not path.is_file():
        raise BackupError(f"There is no backup file {path}.")
    try:
        with _open_file(path, "ro") as file:
            if _judged(file, path) is Version.CURRENT:
                yield file
                return
            with TemporaryDirectory() as folder, _open_file(Path(folder, "copy"), "rwc") as copied:
                _of_sqlite(file).backup(_of_sqlite(copied))
                migrate(copied)
                yield copied
    except (sqlite3.DatabaseError, OSError) as error:
        raise BackupError(f"{path} cannot be read: {error}.") from error


def _of_sqlite(file: Engine) -> sqlite3.Connection:
    connection = file.raw_connection().driver_connection
    assert isinstance(connection, sqlite3.Connection)
    return connection


def _judged(file: Engine, path: Path) -> Version:
    """Current or behind. Raises BackupError for all else."""
    try:
        with file.connect() as connection:
            sound = connection.execute(text("PRAGMA quick_check(1)")).scalar_one() == "ok"
        stands = check(file) if sound else Version.FRESH
    except DBAPIError as error:
        raise BackupError(f"{path} is no backup, or a damaged one ({_first_line(error)}).") from error
    if stands is Version.NEWER:
        raise BackupError(f"{path} was made by a newer Porchlight than this one. Restore it with that one.")
    if stands is Version.FRESH:
        raise BackupError(f"{path} is no backup, or a damaged one. Name another copy.")
    return stands


@contextmanager
def _snapshot(database: Engine) -> Iterator[Connection]:
    """A transaction that reads one moment's state, whatever others write meanwhile."""
    with database.connect() as connection:
        if connection.dialect.name == "postgresql":
            options: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        else:
            options = {"reading": True}
        with connection.execution_options(**options).begin():
            yield connection


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _require_empty(target: Connection) -> None:
    for each in metadata.sorted_tables:
        if target.execute(select(literal(1)).select_from(each).limit(1)).scalar() is not None:
            raise BackupError(
                "The database to restore into is not empty. Set PORCHLIGHT_DATA to a new folder, or "
                "DATABASE_URL to an empty database."
            )


def _copy(source: Connection, target: Connection, described: Table) -> int:
    """Every row of one table; returns how many. Raises BackupError when they do not all arrive."""
    bare = _bare(described)
    try:
        expected = _count(source, bare)
        for rows in _rows(source, bare):
            target.execute(insert(bare), rows)
        arrived = _count(target, bare)
    except DBAPIError as error:
        raise BackupError(f"The {bare.name} cannot be copied ({_first_line(error)}).") from error
    if arrived != expected:
        raise BackupError(f"Of {expected} {bare.name} only {arrived} could be copied. Use another copy.")
    return arrived


def _rows(source: Connection, bare: TableClause) -> Iterator[list[dict[str, Any]]]:
    """The rows, so many at a time as fit into memory."""
    at_once = _FEWER_AT_ONCE.get(bare.name, _AT_ONCE)
    found = source.execute(select(bare), execution_options={"yield_per": at_once})
    for rows in found.mappings().partitions():
        yield [dict(row) for row in rows]


def _count(connection: Connection, bare: TableClause) -> int:
    return connection.execute(select(func.count()).select_from(bare)).scalar_one()


def _bare(described: Table) -> TableClause:
    """The table with what stands in the database itself: sealed bytes, and words of closed lists as text."""
    return table(described.name, *(column(each.name, _stored(each.type)) for each in described.columns))


def _stored(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    match kind:
        case Sealed() | SealedBytes():
            return LargeBinary()
        case Enum():
            return String()
        case _:
            return kind


def _first_line(error: DBAPIError) -> str:
    """What the database said, without the values that PostgreSQL tells on the lines below."""
    said = str(error.orig).splitlines()
    return said[0] if said else type(error.orig).__name__

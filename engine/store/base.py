"""What every table shares, and the few statements that must behave alike on SQLite and PostgreSQL."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    func,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

BUSY = timedelta(seconds=30)  # so long a writer waits for another one on SQLite, then fails
ID = String(26)
HASH = String(64)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Moment(TypeDecorator[datetime]):
    """An instant: aware on both sides, UTC in the database. A naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment without a zone cannot be stored.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def words(kind: type[StrEnum]) -> Enum:
    """A column that holds the values of one closed list, as plain text."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=24,
        values_callable=lambda members: [member.value for member in members],
    )


# Of libpq, in seconds and milliseconds: a server that takes a connection and says nothing holds nobody.
_PATIENCE: Final = {"connect_timeout": 10, "tcp_user_timeout": 30_000}


def open_database(url: str) -> Engine:
    """The database behind a URL. SQLite runs in WAL with full durability and one writer at a time;
    every write transaction begins IMMEDIATE, so that it waits at its start instead of failing later."""
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, pool_size=10, connect_args=_PATIENCE)
    known = {"timeout": BUSY.total_seconds(), "check_same_thread": False}
    database = create_engine(url, connect_args=known)
    event.listen(database, "connect", _prepare_sqlite)
    event.listen(database, "begin", _begin_sqlite)
    return database


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we begin transactions ourselves
    cursor = connection.cursor()
    busy = f"busy_timeout={int(BUSY.total_seconds() * 1000)}"
    for pragma in (busy, "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def table_of(row: type[Base]) -> Table:
    """The Core table behind a row class, for statements over many rows."""
    table = row.__table__
    assert isinstance(table, Table)
    return table


def insert_new(
    session: Session, table: Table, rows: Sequence[Mapping[str, Any]], *, returning: str = "id"
) -> list[str]:
    """Inserts the rows whose unique keys are not taken yet; returns the ids of those that were new."""
    if not rows:
        return []
    make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = make(table).on_conflict_do_nothing().returning(table.c[returning])
    return list(session.execute(statement, list(rows)).scalars())


def upsert(session: Session, table: Table, keys: Sequence[str], row: Mapping[str, Any]) -> None:
    """Inserts one row, or sets its other columns (if it has any) where one with the same keys stands."""
    make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = make(table).values(dict(row))
    rest = {name: statement.excluded[name] for name in row if name not in keys}
    if rest:
        session.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=rest))
    else:
        session.execute(statement.on_conflict_do_nothing(index_elements=list(keys)))


def database_now(session: Session) -> datetime:
    """The database's own clock, for leases: one clock for all workers, whatever time we simulate."""
    if session.get_bind().dialect.name == "postgresql":
        now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
        return now.astimezone(UTC)
    moment = session.execute(text("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")).scalar_one()
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)

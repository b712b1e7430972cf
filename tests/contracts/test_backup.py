"""Backups: every row in one file, from SQLite or PostgreSQL, and back into either."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from alembic import command
from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Engine,
    Enum,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    event,
    select,
    text,
    type_coerce,
)
from sqlalchemy.orm import Session

from engine.privacy.sealed import KeyRing, Sealed, SealedBytes, SealError, give_keys
from engine.store import holds
from engine.store.backup import BackupError, Counts, read_backup, write_backup
from engine.store.base import Moment, open_database
from engine.store.deliveries import Delivery
from engine.store.members import Member
from engine.store.migrations import Version, check, config, migrate
from engine.store.tables import metadata
from engine.vocabulary.words import Channel, DeliveryState, HoldReason

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
KEYS = KeyRing.fresh()
ONE_ROW = ("community", "care")
ROWS = 14  # enough for every word of every closed list
KINDS = ("sqlite", "postgresql")
Fresh = Callable[[str], Engine]


@pytest.fixture
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Fresh]:
    """Makes empty, migrated databases that can seal; as many as a test wants."""
    made: list[Engine] = []
    names: list[str] = []

    def make(kind: str) -> Engine:
        if kind == "sqlite":
            database = open_database(f"sqlite:///{tmp_path / uuid4().hex}")
            migrate(database)
        else:
            names.append(f"backup_{uuid4().hex}")
            keeper, template = (
                request.getfixturevalue(each) for each in ("postgres_keeper", "postgres_template")
            )
            with keeper.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {names[-1]} TEMPLATE {template}"))
            database = open_database(keeper.url.set(database=names[-1]).render_as_string(hide_password=False))
        give_keys(database, KEYS)
        made.append(database)
        return database

    yield make
    for database in made:
        database.dispose()
    if names:
        with request.getfixturevalue("postgres_keeper").connect() as connection:
            for name in names:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def town(fresh: Fresh, kind: str) -> Engine:
    return fill(fresh(kind))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a backup is to be written: a name that every layer must take as it is."""
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups" / "porch #1?.db"


def a_value(column: ColumnElement[Any], number: int) -> object:
    if column.nullable and number % 2 == 0:
        return None
    for foreign in column.foreign_keys:
        return a_value(foreign.column, number)
    match column.type:
        case Sealed():
            return f"{column.name} {number}, sealed ☀\0"
        case SealedBytes():
            return f"{column.name} {number}".encode() + b"\x00\xff"
        case Enum(enums=words, enum_class=kind) if kind is not None:
            return kind(words[number % len(words)])
        case Moment():
            return NOON + timedelta(microseconds=number, days=number)
        case Boolean():
            return number % 3 == 0
        case Integer():
            return number
        case String(length=length):
            return f"{number}’{column.name} ñ ☀"[:length]
        case other:
            raise AssertionError(other)


def fill(database: Engine) -> Engine:
    """Rows in every table but the holds; every other one with nothing in it that may be missing."""
    with database.begin() as connection:
        for table in metadata.sorted_tables:
            if table.name != "holds":
                add(connection, table, range(1, 2 if table.name in ONE_ROW else ROWS + 1))
    return database


def add(connection: Connection, table: Table, numbers: range) -> None:
    rows = [{each.name: a_value(each, number) for each in table.columns} for number in numbers]
    connection.execute(table.insert(), rows)


def rows_of(database: Engine, *, but: str = "") -> dict[str, list[str]]:
    """Every row of every table, sealed columns as the bytes that they are."""
    found = {}
    with database.connect().execution_options(reading=True) as connection:
        for table in metadata.sorted_tables:
            bare = [
                type_coerce(each, LargeBinary) if isinstance(each.type, Sealed | SealedBytes) else each
                for each in table.columns
            ]
            if table.name != but:
                found[table.name] = sorted(repr(tuple(row)) for row in connection.execute(select(*bare)))
    return found


def untouched(database: Engine) -> dict[str, list[str]]:
    """Every row as the driver gives it, without any type of ours."""
    with database.connect().execution_options(reading=True) as connection:
        return {
            name: sorted(repr(tuple(row)) for row in connection.execute(text(f"SELECT * FROM {name}")))  # noqa: S608  # our own names
            for name in sorted(metadata.tables)
            if name != "holds"
        }


def is_empty(database: Engine) -> bool:
    return not any(rows_of(database).values())


def writes_when(database: Engine, statement: str, act: Callable[[], None]) -> None:
    """Lets something happen once, right after a statement with these words has begun to read."""
    done: list[str] = []

    def seen(_c: Connection, _cursor: object, words: str, *_rest: object) -> None:
        if statement in words and not done:
            done.append(words)
            act()

    event.listen(database, "after_cursor_execute", seen)


@pytest.mark.parametrize("target", KINDS)
def test_a_town_comes_back_row_by_row(town: Engine, fresh: Fresh, target: str, file: Path) -> None:
    restored = fresh(target)
    written = write_backup(town, file)
    assert read_backup(file, restored, NOON) == written
    assert written == {name: len(rows) for name, rows in rows_of(town).items()}
    assert rows_of(restored, but="holds") == rows_of(town, but="holds")
    if town.dialect.name == target:
        assert untouched(restored) == untouched(town)
    with Session(restored) as session:
        names = set(session.execute(select(Member.first_name)).scalars())
        assert names == {f"first_name {number}, sealed ☀\0" for number in range(1, ROWS + 1)}
        assert set(session.execute(select(Delivery.state)).scalars()) == set(DeliveryState)


def test_after_a_restore_every_channel_is_held(town: Engine, fresh: Fresh, file: Path) -> None:
    restored = fresh("sqlite")
    write_backup(town, file)
    read_backup(file, restored, NOON)
    with Session(restored) as session:
        standing = holds.standing(session)
    assert standing == [holds.Hold(each, HoldReason.RESTORED, "", NOON) for each in Channel]


def test_a_hold_that_stood_keeps_its_reason(town: Engine, fresh: Fresh, file: Path) -> None:
    with Session(town) as session, session.begin():
        holds.hold(session, holds.Hold(Channel.SMS, HoldReason.FILTERED, "30007", NOON))
    restored = fresh("sqlite")
    write_backup(town, file)
    read_backup(file, restored, NOON)
    with Session(restored) as session:
        assert [each.reason for each in holds.standing(session)] == [
            HoldReason.RESTORED,
            HoldReason.FILTERED,
        ]


def test_a_backup_is_one_moment_while_others_write(town: Engine, file: Path) -> None:
    def write() -> None:
        with town.begin() as connection:
            for name in ("conversations", "messages", "deliveries"):
                table = metadata.tables[name]
                row = {
                    each.name: None if each.foreign_keys and each.nullable else a_value(each, 99)
                    for each in table.columns
                }
                if name == "messages":
                    row["conversation_id"] = a_value(table.c["conversation_id"], 99)
                connection.execute(table.insert(), [row])

    before = rows_of(town)
    writes_when(town, "FROM conversations", write)
    counts = write_backup(town, file)
    assert len(rows_of(town)["messages"]) == ROWS + 1  # they did write
    assert counts["messages"] == counts["conversations"] == counts["deliveries"] == ROWS
    copied = open_database(f"sqlite:///{file.rename(file.with_name('plain.db'))}")
    assert rows_of(copied) == before
    with copied.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    copied.dispose()


def test_thousands_of_rows_are_copied_in_parts(fresh: Fresh, kind: str, file: Path) -> None:
    database, restored = fresh(kind), fresh(kind)
    with database.begin() as connection:
        add(connection, metadata.tables["addresses"], range(1, 9999, 2))
    assert write_backup(database, file)["addresses"] == 4999
    read_backup(file, restored, NOON)
    assert rows_of(restored, but="holds") == rows_of(database, but="holds")


def test_a_backup_is_one_file_that_only_its_owner_reads(town: Engine, file: Path) -> None:
    write_backup(town, file)
    assert list(file.parent.iterdir()) == [file]
    assert file.stat().st_mode & 0o777 == 0o600
    assert b"sealed \xe2\x98\x80" not in file.read_bytes()


def test_a_failure_in_the_middle_leaves_nothing(town: Engine, file: Path) -> None:
    def fail() -> None:
        raise RuntimeError("the power went")

    writes_when(town, "FROM messages", fail)
    with pytest.raises(RuntimeError, match="the power went"):
        write_backup(town, file)
    assert list(file.parent.iterdir()) == []


def test_a_killed_backup_leaves_no_file_and_is_not_in_the_way(fresh: Fresh, file: Path) -> None:
    town = fill(fresh("sqlite"))
    killed = f"""
import os
from pathlib import Path
from sqlalchemy import event
from engine.store.backup import write_backup
from engine.store.base import open_database
database = open_database({str(town.url)!r})
event.listen(database, "after_cursor_execute", lambda *a: "FROM deliveries" in a[2] and os._exit(9))
write_backup(database, Path({str(file)!r}))
"""
    assert subprocess.run([sys.executable, "-c", killed], check=False).returncode == 9
    assert not file.exists()
    write_backup(town, file)
    assert file.exists()


def test_a_file_that_exists_is_never_replaced(town: Engine, file: Path) -> None:
    file.write_text("mine")
    with pytest.raises(BackupError, match="exists already"):
        write_backup(town, file)
    assert file.read_text() == "mine"


def test_a_folder_that_does_not_exist(town: Engine, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match=r"nowhere.*cannot be written: No such file"):
        write_backup(town, tmp_path / "nowhere" / "porch.db")


def test_a_database_with_one_row_is_not_filled(town: Engine, fresh: Fresh, kind: str, file: Path) -> None:
    write_backup(town, file)
    other = fresh(kind)
    with other.begin() as connection:
        connection.execute(text("INSERT INTO marks (name, value) VALUES ('one', 'row')"))
    with pytest.raises(BackupError, match="not empty"):
        read_backup(file, other, NOON)
    assert [name for name, rows in rows_of(other).items() if rows] == ["marks"]


def test_with_other_keys_nothing_is_written(town: Engine, fresh: Fresh, kind: str, file: Path) -> None:
    write_backup(town, file)
    other = fresh(kind)
    give_keys(other, KeyRing.fresh())
    with pytest.raises(SealError):
        read_backup(file, other, NOON)
    assert is_empty(other)


def test_what_does_not_fit_is_said_without_its_words(fresh: Fresh, file: Path) -> None:
    """SQLite keeps a text that is longer than its column; PostgreSQL does not."""
    town, other = fill(fresh("sqlite")), fresh("postgresql")
    with town.begin() as connection:
        connection.execute(text("UPDATE members SET source = 'secret' || hex(zeroblob(40))"))
    write_backup(town, file)
    with pytest.raises(BackupError, match="members cannot be copied") as raised:
        read_backup(file, other, NOON)
    assert "secret" not in str(raised.value)
    assert is_empty(other)


def an_older_backup(path: Path) -> None:
    """A file as a program of step 0002 would have written it, with a member and an organizer."""
    older = open_database(f"sqlite:///{path}")
    with older.begin() as connection:
        command.upgrade(config(connection), "0002")
        seen = MetaData()
        seen.reflect(connection)
        for name in ("organizers", "members"):
            row = {each.name: a_value(metadata.tables[name].c[each.name], 1) for each in seen.tables[name].c}
            for each in metadata.tables[name].c:
                if isinstance(each.type, Sealed) and each.name in row:
                    row[each.name] = KEYS.seal(each.type.place, str(row[each.name]))
            connection.execute(seen.tables[name].insert(), [row])
    older.dispose()


def test_an_older_backup_is_brought_to_this_version(fresh: Fresh, kind: str, tmp_path: Path) -> None:
    path, restored = tmp_path / "older.db", fresh(kind)
    an_older_backup(path)
    before = path.read_bytes()
    counts: Counts = read_backup(path, restored, NOON)
    assert (counts["organizers"], counts["members"], counts["holds"]) == (1, 1, 0)
    with Session(restored) as session:
        assert session.execute(select(Member.first_name)).scalar_one() == "first_name 1, sealed ☀\0"
        assert len(holds.standing(session)) == len(Channel)
    assert path.read_bytes() == before


def test_a_newer_backup_is_refused(town: Engine, fresh: Fresh, file: Path) -> None:
    write_backup(town, file)
    newer = open_database(f"sqlite:///{file.rename(file.with_name('newer.db'))}")
    with newer.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    newer.dispose()
    other = fresh("sqlite")
    with pytest.raises(BackupError, match="newer Porchlight"):
        read_backup(file.with_name("newer.db"), other, NOON)
    assert is_empty(other)


NOISE = Random(1).randbytes(50_000)  # noqa: S311  # noise, no secret


@pytest.mark.parametrize("content", [NOISE, b"", b"words"], ids=["noise", "none", "text"])
def test_what_is_no_backup_is_refused(fresh: Fresh, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(BackupError, match="is no backup"):
        read_backup(file, fresh("sqlite"), NOON)
    assert file.read_bytes() == content


def test_half_a_backup_is_refused(fresh: Fresh, file: Path) -> None:
    write_backup(fill(fresh("sqlite")), file)
    whole, other = file.read_bytes(), fresh("sqlite")
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BackupError, match="damaged"):
        read_backup(file, other, NOON)
    assert is_empty(other)


def test_no_file_at_all(fresh: Fresh, file: Path) -> None:
    with pytest.raises(BackupError, match="no backup file"):
        read_backup(file, fresh("sqlite"), NOON)


def test_a_database_without_tables_is_not_restored_into(town: Engine, tmp_path: Path, file: Path) -> None:
    write_backup(town, file)
    bare = open_database(f"sqlite:///{tmp_path / 'bare.db'}")
    with pytest.raises(BackupError, match="porchlight migrate"):
        read_backup(file, bare, NOON)
    assert check(bare) is Version.FRESH
    bare.dispose()

"""Migrations: a database brought here step by step is the one the tables describe."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.engine import make_url

from engine.store.base import open_database
from engine.store.migrations import DatabaseTooNew, Version, check, config, migrate
from engine.store.tables import metadata


@pytest.fixture
def empty_sqlite(tmp_path: Path) -> Iterator[list[Engine]]:
    databases = [open_database(f"sqlite:///{tmp_path / name}") for name in ("one.db", "two.db")]
    yield databases
    for database in databases:
        database.dispose()


@pytest.fixture
def empty_postgresql(postgres_server: str) -> Iterator[list[Engine]]:
    """Two databases without a table."""
    server = make_url(postgres_server)
    names = [f"migrations_{uuid4().hex}" for _ in range(2)]
    keeper = open_database(server.render_as_string(hide_password=False))
    with keeper.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name in names:
            connection.execute(text(f"CREATE DATABASE {name}"))
        databases = [
            open_database(server.set(database=name).render_as_string(hide_password=False)) for name in names
        ]
        yield databases
        for name, database in zip(names, databases, strict=True):
            database.dispose()
            connection.execute(text(f"DROP DATABASE {name}"))
    keeper.dispose()


def spelled(found: Sequence[Mapping[str, Any]]) -> list[str]:
    return sorted(json.dumps(each, default=str, sort_keys=True) for each in found)


def shape(database: Engine) -> dict[str, Any]:
    """Everything of a database but its rows, in a form two databases can be compared by."""
    seen = inspect(database)
    return {
        table: {
            "columns": {
                each["name"]: (each["type"].compile(database.dialect), each["nullable"], each["default"])
                for each in seen.get_columns(table)
            },
            "key": seen.get_pk_constraint(table),
            "unique": spelled(seen.get_unique_constraints(table)),
            "foreign": spelled(seen.get_foreign_keys(table)),
            "checks": spelled(seen.get_check_constraints(table)),
            "indexes": spelled(seen.get_indexes(table)),
        }
        for table in seen.get_table_names()
        if table != "alembic_version"
    }


def test_migrations_make_the_tables_the_program_expects_on_sqlite(empty_sqlite: list[Engine]) -> None:
    migrated, created = empty_sqlite
    migrate(migrated)
    metadata.create_all(created)
    assert shape(migrated) == shape(created)


def test_migrations_make_the_tables_the_program_expects_on_postgresql(
    empty_postgresql: list[Engine],
) -> None:
    migrated, created = empty_postgresql
    migrate(migrated)
    metadata.create_all(created)
    assert check(migrated) is Version.CURRENT
    assert shape(migrated) == shape(created)


def test_a_database_is_fresh_then_current_and_migrating_again_changes_nothing(
    empty_sqlite: list[Engine],
) -> None:
    database = empty_sqlite[0]
    assert check(database) is Version.FRESH
    migrate(database)
    before = shape(database)
    migrate(database)
    assert check(database) is Version.CURRENT
    assert shape(database) == before


def test_an_older_database_is_behind_and_is_brought_here(empty_sqlite: list[Engine]) -> None:
    migrated, whole = empty_sqlite
    migrate(whole)
    with migrated.begin() as connection:
        command.upgrade(config(connection), "0001")
    assert check(migrated) is Version.BEHIND
    migrate(migrated)
    assert check(migrated) is Version.CURRENT
    assert shape(migrated) == shape(whole)


def test_a_newer_database_is_refused_in_one_sentence_and_left_alone(empty_sqlite: list[Engine]) -> None:
    database = empty_sqlite[0]
    migrate(database)
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert check(database) is Version.NEWER
    with pytest.raises(DatabaseTooNew, match="newer Porchlight"):
        migrate(database)


def test_a_step_that_fails_leaves_nothing_behind(empty_sqlite: list[Engine]) -> None:
    database = empty_sqlite[0]
    with database.begin() as connection:
        connection.execute(text("CREATE TABLE timers (id INTEGER)"))
    with pytest.raises(Exception, match="timers"):
        migrate(database)
    assert inspect(database).get_table_names() == ["timers"]


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory.from_config(config()).get_heads()) == 1

"""The servers of the tests are real ones, and keep to themselves."""

import os
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import text
from sqlalchemy.engine import make_url

from engine.store.base import open_database


def test_valkey_answers(redis_url: str) -> None:
    with Redis.from_url(redis_url) as server:
        server.set("porch", "light", ex=5)
        assert server.get("porch") == b"light"


def test_each_test_has_an_empty_postgresql_of_its_own(postgres_url: str) -> None:
    database = open_database(postgres_url)
    with database.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM members")).scalar_one() == 0
        assert connection.execute(text("SHOW server_version_num")).scalar_one() >= "160000"
    database.dispose()


@pytest.mark.skipif(
    bool(os.environ.get("TEST_PG_URL")), reason="another server was named: its folder is its own"
)
def test_our_postgresql_listens_on_no_port_and_its_folder_is_closed(postgres_server: str) -> None:
    database = open_database(postgres_server)
    with database.connect() as connection:
        assert connection.execute(text("SHOW listen_addresses")).scalar_one() == ""
    database.dispose()
    folder = Path(str(make_url(postgres_server).query["host"]))
    assert folder.stat().st_mode & 0o077 == 0

"""The servers as fixtures. TEST_PG_URL and TEST_REDIS_URL name others to use instead of our own."""

import os
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from redis import Redis
from sqlalchemy import Engine, text
from sqlalchemy.engine import URL, make_url

from engine.store.base import open_database
from engine.store.tables import metadata
from tests.servers import once, postgres, valkey

NewDatabase = Callable[[], Engine]


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        once.begin()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        once.end()


@pytest.fixture(scope="session")
def postgres_url() -> URL:
    """A PostgreSQL server on which this user may create databases."""
    given = os.environ.get("TEST_PG_URL")
    url = make_url(given or once.started("postgres", postgres.start).url)
    return url.set(drivername="postgresql+psycopg")


@pytest.fixture
def empty_postgres(postgres_url: URL) -> Iterator[NewDatabase]:
    """Makes empty databases, gone after the test."""
    yield from _databases(postgres_url, "template1")


@pytest.fixture
def postgres_with_tables(postgres_url: URL, _postgres_template: str) -> Iterator[NewDatabase]:
    """Makes databases with all our tables, gone after the test."""
    yield from _databases(postgres_url, _postgres_template)


@pytest.fixture(scope="session")
def _postgres_template(postgres_url: URL) -> Iterator[str]:
    """Our tables, made once per worker: a copy of them is quicker to have."""
    made = _databases(postgres_url, "template1")
    with next(made)() as database:
        ...
    yield ""


@pytest.fixture
def redis() -> Iterator[Redis]:
    """A Redis-compatible server with nothing in it."""
    given = os.environ.get("TEST_REDIS_URL")
    client = Redis.from_url(given or once.started("valkey", valkey.start).url)
    client.flushdb()
    yield client
    client.close()

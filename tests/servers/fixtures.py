"""What a test asks for when it needs a real server. A server that cannot start fails the test."""

import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from engine.store.base import open_database
from engine.store.migrations import migrate
from tests.servers import postgres, valkey

RUN = "PORCHLIGHT_TEST_RUN"


def pytest_configure(config: pytest.Config) -> None:
    """The process that leads the run; its workers inherit this, and the servers live as long as it."""
    if not hasattr(config, "workerinput"):
        os.environ[RUN] = str(os.getpid())


def once(tmp_path_factory: pytest.TempPathFactory, name: str, start: Callable[[], str]) -> str:
    """The URL of the run's one server of this name, started by whichever worker asks first."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    address = shared / f"{name}.url"
    with Path(shared, f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not address.exists():
            address.write_text(start())
    return address.read_text()


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PostgreSQL where databases may be made: TEST_PG_URL's, or our own."""
    given = os.environ.get("TEST_PG_URL")
    if not given:
        return once(tmp_path_factory, "postgres", postgres.start)
    return make_url(given).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A Redis-compatible server: TEST_REDIS_URL's, or our own Valkey."""
    return os.environ.get("TEST_REDIS_URL") or once(tmp_path_factory, "valkey", valkey.start)


@pytest.fixture(scope="session")
def own_redis_url(redis_url: str) -> str:
    """A database of this worker's own on that server, so that tests at the same time ring different bells."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) + 1
    joint = "&" if "?" in redis_url else "?"
    return f"{redis_url}{joint}db={number}"


@pytest.fixture(scope="session")
def postgres_keeper(postgres_server: str) -> Iterator[Engine]:
    """Makes and drops databases, outside any transaction."""
    keeper = open_database(postgres_server).execution_options(isolation_level="AUTOCOMMIT")
    yield keeper
    keeper.dispose()


@pytest.fixture(scope="session")
def postgres_template(postgres_keeper: Engine) -> Iterator[str]:
    """This worker's database with every table and no row, to be copied."""
    name = f"template_{uuid4().hex}"
    _run(postgres_keeper, f"CREATE DATABASE {name}")
    migrated = open_database(_url_of(postgres_keeper, name))
    migrate(migrated)
    migrated.dispose()
    yield name
    _run(postgres_keeper, f"DROP DATABASE {name}")


@pytest.fixture
def postgres_url(postgres_keeper: Engine, postgres_template: str) -> Iterator[str]:
    """A migrated, empty PostgreSQL database of this test's own."""
    name = f"test_{uuid4().hex}"
    _run(postgres_keeper, f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    yield _url_of(postgres_keeper, name)
    _run(postgres_keeper, f"DROP DATABASE {name} WITH (FORCE)")


def _run(keeper: Engine, statement: str) -> None:
    with keeper.connect() as connection:
        connection.execute(text(statement))


def _url_of(keeper: Engine, name: str) -> str:
    return keeper.url.set(database=name).render_as_string(hide_password=False)

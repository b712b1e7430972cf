"""Porches for the tests of this folder."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.connections.porch import DOMAIN, Door, Porch, Servers, build
from tests.servers.mail_fixtures import StartPostfix
from tests.servers.smtpd import Sink
from tests.servers.twilio import Twilio

MakePorch = Callable[..., Porch]


@pytest.fixture
def servers(sink: Sink, twilio_server: Twilio) -> Servers:
    return Servers(sink, twilio_server)


@pytest.fixture
def make_porch(tmp_path: Path, servers: Servers) -> Iterator[MakePorch]:
    """Builds a porch; keyword arguments are settings."""
    with ExitStack() as stack:
        yield lambda **settings: build(tmp_path, servers, stack, settings)


@pytest.fixture(params=["imap", "lmtp", "webhook"])
def door(request: pytest.FixtureRequest, servers: Servers) -> Door:
    """A way in for mail, with the server that stands before it: Dovecot, Postfix, or a mail service."""
    if request.param == "imap":
        servers.imap = request.getfixturevalue("imap_server")
        servers.mailbox = request.getfixturevalue("mailbox")
    if request.param == "lmtp":
        start: StartPostfix = request.getfixturevalue("start_postfix")
        servers.mta_port = start(servers.lmtp_port, DOMAIN).smtp_port
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(params=["SQLite and threads", "PostgreSQL and RQ"])
def pairing(request: pytest.FixtureRequest) -> dict[str, str]:
    """The settings of a database and a queue."""
    if request.param == "SQLite and threads":
        return {}
    return {
        "DATABASE_URL": request.getfixturevalue("postgres_url"),
        "REDIS_URL": request.getfixturevalue("own_redis_url"),
    }

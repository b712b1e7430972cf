"""What a test asks for when it needs mail or texts to go in and out."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.servers import dovecot, postfix
from tests.servers.dns import Dns
from tests.servers.dovecot import Dovecot
from tests.servers.fixtures import once
from tests.servers.smtpd import Misbehaving, Sink
from tests.servers.twilio import Twilio

StartPostfix = Callable[[int, str], postfix.PostfixServer]


@pytest.fixture(scope="session")
def imap_server(tmp_path_factory: pytest.TempPathFactory) -> Dovecot:
    """The run's one Dovecot. Ask for `mailbox` as well: users are shared between workers."""
    return Dovecot.at(once(tmp_path_factory, "dovecot", dovecot.start))


@pytest.fixture
def mailbox(imap_server: Dovecot) -> str:
    """A user with an empty inbox that no other test has."""
    return imap_server.next_user()


@pytest.fixture
def start_postfix() -> Iterator[StartPostfix]:
    """Starts a Postfix that hands mail for a domain over to an LMTP port; it stops with the test."""
    with ExitStack() as started:

        def start(lmtp_port: int, domain: str) -> postfix.PostfixServer:
            server = postfix.start(lmtp_port, domain)
            started.callback(server.stop)
            return server

        yield start


@pytest.fixture
def sink() -> Iterator[Sink]:
    """An SMTP server in plain, without AUTH. Make a `Sink(…)` of your own for either."""
    with Sink() as server:
        yield server


@pytest.fixture
def dns_server() -> Iterator[Dns]:
    """A DNS server that knows nothing yet."""
    with Dns() as server:
        yield server


@pytest.fixture
def misbehaving() -> Iterator[Misbehaving]:
    """An SMTP server without a fault yet: append to its `faults`."""
    with Misbehaving() as server:
        yield server


@pytest.fixture
def twilio_server() -> Iterator[Twilio]:
    """Twilio's stand-in, dated by the machine's clock; set its `now` for another."""
    with Twilio() as server:
        yield server

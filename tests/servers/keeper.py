"""Runs a server for as long as a test run lives, however that ends; then stops it and clears its folder.

    python -m tests.servers.keeper PID FOLDER COMMAND …

As root the server runs as an unprivileged user. No folder's permissions are touched but FOLDER's own.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

UNPRIVILEGED = "nobody"
_LOOK_EVERY = 0.2  # seconds
_PATIENCE = 10  # seconds to stop by itself


def as_user() -> str | None:
    """The user a server runs as; None is ourselves."""
    return UNPRIVILEGED if os.geteuid() == 0 else None


def keep(command: list[str], folder: Path) -> None:
    """Starts a keeper that lives as long as this test run, in a session of its own."""
    run = os.environ["PORCHLIGHT_TEST_RUN"]
    call = (sys.executable, "-m", "tests.servers.keeper", run, str(folder), *command)
    with (folder / "log").open("wb") as log:
        subprocess.Popen(
            call, cwd=Path(__file__).parents[2], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip


def main(run: int, folder: Path, command: list[str]) -> None:
    server = subprocess.Popen(command, user=as_user(), cwd=folder)
    while _lives(run) and server.poll() is None:
        time.sleep(_LOOK_EVERY)
    server.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown; Valkey's too
    try:
        server.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        server.kill()
    if not _lives(run):
        shutil.rmtree(folder, ignore_errors=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])

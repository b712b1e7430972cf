"""Runs a server for as long as a test run lives, however that ends; then stops it and clears its folder.

    python -m tests.servers.keeper PID FOLDER COMMAND …

As root the server runs as an unprivileged user. No folder's permissions are touched but FOLDER's own.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

_LOOK_EVERY = 0.2  # seconds
_PATIENCE = 10  # seconds to stop by itself


def unprivileged() -> dict[str, Any]:
    """What subprocess needs to run as nobody; as another than root we stay who we are."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def folder_for(name: str) -> Path:
    """An empty temporary folder that the server's user owns and nobody else may enter."""
    folder = Path(tempfile.mkdtemp(prefix=f"porchlight-{name}-"))
    who = unprivileged()
    if who:
        os.chown(folder, who["user"], who["group"])
    return folder


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
    server = subprocess.Popen(command, **unprivileged(), cwd=folder)
    while lives(run) and server.poll() is None:
        time.sleep(_LOOK_EVERY)
    server.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown; Valkey's too
    try:
        server.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        server.kill()
    if not lives(run):
        shutil.rmtree(folder, ignore_errors=True)


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])

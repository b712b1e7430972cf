"""One server of each kind for a whole run, however many pytest workers share it.

The process that begins the run makes a folder and tells its workers where it is. Whoever needs a server
first starts it there and leaves a note; the others read the note. The beginner stops what the notes name.
"""

import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from fcntl import LOCK_EX, flock
from pathlib import Path

_FOLDER = "PORCHLIGHT_TEST_RUN"  # inherited by the workers
_PATIENCE = 10.0  # seconds for a server to start, or to stop by itself


@dataclass(frozen=True)
class Server:
    url: str
    pid: int
    socket: str  # the path that is there as long as it listens


def begin() -> None:
    folder = tempfile.mkdtemp(prefix="porchlight-")
    os.chmod(folder, 0o711)  # an unprivileged server must reach its own folder inside  # noqa: S103
    os.environ[_FOLDER] = folder


def started(name: str, start: Callable[[Path], Server]) -> Server:
    """The run's server of this name; `start` is called once in the run, with a folder of its own."""
    run = Path(os.environ[_FOLDER])
    note = run / f"{name}.json"
    with (run / f"{name}.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not note.exists():
            folder = run / name
            folder.mkdir()
            note.write_text(json.dumps(asdict(start(folder))))
        return Server(**json.loads(note.read_text()))


def end() -> None:
    run = Path(os.environ.pop(_FOLDER))
    for note in run.glob("*.json"):
        _stop(Server(**json.loads(note.read_text())))
    shutil.rmtree(run)


def wait_until_it_listens(server: Server, log: Path) -> Server:
    """Raises RuntimeError with the server's own words."""
    if not _within_patience(lambda: os.path.exists(server.socket)):
        raise RuntimeError(f"A test server did not start:\n{log.read_text()[-2000:]}")
    return server


def _stop(server: Server) -> None:
    os.kill(server.pid, signal.SIGINT)  # PostgreSQL's fast shutdown; Valkey's, too
    if not _within_patience(lambda: not os.path.exists(server.socket)):
        os.kill(server.pid, signal.SIGKILL)


def _within_patience(true: Callable[[], bool]) -> bool:
    until = time.monotonic() + _PATIENCE
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True

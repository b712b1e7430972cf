"""The child process that reads what is odd, seen from outside: asked, timed, and replaced when it dies.

A fresh interpreter, never a fork: this process has threads. One child for each process, started when it is
first needed and kept warm; it is told nothing but the mail, and no secret stands in its environment.
"""

import json
import os
import subprocess
import sys
from enum import StrEnum
from threading import Lock, Timer
from typing import Any, Final

COMMAND: Final = (sys.executable, "-P", "-m", "inbound.parse.child")
SECONDS: Final = 10.0  # by the clock on the wall; processor time is limited by the child itself
_ANSWER_BYTES: Final = 8 * 1024 * 1024


class Task(StrEnum):
    READ = "read"
    SECOND_OPINION = "second_opinion"
    OUTLOOK = "outlook"


class _Seat:
    """Where the child sits; one asks at a time."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.child: subprocess.Popen[bytes] | None = None

    def forget(self) -> None:
        """In a forked process: the child belongs to the parent, and a thread may have held the lock."""
        self.__init__()  # type: ignore[misc]


_SEAT: Final = _Seat()
os.register_at_fork(after_in_child=_SEAT.forget)


def ask(task: Task, raw: bytes, arguments: dict[str, Any] | None = None) -> dict[str, Any] | None:
    """What the child answers; None when it died, was too slow or needed too much. Never raises."""
    question = {"task": task.value, "size": len(raw), "arguments": arguments or {}}
    with _SEAT.lock:
        try:
            line = _exchange(_child(), json.dumps(question).encode() + b"\n", raw)
        except OSError:
            line = b""
        if not line.endswith(b"\n"):
            end()
            return None
    try:
        answer = json.loads(line)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _exchange(child: "subprocess.Popen[bytes]", question: bytes, raw: bytes) -> bytes:
    timer = Timer(SECONDS, child.kill)
    timer.daemon = True
    timer.start()
    try:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(question)
        child.stdin.write(raw)
        child.stdin.flush()
        return child.stdout.readline(_ANSWER_BYTES)
    finally:
        timer.cancel()


def _child() -> "subprocess.Popen[bytes]":
    if _SEAT.child is not None and _SEAT.child.poll() is not None:
        end()
    if _SEAT.child is None:
        _SEAT.child = subprocess.Popen(  # noqa: S603 our own module
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # it could say words of the mail
            env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUTF8": "1"},
        )
    return _SEAT.child


def end() -> None:
    """Lets the child go; the next mail starts another."""
    child, _SEAT.child = _SEAT.child, None
    if child is None:
        return
    child.kill()
    for pipe in (child.stdin, child.stdout):
        try:
            if pipe is not None:
                pipe.close()
        except OSError:  # what was not yet written goes nowhere
            continue
    child.wait()

"""`python -m inbound.parse.child`: reads mail within limits of memory and processor time, for `limited`.

Asked by one line of JSON {task, size, arguments} and as many bytes of mail; answers one line of JSON. It
ends when its input ends, and dies of whatever goes wrong: the parent starts another.
"""

import json
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from inbound.parse.carried import as_fields
from inbound.parse.limited import Task
from inbound.parse.message import read_message
from inbound.parse.outlook import opened
from inbound.parse.second import second_opinion

MEMORY_BYTES: Final = 300 * 1024 * 1024
CPU_SECONDS: Final = 0.9  # for one mail


def _read(raw: bytes, sender: str | None, recipients: list[str]) -> dict[str, Any]:
    return as_fields(read_message(raw, sender, tuple(recipients)))


_TASKS: Final[dict[Task, Callable[..., dict[str, Any] | None]]] = {
    Task.READ: _read,
    Task.SECOND_OPINION: second_opinion,
    Task.OUTLOOK: opened,
}


def main() -> None:
    _limit(resource.RLIMIT_AS, MEMORY_BYTES)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    while line := sys.stdin.buffer.readline():
        question = json.loads(line)
        _limit_time()
        raw = sys.stdin.buffer.read(question["size"])
        answer = _TASKS[Task(question["task"])](raw, **question["arguments"])
        sys.stdout.buffer.write(json.dumps(answer or {}).encode() + b"\n")
        sys.stdout.buffer.flush()


def _limit(what: int, most: int) -> None:
    with suppress(ValueError, OSError):  # macOS refuses some
        resource.setrlimit(what, (most, resource.getrlimit(what)[1]))


def _limit_time() -> None:
    """The timer kills to the tenth of a second; the limit, in whole seconds, is there if it were lost."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + 2)
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)


if __name__ == "__main__":
    main()

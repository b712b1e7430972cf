"""A part of Porchlight that kills itself at a failpoint, as `kill -9` does, and leaves a mark that it did.

    python -m tests.faults.failing MARK MODULE:FUNCTION before|after COMMAND …

The function is looked up where it is called, wrapped, and the part runs as `porchlight COMMAND …`. The
process dies at the first call, before or after the function has done its work. Where MARK exists already
nothing is wrapped: the part runs as ever.
"""

import os
import signal
import sys
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any


def main(mark: Path, where: str, when: str, command: list[str]) -> None:
    if not mark.exists():
        module_name, _, name = where.partition(":")
        module = import_module(module_name)
        setattr(module, name, dying(getattr(module, name), when, mark))
    from webapp.cli import main as porchlight

    porchlight(command)


def dying(function: Any, when: str, mark: Path) -> Any:
    @wraps(function)
    def wrapped(*arguments: Any, **named: Any) -> Any:
        result = function(*arguments, **named) if when == "after" else None
        mark.write_text(f"{function.__module__}.{function.__qualname__} {when}")
        os.kill(os.getpid(), signal.SIGKILL)
        return result

    return wrapped


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:])

"""How reading stands up to broken mail: `.venv/bin/python -m benchmarks.mutations 1000000 [FOLDER ...]`.

Each mail, a mutation of a fixture, of the corpora beside the repository or of an .eml in a FOLDER, is
parsed, classified and trimmed, on every core. Exceptions are counted where they arise, before reading would
hide them. mail-parser reads the first of them beside it. The last line is one JSON object: exceptions per
10,000 mails.
"""

import json
import logging
import os
import resource
import sys
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from itertools import repeat
from pathlib import Path

import mailparser

from inbound.classify import classify
from inbound.parse.mail import _read
from inbound.trim import trim
from tests.inbound.mutations import mails, mutated

AT_ONCE = 500
BESIDE = 2_000  # of these mail-parser reads


@dataclass
class Found:
    """What came of some mails. Times are processor seconds; the child process has its own limit."""

    n: int = 0
    crashes: list[str] = field(default_factory=list)
    slowest: tuple[float, int] = (0.0, 0)  # seconds, seed
    memory: int = 0  # bytes, the most this process ever held
    warnings: Counter[str] = field(default_factory=Counter)

    def take(self, other: "Found") -> None:
        self.n += other.n
        self.crashes += other.crashes
        self.slowest = max(self.slowest, other.slowest)
        self.memory = max(self.memory, other.memory)
        self.warnings += other.warnings


@cache
def originals(folders: tuple[Path, ...]) -> list[bytes]:
    return mails(*folders)


def read_some(first: int, folders: tuple[Path, ...]) -> Found:
    found = Found(n=AT_ONCE)
    for seed in range(first, first + AT_ONCE):
        raw = mutated(seed, originals(folders))
        begun = time.process_time()
        try:
            incoming = _read(raw, None, ())
            classify(incoming, raw, ours=lambda _: False)
            trim(incoming.text, incoming.html)
            found.warnings.update(incoming.warnings)
        except Exception as problem:
            where = traceback.extract_tb(problem.__traceback__)[-1]
            name = f"{Path(where.filename).name}:{where.lineno}"
            found.crashes.append(f"seed {seed}: {type(problem).__name__} at {name}")
        found.slowest = max(found.slowest, (time.process_time() - begun, seed))
    found.memory = most_memory()
    return found


def most_memory() -> int:
    """Bytes this process ever held; getrusage alone would count what the process that started it held."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def exceptions_of_mail_parser(n: int, folders: tuple[Path, ...]) -> int:
    logging.disable(logging.CRITICAL)
    raised = 0
    for seed in range(n):
        try:
            mail = mailparser.parse_from_bytes(mutated(seed, originals(folders)))
            _ = mail.text_plain, mail.text_html, mail.subject, mail.from_
        except Exception:
            raised += 1
    return raised


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    folders = tuple(Path(name) for name in sys.argv[2:])
    every, begun = Found(), time.monotonic()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(read_some, range(0, n, AT_ONCE), repeat(folders)):
            every.take(found)
    seconds, seed = every.slowest
    print(f"{every.n} mutations of {len(originals(folders))} mails in {time.monotonic() - begun:.0f} s")
    print(f"slowest {seconds:.3f} s (seed {seed}), memory at most {every.memory / 1e6:.0f} MB")
    print(f"warnings: {dict(every.warnings.most_common())}")
    print("\n".join(every.crashes[:20]) or "no exception")
    beside = min(n, BESIDE)
    result = {
        "name": "mutations", "ours": 10_000 * len(every.crashes) / every.n,
        "baseline": 10_000 * exceptions_of_mail_parser(beside, folders) / beside, "ratio": None,
        "unit": "exceptions per 10,000 mails", "n": every.n,
        "slowest_seconds": round(seconds, 3), "memory_mb": round(every.memory / 1e6),
    }  # fmt: skip
    print(json.dumps(result))


if __name__ == "__main__":
    main()

"""Clock and Ids: the only source of time and chance. Everything else asks `rt.clock` and `rt.ids`."""

import json
import os
import secrets
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Protocol

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
_RANDOM_BITS = 80


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, aware, in UTC."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class PushedClock:
    """The system's time plus an offset kept in a file, so that the pretend post office can push the
    clock of web, worker and ticker at once. A missing or broken file is an offset of nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset()

    def offset(self) -> timedelta:
        try:
            return timedelta(seconds=float(json.loads(self._path.read_text())["seconds"]))
        except (OSError, ValueError, KeyError, TypeError):
            return timedelta(0)

    def push(self, by: timedelta) -> datetime:
        """Moves the clock on, never back, for every process that reads the same file; returns the new now."""
        seconds = (self.offset() + max(by, timedelta(0))).total_seconds()
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps({"seconds": seconds}))
        os.replace(fresh, self._path)
        return self.now()


@dataclass
class SimulatedClock:
    """A clock that stands still until a test moves it."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def set(self, moment: datetime) -> None:
        self.moment = moment

    def advance(self, by: timedelta) -> None:
        self.moment += by


class Ids(Protocol):
    def new(self) -> str:
        """A fresh 26-character id: 48 bits of milliseconds, then 80 of chance; ids made by one
        process sort in the order they were made."""

    def secret(self) -> str:
        """A fresh URL-safe secret of 192 bits, for links and sessions."""


@dataclass
class SystemIds:
    """Ids from the system's time and its source of chance. Safe to share between threads."""

    _last: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def new(self) -> str:
        fresh = (time.time_ns() // 1_000_000) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
        with self._lock:
            # The same millisecond, or a clock set back: count on from the last id.
            self._last = fresh if fresh >> _RANDOM_BITS > self._last >> _RANDOM_BITS else self._last + 1
            return _spell(self._last)

    def secret(self) -> str:
        return secrets.token_urlsafe(24)


@dataclass
class SeededIds:
    """The same ids for the same seed, in the same order; for tests and `porchlight play`."""

    clock: Clock
    seed: int = 0
    _count: int = 0
    _random: Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = Random(self.seed)  # noqa: S311 (repeatable on purpose)

    def new(self) -> str:
        self._count += 1
        milliseconds = int(self.clock.now().timestamp() * 1000)
        return _spell(milliseconds << _RANDOM_BITS | self._count << 40 | self._random.getrandbits(40))

    def secret(self) -> str:
        return f"{self._random.getrandbits(192):048x}"


def _spell(number: int) -> str:
    return "".join(CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))

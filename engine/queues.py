"""The queue: a doorbell. A job names a kind of work and carries at most ids; the rows in the
database are the truth, so a lost ring is a delay and a doubled ring is nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import Protocol

Handler = Callable[[], None]


class Queue(Protocol):
    def ring(self, job: str) -> None:
        """Says that there is work of this kind (a name of `engine.jobs`). Never raises, never waits."""


@dataclass
class InlineQueue:
    """For tests: remembers what was rung; `drain` does it all, and what that rings, until quiet."""

    handlers: Mapping[str, Handler] = field(default_factory=dict)
    rung: list[str] = field(default_factory=list)

    def ring(self, job: str) -> None:
        if job not in self.rung:
            self.rung.append(job)

    def drain(self) -> None:
        while self.rung:
            self.handlers[self.rung.pop(0)]()


@dataclass
class ThreadQueue:
    """The default: workers look at the database themselves, and a ring only wakes those of this
    process at once instead of at their next look."""

    bell: Event = field(default_factory=Event)

    def ring(self, job: str) -> None:
        self.bell.set()

    def wait(self, seconds: float) -> None:
        """Returns when rung, or after so many seconds."""
        self.bell.wait(seconds)
        self.bell.clear()

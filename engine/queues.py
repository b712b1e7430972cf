"""The queue: a doorbell. A job names a kind of work and carries at most ids; the rows in the
database are the truth, so a lost ring is a delay and a doubled ring is nothing."""

import atexit
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from threading import Condition, Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rq import Queue as Rq

Handler = Callable[[], None]


@dataclass
class Bell:
    """Wakes the threads of one process. `rings` counts, so that whoever was at work when it rang knows."""

    rings: int = 0
    _changed: Condition = field(default_factory=Condition, init=False)

    def ring(self) -> None:
        with self._changed:
            self.rings += 1
            self._changed.notify_all()

    def wait(self, heard: int, seconds: float) -> None:
        """Returns once it rang more often than `heard`, or after so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self.rings != heard, seconds)


class Queue(Protocol):
    @property
    def bell(self) -> Bell:
        """Rings in this process whenever `ring` is called here."""

    def ring(self, job: str) -> None:
        """Says that there is work of this kind (a name of `engine.jobs`). Never raises, never waits."""


@dataclass
class InlineQueue:
    """For tests: remembers what was rung; `drain` does it all, and what that rings, until quiet."""

    handlers: Mapping[str, Handler] = field(default_factory=dict)
    rung: list[str] = field(default_factory=list)
    bell: Bell = field(default_factory=Bell)

    def ring(self, job: str) -> None:
        self.bell.ring()
        if job not in self.rung:
            self.rung.append(job)

    def drain(self) -> None:
        while self.rung:
            self.handlers[self.rung.pop(0)]()


@dataclass
class ThreadQueue:
    """The default: workers look at the database themselves, and a ring only wakes those of this
    process at once instead of at their next look."""

    bell: Bell = field(default_factory=Bell)

    def ring(self, job: str) -> None:
        del job
        self.bell.ring()


RINGS = "porchlight"  # the one RQ queue: a worker on several may lose what it popped (rq#1716)
_ANSWER = "engine.ringing.answer"
_KNOCK = 0.5  # seconds Redis has to answer
_BETWEEN = 0.02  # seconds from one ring to the next
_LEFT_ALONE = 5.0  # seconds after a failure in which Redis is not asked
_FAILED_FOR = 180  # seconds an answer that failed may be looked at


@dataclass
class RqQueue:
    """Rings workers of other processes and machines by RQ on Redis. A ring is one job that names a kind of
    work, collapsed while one waits. A thread of its own does it, so that no request waits for Redis. When
    Redis is down, full or empty, rings are lost and workers find the work at their next look at the database.
    """

    url: str
    bell: Bell = field(default_factory=Bell)
    _rung: set[str] = field(default_factory=set, init=False)
    _changed: Condition = field(default_factory=Condition, init=False)
    _ringer: Thread | None = field(default=None, init=False)
    _ringing: bool = field(default=False, init=False)
    _silent_until: float = field(default=0.0, init=False)

    def ring(self, job: str) -> None:
        self.bell.ring()
        with self._changed:
            self._rung.add(str(job))
            if self._ringer is None or not self._ringer.is_alive():  # the first, or in a fork
                self._ringer = Thread(target=self._ring_all, name="rings", daemon=True)
                self._ringer.start()
                atexit.register(self.settle)
            self._changed.notify_all()

    def settle(self, seconds: float = 1.0) -> None:
        """Returns once what was rung has reached Redis, or after so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: not self._rung and not self._ringing, seconds)

    def _ring_all(self) -> None:
        while True:
            with self._changed:
                self._ringing = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: bool(self._rung))
                jobs, self._ringing = sorted(self._rung), True
                self._rung.clear()
            for job in jobs:
                self._knock(job)
            sleep(_BETWEEN)  # what is rung meanwhile is one ring

    def _knock(self, job: str) -> None:
        if monotonic() < self._silent_until:
            return
        from redis.exceptions import RedisError
        from rq import Retry
        from rq.exceptions import DuplicateJobError

        try:
            self._rings.enqueue_call(
                _ANSWER,
                args=(job,),
                result_ttl=0,
                failure_ttl=_FAILED_FOR,
                job_id=f"drain-{job}",
                retry=Retry(max=3),
                unique=True,
            )
        except DuplicateJobError:
            return
        except (RedisError, OSError):
            self._silent_until = monotonic() + _LEFT_ALONE

    @cached_property
    def _rings(self) -> "Rq":
        return rings(self.url, timeout=_KNOCK)


def rings(url: str, timeout: float | None = None) -> "Rq":
    """The RQ queue of rings: JSON, names of work only."""
    from redis import Redis  # takes a quarter of a second: only where Redis is used
    from redis.backoff import NoBackoff
    from redis.retry import Retry
    from rq import Queue as Rq
    from rq.serializers import JSONSerializer

    once = Retry(NoBackoff(), 0)
    redis = Redis.from_url(url, socket_connect_timeout=timeout or _KNOCK, socket_timeout=timeout, retry=once)
    return Rq(RINGS, connection=redis, serializer=JSONSerializer)

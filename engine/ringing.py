"""A worker that RQ rings. RQ is the doorbell; a thread of the same process looks at the database all the
same, so that nothing depends on Redis but how soon."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any

from redis.exceptions import RedisError
from rq import SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer
from rq.timeouts import BaseDeathPenalty

from engine.jobs import Worker
from engine.queues import rings

LOOK_EVERY = 5.0  # seconds between looks at the database when nothing rings
_LONGEST = 60.0  # seconds one ring may drain; what is left rings again or is looked for
_BLOCKS_FOR = 1  # seconds RQ waits for a ring before it looks whether to stop
_AGAIN_AFTER = 2.0  # seconds before Redis is tried again
_TTL_ABOVE_WAIT = 15  # RQ waits for so many seconds less than its worker's time to live

log = logging.getLogger("porchlight")


@dataclass
class RungWorker:
    """Drains when rung, and every few seconds unasked, until told to stop."""

    worker: Worker
    url: str
    look_every: float = LOOK_EVERY
    _one_at_a_time: Lock = field(default_factory=Lock, init=False)

    def run(self, stop: Event) -> None:
        """Blocks. RQ is started again whenever Redis comes back."""
        global _answering
        _answering = lambda job: self.drain(stop)  # noqa: E731  # every kind: each rings others
        looking = Thread(target=self._look, args=(stop,), daemon=True)
        looking.start()
        with self.worker.living():
            while not stop.is_set():
                try:
                    _RqWorker(stop, self.url).work(logging_level="WARNING")
                except (RedisError, OSError) as problem:
                    log.warning("Redis: %s; the database is looked at meanwhile.", type(problem).__name__)
                stop.wait(_AGAIN_AFTER)
            looking.join(timeout=_LONGEST)

    def drain(self, stop: Event) -> int:
        """Does all there is, for a minute at most."""
        until, done = monotonic() + _LONGEST, 0
        with self._one_at_a_time:
            while not stop.is_set() and monotonic() < until:
                some = self.worker.drain_once()
                if not some:
                    break
                done += some
        return done

    def _look(self, stop: Event) -> None:
        while not stop.is_set():
            self.drain(stop)
            stop.wait(self.look_every)


_answering: Callable[[str], object] | None = None


def answer(job: str) -> None:
    """What RQ calls, with the name of the work."""
    if _answering is not None:
        _answering(job)


def answer_waiting(url: str, act: Callable[[str], object]) -> None:
    """Answers the rings that wait, and returns."""
    global _answering
    _answering = act
    _RqWorker(Event(), url).work(burst=True, logging_level="WARNING")


class _NoPenalty(BaseDeathPenalty):
    """RQ's time limit throws into whatever runs: into a letter on the wire, whose receipt would be lost."""

    def setup_death_penalty(self) -> None:
        pass

    def cancel_death_penalty(self) -> None:
        pass


class _RqWorker(SimpleWorker):
    """Stops by our event instead of by signal handlers of its own, and may run in any thread."""

    death_penalty_class = _NoPenalty
    max_connection_wait_time = _AGAIN_AFTER  # RQ waits a minute, and hears no stop meanwhile

    def __init__(self, stop: Event, url: str) -> None:
        self._stop = stop
        queue = rings(url, timeout=_TTL_ABOVE_WAIT + _BLOCKS_FOR)
        super().__init__(
            [queue],
            connection=queue.connection,
            serializer=JSONSerializer,
            worker_ttl=_TTL_ABOVE_WAIT + _BLOCKS_FOR,
        )

    def _install_signal_handlers(self) -> None:
        pass

    def subscribe(self) -> None:
        """No commands by Redis: each outage would leave a thread behind that waits for them."""

    def unsubscribe(self) -> None:
        pass

    def heartbeat(self, *arguments: Any, **named: Any) -> None:
        if self._stop.is_set():
            raise StopRequested
        super().heartbeat(*arguments, **named)

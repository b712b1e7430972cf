"""Hears what RQ rings. RQ is a doorbell: a job wakes the threads that do the work and is over at once, so
that no time limit of RQ's can throw into a letter on the wire."""

import logging
from collections.abc import Callable
from threading import Event
from typing import Any

from redis.exceptions import RedisError
from rq import SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer
from rq.timeouts import BaseDeathPenalty

from engine.queues import rings

_BLOCKS_FOR = 1  # seconds RQ waits for a ring before it looks whether to stop
_AGAIN_AFTER = 2.0  # seconds before Redis is tried again
_TTL_ABOVE_WAIT = 15  # RQ waits for so many seconds less than its worker's time to live

log = logging.getLogger("porchlight")

_hear: Callable[[str], object] | None = None  # RQ finds what it calls by name, so this cannot be a value


def answer(job: str) -> None:
    """What RQ calls, with the name of the work."""
    if _hear is not None:
        _hear(job)


def listen(url: str, hear: Callable[[str], object], stop: Event) -> None:
    """Calls `hear` with each ring until told to stop. RQ is started again whenever Redis comes back."""
    while not stop.is_set():
        try:
            answer_waiting(url, hear, stop)
        except (RedisError, OSError, ValueError) as problem:  # ValueError: an option of the address
            log.warning("Redis: %s; the database is looked at meanwhile.", type(problem).__name__)
        stop.wait(_AGAIN_AFTER)


def answer_waiting(url: str, hear: Callable[[str], object], stop: Event | None = None) -> None:
    """Calls `hear` with each ring that waits; with `stop`, goes on until that is set. Raises RedisError."""
    global _hear
    _hear = hear
    _RqWorker(stop or Event(), url).work(burst=stop is None, logging_level="WARNING")


class _NoPenalty(BaseDeathPenalty):
    """RQ's time limit wants the main thread; a ring takes no time."""

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

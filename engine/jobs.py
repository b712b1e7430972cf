"""The loops that do the work: a worker that drains, a clock that ticks. The kinds of work are
`vocabulary.words.Job`; `webapp/wiring.py` binds RECEIVE to `inbound`, which the engine must not know."""

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from threading import Event

from engine.actions import conversations, deliveries, enrollments, reconciling
from engine.aside import aside
from engine.queues import ThreadQueue
from engine.runtime import Runtime
from engine.store import heartbeats, timers
from engine.vocabulary.words import Job

LOOK_EVERY = 0.5  # seconds between looks at the database when nothing rings
TICK_EVERY = 1.0
_BEAT_EVERY = timedelta(seconds=10)  # between two signs of life

Drain = Callable[[Runtime], int]  # does what there is, at most one batch; returns how much
log = logging.getLogger("porchlight")


def deliver(rt: Runtime) -> int:
    return deliveries.deliver(rt)


def tick(rt: Runtime) -> int:
    """One look at the clock: newcomers are enrolled, due walks advance, timers ring, and rows whose
    worker went silent are taken up again. Returns how many things it moved."""
    moved = enrollments.enroll_audiences(rt)
    while step := enrollments.advance(rt):
        moved += step
    return moved + _ring_timers(rt) + reconciling.reconcile(rt).total()


def _ring_timers(rt: Runtime) -> int:
    with rt.reading() as session:
        due = timers.due_timers(session, rt.clock.now(), 500)
    for rung in due:
        conversations.ring_timer(rt, rung)
    return len(due)


@dataclass(frozen=True)
class Worker:
    """Drains every kind of work it has a hand for, until told to stop."""

    rt: Runtime
    hands: Mapping[Job, Drain]

    def run(self, stop: Event) -> None:
        with self.living():
            while not stop.is_set():
                if not self.drain_once():
                    _wait(self.rt, stop)

    def living(self) -> AbstractContextManager[None]:
        """Leaves signs of life aside from the work: who waits for a slow server is not dead."""
        beat(self.rt, "worker")
        return aside(partial(beat, self.rt, "worker"), _BEAT_EVERY)

    def drain_once(self) -> int:
        """One batch of each kind; what one kind raises is logged and does not stop the others."""
        return sum(_guarded(self.rt, job, hand) for job, hand in self.hands.items())


def clock_loop(rt: Runtime, stop: Event) -> None:
    """Ticks until told to stop."""
    while not stop.is_set():
        _guarded(rt, Job.ADVANCE, tick)
        beat(rt, "clock")
        stop.wait(TICK_EVERY)


def _guarded(rt: Runtime, job: Job, hand: Drain) -> int:
    try:
        return hand(rt)
    except Exception:
        log.exception("The job %s failed; it will be tried again.", job)
        return 0


def beat(rt: Runtime, name: str) -> None:
    """Leaves a sign of life; a database that is away stops nobody."""
    try:
        with rt.transaction() as session:
            heartbeats.beat(session, name)
    except Exception:
        log.exception("No sign of life could be left.")


def _wait(rt: Runtime, stop: Event) -> None:
    if isinstance(rt.queue, ThreadQueue):
        rt.queue.wait(LOOK_EVERY)
    else:
        stop.wait(LOOK_EVERY)

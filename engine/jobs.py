"""The loops that do the work: a worker that drains, a clock that ticks. Which hands a worker has stands in
`webapp/wiring.py`: reading belongs to `inbound`, which the engine must not know."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from threading import Thread

from engine.actions import alerts, conversations, deliveries, enrollments, pauses, reconciling
from engine.aside import aside
from engine.runtime import Runtime
from engine.store import heartbeats, timers
from engine.store.timers import Rung
from engine.vocabulary.words import Channel, TimerKind

LOOK_EVERY = 0.5  # seconds between looks at the database when nothing rings
LOOK_EVERY_WHERE_RUNG = 5.0  # the same, where Redis rings across processes
TICK_EVERY = 1.0
_BEAT_EVERY = timedelta(seconds=10)  # between two signs of life

Drain = Callable[[Runtime], int]  # does what there is, at most one batch; returns how much
log = logging.getLogger("porchlight")


def deliver(rt: Runtime) -> int:
    return deliveries.deliver(rt)


def deliver_email(rt: Runtime) -> int:
    return deliveries.deliver(rt, (Channel.EMAIL,))


def deliver_texts(rt: Runtime) -> int:
    return deliveries.deliver(rt, (Channel.SMS,))


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
        _RINGS[rung.kind](rt, rung)
    return len(due)


_RINGS: Mapping[TimerKind, Callable[[Runtime, Rung], None]] = {
    TimerKind.CLOSE_CONVERSATION: conversations.ring_timer,
    TimerKind.END_SNOOZE: conversations.ring_timer,
    TimerKind.DECIDE_PAUSE: pauses.ring_decision,
    TimerKind.PAGE: alerts.ring_page,
    TimerKind.FOLLOW_UP: alerts.ring_follow_up,
    TimerKind.REDACT: alerts.ring_redaction,
}


@dataclass(frozen=True)
class Worker:
    """Does each kind of work, by its name, in a thread of its own: whoever waits for a slow relay keeps no
    text and no reply waiting."""

    rt: Runtime
    hands: Mapping[str, Drain]
    look_every: float = LOOK_EVERY

    def run(self) -> None:
        """Until `rt.stopping` is set."""
        with self.at_work():
            self.rt.stopping.wait()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Works until the block ends; what is on the wire then is finished first, the rest given back."""
        threads = [Thread(target=self._drain, args=each, name=each[0]) for each in self.hands.items()]
        beat(self.rt, "worker")
        with aside(partial(beat, self.rt, "worker"), _BEAT_EVERY):  # who waits for a server is not dead
            for thread in threads:
                thread.start()
            try:
                yield
            finally:
                self.rt.stopping.set()
                self.rt.queue.bell.ring()
                for thread in threads:
                    thread.join()

    def _drain(self, name: str, hand: Drain) -> None:
        bell = self.rt.queue.bell
        while not self.rt.stopping.is_set():
            heard = bell.rings
            if not _guarded(self.rt, name, hand):
                bell.wait(heard, self.look_every)


def clock_loop(rt: Runtime) -> None:
    """Ticks until `rt.stopping` is set."""
    while not rt.stopping.is_set():
        _guarded(rt, "tick", tick)
        beat(rt, "clock")
        rt.stopping.wait(TICK_EVERY)


def _guarded(rt: Runtime, name: str, hand: Drain) -> int:
    """What a hand raises is logged, and stops nothing."""
    try:
        return hand(rt)
    except Exception:
        log.exception("The job %s failed; it will be tried again.", name)
        return 0


def beat(rt: Runtime, name: str) -> None:
    """Leaves a sign of life; a database that is away stops nobody."""
    try:
        with rt.transaction() as session:
            heartbeats.beat(session, name)
    except Exception:
        log.exception("No sign of life could be left.")

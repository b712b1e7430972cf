"""What every queue promises: a ring is heard, a doubled ring is one, and nobody waits for it.

RQ on a real Valkey joins this table when it comes (issue 3).
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import pytest

from engine.queues import InlineQueue, Queue, ThreadQueue
from engine.vocabulary.words import Job

LONG = 30.0  # seconds: far more than any of this takes


@dataclass
class Rung:
    """A queue, a way to let its worker go on until nothing is rung, and how often it was at work."""

    queue: Queue
    work: Callable[[], None]
    done: list[str] = field(default_factory=list)


def inline() -> Rung:
    queue = InlineQueue()
    rung = Rung(queue, queue.drain)
    queue.handlers = {job: partial(rung.done.append, job) for job in Job}
    return rung


def threads() -> Rung:
    queue = ThreadQueue()
    rung = Rung(queue, lambda: None)

    def look_once() -> None:
        queue.wait(LONG)
        rung.done.append(Job.DELIVER)

    rung.work = look_once
    return rung


@pytest.fixture(params=[inline, threads])
def rung(request: pytest.FixtureRequest) -> Rung:
    made: Rung = request.param()
    return made


def test_a_ring_is_heard(rung: Rung) -> None:
    rung.queue.ring(Job.DELIVER)
    rung.work()
    assert rung.done == [Job.DELIVER]


def test_ringing_twice_before_anyone_looks_is_ringing_once(rung: Rung) -> None:
    rung.queue.ring(Job.DELIVER)
    rung.queue.ring(Job.DELIVER)
    rung.work()
    assert rung.done == [Job.DELIVER]


def test_a_ring_after_the_work_is_heard_again(rung: Rung) -> None:
    for _ in range(2):
        rung.queue.ring(Job.DELIVER)
        rung.work()
    assert rung.done == [Job.DELIVER, Job.DELIVER]


def test_a_ring_never_waits_for_the_work(rung: Rung) -> None:
    rung.queue.ring(Job.DELIVER)
    assert rung.done == []


def test_inline_work_may_ring_for_more_work() -> None:
    done: list[str] = []
    queue = InlineQueue()
    queue.handlers = {
        Job.RECEIVE: lambda: queue.ring(Job.DELIVER),
        Job.DELIVER: lambda: done.append(Job.DELIVER),
    }
    queue.ring(Job.RECEIVE)
    queue.drain()
    assert done == [Job.DELIVER]
    assert queue.rung == []


def test_a_ring_wakes_a_waiting_thread_at_once() -> None:
    queue, woken = ThreadQueue(), threading.Event()

    def worker() -> None:
        queue.wait(LONG)
        woken.set()

    threading.Thread(target=worker, daemon=True).start()
    queue.ring(Job.DELIVER)
    assert woken.wait(LONG / 3)


def test_without_a_ring_a_thread_looks_again_by_itself() -> None:
    began = time.monotonic()
    ThreadQueue().wait(0.01)
    assert time.monotonic() - began >= 0.01

"""What every queue promises: a ring is heard, a doubled ring is one, and nobody waits for it."""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import pytest

from engine import ringing
from engine.queues import InlineQueue, Queue, RqQueue, ThreadQueue, rings
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
    rung, heard = Rung(queue, lambda: None), [0]

    def look_once() -> None:
        queue.bell.wait(heard[0], LONG)
        heard[0] = queue.bell.rings
        rung.done.append(Job.DELIVER)

    rung.work = look_once
    return rung


def rq(url: str) -> Rung:
    queue = RqQueue(url)
    rings(url).connection.flushdb()
    rung = Rung(queue, lambda: None)

    def work() -> None:
        queue.settle(LONG)
        ringing.answer_waiting(url, rung.done.append)

    rung.work = work
    return rung


@pytest.fixture(params=["inline", "threads", "rq"])
def rung(request: pytest.FixtureRequest) -> Rung:
    if request.param == "rq":
        return rq(request.getfixturevalue("own_redis_url"))
    return {"inline": inline, "threads": threads}[str(request.param)]()


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
    queue, woken = ThreadQueue(), [threading.Event(), threading.Event()]

    def worker(mine: threading.Event) -> None:
        queue.bell.wait(0, LONG)
        mine.set()

    for each in woken:
        threading.Thread(target=worker, args=(each,), daemon=True).start()
    queue.ring(Job.DELIVER)
    assert all(each.wait(LONG / 3) for each in woken)


def test_a_ring_during_the_work_is_heard_after_it() -> None:
    bell = ThreadQueue().bell
    heard = bell.rings
    bell.ring()  # while the last look is still under way
    began = time.monotonic()
    bell.wait(heard, LONG)
    assert time.monotonic() - began < LONG / 3


def test_without_a_ring_a_thread_looks_again_by_itself() -> None:
    began = time.monotonic()
    ThreadQueue().bell.wait(0, 0.01)
    assert time.monotonic() - began >= 0.01


def test_ringing_never_raises_and_never_waits_when_redis_is_away() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        queue = RqQueue(f"redis://127.0.0.1:{nobody.getsockname()[1]}/0")
        began = time.monotonic()
        for _ in range(1_000):
            queue.ring(Job.DELIVER)
        assert time.monotonic() - began < LONG / 3


def test_nobody_waits_for_a_redis_that_hangs() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        queue = RqQueue(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        began = time.monotonic()
        for _ in range(1_000):
            queue.ring(Job.DELIVER)
        assert time.monotonic() - began < 0.4  # it has half a second to answer one ring
        queue.settle(LONG)
        assert time.monotonic() - began < LONG / 3  # and is left alone then


def test_a_ring_carries_the_name_of_the_work_and_nothing_else(own_redis_url: str) -> None:
    rings(own_redis_url).connection.flushdb()
    queue = RqQueue(own_redis_url)
    queue.ring(Job.DELIVER)
    queue.settle(LONG)
    (job,) = rings(own_redis_url).jobs
    assert (job.func_name, job.args, job.kwargs) == ("engine.ringing.answer", ["deliver"], {})
    assert job.retries_left

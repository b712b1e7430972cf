"""F7: whatever becomes of Redis, letters leave within seconds and nothing is lost."""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError, ResponseError

from engine import jobs
from engine.jobs import LOOK_EVERY_WHERE_RUNG as LOOK_EVERY
from tests.connections.conftest import MakePorch
from tests.connections.porch import PUBLIC, Porch, start_worker, until
from tests.servers.dovecot import free_ports
from tests.servers.keeper import folder_for, unprivileged
from tests.servers.valkey import program

WITHIN = 30.0  # seconds: the promise; workers look every LOOK_EVERY seconds
LETTER = "---\nTitle: One\nFor: everyone\n---\n## hello\nWhen: right away\nSubject: Hi\n\nWords.\n"


class Bell:
    """A Redis-compatible server of this test's own, which comes and goes."""

    def __init__(self, folder: Path, *options: str) -> None:
        (self.port,) = free_ports(1)
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._command = [
            str(program(folder)), "--port", str(self.port), "--bind", "127.0.0.1",
            "--save", "", "--appendonly", "no", "--dir", str(folder), *options,
        ]  # fmt: skip

    def start(self) -> None:
        self._server = subprocess.Popen(
            self._command, **unprivileged(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(lambda: _answers(self.url), "Valkey answers")

    def stop(self) -> None:
        self._server.send_signal(signal.SIGKILL)
        self._server.wait()


def _answers(url: str) -> bool:
    try:
        return bool(Redis.from_url(url).ping())
    except RedisError:
        return False


@pytest.fixture
def bell() -> Iterator[Bell]:
    folder = folder_for("bell")
    server = Bell(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def porch(make_porch: MakePorch, bell: Bell) -> Porch:
    porch = make_porch(REDIS_URL=bell.url)
    porch.organizer("Maya Ortiz")
    porch.publishes({"one": LETTER})
    start_worker(porch)
    return porch


def arrives(porch: Porch, name: str) -> float:
    """Somebody joins; how many seconds until their letter is there."""
    address = f"{name}@riverbend.example"
    porch.joins(name.title(), email=address)
    began = time.monotonic()
    jobs.tick(porch.rt)
    until(lambda: porch.letters(address), f"the letter of {name}", patience=WITHIN)
    return time.monotonic() - began


def works(porch: Porch) -> None:
    """The pages are there, and fast."""
    began = time.monotonic()
    assert porch.app.test_client().get("/sign-in", base_url=PUBLIC).status_code == 200
    assert time.monotonic() - began < 5


def _fill(redis: "Redis") -> None:
    for number in range(1000):
        redis.set(f"filler{number}", "x" * 10_000)


def test_trust_F7_redis_down_and_back(porch: Porch, bell: Bell) -> None:
    assert arrives(porch, "before") < LOOK_EVERY  # rung
    bell.stop()
    assert arrives(porch, "without") < WITHIN
    works(porch)
    bell.start()  # empty
    assert arrives(porch, "after") < WITHIN
    until(lambda: arrives(porch, f"rung{time.monotonic_ns()}") < LOOK_EVERY / 2, "the bell rings again", 60)


def test_trust_F7_redis_flushed(porch: Porch, bell: Bell) -> None:
    for number in range(3):
        Redis.from_url(bell.url).flushall()
        assert arrives(porch, f"flushed{number}") < WITHIN
    works(porch)


def test_trust_F7_pages_answer_while_redis_hangs(make_porch: MakePorch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        porch = make_porch(REDIS_URL=f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        porch.app.config["WTF_CSRF_ENABLED"] = False
        began = time.monotonic()
        for _ in range(3):
            said = porch.app.test_client().post("/sign-in", base_url=PUBLIC, data={"email": "a@b.example"})
            assert said.status_code == 422  # the form again: nobody has this password
        assert 0.5 < time.monotonic() - began < 10, "the limits did not ask Redis, or waited for it"


def test_trust_F7_redis_full(porch: Porch, bell: Bell) -> None:
    redis = Redis.from_url(bell.url)
    redis.config_set("maxmemory-policy", "noeviction")
    redis.config_set("maxmemory", "1mb")
    with pytest.raises(ResponseError, match="maxmemory"):
        _fill(redis)
    assert arrives(porch, "full") < WITHIN
    works(porch)

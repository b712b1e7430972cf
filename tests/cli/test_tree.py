"""One process tree: it keeps its parts running, and leaves nobody behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from webapp.supervise import Part, Tree

SLEEPS = (sys.executable, "-c", "import time; time.sleep(60)")
DIES = (sys.executable, "-c", "raise SystemExit(3)")


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def grown(said: list[str]) -> Iterator[Tree]:
    """A tree of one part that lives, one that dies, and one that may not start; stopped at the end."""
    parts = [Part("web", SLEEPS), Part("worker", DIES), Part("clock", SLEEPS, may_start=lambda: False)]
    tree = Tree(parts, said.append)
    thread = threading.Thread(target=tree.run, args=(lambda: None,))
    thread.start()
    yield tree
    tree.stop.set()
    thread.join(10)
    assert not any(part.running for part in tree.parts)


def test_a_part_that_ends_is_said_in_one_line_and_starts_again_later(grown: Tree, said: list[str]) -> None:
    assert within(8, lambda: len(said) >= 2)
    assert said[:2] == [
        "The worker ended (code 3); it starts again in 1 s.",
        "The worker ended (code 3); it starts again in 2 s.",
    ]


def test_the_other_parts_go_on(grown: Tree, said: list[str]) -> None:
    assert within(5, lambda: bool(said))
    assert grown.parts[0].running


def test_a_part_waits_until_it_may_start(grown: Tree, said: list[str]) -> None:
    assert within(5, lambda: bool(said))
    assert grown.parts[2].process is None


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Up:
    """`porchlight up`, as `make up` calls it, or `porchlight serve`."""

    def __init__(self, folder: Path, port: int, command: str = "up") -> None:
        env = os.environ | {"PORCHLIGHT_DATA": str(folder / "data"), "PORCHLIGHT_PORT": str(port)}
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "webapp.cli", command],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(self.process.stdout)

    def said(self, words: str, seconds: float = 60) -> bool:
        return within(seconds, lambda: words in "".join(self.lines))

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def answers(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


def test_up_makes_the_town_and_stops_whole_and_resumes(tmp_path: Path, port: int) -> None:
    up = Up(tmp_path, port)
    assert up.said("Sign in once with:"), up.lines
    assert re.search(rf"http://127.0.0.1:{port}/\S+/\S{{20,}}", "".join(up.lines))
    up.process.send_signal(signal.SIGTERM)
    assert up.process.wait(20) == 0
    assert not answers(port)
    again = Up(tmp_path, port)
    assert again.said("Sign in once with:"), again.lines
    assert "Two weeks pass" not in "".join(again.lines)
    again.process.send_signal(signal.SIGINT)
    assert again.process.wait(20) == 0


def test_nobody_is_left_behind_when_the_tree_is_killed(tmp_path: Path, port: int) -> None:
    up = Up(tmp_path, port)
    assert up.said("Sign in once with:"), up.lines
    up.kill()
    assert within(10, lambda: not answers(port))


def test_serve_starts_a_community_that_exists_and_no_other(tmp_path: Path, port: int) -> None:
    early = Up(tmp_path, port, "serve")
    assert early.said("There is no community here yet. Run `porchlight init`"), early.lines
    assert early.process.wait(20) != 0
    made = Up(tmp_path, port, "seed")
    assert made.process.wait(60) == 0, made.lines
    serve = Up(tmp_path, port, "serve")
    assert serve.said(f"Porchlight is up: http://127.0.0.1:{port}"), serve.lines
    assert answers(port)
    serve.process.send_signal(signal.SIGTERM)
    assert serve.process.wait(20) == 0
    assert not answers(port)

"""One process tree: starts the parts, keeps them running, and stops them all together.

A part that ends is started again after 1, 2, 4 … at most 30 seconds; a minute of steady work resets
that. Each part holds the other end of a pipe: when the tree is gone, however it went, the parts stop.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0  # seconds
_STEADY = 60.0  # seconds of work after which the back-off begins anew
_PATIENCE = 30.0  # seconds to stop by itself: letters on the wire are finished
_LOOK_EVERY = 0.1
IN_TREE = "PORCHLIGHT_IN_TREE"  # set for the parts: their standard input is the tree's pipe


@dataclass
class Part:
    """One process of the tree, by its name and the command that runs it, started once `may_start`."""

    name: str
    command: Sequence[str]
    may_start: Callable[[], bool] = lambda: True
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0  # by the monotonic clock
    again_at: float = 0.0
    pause: float = _FIRST_PAUSE

    def start(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603 (our own command)
            self.command, stdin=subprocess.PIPE, env=os.environ | {IN_TREE: "1"}
        )
        self.started = time.monotonic()

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None


@dataclass
class Tree:
    """`say` is told in one line when a part ended and when it starts again."""

    parts: Sequence[Part]
    say: Callable[[str], None]
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self, meanwhile: Callable[[], None]) -> None:
        """Runs until `stop` is set; `meanwhile` is called once the first part was started. All parts
        have ended when it returns."""
        try:
            self._look_after(self.parts[0])
            meanwhile()
            while not self.stop.wait(_LOOK_EVERY):
                for part in self.parts:
                    self._look_after(part)
        finally:
            self._stop_all()

    def _look_after(self, part: Part) -> None:
        if part.running:
            return
        now = time.monotonic()
        if part.process is not None:
            self._note_end(part, now)
        elif now >= part.again_at and part.may_start():
            part.start()

    def _note_end(self, part: Part, now: float) -> None:
        assert part.process is not None
        if now - part.started > _STEADY:
            part.pause = _FIRST_PAUSE
        code = part.process.returncode
        self.say(f"The {part.name} ended (code {code}); it starts again in {part.pause:.0f} s.")
        _let_go(part.process)
        part.process, part.again_at = None, now + part.pause
        part.pause = min(part.pause * 2, _LONGEST_PAUSE)

    def _stop_all(self) -> None:
        running = [part.process for part in self.parts if part.process is not None]
        for process in running:
            process.terminate()
        until = time.monotonic() + _PATIENCE
        for process in running:
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            _let_go(process)


def _let_go(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()


def part(name: str, may_start: Callable[[], bool] = lambda: True) -> Part:
    """The part that `porchlight <name>` runs."""
    return Part(name, (sys.executable, "-m", "webapp.cli", name), may_start)


def stop_on_signals(stop: Callable[[], None]) -> None:
    """Calls `stop` on Ctrl-C or SIGTERM, and, in a tree, when the tree is gone."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop())
    if os.environ.get(IN_TREE):
        threading.Thread(target=_wait_for_tree, daemon=True).start()


def _wait_for_tree() -> None:
    os.read(0, 1)  # nothing is ever written: it returns when the other end is closed
    os.kill(os.getpid(), signal.SIGTERM)

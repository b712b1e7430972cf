"""Something small that is done again and again while a block of work goes on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from threading import Event, Thread


@contextmanager
def aside(act: Callable[[], None], every: timedelta) -> Iterator[None]:
    """Calls `act` in a thread, each time so long after the last, until the block ends. What it raises is
    nothing: the next time may do better."""
    done = Event()

    def repeat() -> None:
        while not done.wait(every.total_seconds()):
            with suppress(Exception):
                act()

    thread = Thread(target=repeat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()

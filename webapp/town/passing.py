"""Time passes in a town: everything due is done at its own moment, one moment after the other."""

from collections.abc import Callable
from datetime import datetime

from engine import jobs
from engine.runtime import Runtime
from engine.store import due
from webapp.wiring import HANDS

_PATIENCE = 500  # rounds at one moment before we say that it does not come to rest


def settle(rt: Runtime) -> None:
    """Does everything there is to do at this moment: reads, ticks, carries. Safe beside other workers."""
    for _ in range(_PATIENCE):
        if not jobs.tick(rt) + sum(hand(rt) for hand in HANDS.values()):
            return
    raise RuntimeError(f"The town does not come to rest at {rt.clock.now():%Y-%m-%d %H:%M} UTC.")


def next_due(rt: Runtime) -> datetime | None:
    """When something will happen by itself next; None: nothing waits."""
    with rt.reading() as session:
        return due.next_due(session, rt.clock.now())


def pass_until(rt: Runtime, moment: datetime, move: Callable[[datetime], None]) -> None:
    """Jumps from one due moment to the next until `moment`; `move` sets the clock that `rt` reads."""
    settle(rt)
    while (comes := next_due(rt)) is not None and comes <= moment:
        move(comes)
        settle(rt)
    move(moment)
    settle(rt)

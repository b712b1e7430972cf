"""Who is called about somebody in danger or in distress, and when again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from engine.vocabulary.ids import OrganizerId
from engine.vocabulary.meanings import Crisis
from engine.vocabulary.words import Rotation

ENOUGH = 2  # people on call, before letters may ask for answers
REDACTED_AFTER = timedelta(days=30)
FOLLOWED_UP_AFTER = timedelta(days=3)
_MINUTE: Final = timedelta(minutes=1)
# When each round is called, from the first words; the last gap goes on for ever.
_WHEN: Final = {
    Crisis.ACUTE: (0 * _MINUTE, 5 * _MINUTE, 15 * _MINUTE),
    Crisis.DISTRESS: (timedelta(hours=24), timedelta(hours=36), timedelta(hours=48)),
}
_AGAIN: Final = {Crisis.ACUTE: 15 * _MINUTE, Crisis.DISTRESS: timedelta(hours=12)}


class Round(StrEnum):
    """Whom a round calls."""

    FIRST = "first"  # the two whose turn it is
    NEXT = "next"  # the others on call
    EVERYBODY = "everybody"  # all of them, and every admin


@dataclass(frozen=True, slots=True)
class Watch:
    """The people on call, the first one first, and every admin."""

    on_call: tuple[OrganizerId, ...]
    admins: tuple[OrganizerId, ...]


def round_of(rounds: int) -> Round:
    """`rounds`: how many were called before."""
    return (Round.FIRST, Round.NEXT, Round.EVERYBODY)[min(rounds, 2)]


def round_at(severity: Crisis, opened_at: datetime, rounds: int) -> datetime:
    """When the round after so many is due."""
    known = _WHEN[severity]
    if rounds < len(known):
        return opened_at + known[rounds]
    return opened_at + known[-1] + _AGAIN[severity] * (rounds - len(known) + 1)


def rounds_due(severity: Crisis, opened_at: datetime, now: datetime) -> int:
    """How many rounds should have been called by now."""
    rounds = 0
    while round_at(severity, opened_at, rounds) <= now:
        rounds += 1
    return rounds


def called(watch: Watch, which: Round) -> tuple[OrganizerId, ...]:
    """Nobody twice; with too few on call the admins are called from the beginning, so that somebody is."""
    if which is Round.EVERYBODY or len(watch.on_call) < ENOUGH:
        return tuple(dict.fromkeys((*watch.on_call, *watch.admins)))
    first, others = watch.on_call[:ENOUGH], watch.on_call[ENOUGH:]
    return first if which is Round.FIRST or not others else others


def turned(order: Sequence[OrganizerId], rotation: Rotation, now: datetime) -> tuple[OrganizerId, ...]:
    """Who is called first now: by the week, somebody else each Monday; else the order is as it is kept."""
    if rotation is Rotation.AFTER_CLAIM or not order:
        return tuple(order)
    first = ((now.toordinal() - 1) // 7) % len(order)
    return (*order[first:], *order[:first])

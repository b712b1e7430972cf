"""The next move of one member's walk. Page order is the path of silence; a reply may jump forward.

1. A reached goal ends the walk; a talk with a person makes it stand.
2. The next step is the one a reply told us to go to, else the one below the last in page order.
3. It comes when its `When` arrives, counted from the step before it (sent or passed by), from the
   reply for a jump, from the beginning for the first.
4. Then it is sent, or passed by with its reason: not for this member, or no text form.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from engine.rules.hours import due_moment
from engine.vocabulary.script import (
    Audience,
    Everyone,
    Goal,
    HasReplied,
    HasTag,
    JoinedWithin,
    OnDate,
    ReachedBy,
    Replied,
    Script,
    Speaks,
    Step,
    Tagged,
)
from engine.vocabulary.words import Channel, Ending, Refusal

_GRACE = timedelta(days=1)  # a letter for a day may come this late, and no later


@dataclass(frozen=True, slots=True)
class Place:
    """Where a walk stands."""

    started_at: datetime
    last_step: str | None = None  # sent or passed by
    last_step_at: datetime | None = None
    branch: str | None = None  # the step a reply told us to go to
    branch_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the member now."""

    now: datetime
    zone: str
    joined_at: datetime
    language: str = "en"
    channel: Channel = Channel.EMAIL  # the one they chose
    reachable: frozenset[Channel] = frozenset(Channel)  # those with consent and a usable address
    replied: bool = False  # in this walk
    talking: bool = False
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Send:
    step: str
    channel: Channel


@dataclass(frozen=True, slots=True)
class Skip:
    step: str
    reason: Refusal


@dataclass(frozen=True, slots=True)
class Wait:
    until: datetime


@dataclass(frozen=True, slots=True)
class Stand:
    pass


@dataclass(frozen=True, slots=True)
class Finish:
    ending: Ending


Move = Send | Skip | Wait | Stand | Finish


def next_move(script: Script, place: Place, facts: Facts) -> Move:
    """The one move to make now. Called again after each: a walk always ends and never repeats a step."""
    if script.goal is not None and goal_reached(script.goal, facts):
        return Finish(Ending.GOAL)
    if facts.talking:
        return Stand()
    if place.last_step is not None and script.index(place.last_step) is None:
        return Finish(Ending.REMOVED_STEP)
    step, anchor = _next_step(script, place)
    if step is None:
        return Finish(Ending.LAST_STEP)
    due = due_moment(step.when, anchor, facts.zone)
    if due > facts.now:
        return Wait(due)
    if isinstance(step.when, OnDate) and _local_day(facts) > step.when.day + _GRACE:
        return Skip(step.name, Refusal.NOT_FOR_THEM)  # "Party tomorrow", long after the party
    return _now(step, facts)


def _local_day(facts: Facts) -> date:
    return facts.now.astimezone(ZoneInfo(facts.zone)).date()


def _next_step(script: Script, place: Place) -> tuple[Step | None, datetime]:
    last = script.index(place.last_step) if place.last_step is not None else None
    following = 0 if last is None else last + 1
    target = script.index(place.branch) if place.branch is not None else None
    if target is not None and target >= following and place.branch_at is not None:
        return script.steps[target], place.branch_at
    anchor = place.last_step_at or place.started_at
    return (script.steps[following] if following < len(script.steps) else None), anchor


def _now(step: Step, facts: Facts) -> Move:
    if step.only_for is not None and not fits(step.only_for, facts):
        return Skip(step.name, Refusal.NOT_FOR_THEM)
    if not facts.reachable:
        return Finish(Ending.STOPPED)
    channel = _channel(step, facts)
    if channel is Channel.SMS and step.text is None:
        return Skip(step.name, Refusal.NO_TEXT_FORM)
    return Send(step.name, channel)


def _channel(step: Step, facts: Facts) -> Channel:
    """The one they chose, or another they agreed to when that one was closed to us."""
    if _goes_by_text(step, facts):
        return Channel.SMS
    return facts.channel if facts.channel in facts.reachable else min(facts.reachable)


def _goes_by_text(step: Step, facts: Facts) -> bool:
    """`By: text` reaches whoever agreed to texts; the others get the letter."""
    return step.by_text and step.text is not None and Channel.SMS in facts.reachable


def fits(audience: Audience, facts: Facts) -> bool:
    match audience:
        case Everyone():
            return True
        case JoinedWithin(days):
            return facts.joined_at >= facts.now - timedelta(days=days)
        case Tagged(tag, has):
            return (tag in facts.tags) is has
        case Speaks(language):
            return facts.language == language
        case HasReplied(replied):
            return facts.replied is replied
        case ReachedBy(channel):
            return facts.channel == channel
        case _ as other:
            assert_never(other)


def goal_reached(goal: Goal, facts: Facts) -> bool:
    match goal:
        case HasTag(tag):
            return tag in facts.tags
        case Replied():
            return facts.replied
        case _ as other:
            assert_never(other)

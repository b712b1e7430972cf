"""May this delivery reach this address now? Asked when it is queued and again in every claim."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from engine.rules.hours import next_open_moment
from engine.vocabulary.script import Window
from engine.vocabulary.words import Channel, ConsentState, Refusal, SuppressionReason

LOOK_AGAIN = timedelta(minutes=15)  # whether enough people are on call by now
LIVE_TALK = timedelta(hours=2)  # who texted us within this time is awake: a person may answer by text


class Nature(StrEnum):
    """What kind of words a delivery carries, weakest claim on a member's time first."""

    LETTER = "letter"  # a sequence or a one-off letter
    REPLY = "reply"  # a person's answer to this member
    ANSWER = "answer"  # the machine's short answer to what was just asked
    STOP_DONE = "stop_done"  # the one confirmation of a STOP
    HOLDING = "holding"  # a text the community wrote for whoever is in danger


@dataclass(frozen=True, slots=True)
class Reach:
    """All that bears on the question, read in one transaction."""

    nature: Nature
    channel: Channel
    now: datetime
    zone: str
    window: Window
    suppressed: frozenset[SuppressionReason] = frozenset()
    consent: ConsentState | None = None
    talking: bool = False  # a person owes this member an answer, or the reverse
    walk_ended: bool = False
    sequence_stopped: bool = False  # a one-off letter was cancelled
    sequence_paused: bool = False
    paused: bool = False  # nothing automatic until a person says so
    unattended: bool = False  # it asks for answers, and too few people are on call
    last_heard: datetime | None = None  # the member's last words on any channel


@dataclass(frozen=True, slots=True)
class Allowed:
    pass


@dataclass(frozen=True, slots=True)
class NotYet:
    until: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """Waits for something other than time: a talk to end, a sequence to resume."""

    reason: Refusal


@dataclass(frozen=True, slots=True)
class Refused:
    reason: Refusal


Verdict = Allowed | NotYet | Held | Refused


def may_reach(reach: Reach) -> Verdict:
    """1. A STOP or a dead address refuses everything but the one confirmation of that STOP.
    2. A letter needs consent, a walk that goes on, and nobody talking.
    3. A letter, and a person's text to somebody not awake, wait for the window.
    4. To somebody paused only a person writes, or what a person has written for whoever is in danger.
    """
    if _closed_to_us(reach):
        return Refused(Refusal.SUPPRESSED)
    if reach.paused and reach.nature is Nature.ANSWER:
        return Refused(Refusal.PAUSED)
    if reach.nature is Nature.LETTER:
        return _letter(reach)
    if reach.nature is Nature.REPLY and reach.channel is Channel.SMS and not _awake(reach):
        return _within_window(reach)
    return Allowed()


def _closed_to_us(reach: Reach) -> bool:
    if reach.nature is Nature.STOP_DONE:
        return bool(reach.suppressed - {SuppressionReason.STOP})
    return bool(reach.suppressed)


def _letter(reach: Reach) -> Verdict:
    if reach.consent is not ConsentState.GIVEN:
        return Refused(Refusal.NO_CONSENT)
    if reach.sequence_stopped:
        return Refused(Refusal.CANCELLED)
    if reach.walk_ended:
        return Refused(Refusal.WALK_ENDED)
    if reach.paused:
        return Held(Refusal.PAUSED)
    if reach.talking:
        return Held(Refusal.HAS_REPLIED)
    if reach.sequence_paused:
        return Held(Refusal.CANCELLED)
    if reach.unattended:
        return NotYet(reach.now + LOOK_AGAIN)
    return _within_window(reach)


def _within_window(reach: Reach) -> Verdict:
    opens = next_open_moment(reach.window, reach.zone, reach.now)
    return Allowed() if opens <= reach.now else NotYet(opens)


def _awake(reach: Reach) -> bool:
    return reach.last_heard is not None and reach.now - reach.last_heard <= LIVE_TALK

"""May this reach this member now? A table of named cases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from engine.rules.permission import (
    LOOK_AGAIN,
    Allowed,
    Held,
    Nature,
    NotYet,
    Reach,
    Refused,
    Verdict,
    may_reach,
)
from engine.vocabulary.script import Window
from engine.vocabulary.words import Channel, ConsentState, Refusal, SuppressionReason

NOON = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)  # noon in New York
NIGHT = datetime(2026, 3, 3, 4, 30, tzinfo=UTC)  # half past eleven at night there
MORNING = datetime(2026, 3, 3, 14, 0, tzinfo=UTC)  # nine o'clock there

LETTER = Reach(
    nature=Nature.LETTER,
    channel=Channel.EMAIL,
    now=NOON,
    zone="America/New_York",
    window=Window(),
    consent=ConsentState.GIVEN,
)
TEXT_ANSWER = replace(LETTER, nature=Nature.REPLY, channel=Channel.SMS, consent=None)
STOPPED = frozenset({SuppressionReason.STOP})

CASES: dict[str, tuple[Reach, Verdict]] = {
    "a letter at noon": (LETTER, Allowed()),
    "a letter at night waits for the morning": (replace(LETTER, now=NIGHT), NotYet(MORNING)),
    "a letter to somebody who never agreed": (replace(LETTER, consent=None), Refused(Refusal.NO_CONSENT)),
    "a letter to somebody who has not confirmed yet": (
        replace(LETTER, consent=ConsentState.PENDING),
        Refused(Refusal.NO_CONSENT),
    ),
    "a letter after STOP": (replace(LETTER, suppressed=STOPPED), Refused(Refusal.SUPPRESSED)),
    "a letter while a person is talking": (replace(LETTER, talking=True), Held(Refusal.HAS_REPLIED)),
    "a letter of a walk that ended by a reply": (
        replace(LETTER, walk_ended=True),
        Refused(Refusal.WALK_ENDED),
    ),
    "a letter of a paused sequence": (replace(LETTER, sequence_paused=True), Held(Refusal.CANCELLED)),
    "a cancelled one-off letter": (replace(LETTER, sequence_stopped=True), Refused(Refusal.CANCELLED)),
    "an organizer's email at night": (replace(LETTER, nature=Nature.REPLY, now=NIGHT), Allowed()),
    "an organizer's text at night to somebody asleep": (
        replace(TEXT_ANSWER, now=NIGHT, last_heard=NIGHT - timedelta(hours=5)),
        NotYet(MORNING),
    ),
    "an organizer's text at night to somebody who just wrote": (
        replace(TEXT_ANSWER, now=NIGHT, last_heard=NIGHT - timedelta(minutes=9)),
        Allowed(),
    ),
    "an organizer's answer after STOP": (
        replace(TEXT_ANSWER, suppressed=STOPPED),
        Refused(Refusal.SUPPRESSED),
    ),
    "the one confirmation of a STOP, at night": (
        replace(TEXT_ANSWER, nature=Nature.STOP_DONE, now=NIGHT, suppressed=STOPPED),
        Allowed(),
    ),
    "no confirmation to an address that bounced": (
        replace(TEXT_ANSWER, nature=Nature.STOP_DONE, suppressed=frozenset({SuppressionReason.HARD_BOUNCE})),
        Refused(Refusal.SUPPRESSED),
    ),
    "a letter to somebody paused is held": (replace(LETTER, paused=True), Held(Refusal.PAUSED)),
    "the machine answers nobody who is paused": (
        replace(TEXT_ANSWER, nature=Nature.ANSWER, paused=True),
        Refused(Refusal.PAUSED),
    ),
    "a person answers somebody paused": (replace(LETTER, nature=Nature.REPLY, paused=True), Allowed()),
    "the one confirmation of a STOP to somebody paused": (
        replace(TEXT_ANSWER, nature=Nature.STOP_DONE, suppressed=STOPPED, paused=True),
        Allowed(),
    ),
    "the community's own words to somebody in danger, at night": (
        replace(TEXT_ANSWER, nature=Nature.HOLDING, now=NIGHT, paused=True),
        Allowed(),
    ),
    "but not after a STOP": (
        replace(TEXT_ANSWER, nature=Nature.HOLDING, suppressed=STOPPED, paused=True),
        Refused(Refusal.SUPPRESSED),
    ),
    "a letter that asks for answers while too few are on call": (
        replace(LETTER, unattended=True),
        NotYet(NOON + LOOK_AGAIN),
    ),
    "the machine answers HELP at night": (replace(TEXT_ANSWER, nature=Nature.ANSWER, now=NIGHT), Allowed()),
}


@pytest.mark.parametrize(("reach", "verdict"), CASES.values(), ids=CASES.keys())
def test_permission(reach: Reach, verdict: Verdict) -> None:
    assert may_reach(reach) == verdict


def test_stop_outranks_everything_a_letter_could_say_for_itself() -> None:
    for nature in (Nature.LETTER, Nature.REPLY, Nature.ANSWER):
        for channel in Channel:
            asked = replace(LETTER, nature=nature, channel=channel, suppressed=STOPPED)
            assert may_reach(asked) == Refused(Refusal.SUPPRESSED)

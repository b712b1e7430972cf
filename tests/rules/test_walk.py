"""A walk goes down the page, stands while a person talks, and always ends."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.walk import Facts, Finish, Move, Place, Send, Skip, Stand, Wait, next_move
from engine.vocabulary.script import (
    HasReplied,
    HasTag,
    Later,
    OnDate,
    Replied,
    RightAway,
    Script,
    Step,
    Tagged,
)
from engine.vocabulary.words import Channel, Ending, Refusal

MONDAY = datetime(2026, 5, 4, 15, 0, tzinfo=UTC)
DAY = timedelta(days=1)

HELLO = Step("hello", RightAway(), "Hello", "Words.", "Words.")
NUDGE = Step("nudge", Later(3 * DAY), "A story", "Words.", None, only_for=HasReplied(False))
BUDDY = Step("buddy", Later(7 * DAY), "May I introduce you?", "Words.", "Words.")
WELCOME = Script("welcome", "Welcome", steps=(HELLO, NUDGE, BUDDY), goal=HasTag("has a buddy"))

START = Place(started_at=MONDAY)
ANA = Facts(now=MONDAY, zone="America/New_York", joined_at=MONDAY)
AFTER_HELLO = replace(START, last_step="hello", last_step_at=MONDAY)
AFTER_NUDGE = replace(START, last_step="nudge", last_step_at=MONDAY)

CASES: dict[str, tuple[Place, Facts, Move]] = {
    "the first letter, right away": (START, ANA, Send("hello", Channel.EMAIL)),
    "the second waits for its moment": (AFTER_HELLO, ANA, Wait(MONDAY + 3 * DAY)),
    "and comes when it is there": (
        AFTER_HELLO,
        replace(ANA, now=MONDAY + 3 * DAY),
        Send("nudge", Channel.EMAIL),
    ),
    "not for who has replied": (
        AFTER_HELLO,
        replace(ANA, now=MONDAY + 3 * DAY, replied=True),
        Skip("nudge", Refusal.NOT_FOR_THEM),
    ),
    "who chose texts skips a step without one": (
        AFTER_HELLO,
        replace(ANA, now=MONDAY + 3 * DAY, channel=Channel.SMS),
        Skip("nudge", Refusal.NO_TEXT_FORM),
    ),
    "a reply jumps forward, counted from the reply": (
        replace(AFTER_HELLO, branch="buddy", branch_at=MONDAY + DAY),
        replace(ANA, now=MONDAY + 2 * DAY),
        Wait(MONDAY + 8 * DAY),
    ),
    "a jump to what is behind is not taken": (
        replace(AFTER_NUDGE, branch="hello", branch_at=MONDAY),
        replace(ANA, now=MONDAY + 9 * DAY),
        Send("buddy", Channel.EMAIL),
    ),
    "it stands while a person talks": (START, replace(ANA, talking=True), Stand()),
    "a reached goal ends it, even in a talk": (
        AFTER_HELLO,
        replace(ANA, tags=frozenset({"has a buddy"}), talking=True),
        Finish(Ending.GOAL),
    ),
    "after the last step it is over": (
        replace(START, last_step="buddy", last_step_at=MONDAY),
        ANA,
        Finish(Ending.LAST_STEP),
    ),
    "a step that is gone ends it": (
        replace(START, last_step="gone", last_step_at=MONDAY),
        ANA,
        Finish(Ending.REMOVED_STEP),
    ),
    "nobody is reached by an address they closed": (
        START,
        replace(ANA, reachable=frozenset()),
        Finish(Ending.STOPPED),
    ),
    "the other address goes on when one was closed": (
        START,
        replace(ANA, reachable=frozenset({Channel.SMS})),
        Send("hello", Channel.SMS),
    ),
}


@pytest.mark.parametrize(
    ("joined", "move"),
    [
        (MONDAY - DAY, Wait(datetime(2026, 5, 4, 16, 0, tzinfo=UTC))),
        (MONDAY + timedelta(hours=5), Send("party", Channel.EMAIL)),
        (MONDAY + 30 * DAY, Skip("party", Refusal.NOT_FOR_THEM)),
    ],
)
def test_a_letter_for_a_day_is_not_sent_when_the_day_is_over(joined: datetime, move: Move) -> None:
    party = Step("party", OnDate(date(2026, 5, 4), time(12)), "Party tonight", "Words.", None)
    script = replace(WELCOME, steps=(party, BUDDY))
    assert next_move(script, Place(started_at=joined), replace(ANA, now=joined, joined_at=joined)) == move


@pytest.mark.parametrize(("place", "facts", "move"), CASES.values(), ids=CASES.keys())
def test_next_move(place: Place, facts: Facts, move: Move) -> None:
    assert next_move(WELCOME, place, facts) == move


def test_by_text_reaches_who_agreed_to_texts_and_writes_to_the_others() -> None:
    nudge = replace(NUDGE, text="Words.", by_text=True)
    script = replace(WELCOME, steps=(HELLO, nudge))
    later = replace(ANA, now=MONDAY + 3 * DAY)
    assert next_move(script, AFTER_HELLO, later) == Send("nudge", Channel.SMS)
    by_mail_only = replace(later, reachable=frozenset({Channel.EMAIL}))
    assert next_move(script, AFTER_HELLO, by_mail_only) == Send("nudge", Channel.EMAIL)


def test_a_goal_may_be_a_reply() -> None:
    script = replace(WELCOME, goal=Replied())
    assert next_move(script, AFTER_HELLO, replace(ANA, replied=True)) == Finish(Ending.GOAL)


STEPS = st.lists(
    st.builds(
        Step,
        name=st.text("abcdef", min_size=1, max_size=4),
        when=st.sampled_from([RightAway(), Later(DAY), Later(timedelta(hours=5))]),
        subject=st.just("s"),
        body=st.just("b"),
        text=st.sampled_from([None, "t"]),
        only_for=st.sampled_from([None, HasReplied(False), Tagged("gardener")]),
        by_text=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda step: step.name,
)


@given(STEPS, st.booleans(), st.sampled_from(Channel), st.data())
def test_a_walk_always_ends_and_never_repeats_a_step(
    steps: list[Step], replied: bool, channel: Channel, data: st.DataObject
) -> None:
    script = Script("any", "Any", steps=tuple(steps))
    place, facts, passed = START, replace(ANA, replied=replied, channel=channel), []
    for turn in range(6 * len(steps) + 2):
        if turn < 2 * len(steps) and data.draw(st.booleans()):  # nobody answers for ever
            branch = data.draw(st.sampled_from(steps)).name
            place = replace(place, branch=branch, branch_at=facts.now)
        match next_move(script, place, facts):
            case Send(step, _) | Skip(step, _):
                passed.append(step)
                place = replace(place, last_step=step, last_step_at=facts.now, branch=None)
            case Wait(until):
                facts = replace(facts, now=until)
            case _:
                break
    else:
        pytest.fail("the walk did not end")
    assert len(passed) == len(set(passed))

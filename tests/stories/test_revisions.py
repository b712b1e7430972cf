"""A sequence is published anew while people are in the midst of it."""

from pathlib import Path

import pytest
from sqlalchemy import select

from engine.actions.composing import words_of
from engine.store.enrollments import Enrollment
from engine.store.sequences import Revision
from engine.vocabulary.ids import MemberId, SequenceId
from engine.vocabulary.words import Ending, EnrollmentState
from webapp.town.simulated import Town

HEAD = "---\nTitle: The creek\n---\n"
HELLO = "## hello\nWhen: right away\nSubject: Hello\n\nThe creek is low. What did you see there?\n\n"
WALK = "## walk\nWhen: 2 days later, at 10:00\nSubject: A walk\n\nCome and walk along it.\n"
NEWER = "## walk\nWhen: 2 days later, at 10:00\nSubject: A longer walk\n\nCome and walk to the mill.\n"
MAP = "## map\nWhen: 1 day later, at 10:00\nSubject: A map\n\nHere is where the bridges are.\n\n"


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = Town.at(tmp_path)
    town.organizer("Maya Ortiz")
    return town


def begins(town: Town) -> tuple[MemberId, SequenceId]:
    creek = town.publishes({"creek": HEAD + HELLO + WALK})
    member = town.joins("Ana", email="ana@riverbend.example")
    town.enrolls(creek, member)
    assert subjects(town, member) == ["Hello"]
    return member, creek


def subjects(town: Town, member: MemberId) -> list[str]:
    return [letter.subject for letter in town.mailbox(member)]


def test_publishing_sends_nothing_by_itself_and_the_next_letter_has_the_new_words(town: Town) -> None:
    member, _ = begins(town)
    town.publishes({"creek": HEAD + HELLO + NEWER})
    town.settle()
    assert subjects(town, member) == ["Hello"]
    town.pass_time(days=3)
    assert subjects(town, member) == ["Hello", "A longer walk"]


def test_a_step_put_in_behind_them_is_not_sent(town: Town) -> None:
    member, _ = begins(town)
    town.publishes({"creek": HEAD + MAP + HELLO + WALK})
    town.pass_time(days=4)
    assert subjects(town, member) == ["Hello", "A walk"]


def test_who_stood_on_a_step_that_is_gone_has_ended(town: Town) -> None:
    member, _ = begins(town)
    town.publishes({"creek": HEAD + MAP + WALK})
    town.pass_time(days=4)
    assert subjects(town, member) == ["Hello"]
    with town.rt.reading() as session:
        walk = session.execute(select(Enrollment)).scalar_one()
    assert (walk.state, walk.ending) == (EnrollmentState.ENDED, Ending.REMOVED_STEP)


def test_what_was_sent_stays_what_it_was(town: Town) -> None:
    member, creek = begins(town)
    sent = town.mailbox(member)[0].message["Message-ID"].strip("<>").partition("@")[0]
    town.publishes({"creek": HEAD + HELLO.replace("low", "high") + WALK})
    kept = words_of(town.rt, sent)
    assert kept is not None
    assert "The creek is low." in kept.text
    with town.rt.reading() as session:
        numbers = select(Revision.number).where(Revision.sequence_id == creek).order_by(Revision.number)
        assert list(session.execute(numbers).scalars()) == [1, 2]


def test_the_very_same_text_is_no_new_revision(town: Town) -> None:
    begins(town)
    town.publishes({"creek": HEAD + HELLO + WALK})
    with town.rt.reading() as session:
        assert len(session.execute(select(Revision.id)).all()) == 1

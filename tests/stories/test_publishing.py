"""Publishing: a Revision never changes, sends nothing by itself, and carries people in mid-walk along."""

from pathlib import Path

import pytest
from sqlalchemy import select

from engine.actions import sequences
from engine.actions.composing import words_of
from engine.store.deliveries import Delivery
from engine.store.enrollments import Enrollment
from engine.store.sequences import Revision
from engine.vocabulary.ids import MemberId
from engine.vocabulary.words import Ending
from webapp.town.simulated import Town

FIRST = """---
Title: Two letters
For: everyone
---
## hello
When: right away
Subject: Hello

The first words.

## later
When: 2 days later, at 10:00
Subject: Later

The old words.
"""
SECOND = FIRST.replace("The old words.", "The new words.").replace("The first words.", "Other first words.")
INSERTED = SECOND.replace(
    "## hello", "## before\nWhen: right away\nSubject: Before\n\nNever sent to who is past it.\n\n## hello"
)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = Town.at(tmp_path)
    town.organizer("Maya Ortiz")
    town.publishes({"two": FIRST})
    return town


def joins(town: Town) -> MemberId:
    member = town.joins("Ana", email="ana@riverbend.example")
    town.pass_time(minutes=1)
    return member


def test_publishing_the_same_again_changes_nothing(town: Town) -> None:
    again = sequences.publish(town.rt, {"two": FIRST})
    assert not again.changed
    with town.rt.reading() as session:
        assert len(session.execute(select(Revision.id)).all()) == 1


def test_publishing_sends_nothing_by_itself(town: Town) -> None:
    ana = joins(town)
    town.publishes({"two": SECOND})
    assert [mail.subject for mail in town.mailbox(ana)] == ["Hello"]


def test_who_is_in_mid_walk_goes_on_by_step_name_with_the_new_words(town: Town) -> None:
    ana = joins(town)
    town.publishes({"two": INSERTED})
    town.pass_time(days=3)
    hello, later = town.mailbox(ana)
    assert (hello.subject, later.subject) == ("Hello", "Later")
    assert "The new words." in later.text


def test_what_was_sent_stays_as_it_was_sent(town: Town) -> None:
    joins(town)
    town.publishes({"two": SECOND})
    with town.rt.reading() as session:
        sent = session.execute(select(Delivery.id).where(Delivery.step == "hello")).scalar_one()
    shown = words_of(town.rt, sent)
    assert shown is not None
    assert "The first words." in shown.text


def test_a_mistake_keeps_the_old_revision(town: Town) -> None:
    published = sequences.publish(town.rt, {"two": FIRST.replace("Subject: Later", "Subjet: Later")})
    assert published.sequence_id is None
    assert any("Subject" in mistake.mend for mistake in published.mistakes["two"])
    ana = joins(town)
    town.pass_time(days=3)
    assert "The old words." in town.mailbox(ana)[-1].text


def test_a_paused_sequence_stands_still_and_goes_on_without_a_burst(town: Town) -> None:
    maya = town.organizer("Maya Ortiz")
    ana = joins(town)
    two = town.publishes({"two": FIRST})
    sequences.pause(town.rt, two, by=maya.id)
    town.pass_time(days=9)
    assert len(town.mailbox(ana)) == 1
    sequences.resume(town.rt, two, by=maya.id)
    town.pass_time(days=1)
    assert [mail.subject for mail in town.mailbox(ana)] == ["Hello", "Later"]


def test_a_step_that_is_gone_ends_the_walk_of_who_stood_on_it(town: Town) -> None:
    joins(town)
    town.publishes({"two": FIRST.replace("## hello", "## greeting")})
    town.pass_time(days=3)
    with town.rt.reading() as session:
        assert session.execute(select(Enrollment.ending)).scalar_one() is Ending.REMOVED_STEP


def test_hours_that_never_meet_the_communitys_are_not_published(town: Town) -> None:
    late = FIRST.replace("For: everyone", "For: everyone\nSend between: 20:30-22:00")
    published = sequences.publish(town.rt, {"late": late})
    assert published.sequence_id is None
    assert [m.what for m in published.mistakes["late"]] == [
        "`Send between` never meets the hours of the community, 09:00 to 20:00."
    ]

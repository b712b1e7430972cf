"""The spine, whole: somebody joins, gets a letter, is nudged, asks, is answered, and walks on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select

from engine.actions import members
from engine.gateways.base import Gateway
from engine.runtime import Doors
from engine.store.conversations import Conversation
from engine.store.enrollments import Enrollment
from engine.vocabulary.ids import MemberId
from engine.vocabulary.messages import Outgoing, Receipt
from engine.vocabulary.words import Channel, ConversationState, Ending, EnrollmentState, Outcome
from tests.stories.conftest import SEQUENCES
from webapp.town.simulated import Town


@dataclass(frozen=True)
class Neighbor:
    """A newcomer, and the words this story expects in their language."""

    first_name: str
    language: str
    email: str
    phone: str
    subject: str
    nudge: str
    asks: str
    declines: str


ANA = Neighbor(
    "Ana", "en", "ana@riverbend.example", "+12125550134",
    "Ana, the porch light is on", "What could your street use?", "what's a buddy?", "no thanks",
)  # fmt: skip
LUZ = Neighbor(
    "Luz", "es", "luz@riverbend.example", "+13125550135",
    "Luz, la luz del porche está encendida", "¿Qué le falta a tu calle?", "¿qué es eso?", "no, gracias",
)  # fmt: skip
BOTH = pytest.mark.parametrize("neighbor", [ANA, LUZ], ids=["English", "Spanish"])


def joins(town: Town, neighbor: Neighbor) -> MemberId:
    member = town.joins(
        neighbor.first_name, email=neighbor.email, phone=neighbor.phone, language=neighbor.language
    )
    town.pass_time(minutes=1)
    return member


def walk(town: Town, member: MemberId) -> Enrollment:
    with town.rt.reading() as session:
        return session.execute(select(Enrollment).where(Enrollment.member_id == member)).scalar_one()


@BOTH
def test_a_letter_a_nudge_a_question_an_answer_and_the_walk_resumes(town: Town, neighbor: Neighbor) -> None:
    maya = town.organizer("Maya Ortiz")
    member = joins(town, neighbor)
    assert [letter.subject for letter in town.mailbox(member)] == [neighbor.subject]
    assert town.phone(member) == []

    town.pass_time(days=3, hours=1)
    (nudge,) = town.phone(member)
    assert neighbor.nudge in nudge.body

    town.replies(member, neighbor.asks)
    talk = town.conversation(member)
    assert talk is not None
    assert (talk.state, talk.assignee_id) == (ConversationState.OPEN, maya.id)
    assert talk.step == "A light on the porch · bench"

    town.pass_time(days=6)  # the walk stands while a person owes an answer
    assert len(town.mailbox(member)) == 1

    maya.answers(member, "A neighbor to walk to the first meeting with.")
    assert "walk to the first meeting" in town.phone(member)[-1].body
    assert walk(town, member).state is EnrollmentState.STANDING

    town.pass_time(days=3, hours=1)  # the conversation closes itself
    assert town.conversation(member) is None
    assert walk(town, member).state is EnrollmentState.WALKING

    town.pass_time(days=8)
    assert len(town.mailbox(member)) == 2
    assert walk(town, member).ending is Ending.LAST_STEP


@BOTH
def test_no_thanks_ends_the_walk_and_nobody_has_to_answer(town: Town, neighbor: Neighbor) -> None:
    member = joins(town, neighbor)
    town.replies(member, neighbor.declines)
    assert walk(town, member).ending is Ending.REPLY
    assert town.conversation(member) is None
    town.pass_time(days=30)
    letters = [letter for letter in town.mailbox(member) if letter.message["Auto-Submitted"] is None]
    assert len(letters) == 1
    assert town.phone(member) == []


@BOTH
def test_stop_ends_texts_with_one_confirmation(town: Town, neighbor: Neighbor) -> None:
    member = joins(town, neighbor)
    town.pass_time(days=3, hours=1)
    before = len(town.phone(member))
    town.replies(member, "STOP" if neighbor.language == "en" else "ALTO")
    assert len(town.phone(member)) == before + 1
    town.replies(member, "stop", channel=Channel.SMS)
    town.pass_time(days=30)
    assert len(town.phone(member)) == before + 1


@BOTH
def test_the_unsubscribe_click_ends_letters(town: Town, neighbor: Neighbor) -> None:
    member = joins(town, neighbor)
    assert town.clicks_unsubscribe(member) == 200
    town.pass_time(days=30)
    assert len(town.mailbox(member)) == 1


@BOTH
def test_a_reply_in_the_night_wakes_nobody(town: Town, neighbor: Neighbor) -> None:
    maya = town.organizer("Maya Ortiz")
    member = joins(town, neighbor)
    town.pass_time(days=3, hours=1)
    town.pass_time(hours=13)  # past midnight in New York
    texts = len(town.phone(member))
    town.replies(member, neighbor.asks)
    assert len(town.phone(member)) == texts  # the machine says nothing by itself
    talk = town.conversation(member)
    assert talk is not None
    town.pass_time(hours=3)
    maya.answers(member, "Good morning!")
    assert len(town.phone(member)) == texts  # asleep by now: the answer waits
    town.pass_time(hours=10)
    assert "Good morning!" in town.phone(member)[-1].body


@BOTH
def test_closing_early_lets_the_walk_go_on_at_once(town: Town, neighbor: Neighbor) -> None:
    maya = town.organizer("Maya Ortiz")
    member = joins(town, neighbor)
    town.replies(member, neighbor.asks)
    maya.answers(member, "Somebody to go with.", close=True)
    assert town.conversation(member) is None
    town.pass_time(days=14)
    assert len(town.mailbox(member)) == 3  # the letter, Maya's answer, the introduction
    assert walk(town, member).ending is Ending.LAST_STEP


def test_a_goal_that_is_reached_ends_the_walk(town: Town) -> None:
    member = joins(town, ANA)
    members.tag(town.rt, member, "has a buddy")
    town.pass_time(days=4)
    assert walk(town, member).ending is Ending.GOAL


def test_one_conversation_for_email_and_text(town: Town) -> None:
    member = joins(town, ANA)
    town.replies(member, "what's a buddy?", channel=Channel.EMAIL)
    town.replies(member, "and is there a cost?", channel=Channel.SMS)
    with town.rt.reading() as session:
        talks = session.execute(select(Conversation).where(Conversation.member_id == member)).scalars().all()
    assert len(talks) == 1
    assert talks[0].last_channel is Channel.SMS


def test_a_reply_within_thirty_days_takes_up_the_old_conversation(town: Town) -> None:
    maya = town.organizer("Maya Ortiz")
    member = joins(town, ANA)
    town.replies(member, "what's a buddy?")
    first = town.conversation(member)
    maya.answers(member, "Somebody to go with.")
    maya.closes(member, Outcome.ANSWERED)
    town.replies(member, "and when do we meet?")
    again = town.conversation(member)
    assert first is not None
    assert again is not None
    assert again.id == first.id


def test_a_sample_never_leaves_by_a_real_gateway(town: Town) -> None:
    real = replace(town.rt, doors=Doors(RealOffice(town.rt.doors.email), RealOffice(town.rt.doors.sms)))
    town = replace(town, rt=real)
    town.calls(town.organizer("Maya Ortiz"), town.organizer("Rosa Delgado"))
    member = joins(town, ANA)
    town.pass_time(days=4)
    assert town.mailbox(member) == []
    true = (SEQUENCES / "welcome.md").read_text().replace("Sample: yes\n", "")
    town.publishes({"welcome": true})
    town.pass_time(hours=2)
    assert len(town.mailbox(member)) == 1


@dataclass(frozen=True)
class RealOffice:
    """The pretend post office, taken for a real gateway."""

    office: Gateway
    real: bool = True

    @property
    def channel(self) -> Channel:
        return self.office.channel

    def carry(self, batch: Sequence[Outgoing]) -> Iterable[Receipt]:
        return self.office.carry(batch)

    def look_up(self, letter: Outgoing) -> tuple[str, ...] | None:
        return self.office.look_up(letter)

    def check(self) -> str:
        return self.office.check()


def test_a_start_after_a_stop_takes_up_the_walk_where_it_stood(town: Town) -> None:
    member = town.joins("Ana", phone=ANA.phone)
    town.pass_time(minutes=1)
    town.replies(member, "STOP")
    town.pass_time(days=2)
    assert walk(town, member).ending is Ending.STOPPED
    town.replies(member, "START")
    town.pass_time(days=3)
    assert any(ANA.nudge in text.body for text in town.phone(member))


def test_a_start_long_after_a_stop_begins_nothing_old(town: Town) -> None:
    member = town.joins("Ana", phone=ANA.phone)
    town.pass_time(minutes=1)
    town.replies(member, "STOP")
    town.pass_time(days=20)
    town.replies(member, "START")
    texts = len(town.phone(member))
    town.pass_time(days=3)
    assert len(town.phone(member)) == texts

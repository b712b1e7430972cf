"""What was understood is kept where nobody can read it beside us; a person puts it right, and that counts."""

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select, text

from engine.actions import conversations, filing, meanings, pauses
from engine.actions.filing import Arrived
from engine.actions.meanings import Corrected
from engine.actions.pauses import Whose
from engine.rules.meanings import Need, Sense
from engine.store import alerts as alert_store
from engine.store import meanings as store
from engine.store import pauses as pause_store
from engine.store import reach
from engine.store.addresses import Suppression
from engine.store.audit import AuditEntry
from engine.store.conversations import Conversation
from engine.store.meanings import Read, ReplyExample
from engine.store.members import Member
from engine.store.messages import Message
from engine.vocabulary.ids import ConversationId, MemberId, MessageId
from engine.vocabulary.meanings import Call, Crisis, Mark, Meaning, Reserved, Stop, Understanding
from engine.vocabulary.messages import Incoming, Trimmed
from engine.vocabulary.words import (
    Channel,
    Intent,
    MailKind,
    Outcome,
    PauseReason,
    SuppressionReason,
    Trust,
)
from tests.actions.caring import came_in, joins
from tests.actions.conftest import House

QUESTION = Understanding((Meaning(Intent.QUESTION, 0.83, "what's a buddy", "model"),))
THANKS = Understanding((Meaning(Intent.THANKS, 1.0, "thank you", "thanks.plain"),))
PERHAPS_STOP = Understanding((Meaning(Intent.OPT_OUT, 0.7, "enough"),), stop=Stop.LIKELY, call=Call.PAUSE)
EVERYTHING = Understanding(
    (Meaning(Intent.CRISIS, 0.9, "die", "abuse"), Meaning(Intent.OPT_OUT, 0.5)),
    Stop.UNCLEAR,
    Crisis.DISTRESS,
    Reserved.STOP,
    frozenset(Mark),
    frozenset(Channel),
    covered=True,
    call=Call.PAGE,
)


class Said:
    """Luz's words, kept and waiting for a person."""

    def __init__(self, house: House, member: MemberId, understood: Understanding, key: str = "one") -> None:
        self.house, self.member = house, member
        self.raw_id, self.address_id = came_in(house, key), house.address(member, Channel.SMS)
        arrived = Arrived(
            raw_id=self.raw_id,
            at=house.rt.clock.now(),
            incoming=Incoming(Channel.SMS, (), (), "", "leave it", "", None, "", ()),
            trimmed=Trimmed("leave it", "leave it", "", "", "whole", 1.0),
            kind=MailKind.PERSON,
            trust=Trust.SENDER,
            sender="",
            address_id=self.address_id,
            member_id=member,
            understood=understood,
        )
        if understood.stop is Stop.LIKELY:
            whose = Whose(self.raw_id, self.address_id, (member,))
            pauses.pause(house.rt, whose, PauseReason.STOP_LIKELY)
        self.talk_id = filing.file(house.rt, arrived)
        filing.ask_a_person(house.rt, self.talk_id, arrived)
        with house.rt.reading() as session:
            query = select(Message.id).where(Message.raw_id == self.raw_id)
            self.id: MessageId = session.execute(query).scalar_one()

    def means(self, *senses: Sense) -> Corrected:
        return meanings.correct(self.house.rt, self.id, senses, by=self.house.ben)

    @property
    def read(self) -> Read:
        with self.house.rt.reading() as session:
            return store.of_messages(session, [self.id])[self.id]

    @property
    def is_closed(self) -> bool:
        with self.house.rt.reading() as session:
            return bool(reach.suppressed(session, [self.address_id]))

    @property
    def pauses(self) -> int:
        with self.house.rt.reading() as session:
            return len(pause_store.standing_of_words(session, self.raw_id))


@pytest.fixture
def luz(house: House) -> MemberId:
    return joins(house)


def need(house: House, talk_id: ConversationId) -> Need:
    with house.rt.reading() as session:
        return Need(session.get_one(Conversation, talk_id).need)


def examples(house: House) -> list[tuple[str, frozenset[Sense]]]:
    with house.rt.reading() as session:
        return [(each.text, each.wanted) for each in store.examples(session)]


# --- what is kept ---


def test_all_that_was_understood_comes_back_as_it_was(house: House, luz: MemberId) -> None:
    assert Said(house, luz, EVERYTHING).read.understood == EVERYTHING


def test_no_meaning_stands_readable_in_the_database(house: House, luz: MemberId) -> None:
    said = Said(house, luz, QUESTION)
    said.means(Sense.YES, Sense.OFFER)
    with house.rt.database.connect() as connection:
        asked = ("SELECT * FROM meanings", "SELECT * FROM messages")
        rows = [connection.execute(text(each)).all() for each in asked]
    for word in ("question", "buddy", "offer", "leave it"):
        assert word not in str(rows)


def test_every_meaning_has_words_for_people() -> None:
    for intent in set(Intent) - {Intent.CRISIS}:
        assert Sense(intent.value)
    assert {mark.value for mark in Mark} <= {sense.value for sense in Sense}


# --- who is answered first ---


@pytest.mark.parametrize(
    ("understood", "expected"),
    [
        (replace(THANKS, crisis=Crisis.ACUTE), Need.ACUTE),
        (replace(THANKS, crisis=Crisis.DISTRESS), Need.DISTRESS),
        (PERHAPS_STOP, Need.STOP),
        (replace(PERHAPS_STOP, stop=Stop.UNCLEAR), Need.STOP),
        (replace(THANKS, stop=Stop.CERTAIN), Need.REST),
        (replace(THANKS, stop=Stop.CERTAIN, marks=frozenset({Mark.DEATH})), Need.STOP),
        (Understanding((Meaning(Intent.THANKS, 1.0), Meaning(Intent.ANGER, 0.6))), Need.ANGER),
        (Understanding((Meaning(Intent.OFFER, 0.9),)), Need.WORDS),
        (Understanding(), Need.REST),
    ],
)
def test_a_reply_ranks_by_its_neediest_meaning(
    house: House, luz: MemberId, understood: Understanding, expected: Need
) -> None:
    assert need(house, Said(house, luz, understood).talk_id) is expected


def test_a_later_thanks_does_not_lower_it_while_nobody_has_answered(house: House, luz: MemberId) -> None:
    talk_id = Said(house, luz, QUESTION).talk_id
    Said(house, luz, THANKS, "two")
    assert need(house, talk_id) is Need.WORDS
    conversations.close(house.rt, talk_id, Outcome.ANSWERED, by=house.ben)
    assert need(house, talk_id) is Need.REST
    Said(house, luz, THANKS, "three")
    assert need(house, talk_id) is Need.REST


def test_opened_again_it_ranks_by_its_last_words(house: House, luz: MemberId) -> None:
    talk_id = Said(house, luz, QUESTION).talk_id
    conversations.close(house.rt, talk_id, Outcome.ANSWERED, by=house.ben)
    conversations.reopen(house.rt, talk_id, by=house.ben)
    assert need(house, talk_id) is Need.WORDS


# --- a person says what it means ---


def test_what_a_person_says_counts_and_who_said_it_is_kept(house: House, luz: MemberId) -> None:
    said = Said(house, luz, QUESTION)
    said.means(Sense.THANKS, Sense.YES)
    read = said.read
    assert read.corrected == (Sense.YES, Sense.THANKS)  # in the order of need
    assert (read.corrected_by, read.corrected_at) == ("Ben Okafor", house.rt.clock.now())
    assert [each.sense for each in read.read] == [Sense.QUESTION]  # what the machine read stands beside it
    assert need(house, said.talk_id) is Need.REST
    assert examples(house) == [("leave it", frozenset({Sense.YES, Sense.THANKS}))]
    with house.rt.reading() as session:
        entry = session.execute(select(AuditEntry).where(AuditEntry.act == "meaning.corrected")).scalar_one()
    assert (entry.actor, entry.subject, entry.detail) == (house.ben, said.id, "")


def test_it_can_be_said_again_and_the_last_word_counts(house: House, luz: MemberId) -> None:
    said = Said(house, luz, THANKS)
    said.means(Sense.YES)
    said.means(Sense.ANGER)
    assert said.read.corrected == (Sense.ANGER,)
    assert need(house, said.talk_id) is Need.ANGER
    assert [wanted for _, wanted in examples(house)] == [{Sense.ANGER}]


def test_nothing_chosen_is_something_else(house: House, luz: MemberId) -> None:
    said = Said(house, luz, QUESTION)
    said.means()
    assert said.read.corrected == (Sense.OTHER,)


def test_a_need_of_other_words_stays(house: House, luz: MemberId) -> None:
    talk_id = Said(house, luz, QUESTION).talk_id
    Said(house, luz, replace(THANKS, crisis=Crisis.DISTRESS), "two")
    Said(house, luz, QUESTION, "three").means(Sense.THANKS)
    assert need(house, talk_id) is Need.DISTRESS


def test_a_stop_that_a_person_sees_closes_the_address(house: House, luz: MemberId) -> None:
    said = Said(house, luz, THANKS)
    assert said.means(Sense.OPT_OUT).stopped
    assert said.is_closed
    assert not said.means(Sense.OPT_OUT).stopped  # once


def test_a_wrong_number_is_closed_as_one(house: House, luz: MemberId) -> None:
    said = Said(house, luz, THANKS)
    said.means(Sense.WRONG_NUMBER)
    with house.rt.reading() as session:
        query = select(Suppression.reason).where(Suppression.address_id == said.address_id)
        assert session.execute(query).scalars().all() == [SuppressionReason.WRONG_NUMBER]


def test_who_wants_to_be_forgotten_is_closed_everywhere_and_remembered_for_it(
    house: House, luz: MemberId
) -> None:
    Said(house, luz, THANKS).means(Sense.ERASE)
    with house.rt.reading() as session:
        assert session.get_one(Member, luz).erase_asked_at == house.rt.clock.now()
        both = [house.address(luz, channel) for channel in Channel]
        assert all(reach.suppressed(session, [each]) for each in both)


def test_an_unsure_stop_confirmed_ends_its_pause_as_a_stop(house: House, luz: MemberId) -> None:
    said = Said(house, luz, PERHAPS_STOP)
    assert said.pauses == 1
    assert said.means(Sense.OPT_OUT).stopped
    assert (said.pauses, said.is_closed) == (0, True)
    assert need(house, said.talk_id) is Need.REST


def test_an_unsure_stop_that_was_none_goes_on(house: House, luz: MemberId) -> None:
    said = Said(house, luz, PERHAPS_STOP)
    assert not said.means(Sense.QUESTION).stopped
    assert (said.pauses, said.is_closed) == (0, False)


def test_that_a_stop_was_none_opens_no_address_again(house: House, luz: MemberId) -> None:
    said = Said(house, luz, THANKS)
    said.means(Sense.OPT_OUT)
    said.means(Sense.THANKS)
    assert said.is_closed


@pytest.mark.parametrize(("sense", "expected"), [(Sense.ACUTE, Need.ACUTE), (Sense.DISTRESS, Need.DISTRESS)])
def test_a_cry_for_help_that_a_person_sees_raises_an_alert(
    house: House, luz: MemberId, sense: Sense, expected: Need
) -> None:
    said = Said(house, luz, THANKS)
    assert said.means(sense).called
    assert need(house, said.talk_id) is expected
    assert said.pauses == 1  # nothing automatic goes to her
    with house.rt.reading() as session:
        assert alert_store.of_words(session, said.raw_id) is not None


def test_one_in_a_closed_conversation_opens_it(house: House, luz: MemberId) -> None:
    said = Said(house, luz, THANKS)
    conversations.close(house.rt, said.talk_id, Outcome.ANSWERED, by=house.ben)
    said.means(Sense.ACUTE)
    with house.rt.reading() as session:
        talk = session.get_one(Conversation, said.talk_id)
        assert (talk.state, talk.need, talk.last_preview) == ("open", Need.ACUTE, "")


def test_words_of_a_crisis_are_never_an_example(house: House, luz: MemberId) -> None:
    said = Said(house, luz, THANKS)
    said.means(Sense.YES)
    said.means(Sense.DISTRESS)
    assert said.read.corrected == (Sense.DISTRESS,)
    assert house.count(ReplyExample) == 0
    said.means(Sense.YES)  # and not once somebody took it for one
    said.means(Sense.QUESTION)
    assert house.count(ReplyExample) == 0


def test_a_cry_that_was_none_leaves_its_alert_to_whoever_has_it(house: House, luz: MemberId) -> None:
    said = Said(house, luz, THANKS)
    said.means(Sense.ACUTE)
    done = said.means(Sense.THANKS)
    assert done.alert_stands
    assert said.pauses == 1
    assert need(house, said.talk_id) is Need.REST
    assert house.count(ReplyExample) == 0


def test_what_no_message_is_cannot_be_corrected(house: House) -> None:
    with pytest.raises(LookupError):
        meanings.correct(house.rt, MessageId("none"), [Sense.YES], by=house.ben)


def test_a_message_from_before_meanings_were_kept_can_be_corrected(house: House, luz: MemberId) -> None:
    said = Said(house, luz, THANKS)
    with house.rt.transaction() as session:
        session.execute(text("DELETE FROM meanings"))
    said.means(Sense.QUESTION)
    assert said.read.corrected == (Sense.QUESTION,)
    assert isinstance(said.read.corrected_at, datetime)

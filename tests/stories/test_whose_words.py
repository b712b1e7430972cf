"""Whose words are these? Filed only where we are sure; else a person is asked and nobody is told."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from engine.actions import conversations, strangers
from engine.store.messages import Message
from engine.vocabulary.words import Channel, Trust
from inbound.sources.keeping import Envelope
from inbound.sources.postoffice import receive_email
from tests.stories.street import DOOR, Street
from webapp.town import writing

FORGED = Envelope("", (DOOR,))  # a report that does not come to the address our letters name


def test_the_reply_address_says_whose_words_these_are(street: Street) -> None:
    street.answers_letter(street.ana, "what's a buddy?", street.pen(street.ana))
    assert street.last() == (Trust.TOKEN, street.ana)
    assert street.unmatched() == []


def test_without_the_reply_address_the_letter_that_is_answered_says_it(street: Street) -> None:
    street.answers_letter(street.ana, "what's a buddy?", street.pen(street.ana), to=DOOR)
    assert street.last() == (Trust.REFERENCES, street.ana)


def test_an_answer_to_a_letter_of_ours_from_an_unknown_address_needs_matching(street: Street) -> None:
    stranger = replace(street.pen(street.ana), address="ana@work.example")
    street.answers_letter(street.ana, "it's me, from work", stranger, to=DOOR)
    assert street.last() == (Trust.UNMATCHED, None)


def test_the_reply_address_of_one_from_the_address_of_another_needs_matching(street: Street) -> None:
    street.answers_letter(street.ana, "no thanks", street.pen(street.ben))
    assert street.last() == (Trust.UNMATCHED, None)
    (talk,) = street.unmatched()
    assert talk.candidate_id == street.ana  # a hint for a person, and nothing more
    street.town.pass_time(days=4)
    assert len(street.town.mailbox(street.ana)) > 1  # Ana's walk goes on: Ben could not end it


def test_new_words_of_somebody_we_talk_with_join_that_conversation(street: Street) -> None:
    street.answers_letter(street.ana, "what's a buddy?", street.pen(street.ana))
    street.writes("one more thing", street.pen(street.ana))
    assert street.last() == (Trust.SENDER, street.ana)
    assert street.unmatched() == []


def test_new_words_of_somebody_we_never_talked_with_need_matching(street: Street) -> None:
    street.writes("hello there", street.pen(street.ana))
    assert street.last() == (Trust.UNMATCHED, None)
    (talk,) = street.unmatched()
    assert talk.candidate_id == street.ana


def test_what_one_stranger_writes_gathers_and_nobody_is_answered(street: Street) -> None:
    carol = replace(street.pen(street.ana), name="Carol", address="carol@elsewhere.example")
    street.writes("may I come too?", carol)
    street.writes("hello?", replace(carol, rfc_id="another"))
    assert len(street.unmatched()) == 1
    assert len(street.town.mailbox(street.ana)) == len(street.town.mailbox(street.ben)) == 1


def test_inbox_T4_a_subject_never_selects_a_conversation(street: Street) -> None:
    street.answers_letter(street.ana, "what's a buddy?", street.pen(street.ana))
    subject = f"Re: {street.town.mailbox(street.ana)[-1].subject}"
    street.writes(subject, replace(street.pen(street.ana), address="who@elsewhere.example"))
    assert street.last() == (Trust.UNMATCHED, None)


def test_the_same_mail_twice_is_one_message(street: Street) -> None:
    pen = street.pen(street.ana)
    written = street.answers_letter(street.ana, "what's a buddy?", pen)
    letter = street.town.mailbox(street.ana)[-1].message
    street.arrives(written, pen, writing.reply_target(letter))
    with street.town.rt.reading() as session:
        heard = select(Message.id).where(Message.trust.is_not(None))
        assert len(session.execute(heard).all()) == 1


def test_a_person_says_who_it_was_and_the_words_move(street: Street) -> None:
    maya = street.town.organizer("Maya Ortiz")
    stranger = replace(street.pen(street.ana), address="ana@work.example")
    street.writes("it's me, from work", stranger)
    (talk,) = street.unmatched()
    strangers.match(street.town.rt, talk.id, street.ana, by=maya.id)
    assert street.unmatched() == []
    theirs = street.town.conversation(street.ana)
    assert theirs is not None
    street.writes("and thank you", replace(stranger, rfc_id="another"))
    assert street.last() == (Trust.SENDER, street.ana)


def test_a_stranger_cannot_be_answered_before_a_person_says_who_it_is(street: Street) -> None:
    maya = street.town.organizer("Maya Ortiz")
    street.writes("hello there", replace(street.pen(street.ana), address="who@elsewhere.example"))
    (talk,) = street.unmatched()
    draft = conversations.ReplyDraft(talk.id, maya.id, Channel.EMAIL, "Hello!", talk.version)
    with pytest.raises(conversations.ConversationError, match="who wrote this"):
        conversations.reply(street.town.rt, draft)


def test_an_email_of_another_member_is_never_linked_to_this_one(street: Street) -> None:
    street.answers_letter(street.ana, "Ben here, I found this", street.pen(street.ben))
    (stranger,) = street.unmatched()
    organizer = street.town.organizer("Rosa Delgado")
    with pytest.raises(conversations.ConversationError, match="Choose Ben"):
        strangers.match(street.town.rt, stranger.id, street.ana, by=organizer.id)
    strangers.match(street.town.rt, stranger.id, street.ben, by=organizer.id)
    before = len(street.town.mailbox(street.ana))
    organizer.answers(street.ben, "Here is an answer, Ben.")
    assert len(street.town.mailbox(street.ana)) == before


@pytest.mark.parametrize(("about", "closed"), [("somebody.else@evil.example", False), (None, True)])
def test_a_report_closes_only_the_address_it_is_about(
    street: Street, about: str | None, closed: bool
) -> None:
    letter = street.town.mailbox(street.ana)[-1].message
    report = writing.write_bounce(letter, street.pen(street.ana))
    if about:
        report = report.replace(street.pen(street.ana).address.encode(), about.encode())
    receive_email(street.town.rt, report.replace(writing.return_path(letter).encode(), DOOR.encode()), FORGED)
    street.town.settle()
    assert bool(street.town.person(street.ana).addresses[0].suppressed) is closed


def test_a_mail_without_any_recipient_is_kept(street: Street) -> None:
    assert receive_email(street.town.rt, b"From: a@b.example\r\n\r\nhi", Envelope("a@b.example", ()))
    street.town.settle()
    assert len(street.unmatched()) == 1

"""Whoever pretends to be somebody else reaches nobody, joins nothing and is told nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.store.conversations import Conversation
from engine.store.messages import Message
from engine.store.raw import Raw, kept_of
from engine.vocabulary.words import Trust
from inbound.matching import Because, suggestions
from inbound.reading import read
from inbound.sources.keeping import Envelope
from inbound.sources.postoffice import receive_email
from tests.stories.street import DOOR, Street
from webapp.town import writing

BORDER = "mx.porchlight.example"


def threads(street: Street) -> dict[str, list[str]]:
    """Which words stand in which conversation."""
    with street.town.rt.reading() as session:
        found: dict[str, list[str]] = {}
        rows = session.execute(
            select(Message).where(Message.conversation_id.is_not(None)).order_by(Message.id)
        )
        for message in rows.scalars():
            found.setdefault(str(message.conversation_id), []).append(message.body)
        return found


def target(street: Street) -> str:
    return writing.reply_target(street.town.mailbox(street.ana)[-1].message)


def mail(*headers: str, words: str = "Hello from me.") -> bytes:
    """As a sender wrote it who minds no rules."""
    return "\r\n".join([*headers, "Subject: hi", "", words]).encode()


def post(street: Street, written: bytes, sender: str, *to: str) -> None:
    receive_email(street.town.rt, written, Envelope(sender, to or (DOOR,)))
    street.town.settle()


def test_inbox_T1_who_writes_as_an_organizer_speaks_for_nobody(street: Street) -> None:
    street.town.organizer("Maya Ortiz")
    address = "maya@rivernbrs.example"
    before = street.sent()
    letter = street.town.mailbox(street.ana)[-1]
    for to in (target(street), DOOR):
        written = mail(
            f"From: Maya Ortiz <{address}>",
            f"To: {to}",
            f"Message-ID: <forged-{len(to)}@elsewhere.example>",
            f"In-Reply-To: {letter.rfc_message_id}",
            words="Send your bank details to me.",
        )
        post(street, written, address, to)
    assert street.last() == (Trust.UNMATCHED, None)
    assert street.sent() == before


def test_inbox_T2_a_reply_address_without_its_whole_seal_is_none(street: Street) -> None:
    local, _, domain = target(street).partition("@")
    for forged in (
        local[:-1],
        local[:-8],
        local[2:],
        f"r-{street.ana}",
        f"{local}x",
        local.replace("r-", "b-"),
    ):
        street.answers_letter(street.ana, "let me in", street.pen(street.ben), to=f"{forged}@{domain}")
        trust, _ = street.last()
        assert trust is not Trust.TOKEN


def test_inbox_T3_message_ids_near_ours_lead_nowhere(street: Street) -> None:
    street.answers_letter(street.ana, "what's a buddy?", street.pen(street.ana))
    ours = street.town.mailbox(street.ana)[-1].rfc_message_id.strip("<>")
    id, _, domain = ours.partition("@")
    near = [id[:-1] + letter for letter in "0123456789ABCDEF"] + [street.ana, "1", "0", id.lower()]
    before = street.belong()
    for number, guess in enumerate([id, *near]):
        written = mail(
            "From: Eve <eve@elsewhere.example>",
            f"To: {DOOR}",
            f"Message-ID: <g{number}@elsewhere.example>",
            f"References: <{guess}@{domain}>",
            words=f"guess {number}",
        )
        post(street, written, "eve@elsewhere.example")
        assert street.last() == (Trust.UNMATCHED, None)
    assert street.belong() == before
    assert all(
        "guess" not in words
        for thread in threads(street).values()
        if "what's a buddy?" in thread
        for words in thread
    )


def test_inbox_T5_the_same_message_id_answered_by_three_is_three_conversations(street: Street) -> None:
    shared = street.town.mailbox(street.ana)[-1].rfc_message_id
    names = ("ana", "ben", "carol")
    for name in names:
        written = mail(
            f"From: {name} <{name}@riverbend.example>",
            f"To: {DOOR}",
            f"Message-ID: <{name}@riverbend.example>",
            f"In-Reply-To: {shared}",
            words=f"{name} here",
        )
        post(street, written, f"{name}@riverbend.example")
    assert sorted(threads(street).values()) == [[f"{name} here"] for name in names]


def test_inbox_T5_an_answer_to_a_passed_on_letter_of_another_waits_for_a_person(street: Street) -> None:
    street.answers_letter(street.ana, "me too!", street.pen(street.ben), to=DOOR)
    assert street.last() == (Trust.UNMATCHED, None)


def test_inbox_T6_T11_trust_T5_nobody_joins_by_a_header(street: Street) -> None:
    before, sent = street.belong(), street.sent()
    eve = "eve@elsewhere.example"
    headers = [f"{name}: Eve <{eve}>" for name in ("Cc", "Reply-To", "Sender", "Resent-To", "Delivered-To")]
    for to in (target(street), DOOR):
        pen = street.pen(street.ana)
        written = mail(
            f"From: Ana <{pen.address}>",
            f"To: {to}, Eve <{eve}>",
            *headers,
            f"Message-ID: <{pen.rfc_id}@riverbend.example>",
            words=f"to {to[:2]}",
        )
        post(street, written, pen.address, to, eve)
    assert street.belong() == before
    assert street.sent() == sent
    maya = street.town.organizer("Maya Ortiz")
    maya.answers(street.ana, "A word for Ana alone.")
    letter = street.town.mailbox(street.ana)[-1].message
    assert "eve" not in str(letter).lower()
    assert street.sent() == sent + 1


def test_inbox_T7_an_answer_quotes_nobody_s_earlier_words(street: Street) -> None:
    street.answers_letter(street.ana, "my secret is safe with you", street.pen(street.ana))
    street.town.organizer("Maya Ortiz").answers(street.ana, "Thank you, Ana.")
    assert "secret" not in str(street.town.mailbox(street.ana)[-1].message)


def test_inbox_T8_trust_T22_a_stranger_at_a_reply_address_hears_nothing(street: Street) -> None:
    before = street.sent()
    eve = replace(street.pen(street.ana), name="Eve", address="eve@elsewhere.example")
    for number, words in enumerate(
        ("hello?", "HELP", "STOP", "START", "yes", "please confirm my account 12345")
    ):
        street.answers_letter(street.ana, words, replace(eve, rfc_id=f"eve{number}"))
    assert street.sent() == before


def test_inbox_T9_help_is_answered_once_a_day_and_never_says_what_was_in_the_subject(street: Street) -> None:
    before = street.sent()
    for number in range(4):
        pen = replace(street.pen(street.ana), rfc_id=f"help{number}")
        street.arrives(writing.write_email("HELP", DOOR, "Cheap watches", pen), pen, DOOR)
    assert street.sent() == before + 1
    assert "watches" not in str(street.town.mailbox(street.ana)[-1].message)
    street.town.pass_time(days=1)
    before = street.sent()
    pen = replace(street.pen(street.ana), rfc_id="tomorrow")
    street.arrives(writing.write_email("HELP", DOOR, "again", pen), pen, DOOR)
    assert street.sent() == before + 1


@pytest.mark.parametrize(
    "machine",
    [
        "Auto-Submitted: auto-replied",
        "List-Id: <talk.elsewhere.example>",
        "Precedence: bulk",
        "Return-Path: <>",
    ],
)
def test_inbox_T9_no_machine_is_answered(street: Street, machine: str) -> None:
    before = street.sent()
    pen = street.pen(street.ana)
    written = mail(f"From: Ana <{pen.address}>", f"To: {DOOR}", machine, words="HELP")
    post(street, written, "" if machine.startswith("Return-Path") else pen.address)
    assert street.sent() == before


def test_inbox_T10_an_old_reply_address_opens_nothing(street: Street) -> None:
    old = target(street)
    street.town.clock.set(street.town.clock.now() + timedelta(days=181))
    pen = street.pen(street.ana)
    written = mail(f"From: Ana <{pen.address}>", f"To: {old}", "Message-ID: <old@riverbend.example>")
    post(street, written, pen.address, old)
    trust, member = street.last()
    assert trust in (Trust.UNMATCHED, Trust.SENDER)
    assert member in (None, street.ana)


@pytest.mark.parametrize(
    ("results", "trust"),
    [
        (f"{BORDER}; dmarc=pass header.from=riverbend.example", Trust.TOKEN),
        (f"{BORDER}; dmarc=fail header.from=riverbend.example", Trust.UNMATCHED),
        (f"{BORDER}; dmarc=none", Trust.TOKEN),
        (f"{BORDER}; dmarc=temperror", Trust.TOKEN),
        ("mx.elsewhere.example; dmarc=fail header.from=riverbend.example", Trust.TOKEN),
    ],
)
def test_trust_T4_a_leaked_reply_address_does_not_make_a_forger_ana(
    street: Street, results: str, trust: Trust
) -> None:
    guarded = street.under(BORDER)
    pen = street.pen(street.ana)
    to = target(street)
    written = mail(
        f"Authentication-Results: {results}", f"From: Ana <{pen.address}>", f"To: {to}", words="no thanks"
    )
    post(guarded, written, pen.address, to)
    assert street.last() == (trust, street.ana if trust is Trust.TOKEN else None)


def test_inbox_T29_trust_T46_only_the_topmost_word_of_our_own_border_counts(street: Street) -> None:
    guarded = street.under(BORDER)
    pen, to = street.pen(street.ana), target(street)
    theirs = f"Authentication-Results: {BORDER}; dmarc=pass header.from=riverbend.example"
    ours = f"Authentication-Results: {BORDER}; dmarc=fail header.from=riverbend.example"
    written = mail(ours, f"From: Ana <{pen.address}>", theirs, f"To: {to}")
    post(guarded, written, pen.address, to)
    assert street.last() == (Trust.UNMATCHED, None)


def test_where_the_border_calls_the_sender_false_nobody_is_answered(street: Street) -> None:
    guarded, before = street.under(BORDER), street.sent()
    pen = street.pen(street.ana)
    false = f"Authentication-Results: {BORDER}; dmarc=fail header.from=riverbend.example"
    post(guarded, mail(false, f"From: Ana <{pen.address}>", f"To: {DOOR}", words="HELP"), pen.address)
    assert street.sent() == before


@pytest.mark.parametrize(
    "senders",
    [
        ("From: Ana <ana@riverbend.example>", "From: Eve <eve@elsewhere.example>"),
        ("From: Eve <eve@elsewhere.example>", "From: Ana <ana@riverbend.example>"),
        ("From: Ana <ana@riverbend.example>, Eve <eve@elsewhere.example>",),
        ("From: ana@riverbend.example <eve@elsewhere.example>",),
        ("From: friends: ana@riverbend.example, eve@elsewhere.example;",),
        ("From: eve@elsewhere.example (ana@riverbend.example)",),
        ("From: =?utf-8?q?ana=40riverbend.example=3E?= <eve@elsewhere.example>",),
        ('From: "Ana <ana@riverbend.example>" <eve@elsewhere.example>',),
        ("From : Eve <eve@elsewhere.example>", "From: Ana <ana@riverbend.example>"),
        ("From: <@ana.example,@riverbend.example:eve@elsewhere.example>",),
        ("From:",),
    ],
)
def test_trust_T6_who_has_two_faces_has_none(street: Street, senders: tuple[str, ...]) -> None:
    to = target(street)
    post(street, mail(*senders, f"To: {to}", words="no thanks"), "eve@elsewhere.example", to)
    assert street.last() == (Trust.UNMATCHED, None)
    street.town.pass_time(days=4)
    assert len(street.town.mailbox(street.ana)) > 1  # her walk was not ended


def test_trust_T23_a_message_id_taken_before_swallows_nothing(street: Street) -> None:
    pen, to = street.pen(street.ana), target(street)
    first = mail("From: Eve <eve@elsewhere.example>", f"To: {to}", "Message-ID: <x@riverbend.example>")
    mine = mail(
        f"From: Ana <{pen.address}>", f"To: {to}", "Message-ID: <x@riverbend.example>", words="Ana here"
    )
    post(street, first, "eve@elsewhere.example", to)
    post(street, mine, pen.address, to)
    assert street.last() == (Trust.TOKEN, street.ana)
    with street.town.rt.reading() as session:
        assert len(session.execute(select(Raw.id)).all()) == 2
        assert len(session.execute(select(Conversation.id)).all()) == 2


def test_whoever_it_may_be_is_named_with_the_reason(street: Street) -> None:
    def why(written: bytes, to: str = DOOR) -> list[tuple[str, Because]]:
        post(street, written, "", to)
        rt = street.town.rt
        with rt.reading() as session:
            row = session.execute(select(Raw).order_by(Raw.id.desc()).limit(1)).scalar_one()
            kept = kept_of(row)
        reading = read(rt, kept)
        with rt.reading() as session:
            found = suggestions(rt, session, reading)
        names = {street.ana: "Ana", street.ben: "Ben"}
        return [(names[one.member_id], one.because) for one in found]

    letter = street.town.mailbox(street.ana)[-1]
    eve = "From: Eve <eve@elsewhere.example>"
    assert why(mail(eve, f"To: {target(street)}"), target(street)) == [("Ana", Because.TOKEN)]
    assert why(mail(eve, f"In-Reply-To: {letter.rfc_message_id}")) == [("Ana", Because.LETTER)]
    assert why(mail("From: B <ben@riverbend.example>")) == [("Ben", Because.ADDRESS)]
    assert why(mail("From: B <ben+lists@riverbend.example>")) == [("Ben", Because.TAG)]
    assert why(mail("From: Ben <ben@work.example>")) == [("Ben", Because.NAME)]
    assert why(mail("From: Ana <ben@riverbend.example>")) == [
        ("Ben", Because.ADDRESS), ("Ana", Because.NAME),
    ]  # fmt: skip
    assert why(mail(eve)) == []

"""What machines send is put where it belongs, obeyed in nothing, and answered by nobody."""

from dataclasses import replace
from email.message import EmailMessage

from sqlalchemy import select

from engine.store.messages import Message
from engine.store.raw import Raw
from engine.vocabulary.words import MailKind
from inbound.sources.keeping import Envelope
from inbound.sources.postoffice import receive_email
from tests.stories.street import DOOR, Street
from webapp.town import writing


def post(street: Street, *lines: str, to: str = DOOR, sender: str = "ana@riverbend.example") -> str | None:
    """How it ended."""
    receive_email(street.town.rt, "\r\n".join(lines).encode(), Envelope(sender, (to,)))
    street.town.settle()
    with street.town.rt.reading() as session:
        return session.execute(select(Raw.outcome).order_by(Raw.id.desc()).limit(1)).scalar_one()


def target(street: Street) -> str:
    return writing.reply_target(street.town.mailbox(street.ana)[-1].message)


def newest(street: Street) -> Message:
    with street.town.rt.reading() as session:
        last = select(Message).order_by(Message.at.desc(), Message.id.desc()).limit(1)
        return session.execute(last).scalar_one()


def invitation(comment: str = "") -> list[str]:
    return [
        "From: Ana <ana@riverbend.example>",
        "Subject: Accepted: Potluck",
        "Content-Type: text/calendar; method=REPLY",
        "",
        "BEGIN:VCALENDAR",
        "METHOD:REPLY",
        "BEGIN:VEVENT",
        "UID:7",
        "SUMMARY:Potluck",
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ana@riverbend.example",
        *([f"COMMENT:{comment}"] if comment else []),
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_the_answer_of_a_calendar_stands_in_the_conversation(street: Street) -> None:
    before = street.sent()
    assert post(street, *invitation(), to=target(street)) == "calendar"
    found = newest(street)
    assert (found.kind, found.member_id, found.body) == (MailKind.CALENDAR, street.ana, "ACCEPTED: Potluck")
    assert street.town.conversation(street.ana) is None  # nobody needs to answer
    assert street.sent() == before


def test_a_comment_beside_it_waits_for_a_person(street: Street) -> None:
    assert post(street, *invitation("May I bring Tom?"), to=target(street)) == "conversation"
    assert "May I bring Tom?" in newest(street).body


def test_a_challenge_is_shown_to_a_person_and_not_obeyed(street: Street) -> None:
    before = street.sent()
    ended = post(
        street,
        "From: Ana <ana@riverbend.example>",
        "Subject: Please confirm your message",
        "Auto-Submitted: auto-replied",
        "",
        "STOP",
        to=target(street),
    )
    assert ended == "conversation"
    assert newest(street).kind is MailKind.CHALLENGE
    assert street.sent() == before
    assert not street.town.person(street.ana).addresses[0].suppressed


def test_what_is_sealed_for_another_key_waits_for_a_person_who_is_told_so(street: Street) -> None:
    ended = post(
        street,
        "From: Ana <ana@riverbend.example>",
        "Subject: ...",
        'Content-Type: multipart/encrypted; boundary="x"',
        "",
        "--x",
        "Content-Type: application/pgp-encrypted",
        "",
        "Version: 1",
        "--x--",
        to=target(street),
    )
    assert ended == "conversation"
    assert newest(street).kind is MailKind.ENCRYPTED


def test_lists_and_receipts_bother_nobody(street: Street) -> None:
    hello = ("From: Ana <ana@riverbend.example>", "Subject: hi")
    assert post(street, *hello, "List-Id: <talk.elsewhere.example>", "", "hello") == "list"
    receipt = ("Content-Type: message/disposition-notification", "", "Disposition: a/b; displayed")
    assert post(street, *hello, *receipt) == "receipt"
    assert street.unmatched() == []


def test_an_answer_by_way_of_a_list_is_read_by_a_person(street: Street) -> None:
    before = street.sent()
    hello = ("From: Ana <ana@riverbend.example>", "Subject: hi", "Precedence: list", "", "no thanks")
    assert post(street, *hello, to=target(street)) == "conversation"
    assert street.sent() == before


def test_a_person_who_writes_like_a_server_is_read_by_a_person(street: Street) -> None:
    ended = post(
        street,
        "From: Carol <carol@elsewhere.example>",
        "Subject: Undelivered mail",
        "",
        "My letter could not be delivered to",
        "ana@riverbend.example",
        "Can you give it to her?",
        sender="carol@elsewhere.example",
    )
    assert ended == "needs matching"


def test_a_report_that_names_nobody_closes_the_address_its_own_letter_went_to(street: Street) -> None:
    letter = street.town.mailbox(street.ana)[-1].message
    report = ("From: system@mx.elsewhere.example", "Subject: Your mail", "", "550 5.1.1 user unknown")
    assert post(street, *report, to=writing.return_path(letter), sender="") == "bounce"
    assert street.town.person(street.ana).addresses[0].suppressed
    assert not street.town.person(street.ben).addresses[0].suppressed


def test_a_full_mailbox_closes_nothing(street: Street) -> None:
    letter = street.town.mailbox(street.ana)[-1].message
    full = writing.write_bounce(letter, replace(street.pen(street.ana))).replace(b"5.1.1", b"5.2.2")
    receive_email(street.town.rt, full, Envelope("", (writing.return_path(letter),)))
    street.town.settle()
    assert not street.town.person(street.ana).addresses[0].suppressed


def complaint(letter: EmailMessage, feedback: str = "abuse", to: str = "") -> list[str]:
    """A report on the letter with this Message-ID, as a receiver's feedback loop sends it."""
    return [
        "From: fbl@mx.elsewhere.example",
        'Content-Type: multipart/report; report-type=feedback-report; boundary="x"',
        "",
        "--x",
        "Content-Type: message/feedback-report",
        "",
        f"Feedback-Type: {feedback}",
        *([f"Original-Rcpt-To: <{to}>"] if to else []),
        "--x",
        "Content-Type: text/rfc822-headers",
        "",
        f"Message-ID: {letter['message-id']}",
        "--x--",
    ]


def test_a_complaint_that_names_whom_we_wrote_to_closes_that_address(street: Street) -> None:
    letter = street.town.mailbox(street.ana)[-1].message
    assert post(street, *complaint(letter, to="ana@riverbend.example"), sender="") == "complaint"
    assert street.town.person(street.ana).addresses[0].suppressed


def test_a_complaint_to_the_envelope_address_of_a_letter_needs_to_name_nobody(street: Street) -> None:
    letter = street.town.mailbox(street.ana)[-1].message
    assert post(street, *complaint(letter), to=writing.return_path(letter), sender="") == "complaint"
    assert street.town.person(street.ana).addresses[0].suppressed


def test_who_knows_a_message_id_of_ours_cannot_silence_the_member_it_went_to(street: Street) -> None:
    letter = street.town.mailbox(street.ana)[-1].message
    assert post(street, *complaint(letter), sender="mallory@elsewhere.example") == "needs matching"
    assert post(street, *complaint(letter, "not-spam"), to=writing.return_path(letter)) == "receipt"
    assert not street.town.person(street.ana).addresses[0].suppressed


def test_words_beside_an_accepted_invitation_wait_for_a_person(street: Street) -> None:
    def both(words: str) -> list[str]:
        head, *body = invitation()[2:]
        return [
            *invitation()[:2],
            'Content-Type: multipart/alternative; boundary="x"',
            "",
            "--x",
            "Content-Type: text/plain",
            "",
            words,
            "--x",
            head,
            *body,
            "--x--",
        ]

    assert post(street, *both("Ana has accepted this invitation."), to=target(street)) == "calendar"
    asked = post(street, *both("I bring bread, too. Is there a ramp?"), to=target(street))
    assert asked == "conversation"


def test_an_answer_to_our_letter_that_is_marked_as_bulk_is_read_by_a_person(street: Street) -> None:
    letter = street.town.mailbox(street.ana)[-1].message
    answer = f"In-Reply-To: {letter['message-id']}"
    hello = ("From: Ana <ana@riverbend.example>", "Subject: hi", "Precedence: bulk", answer, "", "no thanks")
    assert post(street, *hello) == "conversation"

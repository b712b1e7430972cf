"""Bounces, complaints, holiday notes and loops are told from people; a person is never taken for one."""

import pytest

from engine.vocabulary.words import MailKind
from inbound.classify import Verdict, classify
from inbound.parse import read_email, read_sms


def verdict_on(headers: str, envelope_sender: str | None = "ana@example.org", ours: str = "") -> Verdict:
    raw = f"From: Ana <ana@example.org>\n{headers}\n\nHello, I will come.".encode()
    return classify(read_email(raw, envelope_sender), raw, ours=lambda address: address == ours)


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ("Subject: Hello", MailKind.PERSON),
        ("Auto-Submitted: no", MailKind.PERSON),
        ("X-Auto-Response-Suppress: All", MailKind.PERSON),
        ("Subject: Re: Undeliverable: hello", MailKind.PERSON),
        ("Auto-Submitted: auto-generated", MailKind.OUT_OF_OFFICE),
        ("Auto-Submitted: auto-replied; owner-email=x", MailKind.OUT_OF_OFFICE),
        ("X-Autoreply: yes", MailKind.OUT_OF_OFFICE),
        ("X-Autorespond: away", MailKind.OUT_OF_OFFICE),
        ("Precedence: auto_reply", MailKind.OUT_OF_OFFICE),
        ("Subject: Out of Office: Hello", MailKind.OUT_OF_OFFICE),
        ("Subject: =?utf-8?Q?Respuesta_autom=C3=A1tica=3A?= Hola", MailKind.OUT_OF_OFFICE),
        ("Precedence: bulk", MailKind.LOOP),
        ("List-Unsubscribe: <https://x.example>", MailKind.LOOP),
        ("X-Porchlight-Hop: 1", MailKind.LOOP),
    ],
)
def test_trust_E6_signs_of_machines_are_obeyed(headers: str, kind: MailKind) -> None:
    assert verdict_on(headers).kind is kind


def test_a_mail_without_an_envelope_sender_is_a_machines() -> None:
    assert verdict_on("Subject: Hello", envelope_sender="").kind is MailKind.OUT_OF_OFFICE
    assert verdict_on("Subject: Mail delivery failed", envelope_sender="").kind is MailKind.BOUNCE


def test_a_mail_from_ourselves_is_a_loop() -> None:
    assert verdict_on("Subject: Hello", ours="ana@example.org").kind is MailKind.LOOP


def test_a_bounce_that_names_nobody_suppresses_nobody() -> None:
    verdict = verdict_on("Subject: Returned mail", envelope_sender="")
    assert (verdict.failed_recipients, verdict.permanent) == ((), None)


def test_google_names_who_failed_in_a_header() -> None:
    raw = (
        b"From: mailer-daemon@googlemail.com\nX-Failed-Recipients: Ana@Example.org\n\n550 5.1.1 no such user"
    )
    verdict = classify(read_email(raw, ""), raw, ours=lambda _: False)
    assert (verdict.failed_recipients, verdict.permanent) == (("ana@example.org",), True)


def test_a_bounce_that_a_person_forwards_to_us_is_a_persons_mail() -> None:
    raw = (
        b"From: ana@example.org\nContent-Type: multipart/mixed; boundary=x\n\n"
        b"--x\n\nWhat does this mean?\n--x\n"
        b"Content-Type: message/delivery-status\n\n"
        b"Final-Recipient: rfc822; b@x.org\nAction: failed\nStatus: 5.1.1\n--x--"
    )
    assert classify(read_email(raw, "ana@example.org"), raw, ours=lambda _: False).kind is MailKind.PERSON


def test_bytes_that_are_no_mail_are_unreadable() -> None:
    assert classify(read_email(b""), b"", ours=lambda _: False).kind is MailKind.UNREADABLE


def test_a_text_message_is_always_a_persons() -> None:
    incoming = read_sms({"From": "+15550001111", "Body": "Out of office"})
    assert classify(incoming, b"", ours=lambda _: True).kind is MailKind.PERSON

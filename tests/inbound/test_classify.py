"""Bounces, complaints, holiday notes and loops are told from people; a person is never taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        ("Subject: Out of the office - lunch Friday?", MailKind.PERSON),
        ("Auto-Submitted: auto-generated", MailKind.OUT_OF_OFFICE),
        ("Auto-Submitted: auto-replied; owner-email=x", MailKind.OUT_OF_OFFICE),
        ("X-Autoreply: yes", MailKind.OUT_OF_OFFICE),
        ("X-Autorespond: away", MailKind.OUT_OF_OFFICE),
        ("Precedence: auto_reply", MailKind.OUT_OF_OFFICE),
        ("Subject: Out of Office: Hello", MailKind.OUT_OF_OFFICE),
        ("Subject: =?utf-8?Q?Respuesta_autom=C3=A1tica=3A?= Hola", MailKind.OUT_OF_OFFICE),
        ("Precedence: bulk", MailKind.LIST),
        ("List-Unsubscribe: <https://x.example>", MailKind.LIST),
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


REPORT = (
    "From: {sender}\nSubject: {subject}\nContent-Type: multipart/report; boundary=x\n\n"
    "--x\n\nSee below.\n--x\nContent-Type: {kind}\n\n{fields}\n--x--\n"
)


def reported(kind: str, fields: str, subject: str = "Report", sender: str = "server@mx.example") -> Verdict:
    raw = REPORT.format(sender=sender, subject=subject, kind=kind, fields=fields).encode()
    return classify(read_email(raw, ""), raw, ours=lambda _: False)


STATUS = "message/delivery-status"


@pytest.mark.parametrize(
    ("fields", "permanent"),
    [
        ("Reporting-MTA: dns; mx.example\n\n"
         "Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1", True),
        ("Final-Recipient: rfc822;a@b.example\nAction: failed\nStatus: 5.2.2", False),  # a full mailbox
        ("Final-Recipient: rfc822;a@b.example\nAction: failed\nStatus: 5.7.1", False),  # a policy
        ("Final-Recipient: rfc822;a@b.example\nAction: failed\nStatus: 4.4.7", False),  # a network, for days
        ("Final-Recipient: rfc822;a@b.example\nAction: delayed\nStatus: 4.4.1", False),
        ("Final-Recipient: a@b.example\nStatus: 5.1.1", True),  # no action, no address type
        ("final-recipient:RFC822;<A@B.Example>\naction:Failed (unknown)\nstatus:5.1.10 (x)", True),
        ("Original-Recipient: rfc822;a@b.example\nFinal-Recipient: rfc822;c@d.example\n"
         "Action: failed\nStatus: 5.0.0\n"
         "Diagnostic-Code: smtp; 550 5.1.1 no such user", True),
        ("Final-Recipient: utf-8; a@b\\x{2E}example\nAction: failed\nStatus: 5.1.1", True),
        ("Final-Recipient: rfc822;a@b.example\nAction: failed\nStatus: 5.0.0\n"
         "Diagnostic-Code: smtp; 552 over quota", False),
    ],
)  # fmt: skip
def test_a_delivery_status_says_who_and_whether_the_address_is_no_good(fields: str, permanent: bool) -> None:
    verdict = reported(STATUS, fields)
    assert (verdict.kind, verdict.reason) == (MailKind.BOUNCE, "delivery_status")
    assert (verdict.failed_recipients, verdict.permanent) == (("a@b.example",), permanent)


def test_a_delivery_status_tells_of_each_recipient_even_without_the_line_between() -> None:
    block = "Final-Recipient: rfc822;{}@b.example\nAction: {}\nStatus: {}"
    fields = "\n".join(
        [block.format("ana", "failed", "5.1.1"), block.format("ben", "delivered", "2.0.0"),
         block.format("carol", "failed", "5.2.2")]
    )  # fmt: skip
    verdict = reported(STATUS, fields)
    assert [(one.address, one.blameless) for one in verdict.failed] == [
        ("ana@b.example", False), ("carol@b.example", True),
    ]  # fmt: skip


def test_news_of_success_is_a_receipt() -> None:
    verdict = reported(STATUS, "Final-Recipient: rfc822;a@b.example\nAction: delivered\nStatus: 2.0.0")
    assert (verdict.kind, verdict.reason) == (MailKind.RECEIPT, "delivery_receipt")
    read = reported(
        "message/disposition-notification",
        "Final-Recipient: rfc822;a@b.example\nOriginal-Message-ID: <1@ours.example>\n"
        "Disposition: manual-action/MDN-sent-manually; displayed",
    )
    assert (read.kind, read.reason, read.original_ids) == (
        MailKind.RECEIPT,
        "read_receipt",
        ("<1@ours.example>",),
    )


def test_a_feedback_report_is_a_complaint_with_the_letter_it_is_about() -> None:
    raw = (
        b"From: fbl@mx.example\nContent-Type: multipart/report; report-type=feedback-report; boundary=x\n\n"
        b"--x\n\nAbuse.\n--x\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n"
        b"--x\nContent-Type: message/rfc822\n\nMessage-ID: <7@ours.example>\nSubject: x\n\nhi\n--x--\n"
    )
    verdict = classify(read_email(raw), raw, ours=lambda _: False)
    assert (verdict.kind, verdict.original_ids) == (MailKind.COMPLAINT, ("<7@ours.example>",))


@pytest.mark.parametrize(
    ("text", "permanent"),
    [
        ("I could not deliver your mail:\n\n<ana@b.example>:\n550 5.1.1 unknown here", True),
        ("Delivery to the following recipient failed for good:\n\n   ana@b.example\n\n552 5.2.2 full", True),
        ("Your mail has not been delivered yet to ana@b.example. We will keep trying for two days.", False),
        ("La direction : votre message n'a pas pu être remis.\n\nana@b.example\nutilisateur inconnu", True),
        ("Die Nachricht konnte nicht zugestellt werden an:\nana@b.example\nEmpfänger unbekannt", True),
        ("No se pudo entregar el mensaje a:\n\n<ana@b.example>\nEl usuario no existe", True),
        ("次の宛先に配信できませんでした。\n\nana@b.example\nユーザーが存在しません", True),
    ],
)
def test_servers_that_only_use_words_are_understood(text: str, permanent: bool) -> None:
    raw = f"From: MAILER-DAEMON@mx.example\nTo: us@ours.example\nSubject: failed\n\n{text}\n".encode()
    verdict = classify(read_email(raw, ""), raw, ours=lambda _: False)
    assert verdict.kind is MailKind.BOUNCE
    assert [(one.address, one.permanent) for one in verdict.failed] == [("ana@b.example", permanent)]


def test_at_the_address_for_reports_a_code_is_enough() -> None:
    raw = b"From: system@mx.example\nSubject: Your mail\n\nIt was not delivered: 550 5.1.1 user unknown\n"
    verdict = classify(read_email(raw, ""), raw, ours=lambda _: False, about_ours=True)
    assert (verdict.kind, verdict.reason, verdict.permanent) == (MailKind.BOUNCE, "bounce_address", True)
    vague = b"From: system@mx.example\nSubject: Your mail\n\nSomething happened.\n"
    assert classify(read_email(vague, ""), vague, ours=lambda _: False, about_ours=True).permanent is None


@pytest.mark.parametrize(
    "sign", ["Auto-Submitted: auto-replied\nSubject: Re: hi", "Subject: Absence du bureau"]
)
def test_holiday_notes_go_to_the_address_for_reports_too(sign: str) -> None:
    raw = f"From: ana@b.example\n{sign}\n\nI am back on Monday.\n".encode()
    verdict = classify(read_email(raw, ""), raw, ours=lambda _: False, about_ours=True)
    assert verdict.kind is MailKind.OUT_OF_OFFICE


def invitation(attendee: str, status: str, method: str = "REPLY", sender: str = "ana@b.example") -> Verdict:
    raw = (
        f"From: {sender}\nSubject: Accepted: Potluck\nAuto-Submitted: auto-generated\n"
        f"Content-Type: text/calendar; method={method}; charset=utf-8\n\n"
        f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nMETHOD:{method}\nBEGIN:VEVENT\nUID:7\nSUMMARY:Potluck\n"
        f"ATTENDEE;PARTSTAT={status}:mailto:{attendee}\nCOMMENT:With Ben\nEND:VEVENT\nEND:VCALENDAR\n"
    ).encode()
    return classify(read_email(raw), raw, ours=lambda _: False)


def test_the_answer_of_a_calendar_says_who_comes() -> None:
    for status in ("ACCEPTED", "DECLINED", "TENTATIVE"):
        verdict = invitation("Ana@b.example", status)
        assert verdict.kind is MailKind.CALENDAR
        assert verdict.calendar is not None
        assert (verdict.calendar.uid, verdict.calendar.summary) == ("7", "Potluck")
        assert (verdict.calendar.status, verdict.calendar.comment) == (status, "With Ben")


def test_nobody_answers_an_invitation_for_another() -> None:
    assert invitation("ben@b.example", "ACCEPTED").kind is not MailKind.CALENDAR
    assert invitation("ana@b.example", "NEEDS-ACTION").kind is not MailKind.CALENDAR
    assert invitation("ana@b.example", "ACCEPTED", method="REQUEST").kind is not MailKind.CALENDAR


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ("Please confirm your message to Ben", MailKind.CHALLENGE),
        ("Bitte bestätigen Sie Ihre Nachricht", MailKind.CHALLENGE),
        ("Abwesenheitsnotiz: Hallo", MailKind.OUT_OF_OFFICE),
        ("Réponse automatique : Bonjour", MailKind.OUT_OF_OFFICE),
        ("Risposta automatica: ciao", MailKind.OUT_OF_OFFICE),
        ("Resposta automática: oi", MailKind.OUT_OF_OFFICE),
        ("Automatisch antwoord: hoi", MailKind.OUT_OF_OFFICE),
        ("Автоответ: привет", MailKind.OUT_OF_OFFICE),
        ("自动回复: 你好", MailKind.OUT_OF_OFFICE),
        ("自動応答: こんにちは", MailKind.OUT_OF_OFFICE),
        ("자동 회신: 안녕", MailKind.OUT_OF_OFFICE),
    ],
)
def test_machines_are_known_by_their_subjects_in_many_languages(subject: str, kind: MailKind) -> None:
    raw = f"From: ana@b.example\nSubject: {subject}\n\nSee https://b.example/c\n".encode()
    assert classify(read_email(raw), raw, ours=lambda _: False).kind is kind


def test_a_person_who_asks_for_a_confirmation_is_a_person() -> None:
    raw = b"From: ana@b.example\nSubject: Please confirm your message\n\nDid you write that you come?\n"
    assert classify(read_email(raw, "ana@b.example"), raw, ours=lambda _: False).kind is MailKind.PERSON


def test_what_is_sealed_for_another_key_is_said_to_be() -> None:
    raw = (
        b"From: ana@b.example\nContent-Type: multipart/encrypted; boundary=x\n\n"
        b"--x\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n"
        b"--x\nContent-Type: application/octet-stream\n\n-----BEGIN PGP MESSAGE-----\nabc\n--x--\n"
    )
    assert classify(read_email(raw), raw, ours=lambda _: False).kind is MailKind.ENCRYPTED
    inline = (
        b"From: ana@b.example\nSubject: hi\n\n-----BEGIN PGP MESSAGE-----\nabc\n-----END PGP MESSAGE-----\n"
    )
    assert classify(read_email(inline), inline, ours=lambda _: False).kind is MailKind.ENCRYPTED


def test_what_comes_through_a_list_is_a_lists() -> None:
    assert verdict_on("List-Id: Talk <talk.b.example>").kind is MailKind.LIST
    assert (
        verdict_on("List-Id: Talk <talk.b.example>\nAuto-Submitted: auto-replied").kind
        is MailKind.OUT_OF_OFFICE
    )


SAID = """i could not come because my mail was full and nobody answered the address is wrong again
user unknown returned failed delivery ana@b.example <ben@b.example> 550 5.1.1 please confirm
holiday list stop"""
WORDS = st.lists(st.sampled_from(SAID.split()), max_size=40).map(" ".join)


@given(WORDS, WORDS)
def test_nothing_a_person_writes_from_a_persons_address_is_a_report(subject: str, text: str) -> None:
    raw = f"From: Ana <ana@river.example>\nSubject: Re: {subject}\n\n{text}\n".encode()
    kind = classify(read_email(raw, "ana@river.example"), raw, ours=lambda _: False).kind
    assert kind not in (MailKind.BOUNCE, MailKind.COMPLAINT, MailKind.RECEIPT, MailKind.LOOP)


@given(st.binary(max_size=500), st.sampled_from(["", None, "ana@river.example"]), st.booleans())
def test_classifying_never_raises(body: bytes, envelope: str | None, about_ours: bool) -> None:
    for kind in (
        STATUS,
        "message/feedback-report",
        "message/disposition-notification",
        "text/calendar",
        "text/plain",
    ):
        raw = (
            REPORT.format(sender="mailer-daemon@x.example", subject="s", kind=kind, fields="").encode()[:-6]
            + body
        )
        incoming = read_email(raw, envelope)
        assert classify(incoming, raw, ours=lambda _: False, about_ours=about_ours).kind in MailKind


@pytest.mark.parametrize(
    ("sender", "subject"),
    [
        ("Ana <ana@river.example>", "On leave, but I read your letter"),
        ("Ana <ana@river.example>", "Out of office chairs, who has some?"),
        ("Ana <ana@river.example>", "Im Urlaub habe ich gelesen"),
        ("Ana <ana@river.example>", "Rejected: my own idea"),
        ("Pat <postmaster@farm.example>", "Re: Saturday"),
        ("Mail Delivery Johnson <mdj@farm.example>", "Re: Saturday"),
    ],
)
def test_a_person_is_one_whatever_they_are_called_or_begin_with(sender: str, subject: str) -> None:
    raw = f"From: {sender}\nSubject: {subject}\n\nI come on Saturday.\n".encode()
    for envelope in (None, "somebody@river.example"):
        assert classify(read_email(raw, envelope), raw, ours=lambda _: False).kind is MailKind.PERSON


def test_a_comment_behind_no_changes_nothing() -> None:
    assert verdict_on("Auto-Submitted: no (a person wrote this)").kind is MailKind.PERSON
    assert verdict_on("Auto-Submitted: auto-replied (vacation)").kind is MailKind.OUT_OF_OFFICE


def test_who_holds_an_office_and_answers_us_about_a_failure_is_a_person() -> None:
    said = b"\n\nMy message could not be delivered to the council, so I write to you."
    office = b"From: Ana <postmaster@example.org>\nSubject: Re: Hello\nReferences: <7@ours.example>" + said
    named = b"From: Postmaster Ana <ana@example.org>\nSubject: Hello" + said
    for raw in (office, named):
        verdict = classify(read_email(raw, "ana@example.org"), raw, ours=lambda _: False)
        assert verdict.kind is MailKind.PERSON


def test_one_of_our_addresses_beside_another_in_from_is_no_loop() -> None:
    raw = b"From: Ana <ana@example.org>, hello@ours.example\n\nYes."
    incoming = read_email(raw, "ana@example.org")
    verdict = classify(incoming, raw, ours=lambda address: address.endswith("@ours.example"))
    assert verdict.kind is MailKind.PERSON

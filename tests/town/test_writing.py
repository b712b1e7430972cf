"""What pretend members write reads back as real mail does."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from webapp.town.writing import Pen, Style, read_letter, write_bounce, write_email, write_reply, write_text

LETTER = (
    b"Return-Path: <b-verp@porchlight.example>\r\n"
    b"From: Rosa at River Neighbors <hello@porchlight.example>\r\n"
    b"To: ana@correorio.example\r\n"
    b"Reply-To: r-aeaz342j44aaaaaaaaislzxulefr6utberovbjflysl6ufw5i4pp4@porchlight.example\r\n"
    b"Subject: =?utf-8?q?Ana=2C_la_luz_est=C3=A1_encendida?=\r\n"
    b"Date: Mon, 04 May 2026 14:00:00 +0000\r\n"
    b"Message-ID: <01kqsmksr00000000h4qkf8p8b@porchlight.example>\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"Content-Transfer-Encoding: 8bit\r\n\r\n" + "¿Qué te gustaría mejorar?\r\n\r\nRosa\r\n".encode()
)
WORDS = "Me encantaría conocer a alguien.\n\n¿Qué es eso de una compañera? 🌻"


def pen(style: Style = Style.GMAIL, *, language: str = "es", signed: bool = False) -> Pen:
    at = datetime(2026, 5, 4, 18, 30, tzinfo=UTC)
    return Pen(
        "Ana Flores", "ana@correorio.example", at, "fresh", language, "America/New_York", style, signed
    )


def parsed(message: bytes) -> EmailMessage:
    read = message_from_bytes(message, policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def reply(style: Style = Style.GMAIL, *, language: str = "es", signed: bool = False) -> EmailMessage:
    return parsed(write_reply(read_letter(LETTER), WORDS, pen(style, language=language, signed=signed)))


def plain(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


@pytest.mark.parametrize("style", Style)
class TestAReply:
    def test_goes_to_the_reply_address_and_names_what_it_answers(self, style: Style) -> None:
        message = reply(style)
        assert message["To"].addresses[0].addr_spec.startswith("r-aeaz342j44")
        assert message["In-Reply-To"] == "<01kqsmksr00000000h4qkf8p8b@porchlight.example>"
        assert message["References"] == "<01kqsmksr00000000h4qkf8p8b@porchlight.example>"
        assert message["Subject"] == "Re: Ana, la luz está encendida"

    def test_comes_from_the_member_at_their_own_hour(self, style: Style) -> None:
        message = reply(style)
        assert str(message["From"]) == "Ana Flores <ana@correorio.example>"
        assert message["Message-ID"] == "<fresh@correorio.example>"
        assert message["Date"].datetime.isoformat() == "2026-05-04T14:30:00-04:00"

    def test_keeps_every_word_and_quotes_the_letter(self, style: Style) -> None:
        message = reply(style)
        html = message.get_body(("html",))
        assert plain(message).startswith(WORDS)
        assert "¿Qué te gustaría mejorar?" in plain(message)
        assert html is not None
        assert "¿Qué te gustaría mejorar?" in html.get_content()

    def test_uses_crlf_and_lines_that_any_server_takes(self, style: Style) -> None:
        message = write_reply(read_letter(LETTER), WORDS * 40, pen(style))
        assert b"\n" not in message.replace(b"\r\n", b"")
        assert max(map(len, message.split(b"\r\n"))) <= 998


def test_programs_introduce_what_they_quote_in_their_own_way() -> None:
    assert "El lun, 4 may 2026 a las 10:00, Rosa at River Neighbors" in plain(reply(Style.GMAIL))
    assert "On May 4, 2026, at 10:00 AM, Rosa at River Neighbors" in plain(reply(Style.APPLE, language="en"))
    assert "De: Rosa at River Neighbors <hello@porchlight.example>\n" in plain(reply(Style.OUTLOOK))


def test_a_phone_signs_when_it_is_told_to() -> None:
    assert "Enviado desde mi iPhone" in plain(reply(Style.APPLE, signed=True))
    assert "Enviado desde mi iPhone" not in plain(reply(Style.APPLE))


def test_a_letter_out_of_the_blue_answers_nothing() -> None:
    message = parsed(write_email(WORDS, "hello@porchlight.example", "Hola", pen()))
    assert (message["In-Reply-To"], message["References"]) == (None, None)
    assert plain(message) == WORDS + "\n"


def test_a_bounce_is_a_report_to_the_envelope_sender() -> None:
    report = parsed(write_bounce(read_letter(LETTER), pen()))
    _, status, original = report.iter_parts()
    assert report["To"] == "b-verp@porchlight.example"
    assert report.get_content_type() == "multipart/report"
    assert report.get_param("report-type") == "delivery-status"
    _, recipient = status.iter_parts()
    assert recipient["Status"] == "5.1.1"
    assert "01kqsmksr00000000h4qkf8p8b@porchlight.example" in original.as_string()


def test_a_text_is_the_form_twilio_posts() -> None:
    form = write_text("sí 🌻", "+18025550120", "+15555550100", "one")
    other = write_text("sí 🌻", "+18025550120", "+15555550100", "two")
    assert (form["From"], form["To"], form["Body"]) == ("+18025550120", "+15555550100", "sí 🌻")
    assert len(form["MessageSid"]) == 34
    assert form["MessageSid"] != other["MessageSid"]

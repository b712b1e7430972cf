"""What pretend members do with their letters: answer, write, lose their address. Every word goes in by
the door of the outside world (`inbound.sources.postoffice`); a copy stays in their own mailbox."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask

from engine.gateways.postoffice import Mailbox, text_form
from engine.runtime import Runtime
from engine.vocabulary.words import Channel
from inbound.sources.keeping import Envelope
from inbound.sources.postoffice import receive_email, receive_text, require_open
from webapp.town import writing
from webapp.town.letters import Mail
from webapp.town.writing import Pen, Style


@dataclass(frozen=True)
class Writer:
    """A pretend member at a keyboard."""

    name: str
    address: str
    language: str = "en"
    zone: str = "America/New_York"
    style: Style = Style.GMAIL
    signed: bool = False


def answer_letter(rt: Runtime, writer: Writer, mail: Mail, words: str) -> None:
    """Answers one letter. Raises PostofficeClosed."""
    message = writing.write_reply(mail.message, words, _pen(rt, writer))
    _post(rt, writer, message, writing.reply_target(mail.message))


def write_letter(rt: Runtime, writer: Writer, to: str, words: str) -> None:
    """Writes to us out of the blue; the first line is the subject. Raises PostofficeClosed."""
    subject = words.strip().splitlines()[0][:60]
    _post(rt, writer, writing.write_email(words, to, subject, _pen(rt, writer)), to)


def send_text(rt: Runtime, writer: Writer, words: str) -> None:
    """Sends a text to our number. Raises PostofficeClosed."""
    require_open(rt)
    ours = rt.settings.sms_number
    phone = Mailbox.of(rt.settings.postoffice, Channel.SMS, writer.address)
    phone.put_sent(rt.clock.now(), text_form(writer.address, ours, words))
    receive_text(rt, writing.write_text(words, writer.address, ours, rt.ids.new()))


def bounce(rt: Runtime, writer: Writer, mail: Mail) -> None:
    """The member's mail server sends this letter back. Raises PostofficeClosed."""
    message = writing.write_bounce(mail.message, _pen(rt, writer))
    receive_email(rt, message, Envelope("", (writing.return_path(mail.message),)))


def press_one_click(app: Flask, link: str) -> int:
    """The mail program's own unsubscribe button (RFC 8058); returns the HTTP status of its POST."""
    one_click = {"List-Unsubscribe": "One-Click"}
    return app.test_client(use_cookies=False).post(urlsplit(link).path, data=one_click).status_code


def _post(rt: Runtime, writer: Writer, message: bytes, to: str) -> None:
    require_open(rt)
    Mailbox.of(rt.settings.postoffice, Channel.EMAIL, writer.address).put_sent(rt.clock.now(), message)
    receive_email(rt, message, Envelope(writer.address, (to,)))


def _pen(rt: Runtime, writer: Writer) -> Pen:
    return Pen(
        name=writer.name,
        address=writer.address,
        at=rt.clock.now(),
        rfc_id=f"{rt.ids.new()}.mail",
        language=writer.language,
        zone=writer.zone,
        style=writer.style,
        signed=writer.signed,
    )

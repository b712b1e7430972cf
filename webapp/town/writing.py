"""What a pretend member writes: a true RFC 5322 reply as a mail program makes it, the form Twilio posts
for a text, and what a mail server says of an address that is gone."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from email.utils import format_datetime, parsedate_to_datetime
from enum import StrEnum
from functools import lru_cache
from html import escape
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime as in_words

from engine.content.sms import count

_POLICY = SMTP.clone(max_line_length=200)
_CTE = "quoted-printable"


class Style(StrEnum):
    """Which mail program wrote it."""

    GMAIL = "gmail"
    APPLE = "apple"
    OUTLOOK = "outlook"


@dataclass(frozen=True)
class Pen:
    """Who writes, where and when. `rfc_id` is the left part of the Message-ID, fresh each time."""

    name: str
    address: str
    at: datetime
    rfc_id: str
    language: str = "en"
    zone: str = "America/New_York"
    style: Style = Style.GMAIL
    signed: bool = False  # the program's own signature below the words


def read_letter(content: bytes) -> EmailMessage:
    """One of our letters, as the mail program reads it."""
    letter = BytesParser(policy=_POLICY).parsebytes(content)
    assert isinstance(letter, EmailMessage)
    return letter


def reply_target(letter: EmailMessage) -> str:
    """The address an answer goes to."""
    return str((letter["Reply-To"] or letter["From"]).addresses[0].addr_spec)


def write_reply(letter: EmailMessage, words: str, pen: Pen) -> bytes:
    """The whole message with CRLF line ends: new words above, the letter quoted below."""
    reply = EmailMessage(policy=_POLICY)
    reply["Date"] = format_datetime(pen.at.astimezone(ZoneInfo(pen.zone)))
    reply["From"] = _mailbox(pen)
    reply["To"] = reply_target(letter)
    reply["Subject"] = _answering(str(letter["Subject"] or ""))
    reply["Message-ID"] = f"<{pen.rfc_id}@{_domain(pen.address)}>"
    _thread(reply, letter)
    intro, quoted = _intro(letter, pen), _text_of(letter)
    reply.set_content(_plain(words, intro, quoted, pen), charset="utf-8", cte=_CTE)
    reply.add_alternative(_html(words, intro, letter, pen), subtype="html", charset="utf-8", cte=_CTE)
    return reply.as_bytes()


def write_email(words: str, to: str, subject: str, pen: Pen) -> bytes:
    """A letter that answers nothing."""
    letter = EmailMessage(policy=_POLICY)
    letter["Date"] = format_datetime(pen.at.astimezone(ZoneInfo(pen.zone)))
    letter["From"] = _mailbox(pen)
    letter["To"] = to
    letter["Subject"] = subject
    letter["Message-ID"] = f"<{pen.rfc_id}@{_domain(pen.address)}>"
    letter.set_content(words + "\n", charset="utf-8", cte=_CTE)
    return letter.as_bytes()


def write_bounce(letter: EmailMessage, pen: Pen) -> bytes:
    """The report (RFC 3464) of a mail server that does not know the address of this letter."""
    host = _domain(pen.address)
    report = EmailMessage(policy=_POLICY)
    report["Date"] = format_datetime(pen.at)
    report["From"] = f"Mail Delivery Subsystem <mailer-daemon@{host}>"
    report["To"] = return_path(letter)
    report["Subject"] = "Delivery Status Notification (Failure)"
    report["Message-ID"] = f"<{pen.rfc_id}@{host}>"
    report["Auto-Submitted"] = "auto-replied"
    report.set_content(f"The address {pen.address} could not be found.\n", charset="utf-8", cte=_CTE)
    report.make_mixed()
    report.attach(_status(host, pen.address))
    headers = EmailMessage(policy=_POLICY)
    headers.set_content(_header_block(letter), subtype="rfc822-headers", charset="utf-8", cte=_CTE)
    report.attach(headers)
    report.replace_header("Content-Type", "multipart/report; report-type=delivery-status")
    return report.as_bytes()


def return_path(letter: EmailMessage) -> str:
    """The envelope sender of a delivered letter."""
    return str(letter["Return-Path"] or "").strip().strip("<>")


def write_text(words: str, sender: str, to: str, sid: str) -> Mapping[str, str]:
    """The fields Twilio posts for one inbound text. `sid` makes it this text and no other."""
    digest = hashlib.sha256(sid.encode()).hexdigest()[:32]
    return {
        "ToCountry": "US",
        "SmsMessageSid": f"SM{digest}",
        "NumMedia": "0",
        "SmsSid": f"SM{digest}",
        "SmsStatus": "received",
        "FromCountry": "US",
        "Body": words,
        "To": to,
        "NumSegments": str(count(words).segments),
        "MessageSid": f"SM{digest}",
        "AccountSid": "AC" + "0" * 32,
        "From": sender,
        "ApiVersion": "2010-04-01",
    }


def _mailbox(pen: Pen) -> Address:
    return Address(pen.name, addr_spec=pen.address)


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _answering(subject: str) -> str:
    return subject if subject.lower().startswith("re:") else f"Re: {subject}".strip()


def _thread(reply: EmailMessage, letter: EmailMessage) -> None:
    parent = str(letter["Message-ID"] or "").strip()
    if parent:
        reply["In-Reply-To"] = parent
        reply["References"] = " ".join([*str(letter["References"] or "").split(), parent])


@lru_cache
def _programs() -> dict[str, dict[str, Any]]:
    text = resources.files("webapp.town").joinpath("programs.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _ways(pen: Pen) -> Mapping[str, str]:
    """How this program says it in the writer's language: date, intro, signature."""
    program = _programs()[pen.style]
    ways: Mapping[str, str] = program.get(pen.language, program["en"])
    return ways


def _intro(letter: EmailMessage, pen: Pen) -> str:
    sender = letter["From"].addresses[0]
    sent_at = parsedate_to_datetime(str(letter["Date"]))
    zone = ZoneInfo(pen.zone)
    when = in_words(sent_at.astimezone(zone), _ways(pen)["date"], tzinfo=zone, locale=pen.language)
    return _ways(pen)["intro"].format(
        name=sender.display_name,
        address=sender.addr_spec,
        when=when.replace("\u202f", " "),
        to=pen.address,
        subject=letter["Subject"] or "",
    )


def _text_of(letter: EmailMessage) -> str:
    part = letter.get_body(preferencelist=("plain", "html"))
    return part.get_content().strip() if part is not None else ""


def _plain(words: str, intro: str, quoted: str, pen: Pen) -> str:
    prefix = str(_programs()[pen.style]["prefix"])
    below = "\n".join(f"{prefix}{line}".rstrip() for line in quoted.splitlines())
    parts = [words.strip(), _ways(pen)["signature"] if pen.signed else "", f"{intro.strip()}\n{below}"]
    return "\n\n".join(part for part in parts if part) + "\n"


def _html(words: str, intro: str, letter: EmailMessage, pen: Pen) -> str:
    part = letter.get_body(preferencelist=("html",))
    return str(_programs()[pen.style]["html"]).format(
        new=_lines(words.strip()),
        signature=f"<br><br>{escape(_ways(pen)['signature'])}" if pen.signed else "",
        intro=_lines(intro.strip()),
        quoted=part.get_content() if part is not None else f"<pre>{escape(_text_of(letter))}</pre>",
    )


def _lines(text: str) -> str:
    return "<br>".join(escape(line) for line in text.splitlines())


def _status(host: str, address: str) -> EmailMessage:
    about_server, about_address = EmailMessage(policy=_POLICY), EmailMessage(policy=_POLICY)
    about_server["Reporting-MTA"] = f"dns; {host}"
    about_address["Final-Recipient"] = f"rfc822; {address}"
    about_address["Action"] = "failed"
    about_address["Status"] = "5.1.1"
    about_address["Diagnostic-Code"] = "smtp; 550 5.1.1 No such user here"
    part = EmailMessage(policy=_POLICY)
    part["Content-Type"] = "message/delivery-status"
    part.set_payload([about_server, about_address])
    return part


def _header_block(letter: EmailMessage) -> str:
    wanted = ("Message-ID", "From", "To", "Subject", "Date")
    return "\n".join(f"{name}: {letter[name]}" for name in wanted if letter[name]) + "\n"

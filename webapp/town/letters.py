"""What lies in a pretend mailbox or phone, as its owner sees it."""

import json
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from functools import cached_property

from engine.content.sms import count
from engine.gateways.postoffice import Letter, Mailbox
from webapp.town.writing import read_letter

_ONE_CLICK = "List-Unsubscribe=One-Click"


@dataclass(frozen=True)
class Mail:
    """A letter, come or sent. `name` finds it again in its mailbox."""

    name: str
    at: datetime
    sent: bool
    read: bool
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "")

    @property
    def sender(self) -> str:
        return str(self.message["From"] or "")

    @property
    def sender_name(self) -> str:
        mailbox = self.message["From"].addresses[0]
        return str(mailbox.display_name or mailbox.addr_spec)

    @property
    def rfc_message_id(self) -> str:
        return str(self.message["Message-ID"] or "")

    @cached_property
    def text(self) -> str:
        """The plain-text part."""
        return self._body("plain")

    @cached_property
    def html(self) -> str:
        return self._body("html")

    @property
    def headers(self) -> list[tuple[str, str]]:
        """As they stand in the letter, unfolded, in their order."""
        return [(name, " ".join(str(value).split())) for name, value in self.message.items()]

    @property
    def one_click(self) -> str | None:
        """Where a mail program posts its own unsubscribe (RFC 8058); None: it shows no such button."""
        if str(self.message["List-Unsubscribe-Post"] or "").strip() != _ONE_CLICK:
            return None
        links = (part.strip().strip("<>") for part in str(self.message["List-Unsubscribe"] or "").split(","))
        return next((link for link in links if link.startswith("http")), None)

    def _body(self, kind: str) -> str:
        part = self.message.get_body(preferencelist=(kind,))
        return str(part.get_content()) if part is not None else ""


@dataclass(frozen=True)
class Text:
    """A text message, come or sent."""

    name: str
    at: datetime
    sent: bool
    read: bool
    body: str
    other: str  # the number at the other end

    @property
    def segments(self) -> int:
        return count(self.body).segments


def mails(box: Mailbox) -> list[Mail]:
    """Newest first."""
    return [_mail(letter) for letter in box.letters()]


def mail(box: Mailbox, name: str) -> Mail | None:
    letter = box.letter(name)
    return None if letter is None else _mail(letter)


def texts(box: Mailbox) -> list[Text]:
    """Newest first."""
    return [_text(letter) for letter in box.letters()]


def _mail(letter: Letter) -> Mail:
    return Mail(letter.name, letter.at, letter.sent, letter.read, read_letter(letter.content()))


def _text(letter: Letter) -> Text:
    form = json.loads(letter.content())
    other = form["to"] if letter.sent else form["from"]
    return Text(letter.name, letter.at, letter.sent, letter.read, form["body"], other)

"""The bytes of one email: headers written one by one, two quoted-printable parts, CRLF only.

Values are cleaned before they are written, so that none can add a header, break a part or leave a line
longer than 998 octets; what must survive byte-exact (a long List-Unsubscribe) is never folded.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_CONTROL_IN_LINES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # turn the direction of what follows
_LINE = 75  # octets of a quoted-printable line, before its soft break
_PLAIN = frozenset(range(33, 127)) - {ord("=")}
_NEEDS_NOTHING = re.compile(r"(?:[!-<>-~ ]{0,74}[!-<>-~])?")  # most names, and every link of ours
_SPECIAL = re.compile(r'[()<>@,:;.\\"\[\]]')
_FOLDED = 76
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>")  # another's goes into our header only in this form
_MOST_REFERENCES = 20  # the newest


@dataclass(frozen=True, slots=True)
class Headers:
    """What the envelope and the person decide. `rfc_message_id` and `references` have their brackets."""

    sender_name: str
    sender_address: str
    to: str
    reply_to: str
    rfc_message_id: str
    date: datetime
    list_unsubscribe: str | None = None  # None: a personal letter
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    auto_submitted: bool = False


def clean(text: str) -> str:
    """One line, without control characters or marks that turn the direction of the text."""
    return _MARKS.sub("", _CONTROL.sub(" ", text)).strip()


def clean_lines(text: str) -> str:
    """Several lines, ended by a line feed each, without any other control character."""
    return _MARKS.sub("", _CONTROL_IN_LINES.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")))


def write_headers(headers: Headers, subject: str, language: str) -> Iterator[bytes]:
    """Lines with their CRLF, up to and without those of the body."""
    yield _line("From", f"{_name(headers.sender_name)} <{clean(headers.sender_address)}>")
    yield _line("To", clean(headers.to))
    yield _line("Reply-To", clean(headers.reply_to))
    yield _line("Subject", _encoded(clean(subject), "Subject"))
    yield _line("Date", format_datetime(headers.date))
    yield _line("Message-ID", clean(headers.rfc_message_id))
    if headers.in_reply_to and _MESSAGE_ID.fullmatch(headers.in_reply_to):
        yield _line("In-Reply-To", headers.in_reply_to)
    if references := [known for known in headers.references if _MESSAGE_ID.fullmatch(known)]:
        yield _line("References", "\r\n ".join(references[-_MOST_REFERENCES:]))
    if headers.list_unsubscribe:
        yield _line("List-Unsubscribe", f"<{clean(headers.list_unsubscribe)}>")
        yield _line("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
    if headers.auto_submitted:
        yield _line("Auto-Submitted", "auto-replied")
    yield _line("Content-Language", language)
    yield _line("MIME-Version", "1.0")


def _line(name: str, value: str) -> bytes:
    return f"{name}: {value}\r\n".encode("ascii", "replace")


def _name(text: str) -> str:
    """A display name: plain, quoted, or encoded."""
    name = clean(text)
    if not name.isascii() or len(name) > _FOLDED or "=?" in name:
        return _encoded(name, "From")
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if _SPECIAL.search(name) else name


def _encoded(text: str, name: str) -> str:
    """As it is where it fits a line and looks like nothing else, else as encoded words (RFC 2047)."""
    if text.isascii() and len(text) <= _FOLDED - len(name) and "=?" not in text:
        return text
    return Header(text, "utf-8", header_name=name).encode(linesep="\r\n")


def quoted_printable(text: str) -> bytes:
    """Encoded so that anything may follow on the same logical line after a soft break. Line ends of any
    kind become CRLF."""
    if _NEEDS_NOTHING.fullmatch(text):
        return text.encode()
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return b"\r\n".join(b"=\r\n".join(_chunks(line.encode())) for line in lines)


def _chunks(line: bytes) -> Iterator[bytes]:
    """Pieces of at most 75 octets; a blank at the very end is encoded, lest a relay drop it."""
    chunk: list[bytes] = []
    used = 0
    for place, octet in enumerate(line):
        blank = octet in (32, 9)
        kept = octet in _PLAIN or (blank and place + 1 < len(line))
        token = bytes((octet,)) if kept else b"=%02X" % octet
        if used + len(token) > _LINE:
            yield b"".join(chunk)
            chunk, used = [], 0
        chunk.append(token)
        used += len(token)
    yield b"".join(chunk)


def join_soft(encoded: Iterable[bytes]) -> bytes:
    """Encoded pieces as one text: a soft break between two of them adds nothing to what is read."""
    return b"=\r\n".join(piece for piece in encoded if piece)


def alternative(boundary: str, text: bytes, html: bytes) -> bytes:
    """The body: plain text first, HTML second, both quoted-printable already."""
    mark = boundary.encode()
    kind = b"Content-Type: text/%b; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    part = b"--%b\r\n" + kind + b"%b\r\n"
    head = b'Content-Type: multipart/alternative; boundary="%b"\r\n\r\n' % mark
    return head + part % (mark, b"plain", text) + part % (mark, b"html", html) + b"--%b--\r\n" % mark

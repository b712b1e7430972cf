"""A mail written anew from the pieces a service has taken it apart into. The same pieces give the same bytes,
so that what is posted twice is one mail."""

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

MARK: Final = "X-Porchlight-Rebuilt"  # names the service; the mail as it was sent is not known
_OF_THE_OLD_BODY: Final = frozenset(
    {"content-type", "content-transfer-encoding", "content-disposition", "mime-version", MARK.lower()}
)
_NAME: Final = re.compile(r"[!-9;-~]{1,80}")
_MOST_HEADERS: Final = 400
_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,60}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a mail that was taken apart."""

    content: bytes
    content_type: str = "application/octet-stream"
    filename: str = ""
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Pieces:
    """A mail that was taken apart. `headers` in the order written."""

    headers: tuple[tuple[str, str], ...]
    text: bytes
    html: bytes
    files: tuple[Piece, ...] = ()


def rebuilt(service: str, pieces: Pieces) -> bytes:
    """The mail as RFC 5322 bytes, marked by a header as rebuilt. No header value can begin another."""
    lines = [f"{MARK}: {service}", *_headers(pieces.headers), "MIME-Version: 1.0"]
    return "\r\n".join(lines).encode("utf-8", "replace") + b"\r\n" + _body(pieces)


def _headers(headers: Iterable[tuple[str, str]]) -> list[str]:
    kept = [
        f"{name}: {' '.join(value.split())}"
        for name, value in headers
        if _NAME.fullmatch(name) and name.lower() not in _OF_THE_OLD_BODY
    ]
    return kept[:_MOST_HEADERS]


def _body(pieces: Pieces) -> bytes:
    """From the Content-Type on."""
    forms = [_part(Piece(pieces.text, "text/plain; charset=utf-8"))] if pieces.text or not pieces.html else []
    if pieces.html:
        forms.append(_part(Piece(pieces.html, "text/html; charset=utf-8")))
    words = forms[0] if len(forms) == 1 else _around("alternative", forms)
    if not pieces.files:
        return words
    return _around("mixed", [words, *(_part(_made_safe(each)) for each in pieces.files)])


def _around(kind: str, parts: list[bytes]) -> bytes:
    mark = b"porchlight-" + hashlib.sha256(b"\0".join(parts)).hexdigest()[:32].encode()
    head = b'Content-Type: multipart/%s; boundary="%s"\r\n\r\n' % (kind.encode(), mark)
    return head + b"".join(b"--%s\r\n%s\r\n" % (mark, part) for part in parts) + b"--%s--\r\n" % mark


def _part(piece: Piece) -> bytes:
    head = [f"Content-Type: {piece.content_type}", "Content-Transfer-Encoding: base64"]
    if piece.filename:
        head.append(f'Content-Disposition: attachment; filename="{piece.filename}"')
    if piece.content_id:
        head.append(f"Content-ID: <{piece.content_id}>")
    return "\r\n".join(head).encode("utf-8", "replace") + b"\r\n\r\n" + base64.encodebytes(piece.content)


def _made_safe(piece: Piece) -> Piece:
    """A file whose type and names can stand in a header."""
    kind = piece.content_type.partition(";")[0].strip().lower()
    return Piece(
        content=piece.content,
        content_type=kind if _TYPE.fullmatch(kind) else "application/octet-stream",
        filename=_quotable(piece.filename) or "file",
        content_id=re.sub(r"[^!-~]|[<>]", "", piece.content_id)[:200],
    )


def _quotable(name: str) -> str:
    return " ".join(name.replace('"', "'").replace("\\", "_").split())[:200]

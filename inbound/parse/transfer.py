"""Content-Transfer-Encodings (RFC 2045) to bytes, as far as they go. Never raises."""

import binascii
import quopri
import re
from typing import Final

_BASE64: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64: Final = bytes(set(range(256)) - set(_BASE64))
_BLANKS: Final = b" \t\r\n"
_PADDING: Final = re.compile(rb"=[=\s]*")
_JOINED_MOST: Final = 100
_UU_LINE: Final = 90


def without_transfer(body: bytes, encoding: str) -> bytes:
    """`encoding` is the value of the header, any case; an unknown one leaves the bytes as they are."""
    named = encoding.strip().strip("\"'").lower()
    if named == "base64":
        return from_base64(body)
    if named == "quoted-printable":
        return quopri.decodestring(body)
    if named in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return _from_uu(body)
    return body


def from_base64(encoded: bytes) -> bytes:
    """Base64 with whatever is not base64 dropped, and the last letters read as far as they go.

    Padding ends it (RFC 2045, 6.8), unless what follows is wholly base64 again: some gateways join parts.
    """
    first, *more = _PADDING.split(encoded, _JOINED_MOST)
    out = _letters(first)
    for number, piece in enumerate(more, start=1):
        tight = piece.translate(None, _BLANKS)
        whole = len(tight) % 4 == 0 or (number < len(more) and len(tight) % 4 > 1)
        if not tight or not whole or tight.translate(None, _BASE64):
            break
        out += _letters(tight)
    return out


def _letters(encoded: bytes) -> bytes:
    letters = encoded.translate(None, _NOT_BASE64)
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    try:
        return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
    except binascii.Error:
        return b""


def _from_uu(body: bytes) -> bytes:
    out: list[bytes] = []
    for line in body.splitlines():
        if line.startswith((b"begin ", b"end")) or not line:
            continue
        try:
            out.append(binascii.a2b_uu(line[:_UU_LINE]))
        except binascii.Error:
            continue
    return b"".join(out)

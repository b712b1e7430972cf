"""Tokens for addresses and links: who an answer belongs to, signed so that nobody can guess one.

A token is 53 lower-case base32 letters: key id (1 byte), the 26-character id as 16 bytes, and 128 bits
of HMAC-SHA256 over both and the audience. It can be made again from the id, so nothing is stored.
There is exactly one spelling of a token; no other form is ever accepted.
"""

import base64
import hashlib
import hmac
from typing import Final

from engine.clock import CROCKFORD
from engine.privacy.sealed import KeyRing

REPLY: Final = "reply"
BOUNCE: Final = "bounce"
UNSUBSCRIBE: Final = "unsubscribe"
REPORT: Final = "report"  # of a provider, about one delivery

LENGTH: Final = 53
_ID_LETTERS = 26
_ID_BYTES = 16
_MAC_BYTES = 16
_ID_END = 1 + _ID_BYTES
_NUMBER_OF = {letter: number for number, letter in enumerate(CROCKFORD)}


def make(keys: KeyRing, audience: str, id: str) -> str:
    """The token of `id` for one audience, signed with the current key. Raises ValueError for a wrong id."""
    head = bytes((keys.current,)) + _packed(id)
    return _spelled(head + _signature(keys, audience, head))


def verify(keys: KeyRing, audience: str, token: str) -> str | None:
    """The id a token carries, or None for every text that is not a token of ours for this audience.

    Never raises. A token with a key id the ring no longer holds is refused after the same work as
    a forged one, so that nobody learns from the time it took.
    """
    signed = _unspelled(token)
    if signed is None:
        return None
    head, given = signed[:_ID_END], signed[_ID_END:]
    try:
        expected, known = _signature(keys, audience, head), True
    except KeyError:
        current = bytes((keys.current,)) + head[1:]
        expected, known = _signature(keys, audience, current), False
    genuine = hmac.compare_digest(expected, given) and known
    return _unpacked(head[1:]) if genuine else None


def _signature(keys: KeyRing, audience: str, head: bytes) -> bytes:
    key = keys.derive(f"token:{audience}", head[0])
    return hmac.digest(key, audience.encode() + b"\0" + head, hashlib.sha256)[:_MAC_BYTES]


def _packed(id: str) -> bytes:
    if len(id) != _ID_LETTERS or any(letter not in _NUMBER_OF for letter in id):
        raise ValueError("A token is made for a 26-character id of engine.clock.Ids.")
    number = 0
    for letter in id:
        number = number << 5 | _NUMBER_OF[letter]
    if number.bit_length() > _ID_BYTES * 8:
        raise ValueError("This id is larger than any that engine.clock.Ids makes.")
    return number.to_bytes(_ID_BYTES, "big")


def _unpacked(packed: bytes) -> str:
    number = int.from_bytes(packed, "big")
    return "".join(CROCKFORD[number >> shift & 31] for shift in range(5 * (_ID_LETTERS - 1), -1, -5))


def _spelled(signed: bytes) -> str:
    return base64.b32encode(signed).decode().rstrip("=").lower()


def _unspelled(token: str) -> bytes | None:
    """The bytes of a token, or None unless it is spelled exactly as `make` spells it."""
    if len(token) != LENGTH or not token.isascii():
        return None
    try:
        signed = base64.b32decode(token.upper() + "=" * (-LENGTH % 8))
    except ValueError:
        return None
    return signed if _spelled(signed) == token else None

"""Our own addresses in inbound mail: reply tokens, VERP, and how two addresses are compared."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from engine.privacy import tokens
from engine.privacy.sealed import KeyRing


class TokenKind(StrEnum):
    """What the address that carried a token is for; the value is the token's audience."""

    REPLY = tokens.REPLY  # r-<token>: a member answers one of our messages
    BOUNCE = tokens.BOUNCE  # b-<token>: the envelope sender of one delivery


@dataclass(frozen=True, slots=True)
class FoundToken:
    kind: TokenKind
    id: str  # the delivery's id


_PREFIXES = {"r-": TokenKind.REPLY, "b-": TokenKind.BOUNCE}


def reply_address(keys: KeyRing, id: str, domain: str) -> str:
    """Where answers to this delivery go (the Reply-To header)."""
    return f"r-{tokens.make(keys, tokens.REPLY, id)}@{domain}"


def bounce_address(keys: KeyRing, id: str, domain: str) -> str:
    """Where reports about this delivery go (the VERP envelope sender)."""
    return f"b-{tokens.make(keys, tokens.BOUNCE, id)}@{domain}"


def find_token(keys: KeyRing, recipients: Iterable[str], domain: str) -> FoundToken | None:
    """The first genuine token among the recipients at our domain.

    Whatever is wrong with an address (another domain, a forged, old or shortened token, a
    token made for another purpose), the answer is the same None.
    """
    for recipient in recipients:
        local, _, at = normalise(recipient).rpartition("@")
        kind = _PREFIXES.get(local[:2])
        if kind is None or at != domain.lower():
            continue
        id = tokens.verify(keys, kind.value, local[2:])
        if id is not None:
            return FoundToken(kind, id)
    return None


def normalise(address: str) -> str:
    """An address as we compare it: lower-case, without white space or angle brackets around it.

    Dots and plus tags stay: only the provider knows whether they matter.
    """
    return address.strip().removeprefix("<").removesuffix(">").strip().lower()


def without_tag(address: str) -> str:
    """`ann+news@example.org` -> `ann@example.org`, to suggest a candidate to a person, never to decide."""
    local, at, domain = normalise(address).rpartition("@")
    return local.partition("+")[0] + at + domain

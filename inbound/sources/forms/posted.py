"""What a mail service has posted, and the mail that was in it."""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass

USER = "porchlight"  # of the address that a service without signatures is given


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form, its bytes as they came. A file has a name, perhaps an empty one."""

    name: str
    content: bytes
    filename: str | None = None
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """One post: its headers by lower-cased name, its body, and the fields where the body is a form."""

    headers: Mapping[str, str]
    body: bytes
    fields: tuple[Field, ...] = ()

    def content(self, name: str) -> bytes:
        """Of the first field of this name that is no file; empty when there is none."""
        return next(
            (each.content for each in self.fields if each.name == name and each.filename is None), b""
        )

    def text(self, name: str) -> str:
        return self.content(name).decode("utf-8", "replace")

    def files(self) -> tuple[Field, ...]:
        return tuple(each for each in self.fields if each.filename is not None)


@dataclass(frozen=True, slots=True)
class Came:
    """A mail and its envelope, where the service knows it. `once`: what the service says in one post only;
    a second post that says the same must hold the same mail."""

    message: bytes
    sender: str | None
    recipients: tuple[str, ...]
    once: str = ""


def read_json(content: bytes) -> object:
    """None for what is no JSON."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def same(given: str, secrets: tuple[str, ...]) -> bool:
    """Whether it is one of the secrets; how long this takes tells nothing about them."""
    found = [hmac.compare_digest(given.encode(), secret.encode()) for secret in secrets]
    return any(found)


def has_password(headers: Mapping[str, str], secrets: tuple[str, ...]) -> bool:
    """Whether the post signs in by one of the secrets (HTTP Basic, as services do whose address has a user
    and a password before the host)."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return False
    try:
        told = base64.b64decode(given, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return False
    return same(told, tuple(f"{USER}:{secret}" for secret in secrets))


def is_lately(stamp: str, now: float, within: float) -> bool:
    """Whether a time in whole seconds since 1970 is past by at most so many seconds. Clocks may differ by
    five minutes."""
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12):
        return False
    return -300 <= now - int(stamp) <= within

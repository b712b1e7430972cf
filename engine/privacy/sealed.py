"""The key ring, keyed hashes, and the sealed column type.

A sealed value is `version (1) | key id (1) | nonce (12) | AES-256-GCM ciphertext and tag`, with
"table.column" as associated data, so that a value moved to another column does not open.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Dialect, Engine, LargeBinary
from sqlalchemy.types import TypeDecorator

_VERSION = 1
_NONCE_BYTES = 12
_KEY_BYTES = 32


class KeyFileError(Exception):
    """The key file cannot be used; the text says which, why, and how to mend it."""


class SealError(Exception):
    """A sealed value does not open with the keys we hold."""


@dataclass(frozen=True)
class KeyRing:
    """Secret keys by id (1 to 255). `current` seals and signs; older ids still open and verify.

    `index` keys the hashes we look rows up by; it never changes, or the rows would be lost.
    """

    current: int
    keys: Mapping[int, bytes] = field(repr=False)
    index: bytes = field(repr=False)
    _derived: dict[tuple[str, int], bytes] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @classmethod
    def fresh(cls) -> "KeyRing":
        return cls(1, {1: secrets.token_bytes(_KEY_BYTES)}, secrets.token_bytes(_KEY_BYTES))

    @classmethod
    def load(cls, path: Path) -> "KeyRing":
        """Raises KeyFileError when the file is missing, unreadable or not ours."""
        try:
            stored = json.loads(path.read_text())
            keys = {int(number): base64.b64decode(key) for number, key in stored["keys"].items()}
            return cls(int(stored["current"]), keys, base64.b64decode(stored["index"]))
        except FileNotFoundError as error:
            raise KeyFileError(
                f"The key file {path} is missing. Put back the copy you kept; "
                "without it nothing sealed can be read."
            ) from error
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise KeyFileError(f"The key file {path} cannot be read ({type(error).__name__}).") from error

    def save(self, path: Path) -> None:
        """Writes a new key file readable by its owner only, whole or not at all; an existing file is never
        replaced (FileExistsError)."""
        encoded = {str(number): base64.b64encode(key).decode() for number, key in self.keys.items()}
        text = json.dumps(
            {"current": self.current, "keys": encoded, "index": base64.b64encode(self.index).decode()}
        )
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # its owner's only
        try:
            with os.fdopen(handle, "w") as file:
                file.write(text)
                file.flush()
                os.fsync(handle)
            os.link(draft, path)  # unlike a rename it refuses to replace
        finally:
            os.unlink(draft)

    def derive(self, purpose: str, key_id: int) -> bytes:
        """A 32-byte key for one purpose. Raises KeyError for a key id the ring does not hold."""
        found = self._derived.get((purpose, key_id))
        if found is None:
            found = hmac.digest(self.keys[key_id], purpose.encode(), hashlib.sha256)
            self._derived[purpose, key_id] = found
        return found

    def blind(self, purpose: str, value: str) -> str:
        """The keyed hash a value is looked up by: 64 hex digits, the same for the same value for ever."""
        return hmac.digest(self.index, f"{purpose}\0{value}".encode(), hashlib.sha256).hex()

    def blind_bytes(self, purpose: str, content: bytes) -> str:
        """The same of bytes: names a content without telling what it is."""
        return hmac.digest(self.index, f"{purpose}\0".encode() + content, hashlib.sha256).hex()

    def seal(self, place: str, plain: str) -> bytes:
        return self.seal_bytes(place, plain.encode())

    def unseal(self, place: str, sealed: bytes) -> str:
        """Raises SealError when the value was changed, moved, or sealed with a key we do not hold."""
        return self.unseal_bytes(place, sealed).decode()

    def seal_bytes(self, place: str, plain: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        cipher = AESGCM(self.derive("seal", self.current))
        return bytes((_VERSION, self.current)) + nonce + cipher.encrypt(nonce, plain, place.encode())

    def unseal_bytes(self, place: str, sealed: bytes) -> bytes:
        """Raises SealError like `unseal`."""
        try:
            cipher = AESGCM(self.derive("seal", sealed[1]))
            nonce, body = sealed[2 : 2 + _NONCE_BYTES], sealed[2 + _NONCE_BYTES :]
            return cipher.decrypt(nonce, body, place.encode())
        except (InvalidTag, KeyError, IndexError, ValueError) as error:
            raise SealError(
                f"A sealed value of {place} does not open with the keys of this community."
            ) from error


def give_keys(database: Engine, keys: KeyRing) -> None:
    """Lets the sealed columns of this database seal and open. Call once, before the first query."""
    database.dialect.porchlight_keys = keys  # type: ignore[attr-defined]


class Sealed(TypeDecorator[str]):
    """A text that the database only ever sees sealed. `Sealed("members.name")` names its place."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else _keys_of(dialect).seal(self.place, value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:
        return None if value is None else _keys_of(dialect).unseal(self.place, bytes(value))


class SealedBytes(TypeDecorator[bytes]):
    """The same for bytes, which are a third shorter sealed as they are than as text."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else _keys_of(dialect).seal_bytes(self.place, value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> bytes | None:
        return None if value is None else _keys_of(dialect).unseal_bytes(self.place, bytes(value))


def _keys_of(dialect: Dialect) -> KeyRing:
    keys = getattr(dialect, "porchlight_keys", None)
    if not isinstance(keys, KeyRing):
        raise SealError("This database was opened without its keys: open it with engine.runtime.")
    return keys

"""Header blocks within the caps (RFC 5322, with its obsolete forms)."""

import re
from collections.abc import Iterator
from typing import Final

from inbound.parse import limits
from inbound.parse.charsets import decoded
from inbound.parse.parameters import parameters
from inbound.parse.words import plain, readable

_FIELD: Final = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")  # blanks before the colon: RFC 5322, 4.5
_IDS: Final = re.compile(r"<[^<>\s]{1,900}>")


class Headers:
    """One header block within the caps. Values are decoded and stripped of control characters.

    A line that is neither a field nor the continuation of one is passed over; `odd` is where the first of
    them begins, -1 when there is none.
    """

    def __init__(self, block: bytes) -> None:
        self._fields: list[tuple[str, bytes]] = []
        self.cut = len(block) > limits.HEADER_BLOCK_BYTES
        self.odd = -1
        self._read(block[: limits.HEADER_BLOCK_BYTES])

    def _read(self, block: bytes) -> None:
        lines = block.split(b"\n", limits.HEADER_LINES)
        if len(lines) > limits.HEADER_LINES:
            self.cut = bool(lines.pop()) or self.cut
        name, pieces, room, place = "", [b""], 0, 0
        for line in lines:
            if line[:1] in (b" ", b"\t"):
                room -= len(line)
                pieces.append(line if room >= 0 else b"")
            elif field := _FIELD.match(line):
                self._keep(name, pieces, room)
                name, pieces = field[1].decode("ascii").lower(), [line[field.end() :]]
                room = limits.HEADER_BYTES - len(line)
            elif line.strip():
                self._keep(name, pieces, room)
                name, pieces, room = "", [], 0
                self.odd = place if self.odd < 0 else self.odd
            place += len(line) + 1
        self._keep(name, pieces, room)

    def _keep(self, name: str, pieces: list[bytes], room: int) -> None:
        if name:
            whole = b"".join(pieces) if len(pieces) > 1 else pieces[0]
            self._fields.append((name, whole[: limits.HEADER_BYTES].replace(b"\r", b"")))
            self.cut = self.cut or room < 0

    def __bool__(self) -> bool:
        return bool(self._fields)

    def raw(self, name: str) -> Iterator[str]:
        """Every value of one header, unfolded but with its encoded words still encoded."""
        for known, value in self._fields:
            if known == name:
                yield _text(value)

    def text(self, name: str) -> str:
        """The first value, readable; empty when there is none."""
        return next((readable(value) for value in self.raw(name)), "")

    def names(self) -> list[str]:
        return [name for name, _ in self._fields]

    def ids(self, name: str) -> list[str]:
        """Every <id> of a header, brackets kept, in the order written."""
        found = [id for value in self.raw(name) for id in _IDS.findall(plain(value))]
        return found[-limits.REFERENCES :]

    def kind(self, default: str = "text/plain") -> tuple[str, dict[str, str]]:
        """The content type in lower case, and its parameters. The default when absent; `text/plain` when
        broken (RFC 2045, 5.2)."""
        value = next(self.raw("content-type"), None)
        if value is None:
            return default, {}
        main, rest = parameters(value)
        return main if main.count("/") == 1 and " " not in main else "text/plain", rest

    def disposition(self) -> tuple[str, dict[str, str]]:
        return parameters(next(self.raw("content-disposition"), ""))


def _text(value: bytes) -> str:
    """Bytes beyond ASCII are read as UTF-8, else as Windows-1252."""
    try:
        return value.decode("ascii")
    except UnicodeDecodeError:
        return decoded(value, "")[0]

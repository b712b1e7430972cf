"""Header blocks within the caps (RFC 5322, with its obsolete forms)."""

import re
from typing import Final

from inbound.parse import limits
from inbound.parse.charsets import decoded
from inbound.parse.parameters import parameters
from inbound.parse.words import plain, readable

# A name, blanks (RFC 5322, 4.5: obsolete, and still seen), a colon, and the lines up to the next name.
_FIELD: Final = re.compile(rb"([!-9;-~]{1,200})[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)\n?")
_IDS: Final = re.compile(r"<[^<>\s]{1,900}>")


class Headers:
    """One header block within the caps. Values are decoded and stripped of control characters.

    A line that is neither a field nor the continuation of one is passed over; `odd` is where the first of
    them begins, -1 when there is none.
    """

    def __init__(self, block: bytes) -> None:
        self._fields: dict[str, list[bytes]] = {}
        self.cut = len(block) > limits.HEADER_BLOCK_BYTES
        self.odd = -1
        self._read(block[: limits.HEADER_BLOCK_BYTES])

    def _read(self, block: bytes) -> None:
        here, count = 0, 0
        while here < len(block):
            field = _FIELD.match(block, here)
            count += 1
            if count > limits.HEADERS:
                self.cut = True
                return
            if field is not None:
                self._keep(field[1].decode("ascii").lower(), field[2])
                here = field.end()
                continue
            end = block.find(b"\n", here) + 1 or len(block)
            if self.odd < 0 and block[here:end].strip():
                self.odd = here
            here = end

    def _keep(self, name: str, value: bytes) -> None:
        self.cut = self.cut or len(value) > limits.HEADER_BYTES
        value = value[: limits.HEADER_BYTES]
        if b"\n" in value or b"\r" in value:
            value = value.replace(b"\r", b"").replace(b"\n", b"")
        self._fields.setdefault(name, []).append(value)

    def __bool__(self) -> bool:
        return bool(self._fields)

    def raw(self, name: str) -> list[str]:
        """Every value of one header, unfolded but with its encoded words still encoded."""
        return [_text(value) for value in self._fields.get(name, ())]

    def text(self, name: str) -> str:
        """The first value, readable; empty when there is none."""
        values = self._fields.get(name)
        return readable(_text(values[0])) if values else ""

    def names(self) -> list[str]:
        """In the order they were first written, each once."""
        return list(self._fields)

    def ids(self, name: str) -> list[str]:
        """Every <id> of a header, brackets kept, in the order written."""
        found = [id for value in self.raw(name) for id in _IDS.findall(plain(value))]
        return found[-limits.REFERENCES :]

    def parameters(self, name: str) -> tuple[str, dict[str, str]]:
        """What a header such as Content-Type says before its first semicolon, and behind."""
        values = self._fields.get(name)
        return parameters(_text(values[0])) if values else ("", {})


def _text(value: bytes) -> str:
    """Bytes beyond ASCII are read as UTF-8, else as Windows-1252."""
    try:
        return value.decode("ascii")
    except UnicodeDecodeError:
        return decoded(value, "")[0]

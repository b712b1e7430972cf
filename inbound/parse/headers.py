"""Header blocks: bounded reading, encoded words, and text that can never become a header again."""

import binascii
import quopri
import re
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from typing import Final

from inbound.parse import limits
from inbound.parse.charsets import decoded

_CONTROLS: Final = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029), " ")
_ENCODED_WORD_MOST: Final = 2_000  # RFC 2047 allows 75; senders write more
_IDS: Final = re.compile(r"<[^<>\s]{1,900}>")
_PARSER: Final = BytesHeaderParser(policy=compat32)


class Headers:
    """One header block within the caps. Values are decoded and stripped of control characters."""

    def __init__(self, block: bytes) -> None:
        kept, self.cut = _within_caps(block)
        self._message: Message[str, str] = _PARSER.parsebytes(kept)
        self._fields = [(name.lower(), value) for name, value in self._message.raw_items()]

    def __bool__(self) -> bool:
        return bool(self._fields)

    def raw(self, name: str) -> Iterator[str]:
        """Every value of one header, unfolded but with its encoded words still encoded."""
        for known, value in self._fields:
            if known == name:
                yield _unfolded(value)

    def text(self, name: str) -> str:
        """The first value, readable; empty when there is none."""
        return next((readable(value) for value in self.raw(name)), "")

    def names(self) -> list[str]:
        return [name for name, _ in self._fields]

    def ids(self, name: str) -> list[str]:
        """Every <id> of a header, brackets kept, in the order written."""
        found = [id for value in self.raw(name) for id in _IDS.findall(plain(value))]
        return found[-limits.REFERENCES :]

    def kind(self) -> tuple[str, dict[str, str]]:
        """The content type in lower case, and its parameters. `text/plain` when absent or broken."""
        return self._with_parameters("content-type", "text/plain")

    def disposition(self) -> tuple[str, dict[str, str]]:
        return self._with_parameters("content-disposition", "")

    def _with_parameters(self, name: str, default: str) -> tuple[str, dict[str, str]]:
        value = next(self.raw(name), "")[: limits.PARAMETER_CHARACTERS]
        one = Message()
        one["content-type"] = value
        try:
            pairs = one.get_params(header="content-type") or []
        except (LookupError, ValueError, RecursionError):
            pairs = []
        main = pairs[0][0].strip().lower() if pairs else default
        rest = {key.lower(): _parameter(text) for key, text in reversed(pairs[1:])}
        return (main if name != "content-type" or main.count("/") == 1 else default), rest


def readable(value: str) -> str:
    """A header value with its encoded words decoded and nothing in it that could end a line."""
    return plain(_without_encoded_words(value))


def plain(text: str) -> str:
    return " ".join(text.translate(_CONTROLS).split())


def _within_caps(block: bytes) -> tuple[bytes, bool]:
    lines = block[: limits.HEADER_BLOCK_BYTES].split(b"\n", limits.HEADER_LINES)[: limits.HEADER_LINES]
    kept: list[bytes] = []
    room = 0
    for line in lines:
        folded = line[:1] in (b" ", b"\t")
        room = room - len(line) if folded else limits.HEADER_BYTES - len(line)
        if room >= 0:
            kept.append(line)
        elif not folded:
            kept.append(line[: limits.HEADER_BYTES])
    whole = b"\n".join(kept)
    return whole, len(whole) < len(block)


def _unfolded(value: object) -> str:
    """Header bytes beyond ASCII arrive as surrogates: read them as UTF-8, else as Windows-1252."""
    text = str(value).replace("\r", "").replace("\n", "")
    if text.isascii():
        return text
    return decoded(text.encode("utf-8", "surrogateescape"), "")[0]


def _parameter(value: str | tuple[str | None, str | None, str]) -> str:
    if isinstance(value, tuple):
        charset, _, encoded = value
        return plain(decoded(encoded.encode("latin-1", "replace"), charset or "")[0])
    return readable(_unfolded(value).strip('"'))


def _without_encoded_words(value: str) -> str:
    """Adjacent encoded words of one charset are joined before decoding: letters are split between them."""
    out: list[str] = []
    waiting, charset, here = b"", "", 0
    while True:
        start = value.find("=?", here)
        word = _encoded_word(value, start) if start >= 0 else None
        between = value[here : start if start >= 0 else len(value)]
        if waiting and (between.strip() or word is None or word[1] != charset):
            out.append(decoded(waiting, charset)[0])
            waiting = b""
            if between.strip() or word is None:
                out.append(between)
        elif not waiting:
            out.append(between)
        if start < 0:
            return "".join(out)
        if word is None:
            out.append("=?")
            here = start + 2
            continue
        content, charset, here = word
        waiting += content


def _encoded_word(value: str, start: int) -> tuple[bytes, str, int] | None:
    window = value[start + 2 : start + 2 + _ENCODED_WORD_MOST]
    charset, _, rest = window.partition("?")
    coding, _, rest = rest.partition("?")
    content, ended, _ = rest.partition("?=")
    if not ended or not charset or len(coding) != 1 or coding not in "bBqQ":
        return None
    end = start + 2 + len(charset) + 1 + len(coding) + 1 + len(content) + 2
    encoded = content.encode("utf-8", "surrogatepass")
    if coding in "qQ":
        return quopri.decodestring(encoded, header=True), charset.partition("*")[0], end
    return from_base64(encoded), charset.partition("*")[0], end


_NOT_BASE64: Final = bytes(
    set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
)


def from_base64(encoded: bytes) -> bytes:
    """Base64 with whatever is not base64 dropped, and the last letters read as far as they go."""
    letters = encoded.translate(None, _NOT_BASE64)
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    try:
        return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
    except binascii.Error:
        return b""

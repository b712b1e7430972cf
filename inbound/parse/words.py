"""Encoded words (RFC 2047) in header values, and text that can never become a header again."""

import quopri
import re
from collections.abc import Iterator
from typing import Final

from inbound.parse.charsets import decoded
from inbound.parse.transfer import from_base64

_CONTROLS: Final = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029), " ")
_BEGIN: Final = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?")
_ENCODED_WORD_MOST: Final = 2_000  # RFC 2047 allows 75; senders write more


def readable(value: str) -> str:
    """A header value with its encoded words decoded and nothing in it that could end a line."""
    return plain(_without_encoded_words(value) if "=?" in value else value)


def plain(text: str) -> str:
    if not text.isprintable():
        text = text.translate(_CONTROLS)
    return " ".join(text.split())


def _without_encoded_words(value: str) -> str:
    """Adjacent encoded words of one charset are joined before decoding: letters are split between them."""
    out: list[str] = []
    waiting, charset, here = b"", "", 0
    for start, end, named, content in _encoded_words(value):
        between = value[here:start]
        apart = here == 0 or bool(between.strip())
        if waiting and (apart or named != charset):
            out.append(decoded(waiting, charset)[0])
            waiting = b""
        if apart:
            out.append(between)
        charset, here = named, end
        waiting += content
    out.append(decoded(waiting, charset)[0])
    return "".join(out) + value[here:]


def _encoded_words(value: str) -> Iterator[tuple[int, int, str, bytes]]:
    """Where each begins and ends, its charset, and its bytes. Linear: no letter is looked for twice."""
    end = here = 0
    while (start := value.find("=?", here)) >= 0:
        begin = _BEGIN.match(value, start)
        here = start + 2
        if begin is None:
            continue
        inner = begin.end()
        end = value.find("?=", inner) if end < inner else end
        if end < 0:
            return
        if end - inner <= _ENCODED_WORD_MOST and value.find("=?", inner, end) < 0:
            here = end + 2
            yield start, here, begin[1].partition("*")[0], _content(begin[2], value[inner:end])


def _content(coding: str, text: str) -> bytes:
    encoded = text.encode("utf-8", "surrogatepass")
    return quopri.decodestring(encoded, header=True) if coding in "qQ" else from_base64(encoded)

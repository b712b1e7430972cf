"""HTML to text that keeps the quote marks: one pass over the letters, no deep recursion.

Not html.parser: that of Python 3.11.7 needs quadratic time for unclosed comments and tags.
"""

import html
import re
from typing import Final

from inbound.parse import limits

_NOT_A_TAG: Final = re.compile(r"(?:<(?![A-Za-z/!?])[^<]*)+")
_TAG_CHARACTERS: Final = 16_000
_QUOTE_DEPTH: Final = 20
_BLOCKS: Final = frozenset((
    "address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset", "footer",
    "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre",
    "section", "table", "tbody", "tr", "ul",
))  # fmt: skip
_SPACED: Final = frozenset((
    "blockquote", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "table", "ul",
))  # fmt: skip
_SILENT: Final = frozenset((
    "head", "script", "style", "template", "title", "noscript", "object", "svg",
))  # fmt: skip
_EMPTY: Final = frozenset((
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr",
))  # fmt: skip


def as_text(page: str) -> str:
    """The words of an HTML body: blocks on their own lines, `> ` before what a blockquote holds."""
    writer = _Writer()
    here, size = 0, len(page)
    while here < size and len(writer.lines) < limits.TEXT_LINES and writer.room > 0:
        start = page.find("<", here)
        if start < 0:
            start = size
        writer.words(page[here:start])
        here = start
        if start < size:
            here = _take_tag(page, start, writer)
    return writer.text()


def _take_tag(page: str, start: int, writer: "_Writer") -> int:
    """Reads what begins with `<` and returns the place after it."""
    if page.startswith("<!--", start):
        end = writer.no_comment_end or page.find("-->", start + 4)
        if end < 0:
            writer.no_comment_end = -1
            return start + 4
        return end + 3
    after = page[start + 1 : start + 2]
    if not (after.isalpha() or after in ("/", "!", "?")) or not after:
        literal = _NOT_A_TAG.match(page, start)
        end = literal.end() if literal else start + 1
        writer.words(page[start:end])
        return end
    tag = page[start + 1 : _end_of_tag(page, start)]
    name = tag.lstrip("/").split(None, 1)[0].rstrip("/").lower() if tag.strip("/ \t\r\n") else ""
    if tag.startswith("/"):
        writer.close(name)
    elif name[:1].isalpha():
        writer.open(name, tag[:2_000].lower())
    return start + len(tag) + 2


def _end_of_tag(page: str, start: int) -> int:
    """The place of the `>` that ends a tag, quoted attributes obeyed where they are closed in time."""
    limit = min(len(page), start + _TAG_CHARACTERS)
    plain = page.find(">", start, limit)
    if plain >= 0 and page.find("=", start, plain) < 0:
        return plain
    quote = ""
    for here in range(start + 1, limit):
        letter = page[here]
        if quote:
            quote = "" if letter == quote else quote
        elif letter == ">":
            return here
        elif letter in "\"'" and page[here - 1] == "=":
            quote = letter
    return plain if plain >= 0 else limit


class _Writer:
    """Lines as they fill. `silent` counts the open elements whose words are not for reading."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.room = limits.TEXT_CHARACTERS
        self.no_comment_end = 0
        self._line: list[str] = []
        self._depth = 0
        self._silent: list[str] = []
        self._pre = 0

    def words(self, chunk: str) -> None:
        if not chunk or self._silent:
            return
        text = html.unescape(chunk) if "&" in chunk else chunk
        if self._pre:
            *whole, last = text.split("\n")
            for line in whole:
                self._line.append(line.rstrip("\r"))
                self._end_line(always=True)
            self._line.append(last)
            return
        packed = " ".join(text.split(None))
        before = " " if text[:1].isspace() else ""
        after = " " if packed and text[-1:].isspace() else ""
        self._line.append(before + packed + after)

    def open(self, name: str, tag: str) -> None:
        if self._silent:
            if name not in _EMPTY and name == self._silent[-1] and not tag.endswith("/"):
                self._silent.append(name)
            return
        if name in _SILENT or (name not in _EMPTY and "display:none" in tag.replace(" ", "")):
            if not tag.endswith("/"):
                self._silent.append(name)
        elif name == "br":
            self._end_line(always=True)
        elif name in _BLOCKS:
            self._end_line(always=False)
            self._gap(name)
            self._depth += name == "blockquote"
            self._pre += name == "pre"
            if name == "li":
                self._line.append("- ")
        elif name in ("td", "th"):
            self._line.append(" ")

    def close(self, name: str) -> None:
        if self._silent:
            if name == self._silent[-1]:
                self._silent.pop()
            elif name in ("head", "html"):  # a title or style that was never closed
                self._silent.clear()
            return
        if name in _BLOCKS:
            self._end_line(always=False)
            self._depth = max(0, self._depth - (name == "blockquote"))
            self._pre = max(0, self._pre - (name == "pre"))
            self._gap(name)

    def text(self) -> str:
        self._end_line(always=False)
        return "\n".join(self.lines).strip("\n")

    def _end_line(self, *, always: bool) -> None:
        joined = "".join(self._line)
        line = joined.rstrip() if self._pre else " ".join(joined.split(None))
        self._line.clear()
        if line or always:
            self._put(line)

    def _gap(self, name: str) -> None:
        if name in _SPACED and self.lines and self.lines[-1].strip("> "):
            self._put("")

    def _put(self, line: str) -> None:
        written = ("> " * min(self._depth, _QUOTE_DEPTH) + line).rstrip()
        self.lines.append(written)
        self.room -= len(written) + 1

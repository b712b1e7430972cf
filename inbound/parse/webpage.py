"""HTML to text that keeps the quote marks: one pass over the letters, no deep recursion.

Not html.parser: that of Python 3.11.7 needs quadratic time for unclosed comments and tags.
"""

import html
import re
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import Final

from inbound.parse import limits

_NOT_A_TAG: Final = re.compile(r"(?:<(?![A-Za-z/!?])[^<]*)+")
_TAG_CHARACTERS: Final = 16_000
_READ_OF_A_TAG: Final = 2_000  # characters
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
# What programs write on the elements they make, in lower case. Outlook on the web puts `x_` before names that
# it quotes, so these are looked for within names.
_MARKS: Final = (
    ("gmail_attr", "ATTRIBUTION"),  # Gmail
    ("moz-cite-prefix", "ATTRIBUTION"),  # Thunderbird
    ("divrplyfwdmsg", "DIVIDER"),  # Outlook on the web, Outlook for phones
    ("stopspelling", "DIVIDER"),  # Hotmail
    ("border-top:solid #e1e1e1", "RULE"),  # Outlook 2013 and later
    ("border-top:solid #b5c4df", "RULE"),  # Outlook 2007 and 2010
    ("yahoo_quoted", "OTHERS"),
    ("protonmail_quote", "OTHERS"),
    ("zmail_extra", "OTHERS"),  # Zoho
    ("tutanota_quote", "OTHERS"),
    ("olk_src_body_section", "OTHERS"),  # Outlook for Mac
    ("mail-editor-reference-message-container", "OTHERS"),  # Outlook for Mac and phones
    ("isreplycontent", "OTHERS"),  # NetEase
    ('name="quote"', "OTHERS"),  # GMX, web.de
)
# Programs that mark signatures name them so: gmail_signature, ms-outlook-mobile-signature, Signature.
_SIGNATURE: Final = re.compile(r"""\s(?:class|id)=["']?[^"'>=]{0,80}signature""")
_NAMED: Final = ("class=", "id=", "name=", "border-top")
_INDENTED: Final = ("border:none", "border:0")  # a blockquote that only indents the author's own words


class Mark(Enum):
    """What the mail program itself says of a line."""

    NONE = auto()
    ATTRIBUTION = auto()  # "On Monday Ann wrote:"
    OTHERS = auto()  # within a quotation that no blockquote marks
    DIVIDER = auto()  # the mail that is answered begins here
    RULE = auto()  # a line is drawn here
    SIGNATURE = auto()


@dataclass(frozen=True, slots=True)
class PageLine:
    """`text` has `> ` before it for each blockquote around it."""

    text: str
    mark: Mark
    quoted: bool


def as_text(page: str) -> str:
    """The words of an HTML body: blocks on their own lines, `> ` before what a blockquote holds."""
    lines = (line for line in read_page(page) if line.mark not in (Mark.DIVIDER, Mark.RULE))
    return "\n".join(line.text for line in lines).strip("\n")


@lru_cache(maxsize=8)
def read_page(page: str) -> tuple[PageLine, ...]:
    """The lines of an HTML body, with what its markup says of them."""
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
    return writer.finished()


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
    end = _end_of_tag(page, start)
    tag = _tag(page[start + 1 : min(end, start + 1 + _READ_OF_A_TAG)].lower())
    if tag.closes:
        writer.close(tag.name)
    elif tag.name[:1].isalpha():
        writer.open(tag)
    return end + 1


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


@dataclass(frozen=True, slots=True)
class _Tag:
    """What stands between `<` and `>`, as far as it matters here."""

    name: str
    closes: bool
    mark: Mark
    empty: bool  # nothing stands within it
    hidden: bool
    quotes: bool  # if it is a blockquote
    tight: bool  # a paragraph of Word: one line, with no room around it


@lru_cache(maxsize=1024)
def _tag(text: str) -> _Tag:
    """`text` is in lower case."""
    words = text.lstrip("/").split(None, 1)
    name = words[0].rstrip("/") if words else ""
    packed = text.replace(" ", "")
    empty = name in _EMPTY
    return _Tag(
        name,
        closes=text.startswith("/"),
        mark=_mark_of(text),
        empty=empty or text.endswith("/"),
        hidden=name in _SILENT or (not empty and "display:none" in packed),
        quotes=not any(each in packed for each in _INDENTED),
        tight=name == "p" and "msonormal" in text,
    )


def _mark_of(tag: str) -> Mark:
    if any(each in tag for each in _NAMED):
        for name, mark in _MARKS:
            if name in tag:
                return Mark[mark]
        if _SIGNATURE.search(tag):
            return Mark.SIGNATURE
    return Mark.NONE


@dataclass(slots=True)
class _Marked:
    name: str
    mark: Mark
    depth: int = 1


class _Writer:
    """Lines as they fill. `silent` counts the open elements whose words are not for reading."""

    def __init__(self) -> None:
        self.lines: list[PageLine] = []
        self.room = limits.TEXT_CHARACTERS
        self.no_comment_end = 0
        self._line: list[str] = []
        self._quotes: list[bool] = []  # the open blockquotes, and whether each quotes
        self._marks: list[_Marked] = []
        self._silent: list[str] = []
        self._pre = 0
        self._tight = False

    def words(self, chunk: str) -> None:
        if not chunk or self._silent:
            return
        text = html.unescape(chunk) if "&" in chunk else chunk
        if self._pre:
            *whole, last = text.split("\n", limits.TEXT_LINES)
            for line in whole:
                self._line.append(line.rstrip("\r"))
                self._end_line(always=True)
            self._line.append(last)
            return
        packed = " ".join(text.split(None))
        before = " " if text[:1].isspace() else ""
        after = " " if packed and text[-1:].isspace() else ""
        self._line.append(before + packed + after)

    def open(self, tag: _Tag) -> None:
        name = tag.name
        if self._silent:
            if name == self._silent[-1] and not tag.empty:
                self._silent.append(name)
            return
        if tag.hidden:
            if not tag.empty:
                self._silent.append(name)
        elif name == "br":
            self._end_line(always=True)
        elif name in _BLOCKS:
            self._end_line(always=False)
            self._tight = tag.tight
            self._gap(name)
            if name == "blockquote":
                self._quotes.append(tag.quotes)
            self._pre += name == "pre"
            if name == "li":
                self._line.append("- ")
        elif name in ("td", "th"):
            self._line.append(" ")
        self._enter(tag)

    def close(self, name: str) -> None:
        if self._silent:
            if name == self._silent[-1]:
                self._silent.pop()
            elif name in ("head", "html"):  # a title or style that was never closed
                self._silent.clear()
            return
        if name in _BLOCKS:
            self._end_line(always=self._tight and name == "p")
            if name == "blockquote" and self._quotes:
                self._quotes.pop()
            self._pre = max(0, self._pre - (name == "pre"))
            self._gap(name)
            self._tight = False
        self._leave(name)

    def finished(self) -> tuple[PageLine, ...]:
        self._end_line(always=False)
        return tuple(self.lines)

    def _enter(self, tag: _Tag) -> None:
        """Remembers what this element says of all lines within it."""
        mark = tag.mark
        if tag.name == "hr" or mark in (Mark.DIVIDER, Mark.RULE):
            self._end_line(always=False)
            self.lines.append(PageLine("", mark if mark is Mark.DIVIDER else Mark.RULE, quoted=False))
        elif tag.empty:
            return
        elif mark is not Mark.NONE:
            self._end_line(always=False)
            self._marks.append(_Marked(tag.name, mark))
        elif self._marks and self._marks[-1].name == tag.name:
            self._marks[-1].depth += 1

    def _leave(self, name: str) -> None:
        if self._marks and self._marks[-1].name == name:
            self._marks[-1].depth -= 1
            if not self._marks[-1].depth:
                self._end_line(always=False)
                self._marks.pop()

    def _end_line(self, *, always: bool) -> None:
        if not self._line and not always:
            return
        joined = "".join(self._line)
        line = joined.rstrip() if self._pre else " ".join(joined.split(None))
        self._line.clear()
        if line or always:
            self._put(line)

    def _gap(self, name: str) -> None:
        if name in _SPACED and not self._tight and self.lines and self.lines[-1].text.strip("> "):
            self._put("")

    def _put(self, line: str) -> None:
        depth = sum(self._quotes[:_QUOTE_DEPTH])
        written = ("> " * depth + line).rstrip()
        mark = self._marks[-1].mark if self._marks else Mark.NONE
        self.lines.append(PageLine(written, mark, quoted=depth > 0))
        self.room -= len(written) + 1

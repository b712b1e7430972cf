"""A mail passed on: the author's note, and who wrote what is below it."""

import textwrap
from dataclasses import dataclass
from typing import Final

from engine.vocabulary.messages import Forwarded, Mailbox
from inbound.trim.headers import Block, mailbox_in, read_block
from inbound.trim.kinds import Kind, Line
from inbound.trim.lines import read_lines
from inbound.trim.subjects import About, about, without_marks

_OWN: Final = (Kind.BLANK, Kind.WORDS, Kind.RULE, Kind.SIGNATURE)
_DIVIDERS: Final = (Kind.ORIGINAL, Kind.FORWARD)
_INTRODUCTION: Final = 80  # characters


@dataclass(frozen=True, slots=True)
class Split:
    """`note` are the author's lines, above and below; `passed_on` all others."""

    note: list[Line]
    passed_on: list[Line]
    forwarded: Forwarded


def split_forward(lines: list[Line], subject: str) -> Split | None:
    """None when this is no forward. What decides is the first line that is not the author's: a divider that
    says so, or a header block, unless the subject says that this is an answer; after "Ann wrote:" the
    subject must say that it is a forward."""
    start = next((place for place, line in enumerate(lines) if line.kind not in _OWN), None)
    if start is None:
        return None
    kind = lines[start].kind
    if kind is Kind.QUOTED:
        return _within_marks(lines, start, subject)
    if kind is Kind.ATTRIBUTION:
        return _after_attribution(lines, start, subject)
    return _after_divider(lines, start, subject)


def _after_divider(lines: list[Line], start: int, subject: str) -> Split | None:
    """Everything below is the other mail; where the program marks it, only what is marked."""
    first = start
    while first < len(lines) and lines[first].kind in (Kind.BLANK, Kind.RULE, *_DIVIDERS):
        first += 1
    end = len(lines)
    if first < end and lines[first].kind is Kind.QUOTED:
        end = _end_of_marked(lines, first)
    body = [line.text for line in lines[first:end]]
    if first < end and lines[first].kind is Kind.QUOTED:
        body = _unmarked(body)
    block = read_block(body)
    if not _is_forward(lines[start].kind, block, subject):
        return None
    if block is not None and end == len(lines):
        end = _end_below_marks(lines, first + block.rest)
        body = body[: end - first]
    return Split(_note(lines[:start]) + _note(lines[end:]), lines[start:end], _forwarded(block, body))


def _end_below_marks(lines: list[Line], place: int) -> int:
    """Where only the words under the headers are marked, what stands below them is the author's."""
    while place < len(lines) and lines[place].kind is Kind.BLANK:
        place += 1
    marked = place < len(lines) and lines[place].kind is Kind.QUOTED
    return _end_of_marked(lines, place) if marked else len(lines)


def _within_marks(lines: list[Line], start: int, subject: str) -> Split | None:
    """Apple Mail and others mark all of it with `>`, the divider too."""
    end = _end_of_marked(lines, start)
    inner = read_lines("\n".join(_unmarked([line.text for line in lines[start:end]])))
    first = next((place for place, line in enumerate(inner) if not _introduces(line)), len(inner))
    if first == len(inner) or inner[first].kind not in (*_DIVIDERS, Kind.HEADER):
        return None
    body = [line.text for line in inner[first + (inner[first].kind in _DIVIDERS) :]]
    block = read_block(body)
    if not _is_forward(inner[first].kind, block, subject):
        return None
    return Split(_note(lines[:start]) + _note(lines[end:]), lines[start:end], _forwarded(block, body))


def _introduces(line: Line) -> bool:
    """An empty line, or one such as "Begin forwarded message:" of a language we do not know."""
    ends = len(line.text) <= _INTRODUCTION and line.text.rstrip().endswith((":", "："))
    return line.kind is Kind.BLANK or (line.kind is Kind.WORDS and ends)


def _after_attribution(lines: list[Line], start: int, subject: str) -> Split | None:
    if about(subject) is not About.FORWARD:
        return None
    first = start
    while first < len(lines) and lines[first].kind is Kind.ATTRIBUTION:
        first += 1
    sender = mailbox_in(" ".join(line.text for line in lines[start:first]))
    body = _body([line.text for line in lines[first:]])
    mailbox = Mailbox("", sender.address)
    return Split(_note(lines[:start]), lines[start:], Forwarded(mailbox, without_marks(subject), body))


def _is_forward(kind: Kind, block: Block | None, subject: str) -> bool:
    said = about(subject, block.names if block else ())
    if kind is Kind.FORWARD:
        return True
    return block is not None and bool(block.sender.address or block.sender.name) and said is not About.ANSWER


def _forwarded(block: Block | None, texts: list[str]) -> Forwarded:
    if block is None:
        return Forwarded(Mailbox("", ""), "", _body(texts))
    return Forwarded(block.sender, block.subject, _body(texts[block.rest :]))


def _body(texts: list[str]) -> str:
    """Without the marks and the indentation that the program put before each line."""
    filled = [text for text in texts if text.strip()]
    if filled and all(text.lstrip().startswith(">") for text in filled):
        texts = _unmarked(texts)
    return textwrap.dedent("\n".join(text.rstrip() for text in texts)).strip("\n")


def _end_of_marked(lines: list[Line], start: int) -> int:
    """After the last marked line: a program that breaks lines leaves some between them unmarked."""
    return 1 + max(place for place in range(start, len(lines)) if lines[place].kind is Kind.QUOTED)


def _unmarked(texts: list[str]) -> list[str]:
    """One level of `>` less."""
    return [_without_mark(text) for text in texts]


def _without_mark(text: str) -> str:
    bare = text.lstrip()
    return bare[1:].removeprefix(" ") if bare.startswith((">", "＞")) else text


def _note(lines: list[Line]) -> list[Line]:
    """The author's own, without the rule a program draws above the other mail."""
    end = len(lines)
    while end and lines[end - 1].kind in (Kind.BLANK, Kind.RULE):
        end -= 1
    return [line for line in lines[:end] if line.kind in _OWN]

"""The new words of a reply, without quotes and signature; a forward as a note and the mail passed on."""

from dataclasses import replace
from typing import Final

from engine.vocabulary.messages import Trimmed
from inbound.parse.limits import shortened
from inbound.parse.webpage import Mark, as_text, read_page
from inbound.trim.cut import Cut, cut, has_words, widest
from inbound.trim.forwards import Split, split_forward
from inbound.trim.inline import answers_in
from inbound.trim.kinds import Kind, Line
from inbound.trim.lines import read_lines, read_page_lines
from inbound.trim.parent import Parent
from inbound.trim.signature import is_phone_line, split_signature

__all__ = ["trim"]

_ROUNDS: Final = 8
_TELLING: Final = (Mark.ATTRIBUTION, Mark.OTHERS, Mark.DIVIDER, Mark.RULE, Mark.SIGNATURE)
_PLAIN: Final = (Kind.WORDS, Kind.BLANK)
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u200e\u200f"))


def trim(text: str, html: str = "", parent: str | None = None, subject: str = "") -> Trimmed:
    """What the author of this mail newly wrote.

    1. Where the page says what is quoted, it is read, else the text, else the words of the page; each line
    gets a kind. 2. A forward is a note and another mail. 3. What follows a divider belongs to others; lines
    marked `>` are quoted and words after them are the author's. 4. Lines of `parent`, the message we sent,
    are ours. 5. The signature goes. When that leaves nothing of a mail with words in it, the widest safe cut
    is kept, with low confidence. Repeated until nothing changes, so it is idempotent.
    """
    ours = Parent(parent) if parent else None
    kept, short = _plain(text if text.strip() else as_text(html))
    found = _of_page(html, ours, subject) if html else None
    if found is None:
        found = _of_lines(read_lines(kept), ours, subject)
    warnings = (("text_cut",) if short else ()) + found.warnings
    return replace(found, warnings=warnings)


def _plain(text: str) -> tuple[str, bool]:
    return shortened(text.replace("\r\n", "\n").replace("\r", "\n").translate(_INVISIBLE))


def _of_page(html: str, ours: Parent | None, subject: str) -> Trimmed | None:
    """None where the page says nothing that its words do not, or leaves no words of the author's."""
    page = read_page(html)
    if not any(line.quoted or line.mark in _TELLING for line in page):
        return None
    found = _of_lines(read_page_lines(page), ours, subject)
    if not found.reply.strip() and found.forwarded is None:
        return None
    return replace(found, method=f"page, {found.method}")


def _of_lines(lines: list[Line], ours: Parent | None, subject: str) -> Trimmed:
    split = split_forward(lines, subject)
    if split is not None and not (ours is not None and ours.wrote(split.forwarded.body)):
        return _of_forward(split)
    first = now = _once(lines, ours)
    for _ in range(0 if _is_plain(first, lines) else _ROUNDS):
        again = _once(read_lines(now.reply), ours)
        if again.reply == now.reply:
            break
        now = again
    return replace(
        first,
        reply=now.reply,
        quoted=first.quoted if now is first else _joined([first.quoted, now.quoted]),
        signature=first.signature or now.signature,
        confidence=min(first.confidence, now.confidence),
        answers=answers_in(lines),
    )


def _is_plain(found: Trimmed, lines: list[Line]) -> bool:
    """Whether nothing was cut of plain lines, so that nothing more can be."""
    return found.method == "whole" and not found.signature and all(line.kind in _PLAIN for line in lines)


def _of_forward(split: Split) -> Trimmed:
    note = [line.text for line in split.note if line.kind is not Kind.SIGNATURE]
    marked = [line.text for line in split.note if line.kind is Kind.SIGNATURE]
    quoted = [line.text for line in split.passed_on]
    return replace(_signed(Cut(note, quoted, marked, "forward", 0.95)), forwarded=split.forwarded)


def _once(lines: list[Line], ours: Parent | None) -> Trimmed:
    found = cut(lines, ours)
    if not has_words(found.own):
        found = widest(lines, found)
    return _signed(found)


def _signed(found: Cut) -> Trimmed:
    """Without the signature; one that would leave no words was none."""
    letter, signature = split_signature(found.own)
    if not any(has_words([line]) and not is_phone_line(line) for line in letter):
        only_phone = all(is_phone_line(line) for line in found.own if line.strip())
        letter, signature = ([], found.own) if only_phone else (found.own, [])
    return Trimmed(
        reply=_joined(letter),
        reply_full=_joined(found.own + found.signature),
        quoted=_joined(found.others),
        signature=_joined(signature + found.signature),
        method=found.method,
        confidence=found.confidence,
        warnings=("low_confidence",) if found.confidence < 0.5 else (),
    )


def _joined(lines: list[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip("\n")

"""The new words of a reply, without quotes and signature."""

from dataclasses import dataclass, replace
from typing import Final

from engine.vocabulary.messages import Trimmed
from inbound.parse.limits import shortened
from inbound.parse.webpage import as_text
from inbound.trim.kinds import Kind, Line
from inbound.trim.lines import read_lines
from inbound.trim.parent import Parent
from inbound.trim.signature import is_phone_line, split_signature

__all__ = ["trim"]

_ROUNDS: Final = 8
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u200e\u200f"))


@dataclass(frozen=True, slots=True)
class _Cut:
    """Lines of the author and lines of others, and how sure we are."""

    own: list[str]
    others: list[str]
    method: str
    confidence: float


def trim(text: str, html: str = "", parent: str | None = None) -> Trimmed:
    """What the author of this mail newly wrote.

    1. each line gets a kind; 2. what follows a divider belongs to others; 3. lines marked `>` are quoted
    and words after them are the author's; 4. lines of `parent`, the message we sent, are ours; 5. the
    signature goes. When that leaves nothing of a mail with words in it, the widest safe cut is kept, with low
    confidence. `html` is read where there is no text. Repeated until nothing changes, so it is idempotent.
    """
    whole = text if text.strip() else as_text(html)
    kept, cut = shortened(whole.replace("\r\n", "\n").replace("\r", "\n").translate(_INVISIBLE))
    ours = Parent(parent) if parent else None
    first = now = _once(kept, ours)
    for _ in range(_ROUNDS):
        again = _once(now.reply, ours)
        if again.reply == now.reply:
            break
        now = again
    quoted = first.quoted if now is first else _joined([first.quoted, now.quoted])
    signature = first.signature or now.signature
    warnings = ("text_cut",) if cut else ()
    return replace(
        first, reply=now.reply, quoted=quoted, signature=signature,
        confidence=min(first.confidence, now.confidence), warnings=warnings + first.warnings,
    )  # fmt: skip


def _once(text: str, ours: Parent | None) -> Trimmed:
    cut = _without_quotes(read_lines(text))
    if ours is not None:
        cut = _without_ours(cut, ours)
    if not _has_words(cut.own):
        cut = _widest(read_lines(text), cut)
    letter, signature = split_signature(cut.own)
    if not _has_words([line for line in letter if not is_phone_line(line)]):
        letter, signature = (cut.own, []) if not _only_phone_lines(cut.own) else ([], cut.own)
    return Trimmed(
        reply=_joined(letter),
        reply_full=_joined(cut.own),
        quoted=_joined(cut.others),
        signature=_joined(signature),
        method=cut.method,
        confidence=cut.confidence,
        warnings=("low_confidence",) if cut.confidence < 0.5 else (),
    )


def _without_quotes(lines: list[Line]) -> _Cut:
    """One pass: the author's lines until a divider; after an attribution, what is not marked `>`."""
    own: list[str] = []
    for place, line in enumerate(lines):
        if line.kind in (Kind.ORIGINAL, Kind.FORWARD):
            return _Cut(_without_rule(own), _rest(lines, place), "divider", 0.95)
        if line.kind is Kind.HEADER:
            return _Cut(_without_rule(own), _rest(lines, place), "headers", 0.9)
        if line.kind is Kind.ATTRIBUTION and not _marks_follow(lines, place):
            return _Cut(own, _rest(lines, place), "attribution", 0.85)
        if line.kind not in (Kind.QUOTED, Kind.ATTRIBUTION):
            own.append(line.text)
    others = [line.text for line in lines if line.kind in (Kind.QUOTED, Kind.ATTRIBUTION)]
    return _Cut(own, others, "marks" if others else "whole", 0.95 if others else 0.9)


def _rest(lines: list[Line], place: int) -> list[str]:
    marked = [line.text for line in lines[:place] if line.kind in (Kind.QUOTED, Kind.ATTRIBUTION)]
    return marked + [line.text for line in lines[place:]]


def _marks_follow(lines: list[Line], place: int) -> bool:
    """Whether the quotation under this attribution is marked with `>`, or there is none at all."""
    for line in lines[place:]:
        if line.kind not in (Kind.ATTRIBUTION, Kind.BLANK):
            return line.kind is Kind.QUOTED
    return True


def _without_rule(own: list[str]) -> list[str]:
    """Without the rule that Outlook draws above its header block."""
    end = len(own)
    while end and not own[end - 1].strip(" -_–—=*\t\u00a0"):
        end -= 1
    return own[:end]


def _without_ours(cut: _Cut, ours: Parent) -> _Cut:
    own = [line for line in cut.own if not ours.wrote(line)]
    if len(own) == len(cut.own) or not _has_words(own):
        return cut
    return _Cut(own, cut.others + [line for line in cut.own if ours.wrote(line)], "parent", 0.8)


def _widest(lines: list[Line], cut: _Cut) -> _Cut:
    """Everything neither marked nor a divider. A forward without a note has no words of its own."""
    if any(line.kind is Kind.FORWARD for line in lines):
        return cut
    kept = [line.text for line in lines if line.kind in (Kind.WORDS, Kind.BLANK, Kind.RULE)]
    if not _has_words(kept):
        return cut
    others = [line.text for line in lines if line.kind not in (Kind.WORDS, Kind.BLANK, Kind.RULE)]
    return _Cut(kept, others, "widest", 0.3)


def _has_words(lines: list[str]) -> bool:
    return any(line.strip(" -_–—=*>\t\u00a0") for line in lines)


def _only_phone_lines(lines: list[str]) -> bool:
    return all(is_phone_line(line) for line in lines if line.strip())


def _joined(lines: list[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip("\n")

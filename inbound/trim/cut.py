"""Which lines of a mail are the author's, and which are of others."""

from dataclasses import dataclass, replace
from typing import Final

from inbound.trim.attributions import DASHES
from inbound.trim.kinds import Kind, Line
from inbound.trim.parent import Parent

_NO_WORDS: Final = f"{DASHES}=\u00a0"
_OTHERS: Final = (Kind.QUOTED, Kind.ATTRIBUTION, Kind.ORIGINAL, Kind.FORWARD, Kind.HEADER)
_METHODS: Final = {
    Kind.ORIGINAL: ("divider", 0.95),
    Kind.FORWARD: ("divider", 0.95),
    Kind.HEADER: ("headers", 0.9),
    Kind.ATTRIBUTION: ("attribution", 0.85),
}
_COVERED: Final = 0.8


@dataclass(frozen=True, slots=True)
class Cut:
    """Lines of the author, lines of others, signatures that the program marked, and how sure we are."""

    own: list[str]
    others: list[str]
    signature: list[str]
    method: str
    confidence: float


def cut(lines: list[Line], ours: Parent | None) -> Cut:
    """What follows a divider, a header block or an attribution belongs to others, unless marked quotations
    follow: then only those do. Lines of `ours`, the message we sent, are never the author's."""
    followed = _followed_by_marks(lines)
    places = range(len(lines))
    end = next((place for place in places if _begins_the_rest(lines[place], followed[place])), len(lines))
    above = lines[:end]
    own = [line.text for line in above if line.kind not in (*_OTHERS, Kind.SIGNATURE)]
    others = [line.text for line in above if line.kind in _OTHERS]
    signature = [line.text for line in above if line.kind is Kind.SIGNATURE]
    if end == len(lines):
        found = Cut(own, others, signature, *(("marks", 0.95) if others else ("whole", 0.9)))
        return _without_ours(found, ours) if ours is not None else found
    rest = [line.text for line in lines[end:]]
    method, confidence = _METHODS[lines[end].kind]
    own = _without_rule(own)
    between = _between_ours(lines[end:], ours) if ours is not None else []
    if between:
        return Cut([*own, "", *between], others + rest, signature, "parent", 0.7)
    return Cut(own, others + rest, signature, method, confidence)


def widest(lines: list[Line], narrow: Cut) -> Cut:
    """Everything neither marked nor a divider, for a mail of which nothing was left."""
    own = [line.text for line in lines if line.kind not in _OTHERS]
    if not has_words(own):
        marked = all(line.kind in (Kind.QUOTED, Kind.BLANK) for line in lines)
        return replace(narrow, confidence=0.3) if marked and has_words(narrow.others) else narrow
    others = [line.text for line in lines if line.kind in _OTHERS]
    return Cut(own, others, [], "widest", 0.3)


def has_words(lines: list[str]) -> bool:
    return any(line.strip(_NO_WORDS) for line in lines)


def _begins_the_rest(line: Line, followed: bool) -> bool:
    if line.kind is Kind.ATTRIBUTION:
        return not followed
    return line.kind in (Kind.ORIGINAL, Kind.FORWARD, Kind.HEADER)


def _followed_by_marks(lines: list[Line]) -> list[bool]:
    """Of each line, whether the quotation under it is marked, or there is none at all."""
    followed, marked = [True] * len(lines), True
    for place in range(len(lines) - 1, -1, -1):
        if lines[place].kind not in (Kind.ATTRIBUTION, Kind.BLANK):
            marked = lines[place].kind is Kind.QUOTED
        followed[place] = marked
    return followed


def _without_rule(own: list[str]) -> list[str]:
    """Without the rule that Outlook draws above its header block."""
    end = len(own)
    while end and not own[end - 1].strip(_NO_WORDS):
        end -= 1
    return own[:end]


def _without_ours(found: Cut, ours: Parent) -> Cut:
    """Our own lines go, and what stands right above them and says who wrote them."""
    sure = ours.ours(found.own)
    if not any(sure):
        return found
    own = [line for line, known in zip(found.own, sure, strict=True) if not known]
    if not has_words(own):
        return found
    above = next(place for place, known in enumerate(sure) if known)
    head = _without_introduction(found.own[:above])
    tail = [line for line, known in zip(found.own[above:], sure[above:], strict=True) if not known]
    if not has_words(head + tail):
        head = found.own[:above]
    kept = set(map(id, head + tail))
    return Cut(
        head + tail,
        found.others + [line for line in found.own if id(line) not in kept],
        found.signature,
        "parent",
        0.8,
    )


def _without_introduction(lines: list[str]) -> list[str]:
    """Without a last paragraph that ends with a colon and holds a number or an address: "Ann, 23.11.:" """
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    start = end
    while start and lines[start - 1].strip():
        start -= 1
    words = " ".join(lines[start:end])
    introduces = words.rstrip().endswith((":", "：")) and ("@" in words or any(map(str.isdigit, words)))
    return lines[:start] if introduces and end - start <= 3 else lines


def _between_ours(rest: list[Line], ours: Parent) -> list[str]:
    """Answers typed into an unmarked quotation of our message: only where nearly all of it is ours, and only
    between lines that are."""
    texts = [line.text for line in rest if line.kind in (Kind.WORDS, Kind.BLANK)]
    sure = ours.ours(texts)
    worded = [known for text, known in zip(texts, sure, strict=True) if text.strip()]
    if not worded or sum(worded) < _COVERED * len(worded):
        return []
    inside = slice(sure.index(True), len(sure) - sure[::-1].index(True))
    return [text for text, known in zip(texts[inside], sure[inside], strict=True) if text and not known]

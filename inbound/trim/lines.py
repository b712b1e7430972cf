"""What each line of a mail is, from bounded tokens: no expression here has two open-ended repeats."""

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from inbound.parse.limits import LINE_CHARACTERS
from inbound.trim.language import folded, lexicon

_DASHES: Final = "-_–—=*~ \t>"
_TOKENS: Final = re.compile(r"[^\W\d_]+|\d+")
_CLOCK: Final = re.compile(r"\d{1,2}[:.h]\d{2}")
_DATE: Final = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")
_YEAR: Final = re.compile(r"\b(?:19|20)\d{2}\b")
_ATTRIBUTION_LINES: Final = 4
_ATTRIBUTION_CHARACTERS: Final = 500
_HEADER_WORD_CHARACTERS: Final = 24


class Kind(Enum):
    BLANK = auto()
    WORDS = auto()
    QUOTED = auto()  # begins with `>`
    ATTRIBUTION = auto()  # "On Monday Ann wrote:", all its lines
    ORIGINAL = auto()  # -----Original Message-----
    FORWARD = auto()  # ---------- Forwarded message
    HEADER = auto()  # a line of a header block of two or more
    RULE = auto()  # only dashes or underscores


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    kind: Kind


def read_lines(text: str) -> list[Line]:
    """Each line with its kind. Linear in the length of the text."""
    texts = text.split("\n")
    kinds = [_alone(one) for one in texts]
    _mark_attributions(texts, kinds)
    _mark_header_blocks(texts, kinds)
    return [Line(one, kind) for one, kind in zip(texts, kinds, strict=True)]


def is_attribution(text: str) -> bool:
    """Whether these words, joined from at most a few lines, say who wrote what follows, and when."""
    end = text.rstrip(_DASHES)
    ended = end.endswith((":", "："))
    if len(text) > _ATTRIBUTION_CHARACTERS or not (ended or ("@" in text and _ends_with_wrote(end[-40:]))):
        return False
    low = folded(end).lstrip(_DASHES)
    words = _TOKENS.findall(low)
    address = "@" in low
    at_a_time = bool(_CLOCK.search(low) or _DATE.search(low) or _YEAR.search(low))
    if _ends_with_wrote(low[-40:]):
        return address or at_a_time or _names_a_day(words)
    if any(word in lexicon().wrote for word in words):  # "schrieb Ann Lee:"
        return at_a_time or address
    return address and at_a_time and bool(_CLOCK.search(low))


def _names_a_day(words: list[str]) -> bool:
    """A number and a month or a weekday."""
    return any(word.isdigit() for word in words) and any(word in lexicon().calendar for word in words)


def _ends_with_wrote(text: str) -> bool:
    """Whether a text ends with a word for "wrote". Not every language puts a space before it."""
    return folded(text).rstrip(":").rstrip().endswith(tuple(lexicon().wrote))


def _alone(text: str) -> Kind:
    bare = text.strip()
    if not bare:
        return Kind.BLANK
    if bare.startswith((">", "＞")):
        return Kind.QUOTED
    if len(bare) > LINE_CHARACTERS:
        return Kind.WORDS
    inner = bare.strip(_DASHES)
    if not inner:
        return Kind.RULE if len(bare) >= 5 and bare[0] in "-_–—" else Kind.WORDS
    if len(inner) <= 80:
        low = folded(inner).rstrip(":")
        known = lexicon()
        if low in known.originals and (bare[0] in "-_–—" or inner.endswith(":")):
            return Kind.ORIGINAL
        if low in known.forwards and (bare[0] in "-_–—>" or inner.endswith(":")):
            return Kind.FORWARD
    return Kind.WORDS


def _mark_attributions(texts: list[str], kinds: list[Kind]) -> None:
    here = 0
    while here < len(texts):
        count = _attribution_at(texts, kinds, here) if kinds[here] is Kind.WORDS else 0
        for marked in range(here, here + count):
            kinds[marked] = Kind.ATTRIBUTION
        here += max(count, 1)


def _attribution_at(texts: list[str], kinds: list[Kind], here: int) -> int:
    """How many lines the attribution that begins here takes; 0 when none does."""
    if not _may_begin(texts[here]):
        return 0
    joined = ""
    for count in range(1, _ATTRIBUTION_LINES + 1):
        place = here + count - 1
        if place >= len(texts) or not (kinds[place] is Kind.WORDS or _closes_address(joined, texts[place])):
            return 0
        joined = f"{joined} {texts[place].strip()}" if joined else texts[place].strip()
        if len(joined) > _ATTRIBUTION_CHARACTERS:
            return 0
        if is_attribution(joined):
            return count
    return 0


def _closes_address(joined: str, text: str) -> bool:
    """Whether a line begins with the `>` of an address that the wrapping left open: not a quotation."""
    return joined.rfind("<") > joined.rfind(">") and text.startswith(">")


def _may_begin(text: str) -> bool:
    if len(text) > _ATTRIBUTION_CHARACTERS:
        return False
    low = folded(text).strip(_DASHES)
    known = lexicon()
    if low.startswith(tuple(f"{start} " for start in known.starts)) or low[:1].isdigit():
        return True
    first = _TOKENS.match(low)
    return (first is not None and first.group() in known.calendar) or ("@" in text and is_attribution(text))


def _mark_header_blocks(texts: list[str], kinds: list[Kind]) -> None:
    """Two or more header lines in a row, of one language, one naming the sender, with an address or a
    number among them ("From: the heart" is a line of a poem)."""
    here = 0
    while here < len(texts):
        names, end = _header_run(texts, kinds, here)
        evidence = any("@" in text or any(map(str.isdigit, text)) for text in texts[here:end])
        if len(names) >= 2 and evidence and _one_language(names):
            for marked in range(here, end):
                kinds[marked] = Kind.HEADER
        here = max(end, here + 1)


def _header_run(texts: list[str], kinds: list[Kind], start: int) -> tuple[list[str], int]:
    names: list[str] = []
    here = start
    while here < len(texts) and kinds[here] is Kind.WORDS:
        name = header_name(texts[here])
        if not name:
            # A long header goes on in the next line; then another header line must follow.
            folds = names and here + 1 < len(texts) and header_name(texts[here + 1])
            if not folds or kinds[here + 1] is not Kind.WORDS:
                break
        else:
            names.append(name)
        here += 1
    return names, here


def _one_language(names: list[str]) -> bool:
    found = set(names)
    return any(
        found & language.senders and len(found & language.headers) >= 2 for language in lexicon().languages
    )


def header_name(text: str) -> str:
    """The folded name of a line such as `*From:* Ann`, when it is a header word of any language."""
    bare = text[: 2 * _HEADER_WORD_CHARACTERS].strip().lstrip("*> ").replace("：", ":")
    name, colon, _ = bare.partition(":")
    low = folded(name.strip("* \u00a0"))
    return low if colon and len(low) <= _HEADER_WORD_CHARACTERS and low in lexicon().header_words else ""

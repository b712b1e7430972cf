"""Lines that say who wrote what follows, and when: "On Monday Ann wrote:", in any language we know."""

import re
from typing import Final

from inbound.trim.kinds import Kind
from inbound.trim.language import folded, lexicon

DASHES: Final = "-_–—=*~ \t>"
# Not \w+: it breaks the words of Hindi and Thai at their vowel signs.
_TOKENS: Final = re.compile(r"[^\W\d_][^\s\d.,;:()<>\"„“]*|\d+")
_CLOCK: Final = re.compile(r"(?<!\d)\d{1,2} ?[:.h時时시點点] ?\d{2}(?!\d)")
_DATE: Final = re.compile(r"(?<!\d)\d{1,4}[-/.年년] ?\d{1,2}[-/.月월] ?\d{1,4}")
_YEAR: Final = re.compile(r"(?<!\d)[1-2۱۲१२]\d{3}(?!\d)")
_LINES: Final = 4
_CHARACTERS: Final = 500
_NAME_WORDS: Final = 8


def mark_attributions(texts: list[str], kinds: list[Kind]) -> None:
    """Each attribution is looked for from its last line upwards, over at most four lines."""
    for end, text in enumerate(texts):
        sign = ":" in text or "@" in text or "：" in text
        if sign and len(text) <= _CHARACTERS and _may_end(texts, kinds, end):
            start = _start_of(texts, kinds, end)
            if start is not None:
                kinds[start : end + 1] = [Kind.ATTRIBUTION] * (end + 1 - start)


def is_attribution(text: str, *, quote_follows: bool = False) -> bool:
    """Whether these words, joined from at most a few lines, say who wrote what follows, and when.

    Without a word for "wrote" an address and a time must stand there; where a quotation follows, a day with
    its time, or an address with any number, is enough.
    """
    low = folded(text[: _CHARACTERS + 1]).strip(DASHES)
    if len(text) > _CHARACTERS or not low:
        return False
    ended = low.endswith(":")
    address = "@" in low
    clock, date = bool(_CLOCK.search(low)), bool(_DATE.search(low) or _YEAR.search(low))
    if _ends_with_wrote(low[-40:]):
        timed = clock or date or _names_a_day(_TOKENS.findall(low))
        return (ended or address) and (address or (timed and _may_begin(low)))
    if not ended:
        return False
    if _says_wrote(low):  # "schrieb Ann Lee:"
        return address or ((clock or date) and _may_begin(low))
    if quote_follows and any(map(str.isdigit, low)):
        return address or (clock and _has_date(low))
    return (clock or date) and address


def _may_end(texts: list[str], kinds: list[Kind], end: int) -> bool:
    if kinds[end] is not Kind.WORDS and not (kinds[end] is Kind.QUOTED and _is_open(texts, kinds, end)):
        return False
    last = texts[end].rstrip(DASHES + "\u202c\u200f\u200e")
    return last.endswith((":", "：")) or ("@" in texts[end] and _ends_with_wrote(folded(last[-40:])))


def _is_open(texts: list[str], kinds: list[Kind], place: int) -> bool:
    """Whether the line above leaves the `<` of an address open: then this one's `>` is no quotation."""
    above = texts[place - 1] if place and kinds[place - 1] is Kind.WORDS else ""
    return above.rfind("<") > above.rfind(">")


def _start_of(texts: list[str], kinds: list[Kind], end: int) -> int | None:
    """The first line of the attribution that ends here; None when none does."""
    follows = end + 1
    while follows < len(texts) and kinds[follows] is Kind.BLANK:
        follows += 1
    quote_follows = follows < len(texts) and kinds[follows] is Kind.QUOTED
    joined = ""
    found = False
    for start in range(end, max(-1, end - _LINES), -1):
        if start < end and not _goes_on(texts, kinds, start, joined, found=found):
            return start + 1 if found else None
        joined = f"{texts[start].strip()} {joined}".strip()
        found = found or is_attribution(joined, quote_follows=quote_follows)
    return max(0, end - _LINES + 1) if found else None


def _goes_on(texts: list[str], kinds: list[Kind], place: int, joined: str, *, found: bool) -> bool:
    """Whether this line belongs to the attribution below it: it must, while that is not whole; later it may,
    where it holds what is missing."""
    text = texts[place]
    if kinds[place] is not Kind.WORDS or len(text) + len(joined) > _CHARACTERS:
        return kinds[place] is Kind.QUOTED and _is_open(texts, kinds, place)
    if not found:
        return True
    low, below = folded(text), folded(joined)
    if 0 <= below.find(">") < (below.find("<") if "<" in below else len(below)):
        return True  # it closes an address that begins above
    few = len(low.split()) <= _NAME_WORDS
    if not few and low.endswith((".", "!", "?", "…")) and not low[-2:-1].isdigit():
        return False
    missing = (_has_date(low) and not _has_date(below)) or (
        bool(_CLOCK.search(low)) and not _CLOCK.search(below)
    )
    if missing and (_may_begin(low) or "@" in low):
        return True
    return "@" in low and "@" not in below and few


def _has_date(low: str) -> bool:
    return bool(_DATE.search(low) or _YEAR.search(low)) or _names_a_day(_TOKENS.findall(low))


def _names_a_day(words: list[str]) -> bool:
    """A number and a month or a weekday."""
    return any(word.isdigit() for word in words) and any(word in lexicon().calendar for word in words)


def _ends_with_wrote(low: str) -> bool:
    """Whether a text ends with a word for "wrote". Not every language puts a space before it."""
    return low.rstrip(":： ").endswith(lexicon().wrote)


def _says_wrote(low: str) -> bool:
    words = _TOKENS.findall(low)
    known = lexicon()
    return any(word in known.wrote_words for word in words) or any(
        each in low for each in known.wrote_phrases
    )


def _may_begin(low: str) -> bool:
    """How an attribution begins: "on", "am", a number, a weekday or a month."""
    low = low.lstrip(DASHES)
    if low.startswith(lexicon().starts) or low[:1].isdigit():
        return True
    first = _TOKENS.match(low)
    return first is not None and first.group() in lexicon().calendar

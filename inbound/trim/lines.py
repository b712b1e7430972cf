"""What each line of a mail is, from bounded tokens: no expression here has two open-ended repeats."""

from collections.abc import Iterable
from typing import Final

from inbound.parse.limits import LINE_CHARACTERS
from inbound.parse.webpage import Mark, PageLine
from inbound.trim.attributions import DASHES, mark_attributions
from inbound.trim.headers import header_name, mark_header_blocks, split_flat
from inbound.trim.kinds import Kind, Line
from inbound.trim.language import folded, lexicon

_DIVIDER: Final = 80  # characters
_FENCES: Final = ("---", "___", "–––", "———")
_BROKEN_AT: Final = 60  # characters: a shorter line was not broken
_ENDS: Final = ".!?…:>。？！"


_OF_MARK: Final = {
    Mark.OTHERS: Kind.QUOTED,
    Mark.DIVIDER: Kind.ORIGINAL,
    Mark.RULE: Kind.RULE,
    Mark.SIGNATURE: Kind.SIGNATURE,
}


def read_lines(text: str) -> list[Line]:
    """Each line with its kind. Linear in the length of the text."""
    texts = [line for whole in text.split("\n") for line in split_flat(whole)]
    return _joined_up(texts, [_alone(one) for one in texts])


def read_page_lines(page: Iterable[PageLine]) -> list[Line]:
    """The same for a page, whose markup knows more than its words."""
    marked = [(text, line.mark) for line in page for text in split_flat(line.text)]
    return _joined_up([text for text, _ in marked], [_of_page(text, mark) for text, mark in marked])


def _of_page(text: str, mark: Mark) -> Kind:
    alone = _alone(text)
    if mark is Mark.ATTRIBUTION:  # Gmail so marks the header block of a forward, too
        return Kind.ATTRIBUTION if alone is Kind.WORDS and not header_name(text) else alone
    if mark is Mark.SIGNATURE and alone is Kind.BLANK:
        return alone
    return _OF_MARK.get(mark, alone)


def _joined_up(texts: list[str], kinds: list[Kind]) -> list[Line]:
    """Finds what takes several lines: header blocks, attributions, quoted lines that a program broke."""
    mark_header_blocks(texts, kinds)
    _mark_dividers(kinds)
    mark_attributions(texts, kinds)
    _mark_broken(texts, kinds)
    return [Line(one, kind) for one, kind in zip(texts, kinds, strict=True)]


def _alone(text: str) -> Kind:
    bare = text.strip()
    if not bare:
        return Kind.BLANK
    if bare[0] in ">＞":
        return Kind.QUOTED
    if len(bare) > LINE_CHARACTERS:
        return Kind.WORDS
    if bare[0] not in DASHES and bare[-1] not in ":：-—–":
        return Kind.WORDS
    inner = bare.strip(DASHES)
    if not inner:
        return Kind.RULE if len(bare) >= 4 and bare[0] in "-_–—=*" else Kind.WORDS
    return _divider(bare, inner) if len(inner) <= _DIVIDER else Kind.WORDS


def _divider(bare: str, inner: str) -> Kind:
    """A known wording between dashes, or alone with a colon; between dashes, more may follow it ("Forwarded
    by Ann on Monday")."""
    low = folded(inner).rstrip(": ")
    known = lexicon()
    dashed = bare[0] in "-_–—*"
    fenced = dashed and bare[-1] in "-_–—*"
    for kind, phrases in ((Kind.ORIGINAL, known.originals), (Kind.FORWARD, known.forwards)):
        if low in phrases and (dashed or inner.endswith((":", "："))):
            return kind
        if fenced and low.startswith(tuple(phrases)):
            return kind
    if bare.startswith(_FENCES) and bare.endswith(_FENCES) and not any(map(str.isdigit, inner)):
        return Kind.RULE  # with a number it may be "---- On Monday 23 Ann wrote ----"
    return Kind.WORDS


def _mark_dividers(kinds: list[Kind]) -> None:
    """A rule above a header block is a divider, whatever words stand in it."""
    below = Kind.BLANK
    for place in range(len(kinds) - 1, -1, -1):
        if kinds[place] is Kind.RULE and below is Kind.HEADER:
            kinds[place] = Kind.ORIGINAL
        if kinds[place] is not Kind.BLANK:
            below = kinds[place]


def _mark_broken(texts: list[str], kinds: list[Kind]) -> None:
    """The end of a long quoted line that was broken without a mark of its own, between quoted lines."""
    for place in range(1, len(texts) - 1):
        if kinds[place] is not Kind.WORDS or kinds[place - 1] is not Kind.QUOTED:
            continue
        above, text = texts[place - 1].rstrip(), texts[place].strip()
        broken = len(text) < len(above) >= _BROKEN_AT and (above[-1] not in _ENDS or text[0].islower())
        if broken and kinds[place + 1] is Kind.QUOTED:
            kinds[place] = Kind.QUOTED

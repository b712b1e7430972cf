"""What the model sees of a reply: words, neighbouring words, pieces of words, and the rules that spoke."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from zlib import crc32

from inbound.understand.fold import Word
from inbound.understand.rulebook import Found

BUCKETS: Final = 1 << 16
_PIECES: Final = (3, 4, 5)  # letters
_FIRST_WORDS, _LAST_WORDS = 120, 60  # of a long mail its beginning and its end are read


def read_part(words: Sequence[Word]) -> Sequence[Word]:
    if len(words) <= _FIRST_WORDS + _LAST_WORDS:
        return words
    return [*words[:_FIRST_WORDS], *words[-_LAST_WORDS:]]


def of_words(words: Sequence[Word]) -> dict[int, set[int]]:
    """Each bucket that something of these words falls into, with the places of those words."""
    found: dict[int, set[int]] = {}
    for name, places in _named(words):
        found.setdefault(bucket(name), set()).update(places)
    return found


def of_rules(found: Iterable[Found], text: str) -> set[int]:
    """The buckets of what is known beyond the words."""
    names = {f"{'silenced' if one.silenced else 'rule'} {one.rule.id}" for one in found}
    names.add("asks" if "?" in text or "？" in text else "tells")
    names.add(f"long {len(text).bit_length()}")
    return {bucket(name) for name in names}


def bucket(name: str) -> int:
    return crc32(name.encode("utf-8", "surrogatepass")) % BUCKETS


def _named(words: Sequence[Word]) -> Iterator[tuple[str, tuple[int, ...]]]:
    for here, word in enumerate(words):
        yield word.folded, (here,)
        if here:
            yield f"{words[here - 1].folded} {word.folded}", (here - 1, here)
        if here > 1:
            yield f"{words[here - 2].folded} . {word.folded}", (here - 2, here)
        padded = f"_{word.folded[:24]}_"
        for length in _PIECES:
            for start in range(len(padded) - length + 1):
                yield f"#{padded[start : start + length]}", (here,)

"""The small language that the phrases of rules are written in.

A phrase is words between spaces; each matches one word of a reply, both folded:

1. `take|get|drop`: any of these. `my_number`: words behind one another, also as one of several.
2. `text*`: any word that begins so; in Chinese or Japanese, that holds it. `<number>`: digits.
   `.`: any one word.
3. `@us`: the words that `sets.toml` has under this name.
4. `now?`: may be missing. `..`: up to three words between, `...`: up to six.
5. `^` before all: the phrase begins the sentence. `$` behind all: it ends it.

Words that change nothing ("please", "really") are taken out of a reply before phrases are looked for,
so no phrase needs to name them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Final, Generic, TypeVar

from inbound.understand.fold import fold

_GAPS: Final = {"..": 3, "...": 6}
_ANY: Final = "."
_NUMBER: Final = "<number>"


Owner = TypeVar("Owner")


class PhraseError(ValueError):
    """A phrase cannot be read; the text says which and why."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One place of a phrase: what its word may be, after at most `gap` other words."""

    words: frozenset[str]
    beginnings: tuple[str, ...]
    gap: int = 0
    any: bool = False
    number: bool = False
    within: tuple[str, ...] = ()  # of writing without spaces: anywhere in the run of signs

    def fits(self, word: str) -> bool:
        if self.any or word in self.words:
            return True
        if self.number and word.isdecimal():
            return True
        if self.beginnings and word.startswith(self.beginnings):
            return True
        return bool(self.within) and any(part in word for part in self.within)


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way to say something. `written` is how its author wrote it."""

    written: str
    parts: tuple[_Part, ...]
    at_start: bool
    at_end: bool

    def end(self, words: Sequence[str], start: int) -> int:
        """Where the phrase ends if it begins at this word; -1 if it does not."""
        if self.at_start and start != 0:
            return -1
        return self._end(words, start, 0)

    def _end(self, words: Sequence[str], here: int, part: int) -> int:
        if part == len(self.parts):
            return -1 if self.at_end and here != len(words) else here
        wanted = self.parts[part]
        for skipped in range(wanted.gap + 1):
            place = here + skipped
            if place >= len(words):
                return -1
            if wanted.fits(words[place]):
                end = self._end(words, place + 1, part + 1)
                if end >= 0:
                    return end
        return -1


class Index(Generic[Owner]):
    """Phrases with whom they belong to, found by their first word."""

    def __init__(self) -> None:
        self._by_word: dict[str, list[tuple[Phrase, Owner]]] = {}
        self._by_beginning: dict[str, list[tuple[Phrase, Owner]]] = {}
        self._unspaced: list[tuple[Phrase, Owner]] = []
        self._others: list[tuple[Phrase, Owner]] = []

    def add(self, phrase: Phrase, owner: Owner) -> None:
        first = phrase.parts[0]
        for word in first.words:
            self._by_word.setdefault(word, []).append((phrase, owner))
        for beginning in first.beginnings:
            self._by_beginning.setdefault(beginning, []).append((phrase, owner))
        if first.within:
            self._unspaced.append((phrase, owner))
        if first.any or first.number:
            self._others.append((phrase, owner))

    def found(self, words: Sequence[str]) -> Iterator[tuple[Owner, int, int, Phrase]]:
        """Each place where a phrase stands in one sentence: whose, from, to, which."""
        for start, word in enumerate(words):
            for phrase, owner in self._candidates(word):
                end = phrase.end(words, start)
                if end >= 0:
                    yield owner, start, end, phrase

    def _candidates(self, word: str) -> Iterator[tuple[Phrase, Owner]]:
        yield from self._by_word.get(word, ())
        for length in range(2, len(word) + 1) if self._by_beginning else ():
            yield from self._by_beginning.get(word[:length], ())
        if not word.isascii():
            yield from self._unspaced
        yield from self._others


def read_phrases(lines: str, sets: Mapping[str, str]) -> list[Phrase]:
    """The phrases of a block, one a line; `#` begins a comment. Raises PhraseError."""
    written = [line.split("#")[0].strip() for line in lines.splitlines()]
    return [phrase for line in written if line for phrase in _read(line, sets)]


def _read(line: str, sets: Mapping[str, str]) -> Iterator[Phrase]:
    """One phrase for every way in which its optional words and words in a row can be chosen."""
    tokens = line.split()
    at_start, at_end = tokens[0] == "^", tokens[-1] == "$"
    tokens = tokens[at_start : len(tokens) - at_end]
    for chosen in product(*(_choices(token, sets, line) for token in tokens)):
        parts = _parts([item for items in chosen for item in items])
        if not parts:
            raise PhraseError(f"“{line}” can match without any word: make one of its words certain.")
        yield Phrase(line, parts, at_start, at_end)


def _choices(token: str, sets: Mapping[str, str], line: str) -> list[list[str]]:
    """The word sequences that a token can stand for; single words are kept together as one part."""
    if token in _GAPS or token in (_ANY, _NUMBER):
        return [[token]]
    optional = token.endswith("?")
    token = token.removesuffix("?")
    words = [word for name in token.split("|") for word in _set(name, sets, line)]
    single = [word for word in words if "_" not in word]
    choices = [["|".join(single)]] if single else []
    choices += [word.split("_") for word in words if "_" in word]
    return [*choices, []] if optional else choices


def _set(name: str, sets: Mapping[str, str], line: str) -> list[str]:
    if not name:
        raise PhraseError(f"“{line}” has an empty choice.")
    if not name.startswith("@"):
        return [name]
    if name[1:] not in sets:
        raise PhraseError(f"“{line}”: there is no set “{name}” in sets.toml.")
    return [word for each in sets[name[1:]].split() for word in _set(each, sets, line)]


def _parts(items: Sequence[str]) -> tuple[_Part, ...]:
    parts, gap = [], 0
    for item in items:
        if item in _GAPS:
            gap = _GAPS[item]
            continue
        words = item.split("|")
        open_ended = [_folded(word[:-1]) for word in words if word.endswith("*")]
        within = tuple(word for word in open_ended if _is_unspaced(word))
        beginnings = tuple(word for word in open_ended if not _is_unspaced(word))
        whole = frozenset(_folded(word) for word in words if not word.endswith("*"))
        parts.append(_Part(whole, beginnings, gap, item == _ANY, _NUMBER in words, within))
        gap = 0
    return tuple(parts)


def _is_unspaced(word: str) -> bool:
    return any(0x3040 <= ord(sign) <= 0x9FFF for sign in word)


@cache
def _folded(word: str) -> str:
    return word if word.startswith((":", "<")) else fold(word)

"""The phrases of the data files, folded once."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from inbound.understand.fold import fold

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OptOut:
    """Certain requests to stop, and the words before them that make them uncertain."""

    phrases: "PhraseSet"
    unless_before: frozenset[str]
    within: int
    still_certain: "PhraseSet"


class PhraseSet:
    """Phrases to find as consecutive words, looked up by length: linear in the words of a message."""

    def __init__(self, phrases: list[str]) -> None:
        self._phrases = frozenset(tuple(fold(phrase).split()) for phrase in phrases)
        self._lengths = tuple(sorted({len(phrase) for phrase in self._phrases}, reverse=True))

    def __contains__(self, words: Words) -> bool:
        return words in self._phrases

    def at(self, words: Words, start: int) -> int:
        """How many words the longest phrase that begins here has; 0 when none does."""
        for length in self._lengths:
            if words[start : start + length] in self._phrases and start + length <= len(words):
                return length
        return 0

    def places(self, words: Words) -> list[int]:
        return [start for start in range(len(words)) if self.at(words, start)]


@cache
def short_answers() -> dict[str, PhraseSet]:
    """`courtesy`, `question` and each intent that a few words can carry, by its name."""
    table = _table("phrases.toml")
    return {name: PhraseSet(_all(languages)) for name, languages in table.items()}


@cache
def opt_out() -> OptOut:
    table = _table("opt_out.toml")
    before = frozenset(fold(word) for word in table["unless_before"])
    still = PhraseSet(table["still_certain_after"])
    return OptOut(PhraseSet(_all(table["phrases"])), before, int(table["within"]), still)


@cache
def crisis() -> PhraseSet:
    return PhraseSet(_all(_table("crisis.toml")))


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((files("inbound.understand") / name).read_text("utf-8"))


def _all(languages: dict[str, list[str]]) -> list[str]:
    return [phrase for phrases in languages.values() for phrase in phrases]

"""The message we sent as evidence: lines of a reply that are provably ours."""

import re
from collections.abc import Sequence
from typing import Final

from inbound.trim.language import folded

_WORDS: Final = re.compile(r"\w+")
_RUN: Final = 4
_LEAST: Final = 6  # a shorter line may be a member's own echo of a few of our words
_SHORT: Final = 3  # beside a line that is ours, so few words in our order are enough
_WHOLE: Final = 0.8


class Parent:
    """The words of the message we sent, as runs of four."""

    def __init__(self, text: str) -> None:
        words = _words(text)
        self._runs = set(_runs(words))
        self._joined = f" {' '.join(words)} "

    def ours(self, lines: Sequence[str]) -> list[bool]:
        """Which of these lines are ours: those of six words or more that stand in our message run by run;
        then, beside them, also shorter ones (a greeting, a name, the end of a wrapped line)."""
        words = [_words(line) for line in lines]
        sure = [len(each) >= _LEAST and all(run in self._runs for run in _runs(each)) for each in words]
        for places in (range(len(lines)), range(len(lines) - 1, -1, -1)):
            beside = False
            for place in places:
                if sure[place]:
                    beside = True
                elif words[place]:
                    beside = beside and len(words[place]) >= _SHORT and self._holds(words[place])
                    sure[place] = beside
        return sure

    def wrote(self, text: str) -> bool:
        """Whether nearly all of this text is ours."""
        runs = _runs(_words(text))
        return bool(runs) and sum(run in self._runs for run in runs) >= _WHOLE * len(runs)

    def _holds(self, words: list[str]) -> bool:
        return f" {' '.join(words)} " in self._joined


def _words(text: str) -> list[str]:
    return _WORDS.findall(folded(text.lstrip("> ")))


def _runs(words: list[str]) -> list[tuple[str, ...]]:
    return [tuple(words[start : start + _RUN]) for start in range(len(words) - _RUN + 1)]

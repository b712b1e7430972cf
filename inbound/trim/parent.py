"""The message we sent as evidence: lines of a reply that are provably ours."""

import re
from typing import Final

from inbound.trim.language import folded

_WORDS: Final = re.compile(r"\w+")
_RUN: Final = 4
_LEAST: Final = 6  # a shorter line may be a member's own echo of a few of our words


class Parent:
    """The words of the message we sent, as runs of four."""

    def __init__(self, text: str) -> None:
        self._runs = set(_runs(_WORDS.findall(folded(text))))

    def wrote(self, line: str) -> bool:
        """Whether every run of four words of this line, and there are enough, stands in our message."""
        words = _WORDS.findall(folded(line))
        return len(words) >= _LEAST and all(run in self._runs for run in _runs(words))


def _runs(words: list[str]) -> list[tuple[str, ...]]:
    return [tuple(words[start : start + _RUN]) for start in range(len(words) - _RUN + 1)]

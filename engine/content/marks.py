"""Slots on their way through Markdown: words of private-use characters, which it leaves alone.

A mark is about as long as the name that will stand there, so that lines break where a person would
break them.
"""

import re
from collections.abc import Iterable

from engine.content.safe import Flat, Slot

Segment = str | tuple[str, str]  # text, or a slot: its name, and what stands there when it is empty
Segments = tuple[Segment, ...]

_PRIVATE = re.compile("[\ue000-\uf8ff]+")
_FIRST = 0xE000  # 6,400 private-use characters, many more than a template may have slots
_USUAL = {"community": 16, "neighborhood": 12}  # characters; a name has six


class Marks:
    """The slots of one text, each under its own character."""

    def __init__(self) -> None:
        self._slots: list[Slot] = []

    def put(self, flat: Flat) -> str:
        """The text with a mark for each slot; private-use characters of the author's are dropped."""
        return "".join(
            _PRIVATE.sub("", piece) if isinstance(piece, str) else self._mark(piece) for piece in flat
        )

    def _mark(self, slot: Slot) -> str:
        self._slots.append(slot)
        return chr(_FIRST + len(self._slots) - 1) * _USUAL.get(slot.name, 6)

    def split(self, text: str) -> Segments:
        """The text cut at its marks."""
        found: list[Segment] = []
        end = 0
        for run in _PRIVATE.finditer(text):
            found.append(text[end : run.start()])
            found += [self._slot(letter) for letter in dict.fromkeys(run.group())]
            end = run.end()
        return merged([*found, text[end:]])

    def _slot(self, letter: str) -> Segment:
        slot = self._slots[ord(letter) - _FIRST]
        return (slot.name, slot.otherwise)


def plain(flat: Flat) -> Segments:
    """Pieces that need no Markdown: subjects and text messages."""
    return merged(piece if isinstance(piece, str) else (piece.name, piece.otherwise) for piece in flat)


def merged(segments: Iterable[Segment]) -> Segments:
    """Without empty text, and with neighboring texts joined."""
    found: list[Segment] = []
    for segment in segments:
        if isinstance(segment, str) and found and isinstance(found[-1], str):
            found[-1] += segment
        elif segment:
            found.append(segment)
    return tuple(found)

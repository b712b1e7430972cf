"""Text messages: how many segments they cost, and how to keep them in the cheap alphabet.

GSM 03.38: 160 units in one segment, 153 in each of several; characters of its extension count two.
Anything else is UCS-2: 70 units, 67 in each of several; an emoji counts two and is never split.
"""

from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")
_PLAIN = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
        "–": "-", "—": "-", "…": "...", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "•": "-",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Segments:
    encoding: str  # "GSM-7" or "UCS-2"
    units: int
    segments: int


def count(text: str) -> Segments:
    """What a text costs; an empty one costs nothing."""
    if all(letter in _BASIC or letter in _EXTENDED for letter in text):
        sizes, one, many, encoding = [2 if c in _EXTENDED else 1 for c in text], 160, 153, "GSM-7"
    else:
        sizes, one, many, encoding = [2 if ord(c) > 0xFFFF else 1 for c in text], 70, 67, "UCS-2"
    units = sum(sizes)
    if units <= one:
        return Segments(encoding, units, 1 if units else 0)
    return Segments(encoding, units, _parts(sizes, many))


def _parts(sizes: list[int], room: int) -> int:
    """How many segments hold these characters when none of them is split."""
    parts, used = 1, 0
    for size in sizes:
        if used + size > room:
            parts, used = parts + 1, 0
        used += size
    return parts


def fit(text: str) -> str:
    """Curly quotes, dashes and odd spaces in their plain form, so that they do not double the cost."""
    return text.translate(_PLAIN)

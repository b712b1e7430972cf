"""The code in front of an answer: "7A yes" answers question 7A."""

from dataclasses import dataclass
from typing import Final

_OPENINGS: Final = ("reply", "answer", "responde", "respuesta")
_MOST: Final = 3  # signs of a code


@dataclass(frozen=True, slots=True)
class Coded:
    """`code` in capitals; `rest` is the answer behind it, as it was written."""

    code: str
    rest: str


def code(text: str) -> Coded | None:
    """The code of digits, and perhaps one letter, that opens a reply of at least one more word."""
    words = text.strip().split(maxsplit=2)
    if words and words[0].lower().strip(":") in _OPENINGS:
        words = text.strip().split(maxsplit=2)[1:]
    if len(words) < 2:
        return None
    sign = words[0].strip(".:,)(#").upper()
    digits = sign[:-1] if sign[-1:].isalpha() else sign
    if not (digits.isascii() and digits.isdecimal() and len(sign) <= _MOST):
        return None
    return Coded(sign, " ".join(words[1:]))

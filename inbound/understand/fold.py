"""Words as they are compared: without case, accents, punctuation, disguises and extra spacing."""

import unicodedata
from typing import Final

# Letters of other alphabets that look like ours, used to slip past filters or typed by accident.
_LOOK_ALIKE: Final = str.maketrans(
    "абвеікмнорстухѕјαεικνορτυχᴏ",
    "abbeikmhopctyxsjaeiknoptyxo",
)
_DIGIT_LETTERS: Final = str.maketrans("01345", "oieas")


def fold(text: str) -> str:
    """`¡STÓP!!` -> `stop`, `S T O P` -> `stop`, `ST0P` -> `stop`. Words are separated by one space.

    Look-alike letters are turned only in words that mix alphabets or hold no letter of their own
    alphabet beyond the look-alikes; digits only between letters.
    """
    plain = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(_letter(one) for one in plain)
    words = [_undisguised(word) for word in letters.split()]
    if len(words) > 2 and all(len(word) == 1 and word.isalpha() for word in words):
        return "".join(words)
    return " ".join(words)


def _letter(one: str) -> str:
    category = unicodedata.category(one)
    if category in ("Mn", "Cf"):  # accents and invisible letters
        return ""
    return one if category[0] in "LN" else " "


def _undisguised(word: str) -> str:
    if not word.isascii():
        turned = word.translate(_LOOK_ALIKE)
        word = turned if turned.isascii() else word
    inner = any(one.isalpha() for one in word) and any(one.isdigit() for one in word)
    return word.translate(_DIGIT_LETTERS) if inner and word[0].isalpha() and word[-1].isalpha() else word

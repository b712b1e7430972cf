"""Words as they are compared: without accents, case or punctuation."""

import re
import unicodedata

_WORD = re.compile(r"\w+")


def fold(text: str) -> str:
    """Without accents, case and outer spaces, so that Peña and PENA are found alike."""
    letters = unicodedata.normalize("NFKD", text)
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(bare.casefold().split())


def words_of(*texts: str) -> frozenset[str]:
    """The whole folded words of these texts."""
    return frozenset(word for text in texts for word in _WORD.findall(fold(text)))


def fold_words(text: str) -> list[str]:
    """The folded words of a text, in their order, apostrophes dropped: I'd is id."""
    return _WORD.findall(fold(text).replace("'", "").replace("’", ""))

"""The name that somebody gives as theirs."""

import re
from typing import Final

from inbound.understand.slots.numbers import listed

_OPENINGS: Final = re.compile(
    r"\b(?:this is|it['’]?s|my name(?: i|['’])s|i am|i['’]m|soy|me llamo|mi nombre es|habla|de parte de)\s+",
    re.IGNORECASE,
)
_NAME: Final = re.compile(r"[^\W\d_][\w'’-]*")
_MOST: Final = 5  # words
_JOINS: Final = frozenset({"de", "del", "la", "van", "von"})


def name(text: str) -> str | None:
    """The name behind "this is", "soy" and their like, words with capitals; None for anything
    else ("this is great")."""
    for opening in _OPENINGS.finditer(text[:500]):
        found = _words_with_capitals(text[opening.end() : opening.end() + 80])
        if found:
            return " ".join(found)
    return None


def _words_with_capitals(text: str) -> list[str]:
    found: list[str] = []
    place = 0
    while len(found) < _MOST and (word := _NAME.match(text, place)):
        joins = word[0] in _JOINS and bool(found)
        if not joins and (not word[0][0].isupper() or word[0].lower() in listed()["names"]["none"].split()):
            break
        found.append(word[0])
        place = word.end() + (text[word.end() : word.end() + 1] == " ")
    while found and found[-1] in _JOINS:
        found.pop()
    return found

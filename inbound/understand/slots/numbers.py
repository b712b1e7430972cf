"""Numbers in digits and words."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Final

from inbound.understand.fold import words_of

_MOST_DIGITS: Final = 6
_MOST_CHARACTERS: Final = 2_000


@cache
def listed() -> dict[str, Any]:
    """words.toml."""
    return tomllib.loads(files(__package__).joinpath("words.toml").read_text("utf-8"))


def plain(text: str) -> list[str]:
    """The folded words of the beginning of a text; `w/` is w, `+2` is plus and 2."""
    spelled = text[:_MOST_CHARACTERS].replace("+", " plus ").replace("/", " / ")
    return [word.folded for word in words_of(spelled)]


def value(word: str) -> int | None:
    """The number that one folded word is."""
    if word.isascii() and word.isdecimal():
        return int(word) if len(word) <= _MOST_DIGITS else None
    found = listed()["numbers"].get(word)
    return None if found is None else int(found)


def number(text: str) -> int | None:
    """The one number of a reply, in digits or words; None where there is none or more than one."""
    found = {each for word in plain(text) if (each := value(word)) is not None}
    return found.pop() if len(found) == 1 else None

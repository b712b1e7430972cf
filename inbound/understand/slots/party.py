"""How many seats a yes asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from inbound.understand.slots.numbers import listed, plain, value

MOST: Final = 50  # seats; more is a slip or a joke, and a person asks
_WE_ARE: Final = ("somos", "seremos", "vamos", "iremos", "were", "we")
_COME: Final = frozenset({"coming", "come", "too", "also", "and", "will", "vamos", "viene", "vienen", "y"})
_SEATS: Final = ("for", "of", "party", "seats", "spots", "para", "lugares", "asientos", "table")


@dataclass(frozen=True, slots=True)
class Party:
    """`seats` counts the writer too, 1 to 50. `asks`: whose number was not said ("kids"); `seats` is then the
    least that it can be."""

    seats: int
    asks: str = ""


def party(text: str) -> Party | None:
    """The seats that a reply names; None where it names nobody and no number.

    1. "for 2", "party of 4", "somos 4", "4 of us": that many in all.
    2. "+2", "w/ 2", "with two friends": so many beside the writer; each "my sister" is one more.
    3. "the kids" is somebody, and asks how many.
    """
    words = plain(text)
    total = _total(words)
    if total is not None:
        return Party(total) if 1 <= total <= MOST else None
    return _counted(words)


def _total(words: Sequence[str]) -> int | None:
    for here, word in enumerate(words):
        count = value(word)
        if count is None or (word in listed()["people"]["mine"].split() and not word.isdecimal()):
            continue
        before = words[here - 1] if here else ""
        after = words[here + 1 : here + 3]
        if before in (*_SEATS, *_WE_ARE) and not _is_hour(after):
            return count
        if list(after) == ["of", "us"] or list(after[:1]) in (["seats"], ["spots"], ["lugares"]):
            return count
    return None


def _is_hour(after: Sequence[str]) -> bool:
    return bool(after) and after[0] in ("pm", "am", "oclock", "minutes", "hours", "de")


def _counted(words: Sequence[str]) -> Party | None:
    people = listed()["people"]
    ones, some, joins, mine = (set(people[name].split()) for name in ("one", "some", "with", "mine"))
    beside, asks, seen, here = 0, "", False, 0
    while here < len(words):
        word, count = words[here], value(words[here])
        follows = here > 0 and words[here - 1] in joins
        next_word = words[here + 1] if here + 1 < len(words) else ""
        if count is not None and next_word in ones | some and word not in mine:
            beside, seen, here = beside + count, True, here + 1
        elif count is not None and follows and word not in mine and not _is_hour(words[here + 1 : here + 2]):
            beside, seen = beside + count, True
        elif word in ones and _joined(words, here, joins, mine):
            beside, seen = beside + 1, True
        elif word in some and _joined(words, here, joins, mine):
            asks, seen = asks or word, True
        elif word == "me" and next_word == "and" and not _is_person(words, here + 2, people):
            beside, seen = beside + 1, True  # me and Sam
        here += 1
    return Party(1 + beside, asks) if seen and 1 + beside <= MOST else None


def _joined(words: Sequence[str], here: int, joins: set[str], mine: set[str]) -> bool:
    """Somebody is brought, not only spoken of: "with my sister", "me and the kids"."""
    before = list(words[max(0, here - 4) : here])
    named = here <= 1 and bool(mine & set(before)) and bool(_COME & set(words))
    return named or bool(joins & set(before))


def _is_person(words: Sequence[str], here: int, people: dict[str, str]) -> bool:
    listed_ = f"{people['one']} {people['some']} {people['mine']}".split()
    return here >= len(words) or words[here] in listed_ or value(words[here]) is not None

"""An answer to a proposal, or to a question with options."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from inbound.understand.fold import words_of
from inbound.understand.rulebook import rulebook
from inbound.understand.slots.numbers import listed, plain, value

Kind = Literal["agree", "disagree", "abstain", "choice", "ranking", "approval", "unclear"]
_BUT: Final = (
    " but ", " except ", " as long as ", " only if ", " unless ", " pero ", " siempre que ", " menos ",
)  # fmt: skip
_SHORT: Final = 3  # words


@dataclass(frozen=True, slots=True)
class Ballot:
    """`choices` are places in the options, from 0: one for a choice, best first for a ranking, in their order
    for an approval; `last` those put last. `unclear` counts for nothing: `asks` says what is to be asked."""

    kind: Kind
    choices: tuple[int, ...] = ()
    last: tuple[int, ...] = ()
    asks: str = ""


def ballot(text: str, options: Sequence[str] = ()) -> Ballot:
    """How somebody voted. Without options the question is yes or no.

    1. What is said of another's vote never counts.
    2. A yes or no with a condition is not counted; the condition is in `asks`.
    3. Options by number, letter, place or name; "B then A, anything but C" ranks them.
    """
    words = plain(text)
    if _speaks("proxy", words) and _speaks("reports", words):
        return Ballot("unclear", asks="a vote for somebody else")
    if _speaks("abstain", words):
        return Ballot("abstain")
    return _of_options(text, words, options) if options else _of_proposal(text)


def _speaks(which: str, words: Sequence[str]) -> bool:
    return not set(listed()["votes"][which].split()).isdisjoint(words)


def _of_proposal(text: str) -> Ballot:
    condition = _condition(text)
    if condition:
        return Ballot("unclear", asks=condition)
    if text.strip() in ("+1", "👍"):
        return Ballot("agree")
    if text.strip() in ("-1", "👎"):
        return Ballot("disagree")
    found = rulebook().read(words_of(text))
    said = {one.rule.intent.value for one in found if one.rule.whole and one.rule.intent and not one.silenced}
    if "?" in text or len(said & {"yes", "no", "maybe"}) != 1 or "maybe" in said:
        return Ballot("unclear", asks="yes or no")
    return Ballot("agree" if "yes" in said else "disagree")


def _condition(text: str) -> str:
    lowered = f" {text.strip().lower()} "
    places = [(lowered.find(word), word) for word in _BUT if word in lowered]
    if not places:
        return ""
    place, word = min(places)
    return text.strip()[place - 1 + len(word) :].strip() if place else ""


def _of_options(text: str, words: Sequence[str], options: Sequence[str]) -> Ballot:
    wanted, unwanted = _split(text)
    chosen = _named(wanted, options)
    last = tuple(each for each in _named(unwanted, options) if each not in chosen)
    if _condition(wanted):
        return Ballot("unclear", asks=_condition(wanted))
    if not chosen:
        return Ballot("unclear", last=last, asks="which of the options")
    if len(chosen) == 1 and not last:
        return Ballot("choice", chosen)
    if _speaks("then", words) or ">" in text or last:
        return Ballot("ranking", chosen, last)
    return Ballot("approval", chosen)


def _split(text: str) -> tuple[str, str]:
    """What is wanted, and what is named behind "anything but"."""
    lowered = text.lower()
    for word in ("anything but", "todo menos", "cualquiera menos", "but not", "pero no", ", not "):
        place = lowered.find(word)
        if place >= 0:
            return text[:place], text[place + len(word) :]
    return text, ""


def _named(text: str, options: Sequence[str]) -> tuple[int, ...]:
    """The options that stand in this text, in their order, each once."""
    words = plain(text)
    letters = {word.lower() for word in text.replace(",", " ").split() if len(word) == 1 and word.isupper()}
    found: dict[int, None] = {}
    names = [plain(option) for option in options]
    for here, word in enumerate(words):
        for place, option in enumerate(names):
            if option and list(words[here : here + len(option)]) == option:
                found.setdefault(place)
        meant = _place(word, short=len(words) <= _SHORT, letters=letters)
        if meant is not None and 0 <= meant < len(options):
            found.setdefault(meant)
    return tuple(found)


def _place(word: str, *, short: bool, letters: set[str]) -> int | None:
    """A number, an ordinal, or a letter: one written large, or in a reply of few words."""
    ordinal = listed()["ordinals"].get(word)
    if ordinal is not None:
        return int(ordinal) - 1
    count = value(word) if word.isdecimal() or short else None
    if count is not None:
        return count - 1
    if len(word) == 1 and "a" <= word <= "z" and (short or word in letters - {"i"}):
        return ord(word) - ord("a")
    return None

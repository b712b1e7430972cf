"""What a reply means in the words that organizers see and choose, and how soon a person must look at it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

from engine.vocabulary.meanings import Crisis, Mark, Meaning, Stop, Understanding
from engine.vocabulary.words import Intent


class Need(IntEnum):
    """Who is answered first: the smallest number."""

    ACUTE = 0
    DISTRESS = 1
    STOP = 2  # a wish to stop that a person must decide, most of them within a day
    ANGER = 3
    WORDS = 4  # a question, an offer, an invitation
    REST = 5


class Sense(StrEnum):
    """What an organizer may say that a reply means, in the order of need. An intent has the same value."""

    ACUTE = "acute"
    DISTRESS = "distress"
    OPT_OUT = "opt_out"
    WRONG_NUMBER = "wrong_number"
    DEATH = "death"
    ERASE = "erase"
    ANGER = "anger"
    QUESTION = "question"
    OFFER = "offer"
    INVITE = "invite"
    STORY = "story"
    YES = "yes"
    NO = "no"
    MAYBE = "maybe"
    NUMBER = "number"
    CHOICE = "choice"
    RANK = "rank"
    SCALE = "scale"
    COMMAND = "command"
    THANKS = "thanks"
    SPAM = "spam"
    OTHER = "other"


CRISES: Final = frozenset({Sense.ACUTE, Sense.DISTRESS})
STOPS: Final = frozenset({Sense.OPT_OUT, Sense.WRONG_NUMBER, Sense.DEATH, Sense.ERASE})
_SURE: Final = 0.75  # below it a meaning is shown as "perhaps"
_ORDER: Final = {sense: place for place, sense in enumerate(Sense)}
_NEEDS: Final = {
    Sense.ACUTE: Need.ACUTE,
    Sense.DISTRESS: Need.DISTRESS,
    Sense.ANGER: Need.ANGER,
    Sense.QUESTION: Need.WORDS,
    Sense.OFFER: Need.WORDS,
    Sense.INVITE: Need.WORDS,
}
_SEVERE: Final = {Crisis.ACUTE: Sense.ACUTE, Crisis.DISTRESS: Sense.DISTRESS}


@dataclass(frozen=True, slots=True)
class Shown:
    """One meaning as a chip says it. `words` decided, empty where the whole reply did; `because` names the
    rule or `model`; both are empty where a person said so."""

    sense: Sense
    perhaps: bool = False
    words: str = ""
    because: str = ""
    confidence: float = 1.0


def shown(understood: Understanding) -> tuple[Shown, ...]:
    """What the machine made of a reply, what needs a person first."""
    found = {said.intent: said for said in reversed(understood.meanings)}
    chips: dict[Sense, Shown] = {}
    if understood.crisis is not None:
        sense = _SEVERE[understood.crisis]
        chips[sense] = _chip(sense, found.get(Intent.CRISIS))
    if understood.stop is not None:
        sure = understood.stop is Stop.CERTAIN
        chips[Sense.OPT_OUT] = _chip(Sense.OPT_OUT, found.get(Intent.OPT_OUT), perhaps=not sure)
    for mark in Mark:
        if mark in understood.marks:
            chips[Sense(mark.value)] = _chip(Sense(mark.value), found.get(Intent.OPT_OUT))
    for intent, said in found.items():
        if intent is not Intent.CRISIS:
            chips.setdefault(Sense(intent.value), _chip(Sense(intent.value), said))
    return tuple(sorted(chips.values(), key=lambda chip: _ORDER[chip.sense]))


def _chip(sense: Sense, said: Meaning | None, *, perhaps: bool = False) -> Shown:
    if said is None:
        return Shown(sense, perhaps)
    unsure = perhaps or said.confidence < _SURE
    return Shown(sense, unsure, said.words, said.because, said.confidence)


def senses_of(understood: Understanding) -> frozenset[Sense]:
    return frozenset(chip.sense for chip in shown(understood))


def in_order(senses: Iterable[Sense]) -> tuple[Sense, ...]:
    return tuple(sorted(set(senses), key=_ORDER.__getitem__))


def need_of(understood: Understanding) -> Need:
    """How soon a person must see what the machine has read so."""
    undecided = understood.stop in (Stop.LIKELY, Stop.UNCLEAR) or bool(understood.marks)
    return min(need_of_senses(senses_of(understood)), Need.STOP if undecided else Need.REST)


def need_of_senses(senses: Iterable[Sense]) -> Need:
    """How soon, when a person has said what it means: a wish to stop is decided then."""
    return min((_NEEDS.get(sense, Need.REST) for sense in senses), default=Need.REST)

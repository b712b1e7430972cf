"""What a reply means: made by the reader of words, obeyed by the links of the table, shown to organizers."""

from dataclasses import dataclass
from enum import StrEnum

from engine.vocabulary.words import Channel, Intent


class Stop(StrEnum):
    """How sure it is that somebody wants no more of us."""

    CERTAIN = "certain"  # suppressed at once
    LIKELY = "likely"  # sending pauses, a person decides; no answer within a day is a stop
    UNCLEAR = "unclear"  # nothing automatic leaves until a person has read it


class Crisis(StrEnum):
    ACUTE = "acute"  # danger to life or body, now or planned: people are paged
    DISTRESS = "distress"  # grief, despair, hunger, eviction: a person within a day


class Reserved(StrEnum):
    """Words that belong to carriers and to the law, as the whole message."""

    STOP = "stop"
    HELP = "help"
    START = "start"


class Mark(StrEnum):
    """What a wish to stop may be as well; each needs its own care."""

    WRONG_NUMBER = "wrong_number"  # somebody else has this address now
    DEATH = "death"  # the member has died: no confirmation goes out
    ERASE = "erase"  # delete what you hold on me


class Call(StrEnum):
    """What is to be done first, strongest first."""

    PAGE = "page"  # the people on call, now
    PAUSE = "pause"  # a wish to stop, however sure
    PERSON = "person"
    ASK = "ask"  # the machine asks back what was meant
    ACT = "act"  # the machine may do what was said, and says so


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing that a reply says. `confidence` is 0 to 1; `words` are those that decided, as they were
    written, empty where the whole did; `because` names the rule, or `model`."""

    intent: Intent
    confidence: float
    words: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class Understanding:
    """All that the words of one reply say.

    `channels`: those that a wish to stop names; none named: the one it came by. `covered`: known phrases
    and courtesies make up the whole reply, so nothing unread is left over; never so when somebody must
    look at it.
    """

    meanings: tuple[Meaning, ...] = ()  # what needs a person first, then the surest
    stop: Stop | None = None
    crisis: Crisis | None = None
    reserved: Reserved | None = None
    marks: frozenset[Mark] = frozenset()
    channels: frozenset[Channel] = frozenset()
    covered: bool = False
    call: Call = Call.PERSON

    @property
    def intents(self) -> frozenset[str]:
        return frozenset(meaning.intent.value for meaning in self.meanings)

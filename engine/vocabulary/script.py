"""The parsed form of a sequence file: what `engine.content.script` makes and `engine.rules.walk` reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import IntEnum, StrEnum

from engine.vocabulary.sentences import Sentence


class Day(IntEnum):
    """Python's weekday numbers."""

    MON = 0
    TUE = 1
    WED = 2
    THU = 3
    FRI = 4
    SAT = 5
    SUN = 6


@dataclass(frozen=True, slots=True)
class Window:
    """When a member may hear from us, in the member's own zone.

    `opens` after `closes` crosses midnight. Both ends are wall time; `closes` itself is outside.
    """

    opens: time = time(9, 0)
    closes: time = time(20, 0)
    days: frozenset[Day] = frozenset(Day)


# --- When: a step comes -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RightAway:
    """At once, within the window."""


@dataclass(frozen=True, slots=True)
class Later:
    """`3 days later, at 10:00`, counted from the step before. Days and weeks are calendar days in
    the member's zone, minutes and hours are elapsed time. `at` only goes with whole days."""

    wait: timedelta
    at: time | None = None


@dataclass(frozen=True, slots=True)
class NextDay:
    """`next Saturday, at 10:00`: the first such weekday after the day of the step before."""

    day: Day
    at: time | None = None


@dataclass(frozen=True, slots=True)
class OnDate:
    """`on 2026-12-01, at 10:00` in the member's zone."""

    day: date
    at: time | None = None


When = RightAway | Later | NextDay | OnDate


# --- For, Only for, Goal: phrases about people ------------------------------------------------


@dataclass(frozen=True, slots=True)
class Everyone:
    """`everyone`"""


@dataclass(frozen=True, slots=True)
class JoinedWithin:
    """`people who joined in the last 14 days`"""

    days: int


@dataclass(frozen=True, slots=True)
class Tagged:
    """`people tagged gardeners` / `people not tagged gardeners`"""

    tag: str
    has: bool = True


@dataclass(frozen=True, slots=True)
class Speaks:
    """`people who read Spanish`: language is an ISO 639-1 code."""

    language: str


@dataclass(frozen=True, slots=True)
class HasReplied:
    """`people who have replied` / `people who have not replied`, in this walk. Not in `For:`."""

    replied: bool


@dataclass(frozen=True, slots=True)
class ReachedBy:
    """`people we reach by text` / `people we reach by email`: the channel they chose."""

    channel: str


@dataclass(frozen=True, slots=True)
class HasTag:
    """`Goal: is tagged has-a-buddy`. `Goal: has a buddy` is the tag `has a buddy`."""

    tag: str


@dataclass(frozen=True, slots=True)
class Replied:
    """`Goal: has replied`"""


Audience = Everyone | JoinedWithin | Tagged | Speaks | HasReplied | ReachedBy
Goal = HasTag | Replied


# --- Replies: what was meant, and what happens ------------------------------------------------


@dataclass(frozen=True, slots=True)
class GoTo:
    step: str


@dataclass(frozen=True, slots=True)
class PersonAnswers:
    pass


@dataclass(frozen=True, slots=True)
class Finish:
    pass


@dataclass(frozen=True, slots=True)
class RememberAs:
    """`remember as gardener`: puts the tag on the member."""

    tag: str


@dataclass(frozen=True, slots=True)
class NotBuiltYet:
    """A verb of a later release (`find a buddy`, `join circle`, `sign up for`): a person answers."""

    words: str


Act = GoTo | PersonAnswers | Finish | RememberAs | NotBuiltYet


@dataclass(frozen=True, slots=True)
class ReplyRule:
    """`- yes, sure, please: find a buddy, then finish`. No phrases: `anything else`."""

    phrases: tuple[str, ...]
    acts: tuple[Act, ...]
    line: int = field(default=0, compare=False)


# --- The script -------------------------------------------------------------------------------

USUAL_SENDER = "{{ organizer }}"
Lines = Mapping[str, int]  # the line of the file, from 1, where each field begins


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    when: When
    subject: str
    body: str  # Markdown
    text: str | None  # the text-message form; None: members who chose texts skip this step
    replies: tuple[ReplyRule, ...] = ()
    only_for: Audience | None = None
    by_text: bool = False  # `By: text`: as a text to whoever agreed to texts, else as a letter
    line: int = field(default=0, compare=False)
    lines: Lines = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Script:
    """One published text. `steps` are in page order: the path of silence.

    A translation has `translates` set and only words of its own: its sender's name, subjects, bodies,
    texts and what replies mean.
    """

    name: str  # the file's name without ending: `welcome`
    title: str
    language: str = "en"
    translates: str | None = None
    sender: str = USUAL_SENDER  # `From:`
    audience: Audience | None = None  # `For:`; None: enrolled by hand only
    goal: Goal | None = None
    window: Window = Window()
    sample: bool = False
    notes: str = ""
    steps: tuple[Step, ...] = ()
    lines: Lines = field(default_factory=dict, compare=False, repr=False)

    @property
    def two_way(self) -> bool:
        """Asks for answers."""
        return any(step.replies for step in self.steps)

    def step(self, name: str) -> Step | None:
        return next((step for step in self.steps if step.name == name), None)

    def index(self, name: str) -> int | None:
        return next((place for place, step in enumerate(self.steps) if step.name == name), None)


class Gravity(StrEnum):
    ERROR = "error"  # cannot be published
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something a person can mend: the line (from 1), what is wrong, and how to mend it."""

    line: int
    what: Sentence
    mend: Sentence
    gravity: Gravity = Gravity.ERROR

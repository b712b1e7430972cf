"""Yes, no or maybe to an event, with company and a note for the host."""

from dataclasses import dataclass
from typing import Final, Literal

from inbound.understand.fold import words_of
from inbound.understand.rulebook import rulebook
from inbound.understand.slots.numbers import plain
from inbound.understand.slots.party import Party, party

Answer = Literal["yes", "no", "maybe", "message"]
_CONDITIONS: Final = ("unless", "if", "depends", "depending", "si", "depende", "salvo", "excepto")
_ON_THE_WAY: Final = (
    ("running", "late"), ("be", "late"), ("im", "lost"), ("we", "are", "lost"), ("were", "lost"), ("lost",),
    ("llego", "tarde"), ("voy", "tarde"), ("estoy", "perdido"), ("estoy", "perdida"), ("me", "perdi"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rsvp:
    """`message`: words for the host that change nothing. `party` is there for a yes; `note` holds a condition
    in the member's words; `chance` is 0 to 1 where they gave one."""

    answer: Answer
    party: Party | None = None
    note: str = ""
    chance: float | None = None


def rsvp(text: str) -> Rsvp | None:
    """What a reply to an invitation says; None where it says none of it or two of it."""
    words = plain(text)
    if len(words) <= 4 and any(_holds(words, phrase) for phrase in _ON_THE_WAY):
        return Rsvp("message", note=text.strip())
    chance = _chance(text)
    condition = (bool(set(words) & set(_CONDITIONS)) and words[:1] != ["si"]) or "unless" in words
    said = _said(text)
    if condition and said != "no":
        return Rsvp("maybe", note=text.strip(), chance=chance)
    if said == "yes" or (said is None and party(text) is not None):
        return Rsvp("yes", party(text) or Party(1))
    if said == "no":
        return Rsvp("no")
    return Rsvp("maybe", note=text.strip(), chance=chance) if said == "maybe" or chance else None


def _said(text: str) -> str | None:
    found = [one for one in rulebook().read(words_of(text)) if not one.silenced]
    answers = {one.rule.intent.value for one in found if one.rule.intent} & {"yes", "no", "maybe"}
    if "maybe" in answers:
        return "maybe"
    return answers.pop() if len(answers) == 1 else None


def _holds(words: list[str], phrase: tuple[str, ...]) -> bool:
    return any(tuple(words[here : here + len(phrase)]) == phrase for here in range(len(words)))


def _chance(text: str) -> float | None:
    """ "60%" is .6."""
    before, percent, _ = text.partition("%")
    digits = before.rstrip()[-3:] if percent else ""
    number = "".join(sign for sign in digits if sign.isascii() and sign.isdecimal())
    return int(number) / 100 if number and 0 < int(number) <= 100 else None

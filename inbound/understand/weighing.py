"""Rules and model together: what a reply means, how sure that is, and what is to be done first.

1. Rules that say a wish to stop or a cry for help hold whatever the model says: a miss costs more.
2. The model adds what no rule names, from its thresholds on, unless ordinary words that we know well are
   all that the reply is made of.
3. Other meanings need a rule and no strong doubt of the model, or the model by itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from engine.vocabulary.meanings import Call, Crisis, Meaning, Stop, Understanding
from engine.vocabulary.words import Intent
from inbound.understand.model import Guess
from inbound.understand.rulebook import Found

# What a rule is worth by itself, and how far it bends the model's guess.
_BY_RULE: Final = 0.9
_BY_LIKELY_RULE: Final = 0.75
_LIKELY_STOP: Final = 0.62  # of the model alone, from here on; below it, unclear
_DOUBTED: Final = 0.04  # a rule that the model finds less probable than this is silent
_SURE: Final = 0.85
_ACUTE: Final = 0.42  # of the model alone: from here on somebody is paged
_KNOWN: Final = 0.45  # of less the model can say nothing
_DESPITE_CALM: Final = 0.8
_CALMING: Final = ("ordinary.goes_on", "ordinary.idioms")
_SURELY_SOLD: Final = 0.3
_GRIEF: Final = "care.grief"
_MACHINE: Final = "ordinary.machine"

_LABELS: Final = {
    Intent.ANGER: "anger",
    Intent.SPAM: "spam",
    Intent.QUESTION: "question",
    Intent.YES: "rsvp_yes",
    Intent.NO: "rsvp_no",
    Intent.STORY: "story",
    Intent.OFFER: "offer_help",
    Intent.INVITE: "invite_request",
}
_ALONE: Final = (Intent.THANKS, Intent.MAYBE)  # said by rules only, and only where nothing else is
# Where one of these is said, a question mark adds nothing.
_NOT_ASKED: Final = (Intent.QUESTION, Intent.SPAM, Intent.INVITE, Intent.OFFER, Intent.STORY)


@dataclass(frozen=True, slots=True)
class Evidence:
    """`text` is the reply; `whole`: intents of short answers that make up all of it."""

    text: str
    found: Sequence[Found]
    guesses: dict[str, Guess]
    thresholds: dict[str, float]
    whole: frozenset[Intent]
    known: float  # which part of it was ever seen in training, 0 to 1

    def says(self, intent: Intent) -> list[Found]:
        return [one for one in self.found if one.rule.intent is intent and not one.silenced]

    def chance(self, label: str) -> float:
        return self.guesses[label].probability

    def passes(self, label: str) -> bool:
        return self.chance(label) >= self.thresholds[label]

    @property
    def calm(self) -> bool:
        """Known ordinary words, or a guard beside words that would alarm."""
        return any(one.silenced or one.rule.id in _CALMING for one in self.found)

    def suspects(self, label: str, *, least: float = 0.0) -> bool:
        """Whether the model alone is sure enough; where the words are known for ordinary, much surer."""
        wanted = max(least, self.thresholds[label], _DESPITE_CALM if self.calm else 0.0)
        return not self.whole and self.known >= _KNOWN and self.chance(label) >= wanted

    def words(self, found: Iterable[Found]) -> str:
        return " … ".join(dict.fromkeys(self.text[one.start : one.end] for one in found))

    def guessed(self, label: str) -> Meaning:
        guess = self.guesses[label]
        spoken = " … ".join(self.text[word.start : word.end] for word in guess.words)
        intent = _INTENT_OF[label]
        return Meaning(intent, round(guess.probability, 2), spoken, "model")


_INTENT_OF: Final = {label: intent for intent, label in _LABELS.items()} | {
    "opt_out": Intent.OPT_OUT,
    "crisis_acute": Intent.CRISIS,
    "crisis_distress": Intent.CRISIS,
}


def weigh(evidence: Evidence) -> Understanding:
    """What all of it means together."""
    crisis, cry = _crisis(evidence)
    stop, wish = _stop(evidence)
    if stop is not None and cry is not None and cry.because == _GRIEF:  # a death that ends our letters
        crisis, cry = None, None
    others = [each for each in _others(evidence) if _stands_beside(each, evidence, crisis, stop)]
    meanings = [each for each in (cry, wish) if each is not None] + others
    if not meanings:
        meanings = [Meaning(Intent.OTHER, round(evidence.chance("other"), 2), "", "model")]
    speaking = evidence.says(Intent.OPT_OUT) if stop is not None else []
    covered = len(evidence.whole - {Intent.THANKS} or evidence.whole) == 1 and crisis is None and stop is None
    return Understanding(
        meanings=tuple(meanings),
        stop=stop,
        crisis=crisis,
        marks=frozenset(mark for one in speaking for mark in one.rule.marks),
        channels=frozenset(channel for one in speaking for channel in one.rule.channels),
        covered=covered and len(meanings) == 1,
        call=_call(crisis, stop, meanings, covered=covered),
    )


def _stands_beside(other: Meaning, evidence: Evidence, crisis: Crisis | None, stop: Stop | None) -> bool:
    """What else is worth saying of a reply: beside a cry for help little, beside a wish to stop anger and
    what is asked with a question mark, of what is sold nothing."""
    asked = other.intent is Intent.QUESTION and "?" in evidence.text
    if crisis is Crisis.ACUTE:
        return asked
    if crisis is Crisis.DISTRESS:
        return asked or (other.intent is Intent.NO and other.because != "model")
    if stop is not None:
        return other.intent in (Intent.ANGER, Intent.SPAM) or (asked and not _is_polite(evidence))
    if other.intent is not Intent.SPAM and evidence.says(Intent.SPAM):
        return evidence.chance("spam") < _SURELY_SOLD
    if other.intent is Intent.QUESTION and evidence.says(Intent.INVITE):
        return evidence.text.count("?") > 1
    return True


def _is_polite(evidence: Evidence) -> bool:
    """ "Could you take me off?" asks for nothing but that."""
    first = evidence.text.strip().lower().split(" ", 1)[0]
    return first in ("can", "could", "would", "will", "may", "podrían", "pueden", "puede", "podría", "please")


def _crisis(evidence: Evidence) -> tuple[Crisis | None, Meaning | None]:
    said = evidence.says(Intent.CRISIS)
    acute = [one for one in said if one.rule.crisis is Crisis.ACUTE]
    if said:
        heard = acute or said
        severity = Crisis.ACUTE if acute else Crisis.DISTRESS
        return severity, Meaning(Intent.CRISIS, _BY_RULE, evidence.words(heard), heard[0].rule.id)
    if evidence.suspects("crisis_acute", least=_ACUTE):
        return Crisis.ACUTE, evidence.guessed("crisis_acute")
    for label in ("crisis_distress", "crisis_acute"):  # of a faint suspicion a person reads first
        if evidence.suspects(label):
            return Crisis.DISTRESS, evidence.guessed(label)
    return None, None


def _stop(evidence: Evidence) -> tuple[Stop | None, Meaning | None]:
    said = evidence.says(Intent.OPT_OUT)
    for how, worth in ((Stop.CERTAIN, 1.0), (Stop.LIKELY, _BY_LIKELY_RULE), (Stop.UNCLEAR, 0.5)):
        heard = [one for one in said if one.rule.stop is how]
        if heard:
            return how, Meaning(Intent.OPT_OUT, worth, evidence.words(heard), heard[0].rule.id)
    if evidence.suspects("opt_out"):
        likely = evidence.chance("opt_out") >= _LIKELY_STOP
        return Stop.LIKELY if likely else Stop.UNCLEAR, evidence.guessed("opt_out")
    return None, None


def _others(evidence: Evidence) -> list[Meaning]:
    if any(one.rule.id == _MACHINE for one in evidence.found):
        return []
    found = [meaning for intent in _LABELS if (meaning := _other(evidence, intent)) is not None]
    if not any(meaning.intent in _NOT_ASKED for meaning in found) and "?" in evidence.text:
        found.append(Meaning(Intent.QUESTION, 0.7, "?", "question mark"))
    if not found:
        found = [_by_rule(evidence, intent) for intent in _ALONE if intent in evidence.whole]
    commands = [_by_rule(evidence, Intent.COMMAND)] if evidence.says(Intent.COMMAND) else []
    return commands + sorted(found, key=lambda meaning: -meaning.confidence)


def _other(evidence: Evidence, intent: Intent) -> Meaning | None:
    label = _LABELS[intent]
    chance = evidence.chance(label)
    said = evidence.says(intent)
    if intent in evidence.whole or (said and chance >= _DOUBTED + evidence.thresholds[label] / 4):
        return _by_rule(evidence, intent)
    return evidence.guessed(label) if evidence.passes(label) else None


def _by_rule(evidence: Evidence, intent: Intent) -> Meaning:
    said = evidence.says(intent)
    worth = 1.0 if intent in evidence.whole else _BY_RULE
    return Meaning(intent, worth, evidence.words(said), said[0].rule.id)


def _call(crisis: Crisis | None, stop: Stop | None, meanings: Sequence[Meaning], *, covered: bool) -> Call:
    if crisis is Crisis.ACUTE:
        return Call.PAGE
    if stop is not None or crisis is Crisis.DISTRESS:
        return Call.PAUSE
    if len(meanings) > 1 or meanings[0].intent not in (Intent.YES, Intent.NO, Intent.THANKS, Intent.MAYBE):
        return Call.PERSON
    if covered:
        return Call.ACT
    return Call.ASK if meanings[0].confidence >= _SURE else Call.PERSON

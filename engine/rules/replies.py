"""What a reply chooses among the lines of a step's `### replies`."""

from dataclasses import dataclass

from engine.rules.folding import fold_words
from engine.vocabulary.script import Act, PersonAnswers, ReplyRule
from engine.vocabulary.words import Intent

_INTENTS = frozenset(str(intent) for intent in Intent)
_LONGEST_NUMBER = 9  # digits

# Words that add nothing to an answer: with them, "yes please, thank you!" is still wholly "yes".
COURTESY = frozenset(
    "please thanks thank you hi hello hey dear ok okay so much very the a i id im would like lots "  # noqa: SIM905
    "gracias muchas por favor hola buenas buenos dias tardes noches saludos vale un una el la me yo".split()
)


@dataclass(frozen=True, slots=True)
class Said:
    """A member's reply. `bare`: the whole reply is the words of its intents and courtesy, no more."""

    text: str
    intents: frozenset[str] = frozenset()
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """`wholly`: nothing is left over, and the machine may act without a person."""

    acts: tuple[Act, ...]
    wholly: bool


def choose_reply(rules: tuple[ReplyRule, ...], said: Said) -> Chosen:
    """The first rule that covers the reply wholly; else the first one of whose phrases it contains,
    and a person sees the rest; else `anything else`, which is a person's when nothing is written."""
    found = [(rule, cover) for rule in rules if (cover := _cover(rule.phrases, said))]
    whole = next((rule for rule, cover in found if cover == "wholly"), None)
    if whole is not None:
        return Chosen(whole.acts, wholly=True)
    if found:
        return Chosen(found[0][0].acts, wholly=False)
    otherwise = next((rule for rule in rules if not rule.phrases), None)
    return Chosen(otherwise.acts if otherwise else (PersonAnswers(),), wholly=False)


def _cover(phrases: tuple[str, ...], said: Said) -> str | None:
    """ "wholly", "partly", or None: what the phrases of one rule say of this reply together. A question
    mark is something left over, even behind a listed word."""
    words = fold_words(said.text)
    left = _left_over(words, phrases)
    if left != words:
        return "partly" if set(left) - COURTESY or "?" in said.text else "wholly"
    meant = said.intents & _INTENTS.intersection(phrases)
    if meant:
        return "wholly" if said.bare and said.intents <= meant | {Intent.THANKS} else "partly"
    return None


def _left_over(words: list[str], phrases: tuple[str, ...]) -> list[str]:
    """The words without every phrase that occurs among them, longer phrases first."""
    for phrase in sorted(phrases, key=lambda phrase: -len(phrase.split())):
        words = _off_scale(words, phrase) if _is_scale(phrase) else _without(words, fold_words(phrase))
    return words


def _without(words: list[str], phrase: list[str]) -> list[str]:
    kept: list[str] = []
    place = 0
    while place < len(words):
        here = bool(phrase) and words[place : place + len(phrase)] == phrase
        kept += [] if here else [words[place]]
        place += len(phrase) if here else 1
    return kept


def _is_scale(phrase: str) -> bool:
    low, dash, high = phrase.partition("-")
    return bool(dash) and low.isdecimal() and high.isdecimal()


def _off_scale(words: list[str], phrase: str) -> list[str]:
    """Without the one number that lies on the scale; two numbers are no answer."""
    low, _, high = phrase.partition("-")
    numbers = [word for word in words if word.isdecimal() and len(word) <= _LONGEST_NUMBER]
    marks = [word for word in numbers if int(low) <= int(word) <= int(high)]
    return [word for word in words if word != marks[0]] if len(marks) == 1 else words

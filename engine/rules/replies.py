"""What a reply chooses among the lines of a step's `### replies`."""

from dataclasses import dataclass

from engine.rules.folding import fold_words
from engine.vocabulary.script import Act, PersonAnswers, ReplyRule
from engine.vocabulary.words import Intent

_INTENTS = frozenset(str(intent) for intent in Intent)

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
    found = [(rule, cover) for rule in rules for phrase in rule.phrases if (cover := _cover(phrase, said))]
    whole = next((rule for rule, cover in found if cover == "wholly"), None)
    if whole is not None:
        return Chosen(whole.acts, wholly=True)
    if found:
        return Chosen(found[0][0].acts, wholly=False)
    otherwise = next((rule for rule in rules if not rule.phrases), None)
    return Chosen(otherwise.acts if otherwise else (PersonAnswers(),), wholly=False)


def _cover(phrase: str, said: Said) -> str | None:
    """ "wholly", "partly", or None: what this phrase says of this reply."""
    words = fold_words(said.text)
    rest = _without(words, fold_words(phrase)) if not _is_scale(phrase) else _off_scale(words, phrase)
    if rest is not None:
        return "partly" if set(rest) - COURTESY else "wholly"
    if phrase in _INTENTS and phrase in said.intents:
        return "wholly" if said.bare and said.intents <= {phrase, Intent.THANKS} else "partly"
    return None


def _without(words: list[str], phrase: list[str]) -> list[str] | None:
    """What is left of the words once the phrase is taken out; None when it does not occur."""
    for start in range(len(words) - len(phrase) + 1):
        if phrase and words[start : start + len(phrase)] == phrase:
            return words[:start] + words[start + len(phrase) :]
    return None


def _is_scale(phrase: str) -> bool:
    low, dash, high = phrase.partition("-")
    return bool(dash) and low.isdecimal() and high.isdecimal()


def _off_scale(words: list[str], phrase: str) -> list[str] | None:
    low, _, high = phrase.partition("-")
    marks = [word for word in words if word.isdecimal() and int(low) <= int(word) <= int(high)]
    return [word for word in words if word != marks[0]] if len(marks) == 1 else None

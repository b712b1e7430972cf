"""What the words of a reply mean. Deterministic; nothing leaves this machine. See docs/understanding.md.

text → words (fold) → rules (rulebook) ┐
                    → model            ┴→ weighing → Understanding
"""

from typing import Any, Final

from engine.vocabulary.meanings import Call, Meaning, Reserved, Stop, Understanding
from engine.vocabulary.words import Intent
from inbound.understand.fold import Word, fold, words_of
from inbound.understand.model import model
from inbound.understand.reserved import reserved_word
from inbound.understand.rulebook import Found, rulebook
from inbound.understand.weighing import Evidence, weigh

__all__ = ["fold", "understand", "understand_for_score"]

_MOST_CHARACTERS: Final = 20_000
_FIRST_WORDS, _LAST_WORDS = 1_500, 500  # of a very long reply its beginning and its end are read


def understand(text: str) -> Understanding:
    """What `text`, the new words of a reply, says and asks for. Never raises.

    Every language we know is tried: people answer in the one they like.
    """
    read = text[:_MOST_CHARACTERS]
    words = _most_of(words_of(read))
    if not words:
        return Understanding(call=Call.PERSON)
    reserved = reserved_word(read, words)
    if reserved is not None:
        return _of_reserved(reserved, read.strip())
    return weigh(_evidence(read, words))


def _most_of(words: list[Word]) -> list[Word]:
    if len(words) <= _FIRST_WORDS + _LAST_WORDS:
        return words
    return words[:_FIRST_WORDS] + words[-_LAST_WORDS:]


def _evidence(text: str, words: list[Word]) -> Evidence:
    found = rulebook().read(words)
    learned = model()
    return Evidence(
        text=text,
        found=found,
        guesses=learned.guesses(words, found, text),
        thresholds=learned.thresholds,
        known=learned.coverage(words),
        whole=_whole(found, asks="?" in text or "？" in text),
    )


def _whole(found: list[Found], *, asks: bool) -> frozenset[Intent]:
    """The short answers that make up the reply; a question mark leaves something over."""
    if asks:
        return frozenset()
    return frozenset(one.rule.intent for one in found if one.rule.whole and one.rule.intent)


def _of_reserved(word: Reserved, text: str) -> Understanding:
    if word is Reserved.STOP:
        wish = Meaning(Intent.OPT_OUT, 1.0, text, "reserved word")
        return Understanding(meanings=(wish,), stop=Stop.CERTAIN, reserved=word, call=Call.PAUSE)
    asked = Meaning(Intent.COMMAND, 1.0, text, "reserved word")
    return Understanding(meanings=(asked,), reserved=word, call=Call.ACT)


_SCORED: Final = {
    Intent.OPT_OUT: "opt_out",
    Intent.CRISIS: "crisis",
    Intent.ANGER: "anger",
    Intent.SPAM: "spam",
    Intent.QUESTION: "question",
    Intent.YES: "rsvp_yes",
    Intent.NO: "rsvp_no",
    Intent.STORY: "story",
    Intent.OFFER: "offer_help",
    Intent.INVITE: "invite_request",
}


def understand_for_score(case: dict[str, Any]) -> dict[str, Any]:
    """Serves the scorers of the corpora: `{"labels": […], "action": "act|ask|pause|page|person"}`."""
    understood = understand(case["text"])
    labels = [_SCORED[meaning.intent] for meaning in understood.meanings if meaning.intent in _SCORED]
    severity = {"severity": understood.crisis.value} if understood.crisis is not None else {}
    return {"labels": labels or ["other"], "action": understood.call.value, **severity}

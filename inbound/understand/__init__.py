"""What the words of a reply mean, as far as the machine may be sure."""

import re
from typing import Final

from engine.vocabulary import reserved
from engine.vocabulary.meanings import Call, Crisis, Meaning, Reserved, Stop, Understanding
from engine.vocabulary.words import Intent
from inbound.understand.fold import fold
from inbound.understand.phrases import PhraseSet, Words, crisis, opt_out, short_answers

__all__ = ["fold", "understand"]

_MOST_CHARACTERS: Final = 20_000
_SHORT_WORDS: Final = 12
_STOP_AND_NAME_WORDS: Final = 6
_FIRST_PAUSE: Final = re.compile(r"[,.;:!\n–—]")
_ANSWERS: Final = (Intent.YES, Intent.NO, Intent.MAYBE, Intent.THANKS)


def understand(text: str) -> Understanding:
    """What `text`, the new words of a reply, says and asks for. Never raises.

    Every language we know is tried: people answer in the one they like.
    """
    read = text[:_MOST_CHARACTERS]
    words = tuple(fold(read).split())
    in_crisis = bool(crisis().places(words))
    reserved_word = _reserved(read, words)
    stops = reserved_word is Reserved.STOP or (reserved_word is None and _asks_to_stop(words))
    intents, covered = _intents(read, words)
    urgent = ({Intent.OPT_OUT} if stops else set()) | ({Intent.CRISIS} if in_crisis else set())
    return Understanding(
        meanings=tuple(Meaning(each, 1.0) for each in Intent if each in intents | urgent),
        stop=Stop.CERTAIN if stops else None,
        crisis=Crisis.ACUTE if in_crisis else None,
        reserved=reserved_word,
        covered=covered and not in_crisis,
        call=_call(stops, in_crisis, covered),
    )


def _call(stops: bool, in_crisis: bool, covered: bool) -> Call:
    if in_crisis:
        return Call.PAGE
    return Call.PAUSE if stops else Call.ACT if covered else Call.PERSON


def _reserved(text: str, words: Words) -> Reserved | None:
    """stop, help or start when that word is the whole message; a STOP may stand above a short name."""
    whole = " ".join(words)
    repeated = words[0] if words and set(words) == {words[0]} else whole
    first_line = fold(next((line for line in text.splitlines() if line.strip()), ""))
    if {whole, repeated} & reserved.STOP:
        return Reserved.STOP
    if first_line in reserved.STOP_ABOVE_A_NAME and len(words) <= _STOP_AND_NAME_WORDS:
        return Reserved.STOP
    if {whole, repeated} & reserved.HELP:
        return Reserved.HELP
    return Reserved.START if {whole, repeated} & reserved.START else None


def _asks_to_stop(words: Words) -> bool:
    known = opt_out()
    for place in known.phrases.places(words):
        before = words[max(0, place - known.within) : place]
        certain = known.still_certain.places(before)
        if certain or not known.unless_before & set(before):
            return True
    return False


def _intents(text: str, words: Words) -> tuple[set[Intent], bool]:
    """The intents of a reply, and whether known phrases cover it wholly."""
    if not words:
        return set(), False
    phrases = short_answers()
    asks = "?" in text or "？" in text or phrases["question"].at(words, 0) > 0
    found, covered = _cover(words, phrases) if len(words) <= _SHORT_WORDS else (set(), False)
    if found - {Intent.THANKS}:
        found.discard(Intent.THANKS)
    if asks and not covered:
        return {Intent.QUESTION}, False
    if asks:  # "yes?" is a yes that wants an answer
        return {*found, Intent.QUESTION}, False
    if covered:
        return found, len(found) == 1
    opening = _FIRST_PAUSE.split(text.strip(), maxsplit=1)[0]
    spoken, answered = _cover(tuple(fold(opening).split())[: _SHORT_WORDS + 1], phrases)
    return spoken if answered else {Intent.OTHER}, False


def _cover(words: Words, phrases: dict[str, PhraseSet]) -> tuple[set[Intent], bool]:
    """Reads from left to right, the longest phrase first. An answer counts only at the front."""
    found: set[Intent] = set()
    here, left_over = 0, False
    while here < len(words):
        lengths = {intent: phrases[intent.value].at(words, here) for intent in _ANSWERS}
        longest = max(lengths.values())
        courtesy = phrases["courtesy"].at(words, here)
        if longest and longest >= courtesy:
            if not left_over:
                found |= {intent for intent, length in lengths.items() if length == longest}
            here += longest
        elif courtesy:
            here += courtesy
        else:
            left_over = True
            here += 1
    return found, bool(found) and not left_over

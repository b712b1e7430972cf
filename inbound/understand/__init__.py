"""What the words of a reply mean, as far as the machine may be sure."""

import re
from dataclasses import dataclass
from typing import Final

from engine.vocabulary import reserved
from engine.vocabulary.words import Intent
from inbound.understand.fold import fold
from inbound.understand.phrases import PhraseSet, Words, crisis, opt_out, short_answers

__all__ = ["Understanding", "fold", "understand"]

_MOST_CHARACTERS: Final = 20_000
_SHORT_WORDS: Final = 12
_STOP_AND_NAME_WORDS: Final = 6
_FIRST_PAUSE: Final = re.compile(r"[,.;:!\n–—]")
_ANSWERS: Final = (Intent.YES, Intent.NO, Intent.MAYBE, Intent.THANKS)


@dataclass(frozen=True, slots=True)
class Understanding:
    """`covered`: known phrases and courtesies make up the whole reply, so nothing unread is left over.

    `opt_out`, `help` and `start` are obeyed; `crisis` means that a person must see this at once and
    no machine may answer it. `why` names the evidence, never the member's words.
    """

    intents: frozenset[str]
    opt_out: bool = False
    help: bool = False
    start: bool = False
    crisis: bool = False
    covered: bool = False
    why: tuple[str, ...] = ()


def understand(text: str, language: str) -> Understanding:
    """What `text`, the new words of a reply, asks for. Never raises.

    Every language we know is tried, whatever `language` says: people answer in the one they like.
    """
    read = text[:_MOST_CHARACTERS]
    words = tuple(fold(read).split())
    in_crisis = bool(crisis().places(words))
    reserved_word = _reserved(read, words)
    stops = reserved_word == "stop" or (not reserved_word and _asks_to_stop(words))
    intents, covered = _intents(read, words)
    evidence = {
        f"reserved_{reserved_word}": bool(reserved_word),
        "asks_to_stop": stops and not reserved_word,
        "crisis_words": in_crisis,
        "covered": covered,
    }
    return Understanding(
        intents=frozenset(intents),
        opt_out=stops,
        help=reserved_word == "help",
        start=reserved_word == "start",
        crisis=in_crisis,
        covered=covered and not in_crisis,
        why=(f"language_{language[:8]}", *(name for name, found in evidence.items() if found)),
    )


def _reserved(text: str, words: Words) -> str:
    """stop, help or start when that word is the whole message; a STOP may stand above a short name."""
    whole = " ".join(words)
    repeated = words[0] if words and set(words) == {words[0]} else whole
    first_line = fold(next((line for line in text.splitlines() if line.strip()), ""))
    if {whole, repeated} & reserved.STOP:
        return "stop"
    if first_line in reserved.STOP_ABOVE_A_NAME and len(words) <= _STOP_AND_NAME_WORDS:
        return "stop"
    if {whole, repeated} & reserved.HELP:
        return "help"
    return "start" if {whole, repeated} & reserved.START else ""


def _asks_to_stop(words: Words) -> bool:
    known = opt_out()
    for place in known.phrases.places(words):
        before = words[max(0, place - known.within) : place]
        certain = known.still_certain.places(before)
        if certain or not known.unless_before & set(before):
            return True
    return False


def _intents(text: str, words: Words) -> tuple[set[str], bool]:
    """The intents of a reply, and whether known phrases cover it wholly."""
    if not words:
        return set(), False
    phrases = short_answers()
    asks = "?" in text or "？" in text or phrases["question"].at(words, 0) > 0
    found, covered = _cover(words, phrases) if len(words) <= _SHORT_WORDS else (set(), False)
    if found - {Intent.THANKS}:
        found.discard(Intent.THANKS)
    if asks and not covered:
        return {Intent.QUESTION.value}, False
    if asks:  # "yes?" is a yes that wants an answer
        return {*found, Intent.QUESTION.value}, False
    if covered:
        return {one.value for one in found}, len(found) == 1
    opening = _FIRST_PAUSE.split(text.strip(), maxsplit=1)[0]
    spoken, answered = _cover(tuple(fold(opening).split())[: _SHORT_WORDS + 1], phrases)
    return {one.value for one in spoken} if answered else {Intent.OTHER.value}, False


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

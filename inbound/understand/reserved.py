"""The words of carriers and of the law as a whole message, however they are typed."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from engine.vocabulary import reserved
from engine.vocabulary.meanings import Reserved
from inbound.understand.fold import Word, fold
from inbound.understand.rulebook import rulebook

_NAME_WORDS: Final = 6  # a STOP may stand above a short name
_LONG_WORD: Final = 7  # letters from which on a slip of the finger is forgiven
_AGAIN: Final = re.compile(r"(.{3,12}?)\1{1,5}")  # "stopstop"
_MOST_PIECES: Final = 5  # "ST OP", "un sub scribe"


def reserved_word(text: str, words: Sequence[Word]) -> Reserved | None:
    """STOP, HELP or START when that word, courtesies aside, is the whole message."""
    plain = [word.folded for word in words]
    if not plain:
        return None
    for tried in _forms(plain):
        for which, listed in _lists().items():
            if tried in listed:
                return which
    if _is_misspelt("".join(plain[:_MOST_PIECES])) and len(plain) <= _MOST_PIECES:
        return Reserved.STOP
    first_line = fold(next((line for line in text.splitlines() if line.strip()), ""))
    above = first_line in reserved.STOP_ABOVE_A_NAME or _is_slip(first_line)
    return Reserved.STOP if above and len(plain) <= _NAME_WORDS else None


def _forms(plain: list[str]) -> list[str]:
    """The message whole, without spaces, said once where it is said again and again, without courtesies."""
    forms = [" ".join(plain)]
    if len(plain) <= _MOST_PIECES and len(plain[0]) <= _MOST_PIECES:
        forms.append("".join(plain))
    if len(set(plain)) == 1:
        forms.append(plain[0])
    bare = rulebook().without_courtesies(plain)
    if bare and len(bare) < len(plain):
        forms.append(" ".join(bare))
        if len(set(bare)) == 1:
            forms.append(bare[0])
    forms += [again[1] for form in forms if (again := _AGAIN.fullmatch(form))]
    forms += [_SLIPS[form] for form in forms if form in _SLIPS]
    return forms


def _is_slip(word: str) -> bool:
    return _SLIPS.get(word) in reserved.STOP_ABOVE_A_NAME


@cache
def _lists() -> dict[Reserved, frozenset[str]]:
    lists = {
        Reserved.STOP: reserved.STOP,
        Reserved.HELP: reserved.HELP,
        Reserved.START: reserved.START,
    }
    return {which: frozenset(fold(word) for word in words) for which, words in lists.items()}


# Slips that no other word is: stop is too short to forgive any letter (step, shop, top).
_SLIPS: Final = {
    slip: word
    for word, slips in {
        "stop": "stpo sotp tsop stp stopp stoop sttop sstop "
        "stopo stahp stawp stap ztop stob st0p stop1 stopit"
        "dtop xtop wtop sto srop syop sgop stpp stoo stol stop0 stoped stops stoppp stopt",
        "quit": "qiut quti qut quitt kwit",
        "cancel": "cancle cansel cancell canel cacnel",
        "end": "endd",
        "baja": "vaja bja",
        "alto": "altoo",
        "unsubscribe": "unsub unsubs unsubscribed",
    }.items()
    for slip in slips.split()
}


def _is_misspelt(word: str) -> bool:
    """One or two slips away from a long reserved word."""
    if len(word) < _LONG_WORD - 1:
        return False
    return any(_distance(word, known) <= (2 if len(known) > _LONG_WORD else 1) for known in _long_words())


@cache
def _long_words() -> tuple[str, ...]:
    joined = {fold(word).replace(" ", "") for word in reserved.STOP}
    return tuple(word for word in joined if len(word) >= _LONG_WORD)


def _distance(one: str, other: str) -> int:
    """Letters to insert, drop, change or swap with their neighbour; 3 stands for three or more."""
    if abs(len(one) - len(other)) > 2:
        return 3
    before, last = list(range(len(other) + 1)), [0] * (len(other) + 1)
    for row, letter in enumerate(one, 1):
        now = [row]
        for column, wanted in enumerate(other, 1):
            best = min(before[column] + 1, now[-1] + 1, before[column - 1] + (letter != wanted))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == wanted:
                best = min(best, last[column - 2] + 1)
            now.append(best)
        last, before = before, now
    return before[-1]

"""Words as they are compared: without case, accents, punctuation, disguises and stretched letters."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Final

from inbound.understand.shipped import table

# Letters of other alphabets that look like ours, used to slip past filters or typed by accident.
_LOOK_ALIKE: Final = str.maketrans(
    "абвеікмнорстухѕјԁԛԝһӏαβεικνορτυχςᴀʙᴄᴅᴇғɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢƽøłđıո",
    "abbeikmhopctyxsjdqwhlabeiknoptyxcabcdefghijklmnoprstuvwyzsoldin",
)
_LETTERS_FOR: Final = str.maketrans("013457$@|", "oieastsal")
_STANDS_FOR_LETTERS: Final = frozenset("$@|")
_INSIDE_WORDS: Final = frozenset("'’‘ʼ`´")
_BREAKS: Final = frozenset(".!?…;\n。！？¡¿")
_ABBREVIATIONS: Final = frozenset({"mr", "mrs", "ms", "dr", "sr", "sra", "srta", "st", "ave", "vs"})
_STRETCHED: Final = re.compile(r"([a-z])\1{2,}")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a reply: as it is compared, where it stands in the text, and whether a sentence ends
    behind it. An emoji that means something is a word too: 👍 is `:yes`."""

    folded: str
    start: int
    end: int
    last: bool = False


def fold(text: str) -> str:
    """`¡STÓP!!` -> `stop`, `S T O P` -> `stop`, `ST0P` -> `stop`. Words are separated by one space.

    Look-alike letters are turned only in words that mix alphabets or hold no letter of their own
    alphabet beyond the look-alikes; digits and signs only between letters.
    """
    return " ".join(word.folded for word in words_of(text))


def words_of(text: str) -> list[Word]:
    """The words of a text in their order. Linear in its length; never raises."""
    return _joined([word for piece in _pieces(text) for word in _words(piece)])


@dataclass(frozen=True, slots=True)
class _Piece:
    letters: str
    start: int
    end: int
    breaks: bool


def _pieces(text: str) -> list[_Piece]:
    """Runs of letters, digits and the signs that stand for letters; every emoji by itself."""
    found: list[_Piece] = []
    letters, start = "", -1
    for place, sign in enumerate(text):
        if sign in _INSIDE_WORDS or _is_unseen(sign):
            continue
        if _is_part(sign, text, place):
            start = place if not letters else start
            letters += sign
            continue
        if letters:
            found.append(_Piece(letters, start, place, breaks=_ends_sentence(letters, text, place)))
            letters = ""
        elif sign in _BREAKS and found and not _is_wrapped(text, place):
            found[-1] = _Piece(found[-1].letters, found[-1].start, found[-1].end, breaks=True)
        if sign in emoji():
            found.append(_Piece(sign, place, place + 1, breaks=False))
    if letters:
        found.append(_Piece(letters, start, len(text), breaks=False))
    return found


def _is_unseen(sign: str) -> bool:
    return not sign.isascii() and unicodedata.category(sign) in ("Mn", "Cf", "Me")


def _is_part(sign: str, text: str, place: int) -> bool:
    if sign.isalnum() or (not sign.isascii() and unicodedata.category(sign) == "Mc"):
        return True
    if sign not in _STANDS_FOR_LETTERS:
        return False
    return place + 1 < len(text) and text[place + 1].isalnum()


def _ends_sentence(letters: str, text: str, place: int) -> bool:
    sign = text[place]
    if sign not in _BREAKS:
        return False
    if sign != ".":
        return not _is_wrapped(text, place)
    inside = place + 1 < len(text) and text[place + 1].isalnum()  # 6.30, s.t.o.p
    return not inside and letters.lower() not in _ABBREVIATIONS


def _is_wrapped(text: str, place: int) -> bool:
    """A line that only goes on in the next one."""
    return text[place] == "\n" and text[place + 1 : place + 2].islower()


def _words(piece: _Piece) -> list[Word]:
    if piece.letters in emoji():
        return [Word(emoji()[piece.letters], piece.start, piece.end, piece.breaks)]
    plain = unicodedata.normalize("NFKD", piece.letters).casefold()
    bare = "".join(sign for sign in plain if sign.isalnum() or sign in _STANDS_FOR_LETTERS)
    folded = _undisguised(bare)
    return [Word(folded, piece.start, piece.end, piece.breaks)] if folded else []


def _undisguised(word: str) -> str:
    if not word.isascii():
        turned = word.translate(_LOOK_ALIKE)
        word = turned if turned.isascii() else word
    signs = "".join(sign for sign in word if sign not in _STANDS_FOR_LETTERS)
    mixed = any(sign.isalpha() for sign in word) and not word.isalpha()
    if mixed and word[-1].isalpha() and (word[0].isalpha() or word[0] in _STANDS_FOR_LETTERS):
        letters = sum(sign.isalpha() for sign in word)
        word = word.translate(_LETTERS_FOR) if letters * 2 >= len(word) else signs
    else:
        word = signs
    return _unstretched(word)


def _unstretched(word: str) -> str:
    """`stooop` is stop; `offff` is off, for that is a word."""
    once = _STRETCHED.sub(r"\1", word)
    if once == word:
        return word
    twice = _STRETCHED.sub(r"\1\1", word)
    return twice if twice in _doubled() else once


@cache
def _doubled() -> frozenset[str]:
    """Words with a letter twice that people stretch."""
    return frozenset(table("rules/words.toml")["doubled"].split())


def _joined(words: list[Word]) -> list[Word]:
    """`S T O P` and `s.t.o.p` are one word; so are the spaced letters inside a longer reply."""
    joined: list[Word] = []
    here = 0
    while here < len(words):
        end = here
        while end < len(words) and _is_spelled(words[end], first=end == here):
            end += 1
        while end > here and not words[end - 1].folded.isalpha():
            end -= 1
        if end - here >= _LEAST_SPACED:
            spelled = _undisguised("".join(word.folded for word in words[here:end]))
            joined.append(Word(spelled, words[here].start, words[end - 1].end, words[end - 1].last))
            here = end
        else:
            joined.append(words[here])
            here += 1
    return joined


_LEAST_SPACED: Final = 3  # letters


def _is_spelled(word: Word, *, first: bool) -> bool:
    return len(word.folded) == 1 and (word.folded.isalpha() or not first)


@cache
def emoji() -> dict[str, str]:
    """Every emoji that means something, with the word it stands for."""
    return {sign: f":{name}" for name, signs in table("emoji.toml").items() for sign in signs.split()}

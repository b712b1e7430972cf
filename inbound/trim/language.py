"""The words mail programs put around quotes and under letters: one TOML file per language."""

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Language:
    """The words of one language that only count together (header words occur in prose)."""

    senders: frozenset[str]  # the header word for From
    subjects: frozenset[str]
    headers: frozenset[str]  # these and all others
    forward_marks: frozenset[str]  # before a subject, without their colon
    reply_marks: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Every language at once, folded. A mail is often written in one language by a program in another."""

    languages: tuple[Language, ...]
    english: frozenset[str]  # its header words, which programs of all languages use
    header_words: frozenset[str]
    senders: frozenset[str]
    subjects: frozenset[str]
    starts: tuple[str, ...]  # how an attribution begins: "on ", "el ", "w dniu "
    wrote: tuple[str, ...]
    wrote_words: frozenset[str]  # those of one word
    wrote_phrases: tuple[str, ...]  # those of more
    originals: frozenset[str]
    forwards: frozenset[str]
    sent_from: tuple[str, ...]  # how a line of a phone begins
    sent_from_ends: tuple[str, ...]  # and how it ends in languages that put the verb last
    closings: frozenset[str]
    disclaimers: tuple[tuple[str, ...], ...]  # of each language that has some: parts of words
    calendar: frozenset[str]  # months and days


@cache
def lexicon() -> Lexicon:
    folder = files("inbound.trim") / "languages"
    tables = {
        file.name: tomllib.loads(file.read_text("utf-8"))
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".toml")
    }

    def every(*keys: str) -> frozenset[str]:
        return frozenset(folded(word) for table in tables.values() for key in keys for word in table[key])

    wrote = every("wrote")
    return Lexicon(
        languages=tuple(map(_language, tables.values())),
        english=_language(tables["en.toml"]).headers,
        header_words=every("headers", "from", "subject"),
        senders=every("from"),
        subjects=every("subject"),
        starts=tuple(f"{start} " for start in sorted(every("starts"))),
        wrote=tuple(sorted(wrote)),
        wrote_words=frozenset(word for word in wrote if " " not in word),
        wrote_phrases=tuple(sorted(word for word in wrote if " " in word)),
        originals=every("original"),
        forwards=every("forwarded"),
        sent_from=tuple(sorted(every("sent_from"))),
        sent_from_ends=tuple(sorted(every("sent_from_ends"))),
        closings=every("closings"),
        disclaimers=tuple(tuple(map(folded, table.get("disclaimers", ()))) for table in tables.values()),
        calendar=every("months", "days"),
    )


def _language(table: dict[str, list[str]]) -> Language:
    def words(*keys: str) -> frozenset[str]:
        return frozenset(folded(word) for key in keys for word in table[key])

    return Language(
        words("from"),
        words("subject"),
        words("from", "subject", "headers"),
        words("forward_marks"),
        words("reply_marks"),
    )


def folded(text: str) -> str:
    """Lower case, one space between words, no invisible letters, composed accents, straight quotes, and no
    dot above an i (the Turkish İ)."""
    if text.isascii():
        return " ".join(text.lower().split())
    visible = text.translate(_INVISIBLE)
    return " ".join(unicodedata.normalize("NFKC", visible).casefold().replace("i\u0307", "i").split())


_INVISIBLE: dict[int, str | None] = dict.fromkeys(
    map(ord, "\u200b\u200c\u200d\u2060\u2063\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e")
) | dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))
_INVISIBLE[ord("’")] = "'"

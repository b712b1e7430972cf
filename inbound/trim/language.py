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
    headers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Every language at once, folded. A mail is often written in one language by a program in another."""

    languages: tuple[Language, ...]
    header_words: frozenset[str]
    starts: tuple[str, ...]  # how an attribution begins: "on", "el", "w dniu"
    wrote: frozenset[str]
    originals: frozenset[str]
    forwards: frozenset[str]
    sent_from: tuple[str, ...]
    closings: frozenset[str]
    calendar: frozenset[str]  # months and days


@cache
def lexicon() -> Lexicon:
    folder = files("inbound.trim") / "languages"
    tables = [
        tomllib.loads(file.read_text("utf-8"))
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".toml")
    ]

    def every(key: str) -> frozenset[str]:
        return frozenset(folded(word) for table in tables for word in table[key])

    languages = tuple(
        Language(frozenset(map(folded, table["from"])), frozenset(map(folded, table["headers"])))
        for table in tables
    )
    return Lexicon(
        languages=languages,
        header_words=every("headers"),
        starts=tuple(sorted(every("starts"))),
        wrote=every("wrote"),
        originals=every("original"),
        forwards=every("forwarded"),
        sent_from=tuple(sorted(every("sent_from"))),
        closings=every("closings"),
        calendar=every("months") | every("days"),
    )


def folded(text: str) -> str:
    """Lower case, one space between words, no invisible letters, composed accents, straight quotes."""
    visible = text.translate(_INVISIBLE)
    return " ".join(unicodedata.normalize("NFKC", visible).casefold().split())


_INVISIBLE: dict[int, str | None] = dict.fromkeys(
    map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069")
) | {ord("’"): "'"}

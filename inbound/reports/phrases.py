"""The words of servers, in lower case: phrases.toml within texts, subjects.toml as starts of subjects."""

import tomllib
from functools import cache
from importlib.resources import files


@cache
def _table(name: str) -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((files("inbound.reports") / name).read_text("utf-8"))


def _all_languages(name: str, kind: str) -> tuple[str, ...]:
    return tuple(phrase for group in _table(name)[kind].values() for phrase in group)


@cache
def phrases(kind: str) -> tuple[str, ...]:
    return _all_languages("phrases.toml", kind)


@cache
def subjects(kind: str) -> tuple[str, ...]:
    return _all_languages("subjects.toml", kind)


def among(kind: str, folded: str) -> bool:
    return any(phrase in folded for phrase in phrases(kind))


def first(kind: str, folded: str) -> int:
    """Where the first of them begins; -1 for none."""
    return min((place for phrase in phrases(kind) if (place := folded.find(phrase)) >= 0), default=-1)

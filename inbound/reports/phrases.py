"""The words of servers, in lower case, from phrases.toml."""

import tomllib
from functools import cache
from importlib.resources import files


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((files("inbound.reports") / "phrases.toml").read_text("utf-8"))


@cache
def phrases(kind: str) -> tuple[str, ...]:
    return tuple(phrase for group in _table()[kind].values() for phrase in group)


def among(kind: str, folded: str) -> bool:
    return any(phrase in folded for phrase in phrases(kind))

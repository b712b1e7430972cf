"""format=flowed (RFC 3676) and text/enriched (RFC 1896) as the lines their authors meant."""

import re
from collections.abc import Iterator
from typing import Final

_COMMAND: Final = re.compile(r"<(/?)([A-Za-z0-9-]{1,60})>")
_PARAMETERS: Final = re.compile(r"<param>[^<]{0,400}</param>", re.IGNORECASE)
_LINE_ENDS: Final = re.compile(r"\n+")


def unflowed(text: str, *, delete_space: bool = False) -> str:
    """Soft line ends joined within one depth of quotation."""
    paragraphs: list[list[str]] = []
    soft_before, depth_before = False, 0
    for depth, line, soft in _flowed_lines(text, delete_space=delete_space):
        if soft_before and depth == depth_before and line != "-- ":
            paragraphs[-1].append(line)
        else:
            paragraphs.append([">" * depth + " " if depth else "", line])
        soft_before, depth_before = soft, depth
    return "\n".join("".join(pieces) for pieces in paragraphs)


def _flowed_lines(text: str, *, delete_space: bool) -> Iterator[tuple[int, str, bool]]:
    for whole in text.split("\n"):
        line = whole.lstrip(">")
        depth = len(whole) - len(line)
        line = line.removeprefix(" ")
        soft = line.endswith(" ") and line != "-- "
        yield depth, line[:-1] if soft and delete_space else line, soft


def unenriched(text: str) -> str:
    """Without the commands; one line end is a blank, and of several one is dropped."""
    lines = _LINE_ENDS.sub(lambda ends: ends[0][1:] or " ", text)
    literal = _PARAMETERS.sub("", lines).split("<<")
    return "<".join(_COMMAND.sub("", piece) for piece in literal)

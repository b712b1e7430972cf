"""The frames of our letters, templates/email/*.mjml and *.txt: made once, with holes for everything else.

MJML sees our own frames only. No word of an author or a member ever goes through it, so none can break
it or wear it out (trust T8).
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import NewType

import mjml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

HOLES = ("words", "community", "postal_address", "organizer", "signature", "unsubscribe")
_HOLE = re.compile(r"@@(\w+)@@")  # survives MJML, in text and in attributes

Hole = NewType("Hole", str)
Frame = tuple[tuple[str, Hole | None], ...]  # literal text, each with the hole that follows it


@lru_cache(maxsize=64)
def read_frame(templates: Path, file: str, language: str) -> Frame:
    """`letter.mjml` as HTML, or `letter.txt` as it is, in a language. Raises jinja2's errors for a
    template that names an unknown hole."""
    source = _environment(templates).get_template(file)
    made = source.render({hole: f"@@{hole}@@" for hole in HOLES}, language=language)
    parts = _HOLE.split(_without_blank_title(mjml.mjml2html(made)) if file.endswith(".mjml") else made)
    return tuple(
        (literal, Hole(hole) if hole else None)
        for literal, hole in zip(parts[0::2], [*parts[1::2], ""], strict=True)
    )


def _without_blank_title(html: str) -> str:
    return str(html).replace("<title></title>", "<title>@@community@@</title>")


@lru_cache(maxsize=8)
def _environment(templates: Path) -> Environment:
    return Environment(
        loader=FileSystemLoader(templates / "email"),
        autoescape=False,  # noqa: S701 (nothing but the holes is filled in here)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

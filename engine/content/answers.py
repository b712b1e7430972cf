"""The sentences the machine says by itself, one Markdown file per language: templates/answers.<language>.md.

    ## key
    Subject: one line

    The words of the email.

    ### text
    The words of the text message; without this part they are the email's.

`{{ slot }}` is filled in; `{{ slot or "words" }}` stands in for an empty one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from engine.vocabulary.words import Channel

FALLBACK = "en"
_SECTION = re.compile(r"^## (\w+)[ \t]*\n", re.MULTILINE)
_TEXT = re.compile(r"^### text[ \t]*\n", re.MULTILINE)
_SLOT = re.compile(r"\{\{ *(\w+)(?: or \"([^\"]*)\")? *\}\}")
_SUBJECT = "Subject: "


class AnswersError(Exception):
    """A file of answers cannot be used; the text says which, where and how to mend it."""


@dataclass(frozen=True)
class AnswerText:
    """One answer before its slots are filled."""

    subject: str
    email: str
    text: str

    def words(self, channel: Channel) -> str:
        return self.email if channel is Channel.EMAIL else self.text

    @property
    def slots(self) -> frozenset[str]:
        whole = f"{self.subject}\n{self.email}\n{self.text}"
        return frozenset(found.group(1) for found in _SLOT.finditer(whole))


def fill(words: str, slots: Mapping[str, str]) -> str:
    """Raises LookupError for a slot without a value."""
    return _SLOT.sub(lambda found: slots[found.group(1)] or found.group(2) or "", words)


def answer_text(folder: Path, language: str, key: str) -> AnswerText:
    """In this language, or in English where it has no file. Raises AnswersError."""
    path = folder / f"answers.{language}.md"
    if not path.is_file():
        path = folder / f"answers.{FALLBACK}.md"
    try:
        return read_answers(path)[key]
    except KeyError as error:
        raise AnswersError(f"{path.name} has no answer “{key}”. Write it under “## {key}”.") from error


@lru_cache(maxsize=32)
def read_answers(path: Path) -> Mapping[str, AnswerText]:
    """Every answer of one file, by its key. Raises AnswersError. Read once per process."""
    try:
        parts = _SECTION.split(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise AnswersError(
            f"The answers {path.name} cannot be read. Is PORCHLIGHT_TEMPLATES right?"
        ) from error
    return {key: _read_one(path, key, words) for key, words in zip(parts[1::2], parts[2::2], strict=True)}


def _read_one(path: Path, key: str, section: str) -> AnswerText:
    first, _, rest = section.partition("\n")
    email, *texts = (part.strip() for part in _TEXT.split(rest))
    if not first.startswith(_SUBJECT) or not email or len(texts) > 1:
        raise AnswersError(
            f"“## {key}” in {path.name} needs a line “Subject: …” below it, an empty line and then its words."
        )
    return AnswerText(first.removeprefix(_SUBJECT).strip(), email, texts[0] if texts else email)

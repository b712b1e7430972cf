"""The replies that the model learns from: `labels<TAB>text`, one a line, every one invented."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

LABELS: Final = (
    "opt_out", "crisis_acute", "crisis_distress", "anger", "question", "rsvp_yes", "rsvp_no", "story",
    "offer_help", "invite_request", "spam", "other",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reply:
    labels: frozenset[str]
    text: str


def shipped() -> list[Reply]:
    """Every reply of `replies/`, in the order of the files' names; each text once."""
    found: dict[str, Reply] = {}
    for file in sorted(files(__package__).joinpath("replies").iterdir(), key=lambda each: each.name):
        for reply in read(file.read_text("utf-8"), file.name):
            found.setdefault(reply.text, reply)
    return list(found.values())


def of_file(path: Path) -> list[Reply]:
    return list(read(path.read_text("utf-8"), path.name))


def read(lines: str, name: str) -> Iterator[Reply]:
    """Raises ValueError with the line that is not `labels<TAB>text` or has a label that is not of LABELS."""
    for number, line in enumerate(lines.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        written, tab, text = line.partition("\t")
        labels = frozenset(written.strip().split("+"))
        if not tab or not text.strip() or not labels <= set(LABELS):
            raise ValueError(f"{name}, line {number}: write labels, a tab and the reply; labels: {LABELS}.")
        yield Reply(labels, text.strip().replace("\\n", "\n"))

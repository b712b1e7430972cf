"""The files of a kept mail, with their bytes."""

from collections.abc import Iterator
from dataclasses import dataclass

from inbound.parse.structure import Entity, entities

_WORDS = ("text/plain", "text/html", "text/enriched", "text")


@dataclass(frozen=True, slots=True)
class Found:
    """One file as it came. `name` is the sender's, perhaps empty."""

    name: str
    content: bytes


def files_in(raw: bytes) -> Iterator[Found]:
    """In the order written: everything that is neither the words of the mail nor empty."""
    for entity in entities(raw):
        if not entity.is_multipart and not _is_words(entity):
            content = entity.content()
            if content.strip():
                yield Found(entity.filename, content)


def _is_words(entity: Entity) -> bool:
    if entity.disposition == "attachment":
        return False
    named_file = bool(entity.filename) and entity.disposition != "inline" and entity.depth > 0
    return entity.content_type in _WORDS and not named_file

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
        name = _name(entity)
        if not entity.is_multipart and not _is_words(entity, name):
            content = entity.content()
            if content.strip():
                yield Found(name, content)


def _name(entity: Entity) -> str:
    _, how = entity.headers.disposition()
    return how.get("filename") or entity.parameters.get("name") or ""


def _is_words(entity: Entity, name: str) -> bool:
    disposition, _ = entity.headers.disposition()
    if disposition == "attachment":
        return False
    named_file = bool(name) and disposition != "inline" and entity.depth > 0
    return entity.content_type in _WORDS and not named_file

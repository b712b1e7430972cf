"""Which parts of a message are its words: the order of JMAP's textBody (RFC 8621, 4.1.4)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from engine.vocabulary.messages import Part
from inbound.parse import limits
from inbound.parse.charsets import decoded
from inbound.parse.flowed import unenriched, unflowed
from inbound.parse.structure import Entity
from inbound.parse.webpage import as_text

_PKCS7: Final = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_OUTLOOK: Final = ("application/ms-tnef", "application/vnd.ms-tnef")
_ENRICHED: Final = ("text/enriched", "text/richtext")
_NO_WORDS: Final = ("text/calendar", "text/vcard", "text/x-vcard", "text/directory")
_TYPE_CHARACTERS: Final = 100


@dataclass(slots=True)
class Body:
    """What a message says beside its headers. `parts` is whatever is not its words."""

    text: str = ""
    html: str = ""
    parts: tuple[Part, ...] = ()
    warnings: list[str] = field(default_factory=list)

    def warn(self, warning: str, holds: bool = True) -> None:
        if holds and warning not in self.warnings:
            self.warnings.append(warning)


@dataclass(frozen=True, slots=True)
class _Node:
    entity: Entity
    within: "list[_Node]"


def body_of(found: list[Entity]) -> Body:
    """`found` is what `entities` gives. The words are those of the text parts; where these say nothing, of
    the HTML; where that says nothing, of whatever else is text."""
    body = Body()
    for entity in found:
        _look_for_oddities(body, entity)
    body.warn("too_many_parts", len(found) >= limits.PARTS)
    texts: list[Entity] = []
    pages: list[Entity] = []
    others: list[Entity] = []
    _choose(_tree(found), texts, pages, others)
    pages = [entity for entity in pages if entity.content_type == "text/html"]
    rest = [entity for entity in others if _may_be_read(entity)]
    body.html = _short(body, [page for page, _ in _written(body, pages)])
    for candidates in (texts, pages, rest):
        if not body.text:
            body.text = _short(body, [_as_lines(*one) for one in _written(body, candidates)])
    body.parts = tuple(_part(entity) for entity in others if entity.body or entity.filename)
    body.warn("encrypted", "-----BEGIN PGP MESSAGE-----" in body.text)
    return body


def _tree(found: list[Entity]) -> list[_Node]:
    levels: list[list[_Node]] = [[]]
    for entity in found:
        node = _Node(entity, [])
        del levels[entity.depth + 1 :]
        levels[entity.depth].append(node)
        levels.append(node.within)
    return levels[0]


def _choose(
    nodes: list[_Node], texts: list[Entity] | None, pages: list[Entity] | None, others: list[Entity]
) -> None:
    """Sorts one level of parts, and those within, into words and others. An absent list takes no more:
    within an alternative, what has a plain form is not read as HTML too, nor the other way round."""
    texts_before, pages_before = len(texts or ()), len(pages or ())
    for place, node in enumerate(nodes):
        entity = node.entity
        if entity.is_multipart:
            _choose(node.within, texts, pages, others)
        elif not _is_inline(entity, place):
            others.append(entity)
        elif entity.path[-1:] == ("multipart/alternative",):
            chosen = texts if entity.content_type == "text/plain" else pages
            if chosen is not None:
                chosen.append(entity)
        else:
            if "multipart/alternative" in entity.path:
                pages = None if entity.content_type == "text/plain" else pages
                texts = None if entity.content_type == "text/html" else texts
            for one in (texts, pages):
                if one is not None:
                    one.append(entity)
    alternatives = bool(nodes) and nodes[0].entity.path[-1:] == ("multipart/alternative",)
    if alternatives and texts is not None and pages is not None:
        if len(texts) == texts_before:
            texts += pages[pages_before:]
        elif len(pages) == pages_before:
            pages += texts[texts_before:]


def _is_inline(entity: Entity, place: int) -> bool:
    if entity.disposition == "attachment" or entity.content_type not in ("text/plain", "text/html"):
        return False
    return place == 0 or (entity.path[-1] != "multipart/related" and not entity.filename)


def _may_be_read(entity: Entity) -> bool:
    """Text of another kind, for want of better: the whole message, or enriched."""
    alone = entity.depth == 0 and entity.content_type.startswith("text/")
    alone = alone and entity.content_type not in _NO_WORDS
    return (alone or entity.content_type in _ENRICHED) and entity.disposition != "attachment"


def _look_for_oddities(body: Body, entity: Entity) -> None:
    kind = entity.content_type
    signed = entity.parameters.get("smime-type", "").lower() == "signed-data"
    body.warn("too_deep", entity.depth >= limits.DEPTH)
    body.warn("headers_cut", entity.headers.cut)
    body.warn("signed_opaque", kind in _PKCS7 and signed)
    body.warn("encrypted", kind == "multipart/encrypted" or (kind in _PKCS7 and not signed))
    body.warn("outlook_format", is_outlook(entity))


def is_outlook(entity: Entity) -> bool:
    """A winmail.dat (TNEF)."""
    if entity.content_type in _OUTLOOK:
        return True
    return entity.content_type.startswith("application/") and entity.filename.lower() == "winmail.dat"


def _part(entity: Entity) -> Part:
    return Part(entity.filename, entity.content_type[:_TYPE_CHARACTERS], entity.size())


def _written(body: Body, chosen: list[Entity]) -> Iterator[tuple[str, Entity]]:
    """The letters of each part as they were written, within limits.WRITTEN_CHARACTERS for all of them."""
    room = limits.WRITTEN_CHARACTERS
    for entity in chosen:
        body.warn("text_cut", room <= 0 or len(entity.body) > limits.ENCODED_TEXT_BYTES)
        if room <= 0:
            return
        content = entity.content(limits.ENCODED_TEXT_BYTES)
        text, exact = decoded(content, entity.parameters.get("charset", ""))
        body.warn("charset", not exact)
        body.warn("text_cut", len(text) > room)
        text = limits.as_lines(text[:room].removeprefix("\ufeff"))
        room -= len(text)
        yield text, entity


def _as_lines(text: str, entity: Entity) -> str:
    if entity.content_type == "text/html":
        return as_text(text)
    if entity.content_type in _ENRICHED:
        return unenriched(text)
    if entity.parameters.get("format", "").lower() == "flowed":
        return unflowed(text, delete_space=entity.parameters.get("delsp", "").lower() == "yes")
    return text


def _short(body: Body, pieces: list[str]) -> str:
    kept, cut = limits.shortened("\n".join(one.strip("\n") for one in pieces if one.strip()))
    body.warn("text_cut", cut)
    return kept

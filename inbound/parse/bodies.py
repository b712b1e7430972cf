"""Which parts of a message are its words: all inline text parts in order, one of each alternative."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.vocabulary.messages import Part
from inbound.parse import limits
from inbound.parse.charsets import decoded
from inbound.parse.structure import Entity, entities
from inbound.parse.webpage import as_text

_ENCRYPTED = frozenset({"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})


@dataclass
class Body:
    """The words of a message while they are being gathered."""

    plain: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)  # HTML
    from_pages: list[str] = field(default_factory=list)  # HTML as text, where no plain form stood beside it
    parts: list[Part] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def warn(self, warning: str) -> None:
        if warning not in self.warnings:
            self.warnings.append(warning)

    @property
    def text(self) -> str:
        words = self.plain if any(one.strip() for one in self.plain) else self.from_pages
        return self._short("\n".join(one.strip("\n") for one in words if one.strip()))

    @property
    def html(self) -> str:
        return self._short("\n".join(self.pages))

    def _short(self, text: str) -> str:
        kept, cut = limits.shortened(text)
        if cut:
            self.warn("text_cut")
        return kept


def body_of(raw: bytes) -> Body:
    body = Body()
    for count, entity in enumerate(entities(raw), start=1):
        if count == limits.PARTS:
            body.warn("too_many_parts")
        if entity.depth >= limits.DEPTH:
            body.warn("too_deep")
        if entity.headers.cut:
            body.warn("headers_cut")
        if entity.content_type in _ENCRYPTED:
            body.warn("encrypted")
        if not entity.is_multipart:
            _gather(body, entity)
    return body


def _gather(body: Body, entity: Entity) -> None:
    disposition, how = entity.headers.disposition()
    filename = (how.get("filename") or entity.parameters.get("name") or "")[:200]
    inline = disposition != "attachment" and not (filename and disposition != "inline")
    report = "multipart/report" in entity.path and entity.content_type == "text/rfc822-headers"
    named_text = entity.content_type in ("text/plain", "text/html", "text/enriched", "text")
    only_text = entity.depth == 0 and entity.content_type.startswith("text/") and disposition != "attachment"
    if (inline and not report and named_text) or only_text:
        _add_text(body, entity)
    elif entity.body or filename:
        body.parts.append(Part(filename, entity.content_type[:100], len(entity.content())))


def _add_text(body: Body, entity: Entity) -> None:
    if len(entity.body) > limits.ENCODED_TEXT_BYTES:
        body.warn("text_cut")
    content = entity.content(limits.ENCODED_TEXT_BYTES)
    text, exact = decoded(content, entity.parameters.get("charset", ""))
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    if not exact:
        body.warn("charset")
    if entity.content_type == "text/html":
        body.pages.append(text)
        body.from_pages.append(as_text(text))
        return
    if entity.parameters.get("format", "").lower() == "flowed":
        text = unflowed(text, delete_space=entity.parameters.get("delsp", "").lower() == "yes")
    body.plain.append(text)
    if "multipart/alternative" not in entity.path:
        body.from_pages.append(text)


def unflowed(text: str, *, delete_space: bool = False) -> str:
    """format=flowed (RFC 3676): soft line ends joined within one depth of quotation."""
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

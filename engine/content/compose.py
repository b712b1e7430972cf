"""A step becomes a skeleton once; a skeleton becomes a letter for each person by filling its slots.

A skeleton holds one variant for each set of variables its choices depend on. A variant is three lists
of segments: text, or a slot `[name, otherwise]`. The same skeleton and values give the same bytes.
"""

import hashlib
import html
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from engine.content import markdown, safe, sms
from engine.content.frame import read_frame
from engine.content.marks import Marks, Segment, Segments, merged, plain
from engine.content.mime import (
    Headers,
    alternative,
    clean,
    clean_lines,
    join_soft,
    quoted_printable,
    write_headers,
)
from engine.content.safe import Pieces
from engine.vocabulary.script import Step
from engine.vocabulary.words import Channel

__all__ = ["Headers", "Layout", "Skeleton", "compile_letter", "compile_personal", "fill_email", "fill_sms"]


@dataclass(frozen=True, slots=True)
class Layout:
    """What every letter bears, whatever its author wrote."""

    community: str
    postal_address: str
    language: str
    templates: Path  # the folder that holds email/


@dataclass(frozen=True, slots=True)
class Variant:
    subject: Segments
    text: Segments  # the plain-text part, or the text message
    html: Segments


@dataclass(frozen=True)
class Skeleton:
    channel: Channel
    language: str
    deciding: tuple[str, ...]  # the variables that choose the variant
    variants: Mapping[str, Variant]  # by the known ones among them, joined by a space

    def to_json(self) -> str:
        body = {key: [v.subject, v.text, v.html] for key, v in self.variants.items()}
        return json.dumps(
            [self.channel, self.language, self.deciding, body], ensure_ascii=False, sort_keys=True
        )

    @cached_property
    def hash(self) -> str:
        """sha256 of its JSON: 64 hex digits."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    def variant(self, values: Mapping[str, str]) -> Variant:
        return self.variants[" ".join(name for name in self.deciding if values.get(name))]


@lru_cache(maxsize=512)
def read_skeleton(text: str) -> Skeleton:
    """The skeleton whose `to_json` this is."""
    channel, language, deciding, body = json.loads(text)
    variants = {key: Variant(*(_segments(part) for part in parts)) for key, parts in body.items()}
    return Skeleton(Channel(channel), language, tuple(deciding), variants)


def _segments(part: list[str | list[str]]) -> Segments:
    return tuple(piece if isinstance(piece, str) else (piece[0], piece[1]) for piece in part)


# --- compiling --------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def compile_letter(step: Step, channel: Channel, layout: Layout) -> Skeleton:
    """A step's skeleton. Slots: the variables, and `unsubscribe`, the member's own link. Raises
    TemplateMistake for what the check of the file would have refused."""
    subject, body, text = (
        safe.read(words) for words in (step.subject, step.body, _unwrapped(step.text or ""))
    )
    used: Pieces = text if channel is Channel.SMS else (*subject, *body)
    deciding = safe.deciding(used)
    variants = {}
    for known in safe.situations(deciding):
        key = " ".join(name for name in deciding if name in known)
        if channel is Channel.SMS:
            variants[key] = Variant((), plain(safe.flatten(text, known)), ())
        else:
            marks = Marks()
            words = marks.put(safe.flatten(body, known))
            variants[key] = Variant(
                plain(safe.flatten(subject, known)),
                _framed(layout, "letter.txt", marks.split(markdown.to_text(words))),
                _framed(layout, "letter.mjml", marks.split(markdown.to_html(words))),
            )
    return Skeleton(channel, layout.language, deciding, variants)


def _unwrapped(text: str) -> str:
    """A text message as Markdown reads a letter: a line end is a blank, an empty line starts a new line."""
    paragraphs = re.split(r"\n[ \t]*\n\s*", text.strip())
    return "\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


@lru_cache(maxsize=64)
def compile_personal(layout: Layout, channel: Channel) -> Skeleton:
    """For one person's words. Slots: subject, signature, and those of `personal_values`."""
    if channel is Channel.SMS:
        return Skeleton(channel, layout.language, (), {"": Variant((), (("body", ""),), ())})
    variant = Variant(
        (("subject", ""),),
        _framed(layout, "personal.txt", (("body_text", ""),)),
        _framed(layout, "personal.mjml", (("body_html", ""),)),
    )
    return Skeleton(channel, layout.language, (), {"": variant})


def personal_values(body: str) -> dict[str, str]:
    """What an organizer typed, light Markdown, as the slots of a personal letter."""
    return {
        "body": body,  # a text message goes as it was typed
        "body_text": markdown.to_text(body, breaks=True),
        "body_html": markdown.to_html(body, breaks=True),
    }


def _framed(layout: Layout, file: str, words: Segments) -> Segments:
    """Words within their frame. The community's name and address stand in the frame, not in the words,
    so no author can leave them out."""
    rich = file.endswith(".mjml")
    filled: dict[str, Segments] = {
        "words": words,
        "community": (_shown(layout.community, rich=rich),),
        "postal_address": (_shown(layout.postal_address, rich=rich),),
    }
    segments: list[Segment] = []
    for literal, hole in read_frame(layout.templates, file, layout.language):
        segments.append(literal)
        if hole is not None:
            segments += filled.get(hole, ((hole, ""),))
    return merged(segments)


def _shown(text: str, *, rich: bool) -> str:
    lines = clean_lines(text).strip()
    return html.escape(lines.replace("\n", ", ")) if rich else lines


# --- filling ----------------------------------------------------------------------------------


def subject_of(skeleton: Skeleton, values: Mapping[str, str]) -> str:
    return clean(_joined(skeleton.variant(values).subject, values))


def text_of(skeleton: Skeleton, values: Mapping[str, str]) -> str:
    """The plain-text part of an email, or a text message."""
    if skeleton.channel is Channel.SMS:
        return fill_sms(skeleton, values)
    return _joined(skeleton.variant(values).text, values)


def html_of(skeleton: Skeleton, values: Mapping[str, str]) -> str:
    return "".join(_html_piece(segment, values) for segment in skeleton.variant(values).html)


def fill_sms(skeleton: Skeleton, values: Mapping[str, str]) -> str:
    return sms.fit(_joined(skeleton.variant(values).text, values)).strip()


def fill_email(skeleton: Skeleton, values: Mapping[str, str], headers: Headers) -> bytes:
    """The whole RFC 5322 message: CRLF line ends, body lines of at most 78 octets."""
    variant = skeleton.variant(values)
    subject = _joined(variant.subject, values)
    text = join_soft(_quoted(piece, _text_piece(piece, values)) for piece in variant.text)
    rich = join_soft(_quoted(piece, _html_piece(piece, values)) for piece in variant.html)
    head = b"".join(write_headers(headers, subject, skeleton.language))
    return head + alternative(f"=_porch_{skeleton.hash[:32]}", text, rich)


def _quoted(piece: Segment, filled: str) -> bytes:
    return _literal(filled) if isinstance(piece, str) else quoted_printable(filled)


@lru_cache(maxsize=4096)
def _literal(text: str) -> bytes:
    """The author's own words, encoded once."""
    return quoted_printable(text)


def _joined(segments: Iterable[Segment], values: Mapping[str, str]) -> str:
    return "".join(_text_piece(segment, values) for segment in segments)


def _text_piece(piece: Segment, values: Mapping[str, str]) -> str:
    if isinstance(piece, str):
        return piece
    value = values.get(piece[0]) or piece[1]
    return clean_lines(value) if piece[0] in _BLOCKS else clean(value)


def _html_piece(piece: Segment, values: Mapping[str, str]) -> str:
    if isinstance(piece, str):
        return piece
    if piece[0] == "body_html":
        return clean_lines(values.get("body_html", ""))  # made by `personal_values`
    return html.escape(_text_piece(piece, values)).replace("\n", "<br>")


_BLOCKS = ("body", "body_text", "signature")  # slots that may hold several lines

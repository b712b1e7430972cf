"""The parts of a message in one pass over its boundary lines, within the caps; no recursion."""

import re
from dataclasses import dataclass, field, replace
from typing import Final

from inbound.parse import limits
from inbound.parse.headers import Headers
from inbound.parse.transfer import without_transfer

_HEAD_END: Final = re.compile(rb"\n\r*\n")
_NO_HEAD: Final = re.compile(rb"\r*\n")
_MBOX: Final = re.compile(rb">?From (?![ \t]*:)[^\n]*\n")
_FILENAME_CHARACTERS: Final = 200
_NEAR_MISSES: Final = (
    10_000  # lines that begin like a boundary and are none; beyond, it is looked for no more
)


@dataclass(frozen=True, slots=True)
class Entity:
    """One part: its headers, its still encoded body (empty for a multipart), and where it stands."""

    headers: Headers
    content_type: str
    parameters: dict[str, str]
    body: bytes
    depth: int
    path: tuple[str, ...]  # the content types of the parts around it, outermost first
    disposition: str = ""  # in lower case, such as `attachment`
    filename: str = ""

    @property
    def is_multipart(self) -> bool:
        return self.content_type.startswith("multipart/")

    def content(self, most: int = limits.MESSAGE_BYTES) -> bytes:
        """The body without its transfer encoding, reading at most so many encoded bytes."""
        return without_transfer(self.body[:most], self.headers.text("content-transfer-encoding"))

    def size(self) -> int:
        """The bytes of the content; an estimate where the body is large."""
        encoded = self.body[: limits.ENCODED_TEXT_BYTES]
        return len(self.content(limits.ENCODED_TEXT_BYTES)) * len(self.body) // max(1, len(encoded))


@dataclass(slots=True, eq=False)
class _Level:
    """An open multipart, and the next of its boundary lines."""

    entity: Entity
    mark: bytes  # a line end, two dashes and the boundary
    place: int = -1  # of the next boundary line; behind the end when there is none
    after: int = 0  # where the line behind it begins
    closes: bool = False
    misses: int = 0

    def seek(self, mail: bytes, here: int) -> int:
        """The place of the first of its lines at or behind `here`."""
        while self.place < here:
            found = mail.find(self.mark, here)
            if found < 0 or self.misses > _NEAR_MISSES:
                self.place = len(mail) + 1
                break
            end = mail.find(b"\n", found + 1)
            end = len(mail) if end < 0 else end
            rest = mail[found + len(self.mark) : min(end, found + len(self.mark) + 80)].strip()
            if rest in (b"", b"--"):
                self.place, self.after, self.closes = found, end + 1, rest == b"--"
            else:
                self.misses += 1
                here = max(here, end)
        return self.place


@dataclass(slots=True)
class _Walk:
    """The way through one mail. `here` is where the next part begins, -1 when there is none."""

    mail: bytes
    here: int = 0
    levels: list[_Level] = field(default_factory=list)  # outermost first
    ended: list[_Level] = field(default_factory=list)  # by a boundary further out, never closed
    found: list[Entity] = field(default_factory=list)

    def step(self) -> None:
        level, stop = self._next_mark(self.here - 1)
        head, start = _head(self.mail, self.here, stop, is_part=bool(self.levels))
        entity = self._entity(head, b"")
        if entity.is_multipart and entity.depth < limits.DEPTH:
            boundary = entity.parameters.get("boundary", "")
            inner = _Level(entity, b"\n--" + boundary.encode("utf-8", "surrogatepass"))
            if boundary and inner.seek(self.mail, start - 1) < len(self.mail):
                if inner.place <= stop:
                    self.levels.append(inner)
                    self.found.append(entity)
                    return self._enter(inner)
                self._end(inner)
            # No boundary, or none of its lines: what it holds is read as a text.
            self.found += [entity, _words_of(entity, self.mail[start:stop])]
        else:
            self.found.append(replace(entity, body=self._body(start, stop)))
        return self._enter(level)

    def _entity(self, head: Headers, body: bytes) -> Entity:
        around = self.levels[-1].entity if self.levels else None
        path = (*around.path, around.content_type) if around else ()
        kind, parameters = head.parameters("content-type")
        if not kind and path[-1:] == ("multipart/digest",):
            kind = "message/rfc822"  # RFC 2046, 5.1.5
        elif kind.count("/") != 1 or " " in kind:
            kind = "text/plain"  # RFC 2045, 5.2
        disposition, how = head.parameters("content-disposition")
        filename = (how.get("filename") or parameters.get("name") or "")[:_FILENAME_CHARACTERS]
        return Entity(head, kind, parameters, body, len(self.levels), path, disposition, filename)

    def _body(self, start: int, stop: int) -> bytes:
        body = self.mail[start:stop].removesuffix(b"\r") if stop < len(self.mail) else self.mail[start:]
        if stop >= len(self.mail):
            for level in self.levels:  # a last line that runs into its closing boundary
                body = body.removesuffix(b"\n").removesuffix(b"\r").removesuffix(level.mark[1:] + b"--")
        return body

    def _next_mark(self, here: int) -> tuple[_Level | None, int]:
        """The multipart whose boundary comes next, the innermost when two claim a line, and where."""
        nearest, place = None, len(self.mail)
        for level in (*reversed(self.levels), *self.ended) if self.levels else ():
            if level.seek(self.mail, here) < place:
                nearest, place = level, level.place
        return nearest, place

    def _end(self, level: _Level) -> None:
        if len(self.ended) < limits.DEPTH:
            self.ended.append(level)

    def _enter(self, level: _Level | None) -> None:
        """Goes on behind a boundary line. A closing one, or one of an outer multipart, ends those within.

        A line of a multipart that was ended too early still begins a part: nobody writes such a line.
        """
        while level is not None:
            self.here = level.after
            if level in self.ended:
                return
            while self.levels[-1] is not level:
                self._end(self.levels.pop())
            if not level.closes:
                return
            self.levels.pop()
            level, _ = self._next_mark(self.here - 1)
        self.here = -1


def entities(raw: bytes) -> list[Entity]:
    """Every part in the order written, the whole message first. At most limits.PARTS."""
    mail = raw[: limits.MESSAGE_BYTES]
    walk = _Walk(mail if b"\n" in mail else mail.replace(b"\r", b"\n"))
    while walk.here >= 0 and len(walk.found) < limits.PARTS:
        walk.step()
    return walk.found[: limits.PARTS]


def _words_of(around: Entity, body: bytes) -> Entity:
    path = (*around.path, around.content_type)
    return Entity(Headers(b""), "text/plain", {}, body, around.depth + 1, path)


def _head(mail: bytes, start: int, stop: int, *, is_part: bool) -> tuple[Headers, int]:
    """The headers of the block from `start` to `stop`, and where its body begins.

    A part that starts with an empty line has no headers, and a block that does not begin like headers is
    a body; in a part so is everything from the first line that is no header.
    """
    mbox = _MBOX.match(mail, start, stop)
    start = mbox.end() if mbox else start
    empty = _NO_HEAD.match(mail, start, stop)
    if empty:
        return Headers(b""), empty.end()
    end = _HEAD_END.search(mail, start, stop)
    headers = Headers(mail[start : end.start() if end else stop])
    if not headers:
        return headers, start
    if is_part and headers.odd >= 0:
        return Headers(mail[start : start + headers.odd]), start + headers.odd
    return headers, end.end() if end else stop

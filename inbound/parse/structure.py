"""The parts of a message, found level by level within the caps; never deep in recursion, never quadratic."""

import binascii
import quopri
from collections.abc import Iterator
from dataclasses import dataclass

from inbound.parse import limits
from inbound.parse.headers import Headers, from_base64


@dataclass(frozen=True, slots=True)
class Entity:
    """One part: its headers, its still encoded body, and where it stands."""

    headers: Headers
    content_type: str
    parameters: dict[str, str]
    body: bytes
    depth: int
    path: tuple[str, ...]  # the content types of the parts around it, outermost first

    @property
    def is_multipart(self) -> bool:
        return self.content_type.startswith("multipart/")

    def content(self, most: int = limits.MESSAGE_BYTES) -> bytes:
        """The body without its transfer encoding, reading at most so many encoded bytes."""
        body = self.body[:most]
        encoding = self.headers.text("content-transfer-encoding").strip().lower()
        if encoding == "base64":
            return from_base64(body)
        if encoding == "quoted-printable":
            return quopri.decodestring(body)
        if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
            return _from_uu(body)
        return body


def entities(raw: bytes) -> Iterator[Entity]:
    """Every part in the order written, the whole message first. At most limits.PARTS."""
    waiting: list[tuple[bytes, int, tuple[str, ...]]] = [(raw[: limits.MESSAGE_BYTES], 0, ())]
    count = 0
    while waiting and count < limits.PARTS:
        count += 1
        block, depth, path = waiting.pop()
        entity = _entity(block, depth, path)
        yield entity
        if entity.is_multipart and depth < limits.DEPTH:
            inner = (*path, entity.content_type)
            pieces = _pieces(entity.body, entity.parameters.get("boundary", ""))
            waiting += [(one, depth + 1, inner) for one in reversed(pieces)]


def _entity(block: bytes, depth: int, path: tuple[str, ...]) -> Entity:
    head, body = split_head(block)
    headers = Headers(head)
    content_type, parameters = headers.kind()
    return Entity(headers, content_type, parameters, body, depth, path)


def split_head(block: bytes) -> tuple[bytes, bytes]:
    """The header block and the body. A part that starts with an empty line has no headers; a block that
    does not look like headers at all is a body."""
    if block.startswith(b"From ") or block.startswith(b">From "):  # an mbox line in front
        block = block.partition(b"\n")[2]
    if block.startswith((b"\n", b"\r\n")):
        return b"", block.partition(b"\n")[2]
    ends = [(place, len(mark)) for mark in (b"\n\n", b"\n\r\n", b"\r\r") if (place := block.find(mark)) >= 0]
    place, width = min(ends, default=(len(block), 0))
    head = block[:place]
    first = head.partition(b"\n")[0]
    if not ends and b":" not in first:
        return b"", block
    return head, block[place + width :]


def _pieces(body: bytes, boundary: str) -> list[bytes]:
    """What stands between the boundary lines; without any boundary, the body as one part."""
    mark = b"\n--" + boundary.encode("utf-8", "surrogateescape").rstrip()
    lined = b"\n" + body  # so that a boundary in the first line is found like any other
    pieces: list[bytes] = []
    start, here = -1, 0
    while boundary and len(pieces) < limits.PARTS:
        found = lined.find(mark, here)
        if found < 0:
            break
        line_end = lined.find(b"\n", found + 1)
        line_end = len(lined) if line_end < 0 else line_end
        here = line_end
        rest = lined[found + len(mark) : line_end][:80].strip()
        if rest not in (b"", b"--"):
            continue
        if start >= 0:
            pieces.append(lined[start:found].removesuffix(b"\r"))
        if rest == b"--":
            return pieces
        start = line_end + 1
    if start >= 0:
        pieces.append(lined[start:])
    return pieces or [b"\n" + body]


def _from_uu(body: bytes) -> bytes:
    out: list[bytes] = []
    for line in body.splitlines():
        if line.startswith((b"begin ", b"end")) or not line:
            continue
        try:
            out.append(binascii.a2b_uu(line[:90]))
        except binascii.Error:
            continue
    return b"".join(out)

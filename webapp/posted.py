"""A post as its bytes came: a web framework reads every field as text in one charset, a mail has several."""

from binascii import a2b_qp

from flask import Request, abort
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder

from inbound.sources.forms import posted
from inbound.sources.forms.posted import Posted

_MOST_FIELDS = 300


def headers_of(request: Request) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


def read_post(request: Request, most: int) -> Posted:
    """The whole post. Aborts with 413 when it is longer than `most` bytes, with 400 when it is no form though
    it says so."""
    request.max_content_length = most
    body = request.get_data(cache=False)
    try:
        fields = _fields(request, body)
    except ValueError:
        abort(400)
    return Posted(headers_of(request), body, fields)


def _fields(request: Request, body: bytes) -> tuple[posted.Field, ...]:
    if request.mimetype == "multipart/form-data":
        boundary = parse_options_header(request.headers.get("Content-Type"))[1].get("boundary", "")
        return _parts(boundary.encode("latin-1", "replace"), body) if boundary else ()
    if request.mimetype == "application/x-www-form-urlencoded":
        pairs = (each.partition(b"=")[::2] for each in body.split(b"&", _MOST_FIELDS)[:_MOST_FIELDS])
        return tuple(
            posted.Field(_unquoted(name).decode("latin-1"), _unquoted(value)) for name, value in pairs
        )
    return ()


def _unquoted(text: bytes) -> bytes:
    """By the decoder of quoted-printable, which differs in its mark only: `urllib` takes eight seconds for a
    large mail."""
    return a2b_qp(text.replace(b"+", b" ").replace(b"=", b"=3D").replace(b"%", b"="))


def _parts(boundary: bytes, body: bytes) -> tuple[posted.Field, ...]:
    decoder = MultipartDecoder(boundary, max_parts=_MOST_FIELDS)
    decoder.receive_data(body)
    decoder.receive_data(None)
    found: list[tuple[Field | File, bytearray]] = []
    while not isinstance(event := decoder.next_event(), Epilogue):
        if isinstance(event, Field | File):
            found.append((event, bytearray()))
        elif isinstance(event, Data) and found:
            found[-1][1].extend(event.data)
    return tuple(_field(event, bytes(content)) for event, content in found)


def _field(event: Field | File, content: bytes) -> posted.Field:
    kind = event.headers.get("Content-Type", "")
    return posted.Field(event.name, content, event.filename if isinstance(event, File) else None, kind)

"""What a file is, told from its bytes; what the sender or their server calls it is never asked."""

import re
from dataclasses import dataclass
from typing import Final

_START: Final = 4_096  # bytes that are looked at
_UNKNOWN: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class _Sign:
    """These bytes at this place mean this type."""

    kind: str
    mark: bytes
    at: int = 0


_SIGNS: Final = tuple(
    _Sign(*row)
    for row in (
        ("image/jpeg", b"\xff\xd8\xff"),
        ("image/png", b"\x89PNG\r\n\x1a\n"),
        ("image/gif", b"GIF87a"),
        ("image/gif", b"GIF89a"),
        ("image/webp", b"WEBP", 8),
        ("image/heic", b"ftyphei", 4),
        ("image/heic", b"ftypmif1", 4),
        ("image/avif", b"ftypavif", 4),
        ("image/tiff", b"II*\0"),
        ("image/tiff", b"MM\0*"),
        ("application/pdf", b"%PDF-"),
        ("application/zip", b"PK\x03\x04"),
        ("application/zip", b"PK\x05\x06"),
        ("application/gzip", b"\x1f\x8b"),
        ("application/x-7z-compressed", b"7z\xbc\xaf\x27\x1c"),
        ("application/vnd.rar", b"Rar!\x1a\x07"),
        ("application/x-ole-storage", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("application/rtf", b"{\\rtf"),
        ("application/ms-tnef", b"\x78\x9f\x3e\x22"),
        ("audio/mpeg", b"ID3"),
        ("audio/mpeg", b"\xff\xfb"),
        ("audio/amr", b"#!AMR"),
        ("audio/ogg", b"OggS"),
        ("audio/wav", b"WAVE", 8),
        ("audio/mp4", b"ftypM4A", 4),
        ("video/3gpp", b"ftyp3g", 4),
        ("video/quicktime", b"ftypqt", 4),
        ("video/mp4", b"ftyp", 4),
        ("video/webm", b"\x1a\x45\xdf\xa3"),
        ("application/x-program", b"MZ"),
        ("application/x-program", b"\x7fELF"),
        ("application/x-program", b"#!"),
        ("application/x-program", b"\xcf\xfa\xed\xfe"),
        ("text/vcard", b"BEGIN:VCARD"),
        ("text/calendar", b"BEGIN:VCALENDAR"),
    )
)
# A zip whose first entries bear such names is one of these.
_OFFICE: Final = (
    ("application/x-word", b"word/"),
    ("application/x-spreadsheet", b"xl/"),
    ("application/x-slides", b"ppt/"),
    ("application/x-opendocument", b"mimetypeapplication/vnd.oasis.opendocument"),
)
_SVG: Final = re.compile(rb"<\s*(?:[a-z]+:)?svg\b", re.IGNORECASE)
_HTML: Final = re.compile(
    rb"<\s*(?:!doctype\s+html|html|head|body|script|iframe|table|div|title|style|meta|a|img|object|form)\b",
    re.IGNORECASE,
)
_XML: Final = re.compile(rb"\s*(?:<\?xml|<!doctype|<[a-z])", re.IGNORECASE)
_MAIL: Final = re.compile(
    rb"(?:Received|Return-Path|From|Delivered-To|MIME-Version|Message-ID):\s", re.IGNORECASE
)

# The endings under which files are saved. Pages and programs get one that nothing runs or opens as such.
ENDINGS: Final = {
    "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "image/heic": "heic",
    "image/avif": "avif", "image/tiff": "tiff", "application/pdf": "pdf",
    "application/zip": "zip", "application/gzip": "gz", "application/x-7z-compressed": "7z",
    "application/vnd.rar": "rar", "application/rtf": "rtf", "application/ms-tnef": "dat",
    "audio/mpeg": "mp3", "audio/amr": "amr", "audio/ogg": "ogg", "audio/wav": "wav", "audio/mp4": "m4a",
    "video/3gpp": "3gp", "video/quicktime": "mov", "video/mp4": "mp4", "video/webm": "webm",
    "text/vcard": "vcf", "text/calendar": "ics", "message/rfc822": "eml", "text/plain": "txt",
    "text/html": "txt", "image/svg+xml": "txt", "text/xml": "txt", "application/x-program": "bin",
    "application/x-word": "docx", "application/x-spreadsheet": "xlsx", "application/x-slides": "pptx",
    "application/x-opendocument": "odt", "application/x-ole-storage": "bin", _UNKNOWN: "bin",
}  # fmt: skip
REMADE: Final = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/tiff"})
PICTURE: Final = "image/jpeg"  # what pictures are made into


def kind_of(content: bytes) -> str:
    """The type, one of the keys of ENDINGS. Of text that may be several things, the more dangerous one."""
    start = content[:_START]
    for sign in _SIGNS:
        if start.startswith(sign.mark, sign.at):
            return _office(content) if sign.kind == "application/zip" else sign.kind
    return _of_text(start) if _is_text(start) else _UNKNOWN


def _office(content: bytes) -> str:
    names = content[:_START] + content[-_START:]  # a zip lists its entries at its end
    return next((kind for kind, mark in _OFFICE if mark in names), "application/zip")


def _is_text(start: bytes) -> bool:
    if start.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return True
    return b"\0" not in start and sum(each < 9 or 13 < each < 27 for each in start) <= len(start) // 100


def _of_text(start: bytes) -> str:
    bare = start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")  # UTF-16 too
    if bare.startswith((b"BEGIN:VCARD", b"BEGIN:VCALENDAR")):
        return "text/vcard" if bare.startswith(b"BEGIN:VCARD") else "text/calendar"
    if _SVG.search(bare):
        return "image/svg+xml"
    if _HTML.search(bare):
        return "text/html"
    if _XML.match(bare):
        return "text/xml"
    return "message/rfc822" if _MAIL.match(bare) else "text/plain"

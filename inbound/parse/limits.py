"""The caps, applied before anything is parsed. What is beyond them is kept in the raw mail, never read."""

from typing import Final

MESSAGE_BYTES: Final = 25 * 1024 * 1024
HEADER_BLOCK_BYTES: Final = 256 * 1024
HEADER_BYTES: Final = 16 * 1024
HEADERS: Final = 2_000
PARAMETER_CHARACTERS: Final = 2_000  # of one Content-Type or Content-Disposition
PARTS: Final = 200
DEPTH: Final = 20
REFERENCES: Final = 100
MAILBOXES: Final = 100
ENCODED_TEXT_BYTES: Final = 2 * 1024 * 1024  # of one part, before it is decoded
WRITTEN_CHARACTERS: Final = 512 * 1024  # of all texts, or of all HTML, before tags are taken away
TEXT_CHARACTERS: Final = 256 * 1024
TEXT_LINES: Final = 4_000
LINE_CHARACTERS: Final = 2_000  # a longer line is content, never a header or a mark
SECOND_OPINION_BYTES: Final = 64 * 1024
_SMALL_BYTES: Final = 256 * 1024
_ODD: Final = ((b"\n--", 400), (b"=?", 1_000), (b"boundary", 100))  # what, and more often than this
_ODD_HEADER_LINES: Final = 500


def is_odd(raw: bytes) -> bool:
    """Large, or with so many parts, encoded words or headers that no mail program wrote it. Cheap."""
    if len(raw) > _SMALL_BYTES or any(raw.count(what) > most for what, most in _ODD):
        return True
    end = raw.find(b"\n\n")
    end = raw.find(b"\n\r\n") if end < 0 else end
    return raw.count(b"\n", 0, end if end >= 0 else len(raw)) > _ODD_HEADER_LINES


def as_lines(text: str) -> str:
    """With no other line end than a line feed, and no NUL: no database keeps one."""
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")


def shortened(text: str) -> tuple[str, bool]:
    """The text within TEXT_CHARACTERS and TEXT_LINES, and whether anything was cut off."""
    kept = text[:TEXT_CHARACTERS]
    if kept.count("\n") >= TEXT_LINES:
        kept = "\n".join(kept.split("\n", TEXT_LINES)[:TEXT_LINES])
    return kept, len(kept) < len(text)

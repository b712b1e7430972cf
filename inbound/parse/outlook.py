"""What Outlook wraps in a winmail.dat (TNEF), opened by tnefparse, in the child process only."""

from typing import Any

from inbound.parse.bodies import is_outlook
from inbound.parse.charsets import decoded
from inbound.parse.limits import as_lines
from inbound.parse.structure import entities


def opened(raw: bytes) -> dict[str, Any] | None:
    """`text`, `html`, and of each `parts` its name and size in bytes.

    None without the optional extra `outlook`, and for what it cannot read. The words of a mail whose only
    form is RTF are not read; its attachments are.
    """
    try:
        from tnefparse import TNEF
    except ImportError:
        return None
    content = next((entity.content() for entity in entities(raw) if is_outlook(entity)), b"")
    try:
        found = TNEF(content, do_checksum=False)
        parts = [(str(one.long_filename())[:200], len(one.data)) for one in found.attachments[:200]]
    except Exception:  # tnefparse raises whatever broken offsets lead to
        return None
    text, page = _words(found.body), _words(found.htmlbody)
    return {"text": text, "html": page, "parts": parts} if text or page or parts else None


def _words(body: object) -> str:
    if isinstance(body, bytes):
        body = decoded(body, "")[0]
    return as_lines(body) if isinstance(body, str) else ""

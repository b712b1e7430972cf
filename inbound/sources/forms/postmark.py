"""Postmark's inbound stream: JSON. With "Include raw email content in JSON payload" it holds the whole mail
(`RawEmail`), else the mail taken apart. Postmark signs nothing: its address has a user and a password.
https://postmarkapp.com/developer/webhooks/inbound-webhook"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from engine.settings import MailForms
from inbound.sources.forms.posted import Came, Posted, has_password, read_json
from inbound.sources.forms.rebuilding import Piece, Pieces, rebuilt

MOST_BYTES = 100 * 1024 * 1024  # a mail of 35 MB stands in it twice: raw, and its files once more
_MOST_FILES = 200
_MOST_RECIPIENTS = 20
_OF_ITS_OWN = ("From", "To", "Cc", "Reply-To", "Subject", "Date")


def knows(settings: MailForms, headers: Mapping[str, str]) -> bool:
    return bool(settings.postmark) and has_password(headers, settings.postmark)


def signed(settings: MailForms, posted: Posted, now: float) -> bool:
    return True


def mail_of(posted: Posted) -> Came | None:
    told = read_json(posted.body)
    if not isinstance(told, dict):
        return None
    message = _bytes(told, "RawEmail") or _rebuilt(told)
    if not message.strip():
        return None
    recipients = [each.strip() for each in _text(told, "OriginalRecipient").split(",") if each.strip()]
    return Came(message, None, tuple(recipients[:_MOST_RECIPIENTS]))


def _text(told: Mapping[str, Any], name: str) -> str:
    found = told.get(name)
    return found if isinstance(found, str) else ""


def _bytes(told: Mapping[str, Any], name: str) -> bytes:
    return _text(told, name).encode("utf-8", "replace")  # JSON can hold halves of characters


def _rebuilt(told: Mapping[str, Any]) -> bytes:
    """Postmark gives the commonest headers fields of their own, and leaves them out of `Headers`."""
    fields = {name: _text(told, name.replace("-", "")) for name in _OF_ITS_OWN}
    fields["From"] = _sender(told) or fields["From"]
    text, html = _bytes(told, "TextBody"), _bytes(told, "HtmlBody")
    if not any((*fields.values(), text, html)):
        return b""
    others = [
        (_text(each, "Name"), _text(each, "Value"))
        for each in _rows(told, "Headers")
        if _text(each, "Name").title() not in _OF_ITS_OWN
    ]
    headers = (*((name, value) for name, value in fields.items() if value), *others)
    files = tuple(_file(each) for each in _rows(told, "Attachments")[:_MOST_FILES])
    return rebuilt("postmark", Pieces(headers, text, html, files))


def _rows(told: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = told.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _sender(told: Mapping[str, Any]) -> str:
    full = told.get("FromFull")
    if not isinstance(full, dict) or not _text(full, "Email"):
        return ""
    name = _text(full, "Name").replace("\\", "").replace('"', "'")
    return f'"{name}" <{_text(full, "Email")}>' if name else _text(full, "Email")


def _file(each: Mapping[str, Any]) -> Piece:
    try:
        content = base64.b64decode(_text(each, "Content"))
    except (binascii.Error, ValueError):
        content = b""
    return Piece(
        content, _text(each, "ContentType"), _text(each, "Name"), _text(each, "ContentID").strip("<>")
    )

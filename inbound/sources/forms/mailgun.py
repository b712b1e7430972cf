"""Mailgun's routes: `forward("https://…/hooks/mailgun/mime")` posts the whole mail, any other address the
mail taken apart. Signed by an HMAC of a time and a token, which says nothing of the mail itself: a token is
good for one mail only.
https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store/receive-http"""

import hashlib
import hmac
from collections.abc import Mapping

from engine.settings import MailForms
from inbound.sources.forms.posted import Came, Field, Posted, is_lately, read_json
from inbound.sources.forms.rebuilding import Piece, Pieces, rebuilt

MOST_BYTES = 64 * 1024 * 1024  # its own most is 25 MB, and a form may write a byte as three
WITHIN = 12 * 3600  # seconds: Mailgun tries again for eight hours
_MOST_FILES = 200


def knows(settings: MailForms, headers: Mapping[str, str]) -> bool:
    return bool(settings.mailgun)


def signed(settings: MailForms, posted: Posted, now: float) -> bool:
    stamp, token = posted.text("timestamp"), posted.text("token")
    if not token or not is_lately(stamp, now, WITHIN):
        return False
    given, said = posted.text("signature").lower(), f"{stamp}{token}".encode()
    made = [hmac.digest(key.encode(), said, hashlib.sha256).hex() for key in settings.mailgun]
    found = [hmac.compare_digest(given.encode(), each.encode()) for each in made]
    return any(found)


def mail_of(posted: Posted) -> Came | None:
    message = posted.content("body-mime") or _rebuilt(posted)
    if not message.strip():
        return None
    recipients = tuple(each.strip() for each in posted.text("recipient").split(",") if each.strip())
    sender = posted.text("sender") if any(each.name == "sender" for each in posted.fields) else None
    return Came(message, sender, recipients, posted.text("token"))


def _rebuilt(posted: Posted) -> bytes:
    headers = read_json(posted.content("message-headers"))
    text, html = posted.content("body-plain"), posted.content("body-html")
    if not isinstance(headers, list) or not (text or html or headers):
        return b""
    pairs = tuple((str(each[0]), str(each[1])) for each in headers if _is_pair(each))
    files = tuple(
        Piece(each.content, each.content_type, each.filename or "", _content_id(posted, each))
        for each in posted.files()[:_MOST_FILES]
    )
    return rebuilt("mailgun", Pieces(pairs, text, html, files))


def _is_pair(each: object) -> bool:
    return isinstance(each, list) and len(each) == 2


def _content_id(posted: Posted, file: Field) -> str:
    """Mailgun tells which field is which picture of the HTML: {"<id>": "attachment-1"}."""
    known = read_json(posted.content("content-id-map"))
    pairs = known.items() if isinstance(known, dict) else ()
    return next((str(key).strip("<>") for key, field in pairs if field == file.name), "")

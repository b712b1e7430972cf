"""SendGrid's Inbound Parse: a form. With "POST the raw, full MIME message" it holds the whole mail (`email`),
else the mail taken apart. Signed, by a security policy, over a time and the whole body (ECDSA, P-256); or its
address has a user and a password.
https://www.twilio.com/docs/sendgrid/for-developers/parsing-email/securing-your-parse-webhooks"""

import base64
import binascii
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from engine.settings import MailForms
from inbound.parse.charsets import decoded
from inbound.sources.forms.posted import Came, Posted, has_password, is_lately, read_json
from inbound.sources.forms.rebuilding import Piece, Pieces, rebuilt

MOST_BYTES = 40 * 1024 * 1024  # SendGrid's own most is 30 MB
WITHIN = 4 * 24 * 3600  # seconds: SendGrid tries again for three days; the mail itself is signed
_SIGNATURE = "x-twilio-email-event-webhook-signature"
_TIME = "x-twilio-email-event-webhook-timestamp"
_MOST_FILES = 200


def knows(settings: MailForms, headers: Mapping[str, str]) -> bool:
    if settings.sendgrid and not has_password(headers, settings.sendgrid):
        return False
    if settings.sendgrid_keys:
        return bool(headers.get(_SIGNATURE) and headers.get(_TIME))
    return bool(settings.sendgrid)


def signed(settings: MailForms, posted: Posted, now: float) -> bool:
    if not settings.sendgrid_keys:
        return True
    stamp = posted.headers.get(_TIME, "")
    if not is_lately(stamp, now, WITHIN):
        return False
    return any(_fits(key, posted.headers.get(_SIGNATURE, ""), stamp.encode() + posted.body)
               for key in settings.sendgrid_keys)  # fmt: skip


def _fits(key: str, signature: str, said: bytes) -> bool:
    try:
        public = load_der_public_key(base64.b64decode(key))
        if not isinstance(public, ec.EllipticCurvePublicKey):
            return False
        public.verify(base64.b64decode(signature), said, ec.ECDSA(SHA256()))
    except (InvalidSignature, UnsupportedAlgorithm, binascii.Error, ValueError):
        return False
    return True


def mail_of(posted: Posted) -> Came | None:
    message = posted.content("email") or _rebuilt(posted)
    if not message.strip():
        return None
    envelope = read_json(posted.content("envelope"))
    told = envelope if isinstance(envelope, dict) else {}
    sender, to = told.get("from"), told.get("to")
    recipients = tuple(str(each) for each in to[:100]) if isinstance(to, list) else ()
    return Came(message, sender if isinstance(sender, str) else None, recipients)


def _rebuilt(posted: Posted) -> bytes:
    """Each field is in the charset that `charsets` names for it; `headers` is the whole header block."""
    charsets = read_json(posted.content("charsets"))
    told = charsets if isinstance(charsets, dict) else {}

    def words(name: str) -> str:
        return decoded(posted.content(name), str(told.get(name, "utf-8")))[0]

    headers = tuple(_unfolded(words("headers")))
    if not headers:
        headers = tuple(
            (name.title(), words(name)) for name in ("from", "to", "cc", "subject") if words(name)
        )
    text, html = words("text").encode("utf-8", "replace"), words("html").encode("utf-8", "replace")
    if not headers and not text and not html:
        return b""
    files = tuple(
        Piece(each.content, each.content_type, each.filename or "") for each in posted.files()[:_MOST_FILES]
    )
    return rebuilt("sendgrid", Pieces(headers, text, html, files))


def _unfolded(block: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for line in block.splitlines()[:4_000]:
        if line[:1] in (" ", "\t") and found:
            found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}"[:20_000])
        elif ":" in line:
            name, _, value = line.partition(":")
            found.append((name.strip(), value.strip()))
    return found

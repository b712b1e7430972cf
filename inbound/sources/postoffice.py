"""The pretend post office as a source: what a pretend member wrote comes in by the very same door as
mail and texts of the outside world. It refuses to exist when a real gateway is configured."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from engine.runtime import Runtime
from engine.store import raw
from engine.store.raw import KeptRaw
from engine.vocabulary.ids import RawId
from engine.vocabulary.words import Job, RawKind

SOURCE = "postoffice"


class PostofficeClosed(Exception):
    """A real gateway is configured, so nobody may pretend."""

    def __init__(self) -> None:
        super().__init__("The pretend post office is closed, because a real gateway is configured.")


@dataclass(frozen=True)
class Envelope:
    """What the other mail server said before the message: MAIL FROM and RCPT TO. "" is the null sender."""

    sender: str
    recipients: tuple[str, ...]


def receive_email(rt: Runtime, message: bytes, envelope: Envelope) -> bool:
    """Keeps one email; False when the same one was kept before. Raises PostofficeClosed."""
    kept = KeptRaw(
        key=f"{SOURCE}:{hashlib.sha256(message).hexdigest()}:{''.join(envelope.recipients[:1])[:80]}",
        kind=RawKind.EMAIL,
        source=SOURCE,
        content=message,
        received_at=rt.clock.now(),
        envelope_sender=envelope.sender,
        envelope_recipients=envelope.recipients,
    )
    return _keep(rt, kept)


def receive_text(rt: Runtime, form: Mapping[str, str]) -> bool:
    """Keeps one text, as Twilio posts it; False when it was kept before. Raises PostofficeClosed."""
    content = json.dumps(dict(form)).encode()
    kept = KeptRaw(
        key=f"{SOURCE}:{form.get('MessageSid') or hashlib.sha256(content).hexdigest()}",
        kind=RawKind.SMS,
        source=SOURCE,
        content=content,
        received_at=rt.clock.now(),
        envelope_sender=form.get("From", ""),
        envelope_recipients=(form.get("To", ""),),
    )
    return _keep(rt, kept)


def _keep(rt: Runtime, kept: KeptRaw) -> bool:
    require_open(rt)
    with rt.transaction() as session:
        new = raw.keep(session, RawId(rt.ids.new()), kept)
        rt.ring(Job.RECEIVE)
    return new


def require_open(rt: Runtime) -> None:
    """Raises PostofficeClosed unless everything here is pretended."""
    if not rt.settings.embedded or rt.doors.real:
        raise PostofficeClosed

"""The one way in: whatever a source received is kept and committed before the other side is told so."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.runtime import Runtime
from engine.store import marks, post_tokens, raw
from engine.store.raw import KeptRaw
from engine.vocabulary.ids import RawId
from engine.vocabulary.words import Job, RawKind
from inbound.sources.forms.posted import Came

MOST_BYTES = 30 * 1024 * 1024  # of one message; mail servers take no more either


@dataclass(frozen=True)
class Envelope:
    """What the other mail server said before the message: MAIL FROM and RCPT TO. "" is the null sender;
    None: nobody told us."""

    sender: str | None = None
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True)
class Progress:
    """How far a mailbox was read; written together with what was read."""

    name: str
    value: str


def keep_email(
    rt: Runtime, source: str, message: bytes, envelope: Envelope, progress: Progress | None = None
) -> bool:
    """Keeps one email; False when the same one (its bytes, its recipient) was kept before. It is on the
    disk when this returns; whatever it raises, nothing was kept."""
    kept = KeptRaw(
        key=f"{source}:{hashlib.sha256(message).hexdigest()}:{''.join(envelope.recipients[:1])[:80]}",
        kind=RawKind.EMAIL,
        source=source,
        content=message,
        received_at=rt.clock.now(),
        envelope_sender=envelope.sender,
        envelope_recipients=envelope.recipients,
    )
    return _keep(rt, kept, progress)


class Replayed(Exception):
    """What a service says in one post only was said before, with another mail."""


def keep_posted(rt: Runtime, source: str, came: Came) -> bool:
    """Keeps a mail that a service has posted; False when it was kept before. Raises Replayed."""
    with rt.transaction() as session:
        if came.once:
            digest = hashlib.sha256(came.message + "\0".join(came.recipients).encode("utf-8", "replace"))
            said = rt.keys.blind(source, came.once)
            if not post_tokens.take(session, said, digest.hexdigest(), rt.clock.now()):
                raise Replayed
        return keep_email(rt, source, came.message, Envelope(came.sender, came.recipients))


def keep_text(rt: Runtime, source: str, form: Mapping[str, str]) -> bool:
    """Keeps one text, as Twilio posts it; False when it was kept before."""
    content = json.dumps(dict(form)).encode()
    kept = KeptRaw(
        key=f"{source}:{form.get('MessageSid') or hashlib.sha256(content).hexdigest()}",
        kind=RawKind.SMS,
        source=source,
        content=content,
        received_at=rt.clock.now(),
        envelope_sender=form.get("From", ""),
        envelope_recipients=(form.get("To", ""),),
    )
    return _keep(rt, kept)


def _keep(rt: Runtime, kept: KeptRaw, progress: Progress | None = None) -> bool:
    # Neither is stored by databases: PostgreSQL knows no NUL, and nobody knows half a character.
    kept = replace(kept, key=kept.key.replace("\0", "").encode("utf-8", "replace").decode())
    with rt.transaction() as session:
        new = raw.keep(session, RawId(rt.ids.new()), kept)
        if progress is not None:
            marks.set_mark(session, progress.name, progress.value)
        rt.ring(Job.RECEIVE)
    return new

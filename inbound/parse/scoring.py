"""One message in, one plain dictionary out: how the corpora of real mail are scored."""

from dataclasses import asdict

from engine.vocabulary.messages import Forwarded
from engine.vocabulary.words import MailKind
from inbound.classify import classify
from inbound.parse.mail import read_email
from inbound.trim import trim

_NAMES = {
    MailKind.PERSON: "reply",
    MailKind.OUT_OF_OFFICE: "autoreply",
    MailKind.COMPLAINT: "feedback",
}


def parse_for_score(raw: bytes) -> dict[str, object]:
    """Keys: reply, reply_full, quoted, signature, forwarded, answers, method, confidence, warnings, kind,
    failed, text, subject, from."""
    incoming = read_email(raw)
    trimmed = trim(incoming.text, incoming.html, subject=incoming.subject)
    verdict = classify(incoming, raw, ours=lambda _: False)
    classes = {True: "permanent", False: "temporary", None: None}
    failed = [{"address": one.address, "class": classes[one.permanent]} for one in verdict.failed]
    return asdict(trimmed) | {
        "forwarded": _forwarded(trimmed.forwarded),
        "kind": _NAMES.get(verdict.kind, verdict.kind.value),
        "failed": failed,
        "text": incoming.text,
        "subject": incoming.subject,
        "from": incoming.senders[0].address if incoming.senders else "",
    }


def _forwarded(forwarded: Forwarded | None) -> dict[str, str] | None:
    if forwarded is None:
        return None
    sender = forwarded.sender
    written = f"{sender.name} <{sender.address}>" if sender.address else sender.name
    return {"from": written, "subject": forwarded.subject, "body": forwarded.body}

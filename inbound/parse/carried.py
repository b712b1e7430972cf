"""An Incoming as JSON and back: how it crosses from the child process. Never pickle: the child has read what
a stranger wrote."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from engine.vocabulary.messages import Incoming, Mailbox, Part
from engine.vocabulary.words import Channel


def as_fields(incoming: Incoming) -> dict[str, Any]:
    return asdict(incoming) | {"date": incoming.date.isoformat() if incoming.date else None}


def as_incoming(fields: dict[str, Any] | None) -> Incoming | None:
    """None for anything that is not what `as_fields` gives."""
    try:
        return _incoming(fields) if fields else None
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _incoming(fields: dict[str, Any]) -> Incoming:
    sender = fields["envelope_sender"]
    return Incoming(
        channel=Channel(fields["channel"]),
        senders=tuple(Mailbox(str(one["name"]), str(one["address"])) for one in fields["senders"]),
        recipients=tuple(map(str, fields["recipients"])),
        subject=str(fields["subject"]),
        text=str(fields["text"]),
        html=str(fields["html"]),
        date=datetime.fromisoformat(fields["date"]) if fields["date"] else None,
        rfc_message_id=str(fields["rfc_message_id"]),
        references=tuple(map(str, fields["references"])),
        headers={str(name): str(value) for name, value in fields["headers"].items()},
        parts=tuple(
            Part(str(one["filename"]), str(one["content_type"]), int(one["size"])) for one in fields["parts"]
        ),
        authentication_results=tuple(map(str, fields["authentication_results"])),
        envelope_sender=None if sender is None else str(sender),
        warnings=tuple(map(str, fields["warnings"])),
        readable=bool(fields["readable"]),
    )

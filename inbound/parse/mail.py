"""The door of reading: decides which process reads a mail, and asks others where we found nothing."""

from dataclasses import replace
from typing import Final

from engine.vocabulary.messages import Incoming, Part
from inbound.parse import limits
from inbound.parse.carried import as_incoming
from inbound.parse.limited import Task, ask
from inbound.parse.message import read_message, unread
from inbound.parse.webpage import as_text

_FIRST_BYTES: Final = 32 * 1024  # of what was too odd for the child
_FILE: Final = "application/octet-stream"
_CLOSED: Final = frozenset({"encrypted", "signed_opaque", "too_odd", "unreadable"})


def read_email(
    raw: bytes, envelope_sender: str | None = None, envelope_recipients: tuple[str, ...] = ()
) -> Incoming:
    """What a mail says. What could not be read is named in `warnings`; the raw mail is kept elsewhere.

    `envelope_sender` is None when not known and "" for the null sender of bounces. What is large or odd is
    read in a child process with limits; where that gives up, only the first of it is read (`too_odd`).
    """
    try:
        return _read(raw, envelope_sender, envelope_recipients)
    except Exception:  # the promise of this room: mail nobody foresaw is shown to a person, unread
        return unread(envelope_sender, envelope_recipients)


def _read(raw: bytes, envelope_sender: str | None, envelope_recipients: tuple[str, ...]) -> Incoming:
    if not limits.is_odd(raw):
        incoming = read_message(raw, envelope_sender, envelope_recipients)
    else:
        envelope = {"sender": envelope_sender, "recipients": list(envelope_recipients)}
        found = as_incoming(ask(Task.READ, raw[: limits.MESSAGE_BYTES + 1], envelope))
        if found is None:
            first = read_message(raw[:_FIRST_BYTES], envelope_sender, envelope_recipients)
            return replace(first, warnings=(*first.warnings, "too_odd"))
        incoming = found
    if "outlook_format" in incoming.warnings:
        incoming = _opened(incoming, raw)
    if not incoming.text.strip() and not incoming.parts and _CLOSED.isdisjoint(incoming.warnings):
        incoming = _second_opinion(incoming, raw)
    return incoming


def _opened(incoming: Incoming, raw: bytes) -> Incoming:
    """With what stands in a winmail.dat; unchanged, warning and all, where it cannot be opened.

    Its files are listed after the parts of the mail itself, which has no part of its own for them.
    """
    found = ask(Task.OUTLOOK, raw[: limits.MESSAGE_BYTES])
    if not found:
        return incoming
    text, page, names = str(found["text"]), str(found["html"]), found["parts"]
    ours = incoming.text if incoming.text.strip() else text or as_text(page)
    return replace(
        incoming,
        text=limits.shortened(ours)[0],
        html=incoming.html or limits.shortened(page)[0],
        parts=(*incoming.parts, *(Part(str(name), _FILE, int(size)) for name, size in names)),
        warnings=tuple(one for one in incoming.warnings if one != "outlook_format"),
    )


def _second_opinion(incoming: Incoming, raw: bytes) -> Incoming:
    """Asked only where we found nothing at all in a small mail, and never trusted further."""
    if not raw.strip() or len(raw) > limits.SECOND_OPINION_BYTES or limits.is_odd(raw):
        return incoming
    found = ask(Task.SECOND_OPINION, raw)
    text = limits.shortened(str(found["text"]))[0] if found else ""
    return replace(incoming, text=text) if text.strip() else incoming

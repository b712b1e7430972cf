"""Raw mail to Incoming, in this process."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import islice

from engine.vocabulary.messages import Incoming, Mailbox
from engine.vocabulary.words import Channel
from inbound.parse import limits
from inbound.parse.bodies import Body, body_of
from inbound.parse.headers import Headers
from inbound.parse.mailboxes import mailboxes
from inbound.parse.structure import entities
from inbound.parse.words import plain

# Beside these, every header whose name begins with `list-` is kept.
_KEPT = frozenset((
    "from", "to", "cc", "reply-to", "sender", "subject", "date", "return-path", "auto-submitted",
    "precedence", "x-autoreply", "x-autorespond", "x-auto-response-suppress", "x-failed-recipients",
    "x-porchlight-hop", "content-type", "content-language", "x-loop", "x-mailer",
    "user-agent",
))  # fmt: skip
_KEPT_MOST = 60
_RESULTS_MOST = 20
_VALUE_CHARACTERS = 2_000
_SUBJECT_CHARACTERS = 1_000
_DATE_CHARACTERS = 100


def read_message(raw: bytes, envelope_sender: str | None, envelope_recipients: tuple[str, ...]) -> Incoming:
    """What a mail says, read in this process within the caps of `limits`.

    `envelope_sender` is None when not known and "" for the null sender of bounces.
    """
    found = entities(raw)
    headers, body = found[0].headers, body_of(found)
    body.warn("message_cut", len(raw) > limits.MESSAGE_BYTES)
    senders = mailboxes(headers.raw("from"))
    if len(senders) != 1:
        body.warn("no_sender" if not senders else "several_senders")
    body.warn("unreadable", not headers and not body.text)
    return Incoming(
        channel=Channel.EMAIL,
        senders=senders,
        recipients=_recipients(headers, envelope_recipients),
        subject=headers.text("subject")[:_SUBJECT_CHARACTERS],
        text=body.text,
        html=body.html,
        date=_date(headers.text("date")),
        rfc_message_id=next(iter(headers.ids("message-id")), ""),
        references=_references(headers),
        headers=_kept(headers),
        authentication_results=_results(headers),
        parts=body.parts,
        envelope_sender=_envelope(envelope_sender, headers),
        warnings=tuple(body.warnings),
        readable=_is_readable(headers, body),
    )


def unread(envelope_sender: str | None, envelope_recipients: tuple[str, ...]) -> Incoming:
    """A mail that nobody could read, for a person to open."""
    return Incoming(
        channel=Channel.EMAIL, senders=(), recipients=tuple(one.lower() for one in envelope_recipients),
        subject="", text="", html="", date=None, rfc_message_id="", references=(),
        envelope_sender=envelope_sender, warnings=("unreadable",), readable=False,
    )  # fmt: skip


def _is_readable(headers: Headers, body: Body) -> bool:
    closed = not {"encrypted", "signed_opaque"}.isdisjoint(body.warnings)
    return bool(headers) and (bool(body.text.strip() or body.parts) or not closed)


def _recipients(headers: Headers, envelope: tuple[str, ...]) -> tuple[str, ...]:
    named: list[Mailbox] = []
    for header in ("delivered-to", "x-original-to", "to", "cc"):
        named += mailboxes(headers.raw(header))
    every = [one.strip().strip("<>").lower() for one in envelope] + [one.address for one in named]
    return tuple(dict.fromkeys(one for one in every[: limits.MAILBOXES] if one))


def _references(headers: Headers) -> tuple[str, ...]:
    every = headers.ids("in-reply-to") + headers.ids("references")[::-1]
    return tuple(dict.fromkeys(every))[: limits.REFERENCES]


def _results(headers: Headers) -> tuple[str, ...]:
    return tuple(islice(map(plain, headers.raw("authentication-results")), _RESULTS_MOST))


def _date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value[:_DATE_CHARACTERS])
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _kept(headers: Headers) -> dict[str, str]:
    names = [name for name in headers.names() if name in _KEPT or name.startswith("list-")]
    return {name: headers.text(name)[:_VALUE_CHARACTERS] for name in names[:_KEPT_MOST]}


def _envelope(given: str | None, headers: Headers) -> str | None:
    """The envelope sender: as the source gave it, else as the Return-Path our own server wrote."""
    if given is not None:
        return given.strip().strip("<>").lower()
    written = headers.text("return-path")
    return written.strip().strip("<>").strip().lower() if written else None

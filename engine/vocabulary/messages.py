"""What crosses the border: Outgoing and Receipt on the way out, Incoming on the way in."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from engine.vocabulary.ids import DeliveryId
from engine.vocabulary.words import Channel

_FORWARDED_SHOWN = 4_000  # characters; the whole stands in the mail itself


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message ready for a gateway.

    `payload` is the whole RFC 5322 message with CRLF line ends for email, UTF-8 text for SMS.
    `sender` is the VERP envelope sender for email, our number for SMS. `first_tried` is when it was first
    composed; after `valid_until` nobody may get it any more (None: it does not matter).
    """

    delivery_id: DeliveryId
    attempt: int
    channel: Channel
    to: str
    sender: str
    payload: bytes
    rfc_message_id: str
    first_tried: datetime
    valid_until: datetime | None = None


class ReceiptKind(StrEnum):
    ACCEPTED = "accepted"  # the other side has taken responsibility
    DEFERRED = "deferred"  # not now; try again later
    REFUSED = "refused"  # never, as it stands
    UNKNOWN = "unknown"  # the bytes may or may not have arrived


class Fault(StrEnum):
    """Whose fault it is that a message was not taken, and so what follows from it."""

    ADDRESS = "address"  # it reaches nobody, ever: suppressed
    OPTED_OUT = "opted_out"  # the provider knows of a STOP: suppressed
    UNREACHED = "unreached"  # the phone is off or away: two spaced retries
    LETTER = "letter"  # this message only: too large, refused words
    EXPIRED = "expired"  # it came too late for its hours: again in the next
    SLOW = "slow"  # we are asked to slow down
    DOWN = "down"  # the gateway cannot be reached: nothing was handed over, and it was no try
    LOGIN = "login"  # the gateway does not let us in: held
    STREAM = "stream"  # all our mail is refused there (5.7.x): held
    NOT_APPROVED = "not_approved"  # our number is not registered for this: held
    FILTERED = "filtered"  # carriers took it for spam


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a gateway says of one Outgoing. `detail` holds no address and no words of a message."""

    delivery_id: DeliveryId
    attempt: int
    kind: ReceiptKind
    detail: str = ""
    provider_id: str | None = None
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A display name and an address as they stood in a header; the address is lower-cased."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an inbound message that is not its text."""

    filename: str
    content_type: str
    size: int  # bytes


@dataclass(frozen=True, slots=True)
class Incoming:
    """An inbound message, read. Never raises to make one: what could not be read is in `warnings`.

    `senders` holds every mailbox of every From header: exactly one is normal, else it is held.
    `recipients` are the envelope's first, then Delivered-To, To and Cc, lower-cased, no repeats.
    `headers` are the first values of the headers we use, by lower-cased name, decoded and stripped
    of control characters.
    """

    channel: Channel
    senders: tuple[Mailbox, ...]
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str
    date: datetime | None
    rfc_message_id: str
    references: tuple[str, ...]  # In-Reply-To first, then References, newest first
    headers: dict[str, str] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    authentication_results: tuple[str, ...] = ()  # as they stood in the header, newest first, unproven
    envelope_sender: str | None = None  # None: not known; "": the null sender
    warnings: tuple[str, ...] = ()
    readable: bool = True


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A mail that was passed on to us. The sender's address or name may be "", and so may the subject."""

    sender: Mailbox
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Words written under a quoted line, and that line without its marks."""

    question: str
    words: str


@dataclass(frozen=True, slots=True)
class Trimmed:
    """The new words of a message. `reply` is never empty when the author wrote words."""

    reply: str  # new words, signature dropped; of a forward the covering note
    reply_full: str  # new words, signature kept
    quoted: str
    signature: str
    method: str  # which evidence decided
    confidence: float  # 0 to 1
    warnings: tuple[str, ...] = ()
    forwarded: Forwarded | None = None
    answers: tuple[Answer, ...] = ()  # where the author answered between quoted lines

    def for_people(self) -> str:
        """`reply` as an organizer reads it: what is answered above each answer, a mail passed on below the
        note; both marked `> `."""
        said, here = "", 0
        for answer in self.answers:
            start = self.reply.find(answer.words, here)
            if start >= 0:
                said += f"{self.reply[here:start].strip()}\n\n> {answer.question}\n\n{answer.words}\n\n"
                here = start + len(answer.words)
        said += self.reply[here:].strip() if said else self.reply
        if self.forwarded is not None:
            said += f"\n\n{_marked(self.forwarded)}"
        return said.strip("\n")


def _marked(forwarded: Forwarded) -> str:
    sender = forwarded.sender
    name = f"{sender.name} <{sender.address}>" if sender.address and sender.name else sender.name
    head = [line for line in (name or sender.address, forwarded.subject) if line]
    body = forwarded.body[:_FORWARDED_SHOWN] + ("…" if len(forwarded.body) > _FORWARDED_SHOWN else "")
    return "\n".join(f"> {line}".rstrip() for line in [*head, *body.split("\n")])

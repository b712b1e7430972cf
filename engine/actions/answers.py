"""The machine's short answers: rendered from templates/answers.<language>.md and queued, once per cause."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from engine.actions import deliveries
from engine.actions.deliveries import Words
from engine.content.answers import AnswerText, answer_text, fill
from engine.runtime import Runtime
from engine.store import addresses
from engine.store.addresses import Address
from engine.store.base import insert_new, table_of
from engine.store.community import the_community
from engine.store.messages import Message
from engine.store.on_call import OnCall
from engine.store.organizers import Organizer
from engine.vocabulary.ids import AddressId, DeliveryId, MemberId, MessageId, OrganizerId
from engine.vocabulary.words import Author, Channel, Direction


@dataclass(frozen=True)
class Answer:
    """What to say (`key`), why (`cause`: the same cause twice is sent once), and to whom: an address,
    or an organizer. The slots `community`, `postal_address` and `contact` are always there."""

    key: str
    cause: str
    language: str
    channel: Channel = Channel.EMAIL
    address_id: AddressId | None = None
    organizer_id: OrganizerId | None = None
    member_id: MemberId | None = None
    slots: Mapping[str, str] = field(default_factory=dict)
    ahead: bool = False  # of all letters that are due
    in_reply_to: str | None = None  # the Message-ID header of what is answered


def send(rt: Runtime, answer: Answer) -> DeliveryId | None:
    """Queues it; None when this cause was queued before. Raises LookupError when there is nowhere to
    send it, AnswersError when its words are missing."""
    text = answer_text(rt.settings.templates, answer.language, answer.key)
    with rt.transaction() as session:
        message = _message(rt, session, answer, text)
        session.add(message)
        session.flush()
        queued = deliveries.queue_message(
            rt,
            Words(
                message_id=message.id,
                cause=answer.cause,
                channel=answer.channel,
                language=answer.language,
                member_id=answer.member_id,
                address_id=message.address_id,
                auto=True,
                ahead=answer.ahead,
            ),
        )
        if queued is None:
            session.delete(message)
        return queued


def _message(rt: Runtime, session: Session, answer: Answer, text: AnswerText) -> Message:
    community = the_community(session)
    slots = {
        "community": community.name,
        "postal_address": community.postal_address,
        "contact": f"hello@{rt.settings.mail_domain}",
        **answer.slots,
    }
    return Message(
        id=MessageId(rt.ids.new()),
        direction=Direction.OUT,
        channel=answer.channel,
        author=Author.MACHINE,
        member_id=answer.member_id,
        address_id=answer.address_id or _address_of(rt, session, answer),
        subject=fill(text.subject, slots),
        body=fill(text.words(answer.channel), slots),
        in_reply_to=answer.in_reply_to,
        at=rt.clock.now(),
    )


def _address_of(rt: Runtime, session: Session, answer: Answer) -> AddressId:
    """An organizer's own mailbox, or the phone they are called on. Hashed for its own purpose, so that it is
    never taken for a member's address: who stops the community's letters can still be sent a link to sign
    in, and be called."""
    organizer = session.get(Organizer, answer.organizer_id) if answer.organizer_id else None
    if organizer is None:
        raise LookupError("An answer needs an address or an organizer to go to.")
    if answer.channel is Channel.EMAIL:
        return _own_row(rt, session, (Channel.EMAIL, organizer.email, organizer.email_hash))
    called = session.get(OnCall, organizer.id)
    if called is None or not called.phone:
        raise LookupError("This organizer has no phone to be called on.")
    return _own_row(rt, session, (Channel.SMS, called.phone, rt.keys.blind("on_call", called.phone)))


def _own_row(rt: Runtime, session: Session, address: tuple[Channel, str, str]) -> AddressId:
    channel, value, digest = address
    row = {
        "id": rt.ids.new(),
        "channel": channel,
        "value": value,
        "value_hash": digest,
        "created_at": rt.clock.now(),
    }
    insert_new(session, table_of(Address), [row])
    return addresses.ids_by_hash(session, [digest])[digest]

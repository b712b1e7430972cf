"""Which conversation an inbound message belongs to, and how sure we are. Never by subject.

1. A reply token, written from the address its letter went to.
2. An answer to a Message-ID of ours, written from the address that letter went to.
3. A text from a bound phone: the member it is bound to; of a shared phone, who we wrote to last.
4. An address of one member, who has a conversation that is open or was closed within thirty days.
5. Else a person must say who this is; whom the token or the address names is put first. So it is whenever our
   mail server found that From is not who sent it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from engine.actions.conversations import REOPENS_WITHIN
from engine.store import conversations, reach
from engine.store.deliveries import Answered, answered, last_sent_to
from engine.vocabulary.ids import AddressId, DeliveryId, MemberId
from engine.vocabulary.messages import Incoming
from engine.vocabulary.words import Channel, Trust

TOKEN_LIVES = timedelta(days=180)  # from the delivery's row
PHONE_REMEMBERS = timedelta(days=90)
_MOST_REFERENCES = 20


@dataclass(frozen=True)
class Clues:
    """What filing goes by. `token` is the delivery that a valid reply token names."""

    incoming: Incoming
    address_id: AddressId | None  # of the one sender, where we know it
    token: str | None
    domain: str  # ours, of Message-IDs
    now: datetime
    forged: bool = False  # our mail server says that From did not send this


@dataclass(frozen=True)
class Place:
    trust: Trust
    member_id: MemberId | None = None
    candidate_id: MemberId | None = None
    answers: Answered | None = None


def place(session: Session, clues: Clues) -> Place:
    """Decides by the list above; the first that fits."""
    if clues.incoming.channel is Channel.SMS:
        return _of_phone(session, clues)
    found = _by_token(session, clues) or _by_references(session, clues) or _by_sender(session, clues)
    if clues.forged and found.member_id is not None:
        return Place(Trust.UNMATCHED, candidate_id=found.member_id)
    return found


def _by_token(session: Session, clues: Clues) -> Place | None:
    """A token from another address than its own names a candidate, and nothing more."""
    found = answered(session, clues.token) if clues.token else None
    if found is None or found.member_id is None or clues.now - found.created_at > TOKEN_LIVES:
        return None
    if found.address_id != clues.address_id:
        return Place(Trust.UNMATCHED, candidate_id=found.member_id)
    return Place(Trust.TOKEN, found.member_id, answers=found)


def reference_ids(incoming: Incoming, domain: str) -> list[DeliveryId]:
    """The deliveries that the mail says it answers, newest first. Anybody may have written them there."""
    named = (reference.strip("<>").partition("@") for reference in incoming.references[:_MOST_REFERENCES])
    return [DeliveryId(delivery_id) for delivery_id, _, at in named if at == domain]


def _by_references(session: Session, clues: Clues) -> Place | None:
    if clues.address_id is None:
        return None
    for delivery_id in reference_ids(clues.incoming, clues.domain):
        found = answered(session, delivery_id)
        if found is not None and found.member_id and found.address_id == clues.address_id:
            return Place(Trust.REFERENCES, found.member_id, answers=found)
    return None


def _by_sender(session: Session, clues: Clues) -> Place:
    owners = reach.members_of(session, clues.address_id) if clues.address_id else []
    if len(owners) != 1:
        return Place(Trust.UNMATCHED)
    member_id = owners[0]
    recent = conversations.not_closed(session, member_id) or conversations.closed_since(
        session, member_id, clues.now - REOPENS_WITHIN
    )
    if recent is None:
        return Place(Trust.UNMATCHED, candidate_id=member_id)
    return Place(Trust.SENDER, member_id)


def _of_phone(session: Session, clues: Clues) -> Place:
    if clues.address_id is None:
        return Place(Trust.UNMATCHED)
    owners = reach.members_of(session, clues.address_id)
    last = last_sent_to(session, clues.address_id, clues.now - PHONE_REMEMBERS)
    if len(owners) == 1:
        return Place(Trust.SENDER, owners[0], answers=last)
    if last is not None and last.member_id in owners:
        return Place(Trust.SENDER, last.member_id, answers=last)
    return Place(Trust.UNMATCHED, candidate_id=owners[0] if owners else None)

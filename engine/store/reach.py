"""Which address of a member may carry what: links, consents and suppressions read together."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.store.addresses import Address, AddressMember, Suppression
from engine.store.consents import Consent
from engine.store.messages import Message
from engine.vocabulary.ids import AddressId, MemberId
from engine.vocabulary.words import Channel, ConsentState, Direction, SuppressionReason


def suppressed(
    session: Session, address_ids: Sequence[AddressId]
) -> dict[AddressId, frozenset[SuppressionReason]]:
    """The standing suppressions of these addresses; addresses without one are left out."""
    query = select(Suppression.address_id, Suppression.reason).where(
        Suppression.address_id.in_(address_ids), Suppression.lifted_at.is_(None)
    )
    found: dict[AddressId, set[SuppressionReason]] = defaultdict(set)
    for address_id, reason in session.execute(query):
        found[address_id].add(reason)
    return {address_id: frozenset(reasons) for address_id, reasons in found.items()}


def consented(
    session: Session, member_ids: Sequence[MemberId]
) -> dict[tuple[MemberId, AddressId], ConsentState]:
    """The standing consent of each member for each of their addresses."""
    query = select(Consent.member_id, Consent.address_id, Consent.state).where(
        Consent.member_id.in_(member_ids), Consent.ended_at.is_(None)
    )
    return {(member_id, address_id): state for member_id, address_id, state in session.execute(query)}


def for_letters(session: Session, member_ids: Sequence[MemberId]) -> dict[MemberId, dict[Channel, AddressId]]:
    """Of each member, the oldest address of each channel that has consent and no suppression."""
    query = (
        select(AddressMember.member_id, Address.channel, Address.id)
        .join(Address, Address.id == AddressMember.address_id)
        .join(
            Consent,
            (Consent.address_id == Address.id) & (Consent.member_id == AddressMember.member_id),
        )
        .outerjoin(Suppression, (Suppression.address_id == Address.id) & Suppression.lifted_at.is_(None))
        .where(
            AddressMember.member_id.in_(member_ids),
            Consent.ended_at.is_(None),
            Consent.state == ConsentState.GIVEN,
            Suppression.id.is_(None),
        )
        .order_by(Address.id.desc())
    )
    found: dict[MemberId, dict[Channel, AddressId]] = defaultdict(dict)
    for member_id, channel, address_id in session.execute(query):
        found[member_id][channel] = address_id
    return dict(found)


def to_answer(session: Session, member_id: MemberId, channel: Channel) -> Address | None:
    """Where a person may answer this member: the address they last wrote from, else the oldest they
    have; never a suppressed one. Consent to letters is not needed to be answered."""
    query = (
        select(Address)
        .join(AddressMember, AddressMember.address_id == Address.id)
        .outerjoin(Suppression, (Suppression.address_id == Address.id) & Suppression.lifted_at.is_(None))
        .where(AddressMember.member_id == member_id, Address.channel == channel, Suppression.id.is_(None))
        .order_by(Address.id)
    )
    usable = list(session.execute(query).scalars())
    last = _written_from_last(session, member_id, channel)
    return next((address for address in usable if address.id == last), usable[0] if usable else None)


def _written_from_last(session: Session, member_id: MemberId, channel: Channel) -> AddressId | None:
    query = (
        select(Message.address_id)
        .where(Message.member_id == member_id, Message.direction == Direction.IN)
        .where(Message.channel == channel)
        .order_by(Message.at.desc())
        .limit(1)
    )
    return session.execute(query).scalar()


def members_of(session: Session, address_id: AddressId) -> list[MemberId]:
    """Whose address this is; two for a shared phone, oldest first."""
    query = (
        select(AddressMember.member_id)
        .where(AddressMember.address_id == address_id)
        .order_by(AddressMember.member_id)
    )
    return list(session.execute(query).scalars())

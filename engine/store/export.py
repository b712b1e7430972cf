"""Members as they leave in a file: everything an import reads."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.store.addresses import Address, AddressMember
from engine.store.members import Member, tags_of
from engine.store.organizers import Organizer
from engine.vocabulary.ids import MemberId
from engine.vocabulary.words import Channel


@dataclass(frozen=True)
class Exported:
    id: MemberId
    first_name: str
    last_name: str
    email: str  # the oldest of several
    phone: str
    language: str
    zone: str
    neighborhood: str
    channel: Channel
    tags: frozenset[str]
    organizer: str  # their email


def members_after(session: Session, last: MemberId | None, limit: int) -> list[Exported]:
    """The next members after this id."""
    query = (
        select(Member, Organizer.email)
        .outerjoin(Organizer, Organizer.id == Member.organizer_id)
        .where(Member.id > (last or ""))
        .order_by(Member.id)
        .limit(limit)
    )
    found = session.execute(query).all()
    ids = [member.id for member, _ in found]
    addresses, tags = _addresses(session, ids), tags_of(session, ids)
    return [
        Exported(
            id=member.id,
            first_name=member.first_name,
            last_name=member.last_name,
            email=addresses[member.id].get(Channel.EMAIL, ""),
            phone=addresses[member.id].get(Channel.SMS, ""),
            language=member.language,
            zone=member.zone,
            neighborhood=member.neighborhood,
            channel=member.channel,
            tags=tags.get(member.id, frozenset()),
            organizer=organizer or "",
        )
        for member, organizer in found
    ]


def _addresses(session: Session, member_ids: Sequence[MemberId]) -> dict[MemberId, dict[Channel, str]]:
    query = (
        select(AddressMember.member_id, Address.channel, Address.value)
        .join(Address, Address.id == AddressMember.address_id)
        .where(AddressMember.member_id.in_(member_ids))
        .order_by(Address.id.desc())
    )
    found: dict[MemberId, dict[Channel, str]] = defaultdict(dict)
    for member_id, channel, value in session.execute(query):
        found[member_id][channel] = value
    return found

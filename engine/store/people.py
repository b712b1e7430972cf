"""The list of people, and one person's page: frozen values, bounded by limits."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from engine.store.addresses import Address, AddressMember, Suppression
from engine.store.consents import Consent
from engine.store.members import Member, MemberTag, MemberWord
from engine.store.organizers import Organizer
from engine.vocabulary.ids import AddressId, MemberId, OrganizerId
from engine.vocabulary.words import Channel, ConsentState, SuppressionReason


@dataclass(frozen=True)
class PeopleFilter:
    """`word_hashes`: keyed hashes of folded words, all of which a name must have."""

    word_hashes: tuple[str, ...] = ()
    tag: str = ""
    language: str = ""


@dataclass(frozen=True)
class PersonRow:
    id: MemberId
    name: str
    neighborhood: str
    language: str
    channel: Channel
    joined_at: datetime
    organizer: str
    tags: tuple[str, ...]


def people(
    session: Session, which: PeopleFilter, after: MemberId | None = None, limit: int = 50
) -> list[PersonRow]:
    """Who joined last comes first; `after` is the last id of the page before."""
    query = (
        select(Member, Organizer.name)
        .outerjoin(Organizer, Organizer.id == Member.organizer_id)
        .where(*_matching(which))
    )
    last = session.get(Member, after) if after else None
    if last is not None:
        query = query.where(
            or_(
                Member.joined_at < last.joined_at,
                and_(Member.joined_at == last.joined_at, Member.id < last.id),
            )
        )
    found = session.execute(query.order_by(Member.joined_at.desc(), Member.id.desc()).limit(limit)).all()
    tags = _tags_of(session, [member.id for member, _ in found])
    return [_row(member, organizer or "", tags[member.id]) for member, organizer in found]


def count_people(session: Session, which: PeopleFilter, cap: int = 100) -> int:
    """How many match, counted no further than `cap`."""
    first = select(Member.id).where(*_matching(which)).limit(cap).subquery()
    return session.execute(select(func.count()).select_from(first)).scalar_one()


def tagged(session: Session, tag: str, limit: int = 100_000) -> list[MemberId]:
    query = select(MemberTag.member_id).where(MemberTag.tag == tag).order_by(MemberTag.member_id)
    return list(session.execute(query.limit(limit)).scalars())


def tags_in_use(session: Session, limit: int = 200) -> list[str]:
    return list(
        session.execute(select(MemberTag.tag).distinct().order_by(MemberTag.tag).limit(limit)).scalars()
    )


def languages_in_use(session: Session) -> list[str]:
    return list(session.execute(select(Member.language).distinct().order_by(Member.language)).scalars())


@dataclass(frozen=True)
class PersonAddress:
    """One address with its consent, and every reason that stands against using it."""

    id: AddressId
    channel: Channel
    value: str
    consent: ConsentState | None
    consent_how: str
    consent_at: datetime | None
    suppressed: tuple[SuppressionReason, ...]
    shared: bool  # another member has it too

    @property
    def usable(self) -> bool:
        return self.consent is ConsentState.GIVEN and not self.suppressed


@dataclass(frozen=True)
class Person:
    id: MemberId
    first_name: str
    last_name: str
    neighborhood: str
    language: str
    zone: str
    channel: Channel
    organizer_id: OrganizerId | None
    organizer: str
    joined_at: datetime
    source: str
    tags: tuple[str, ...]
    addresses: tuple[PersonAddress, ...]
    erase_asked_at: datetime | None  # a person must see to it

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def address(self, channel: Channel) -> str:
        """The value of the newest address of this kind, or an empty text."""
        return next((each.value for each in reversed(self.addresses) if each.channel is channel), "")


def person(session: Session, member_id: MemberId) -> Person | None:
    member = session.get(Member, member_id)
    if member is None:
        return None
    organizer = session.get(Organizer, member.organizer_id) if member.organizer_id else None
    return Person(
        id=member.id,
        first_name=member.first_name,
        last_name=member.last_name,
        neighborhood=member.neighborhood,
        language=member.language,
        zone=member.zone,
        channel=member.channel,
        organizer_id=member.organizer_id,
        organizer=organizer.name if organizer else "",
        joined_at=member.joined_at,
        source=member.source,
        tags=tuple(_tags_of(session, [member.id])[member.id]),
        addresses=tuple(_addresses_of(session, member_id)),
        erase_asked_at=member.erase_asked_at,
    )


def _matching(which: PeopleFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        Member.id.in_(select(MemberWord.member_id).where(MemberWord.word_hash == word_hash))
        for word_hash in which.word_hashes
    ]
    if which.tag:
        conditions.append(Member.id.in_(select(MemberTag.member_id).where(MemberTag.tag == which.tag)))
    if which.language:
        conditions.append(Member.language == which.language)
    return conditions


def _row(member: Member, organizer: str, tags: list[str]) -> PersonRow:
    return PersonRow(
        id=member.id,
        name=f"{member.first_name} {member.last_name}".strip(),
        neighborhood=member.neighborhood,
        language=member.language,
        channel=member.channel,
        joined_at=member.joined_at,
        organizer=organizer,
        tags=tuple(tags),
    )


def _tags_of(session: Session, member_ids: Sequence[MemberId]) -> dict[MemberId, list[str]]:
    query = select(MemberTag.member_id, MemberTag.tag).where(MemberTag.member_id.in_(member_ids))
    found: dict[MemberId, list[str]] = defaultdict(list)
    for member_id, tag in session.execute(query.order_by(MemberTag.tag)):
        found[member_id].append(tag)
    return found


def _addresses_of(session: Session, member_id: MemberId) -> list[PersonAddress]:
    query = (
        select(Address, Consent)
        .join(AddressMember, AddressMember.address_id == Address.id)
        .outerjoin(
            Consent,
            (Consent.address_id == Address.id)
            & (Consent.member_id == member_id)
            & Consent.ended_at.is_(None),
        )
        .where(AddressMember.member_id == member_id)
        .order_by(Address.id)
    )
    found = session.execute(query).all()
    ids = [address.id for address, _ in found]
    against, shared = _standing_against(session, ids), _shared(session, ids)
    return [
        PersonAddress(
            id=address.id,
            channel=address.channel,
            value=address.value,
            consent=consent.state if consent else None,
            consent_how=consent.how if consent else "",
            consent_at=consent.at if consent else None,
            suppressed=tuple(against[address.id]),
            shared=address.id in shared,
        )
        for address, consent in found
    ]


def _standing_against(session: Session, ids: Sequence[AddressId]) -> dict[AddressId, list[SuppressionReason]]:
    query = select(Suppression.address_id, Suppression.reason).where(
        Suppression.address_id.in_(ids), Suppression.lifted_at.is_(None)
    )
    found: dict[AddressId, list[SuppressionReason]] = defaultdict(list)
    for address_id, reason in session.execute(query.order_by(Suppression.at)):
        found[address_id].append(reason)
    return found


def _shared(session: Session, ids: Sequence[AddressId]) -> set[AddressId]:
    query = (
        select(AddressMember.address_id)
        .where(AddressMember.address_id.in_(ids))
        .group_by(AddressMember.address_id)
        .having(func.count() > 1)
    )
    return set(session.execute(query).scalars())

"""New members are written, in batches: one look at who is known, then one statement per table."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from engine.actions.forms import House, Profile, TypedAddress
from engine.rules.folding import fold
from engine.runtime import Runtime
from engine.store import addresses, members, organizers, search
from engine.store.addresses import Address, AddressMember
from engine.store.base import Base, insert_new, table_of
from engine.store.community import Community, the_community
from engine.store.consents import Consent
from engine.store.members import Member, MemberTag
from engine.vocabulary.ids import AddressId, MemberId, OrganizerId
from engine.vocabulary.words import ConsentState


@dataclass(frozen=True)
class Terms:
    """How these members come, and what they agreed to."""

    how: str  # sign_up, import, added
    consent: ConsentState = ConsentState.GIVEN
    wording: str = ""
    sample: bool = False


@dataclass(frozen=True)
class Joined:
    """`new` is False when the address was a member's already: then `id` is theirs."""

    id: MemberId
    new: bool


def house_of(rt: Runtime, session: Session) -> House:
    """What forms are checked against now."""
    return House(rt.keys, the_community(session).zone, organizers.active_hashes(session))


@dataclass
class Shares:
    """How many members each active organizer has; counted once for a whole import."""

    counts: dict[OrganizerId, int]

    @classmethod
    def counted(cls, session: Session) -> "Shares":
        counts = members.members_per_organizer(session)
        return cls({each: counts.get(each, 0) for each in organizers.active_hashes(session)})

    def take(self, wanted: OrganizerId | None) -> OrganizerId | None:
        """Who is asked for, else who has the fewest (of equals the oldest here); None without any."""
        chosen = wanted or min(self.counts, key=lambda each: (self.counts[each], each), default=None)
        if chosen is not None:
            self.counts[chosen] = self.counts.get(chosen, 0) + 1
        return chosen


def join(
    rt: Runtime, profiles: Sequence[Profile], terms: Terms, shares: Shares | None = None
) -> list[Joined]:
    """Writes who is new; answers for each profile, in order, who it is.

    An email is one person's. A phone may be shared by a household: it means its owner when the first
    name agrees or one of the two has none.
    """
    with rt.transaction() as session:
        one_at_a_time(session)
        known = _Known.read(session, profiles)
        shares = shares or Shares.counted(session)
        newcomers: list[Newcomer] = []
        answers = []
        for profile in profiles:
            owner = known.owner(profile)
            if owner is None:
                newcomer = Newcomer(MemberId(rt.ids.new()), profile, shares.take(profile.organizer_id))
                newcomers.append(newcomer)
                known.learn(newcomer)
            answers.append(Joined(owner or newcomers[-1].id, owner is None))
        write(rt, session, newcomers, terms)
        return answers


def one_at_a_time(session: Session) -> None:
    """Who is known is decided by one transaction at a time, or two at once would both find nobody."""
    session.get(Community, 1, with_for_update=True)


@dataclass(frozen=True)
class Newcomer:
    id: MemberId
    profile: Profile
    organizer_id: OrganizerId | None


@dataclass(frozen=True)
class _Known:
    """Who has which address, kept up to date through the batch."""

    owners: dict[str, list[MemberId]]
    first_names: dict[MemberId, str] = field(default_factory=dict)

    @classmethod
    def read(cls, session: Session, profiles: Sequence[Profile]) -> "_Known":
        hashes = [typed.value_hash for profile in profiles for typed in profile.addresses]
        owners = addresses.owners_by_hash(session, hashes)
        ids = [owner for found in owners.values() for owner in found]
        return cls(owners, members.first_names(session, ids))

    def owner(self, profile: Profile) -> MemberId | None:
        for typed in profile.addresses:
            for owner in self.owners.get(typed.value_hash, []):
                if typed.personal or self._agree(owner, profile):
                    return owner
        return None

    def _agree(self, owner: MemberId, profile: Profile) -> bool:
        theirs, typed = fold(self.first_names[owner]), fold(profile.first_name)
        return theirs == typed or not theirs or not typed

    def learn(self, newcomer: Newcomer) -> None:
        self.first_names[newcomer.id] = newcomer.profile.first_name
        for typed in newcomer.profile.addresses:
            self.owners.setdefault(typed.value_hash, []).append(newcomer.id)


def write(rt: Runtime, session: Session, newcomers: Sequence[Newcomer], terms: Terms) -> dict[str, AddressId]:
    """One statement for each table; returns their addresses by hash."""
    now = rt.clock.now()
    _insert(session, Member, [_member_row(each, terms, now) for each in newcomers])
    _insert(
        session,
        MemberTag,
        [{"member_id": each.id, "tag": tag} for each in newcomers for tag in each.profile.tags],
    )
    search.index_words(session, [(each.id, words_for(rt, each.profile)) for each in newcomers])
    ids = address_ids(rt, session, [typed for each in newcomers for typed in each.profile.addresses])
    pairs = [(each.id, ids[typed.value_hash]) for each in newcomers for typed in each.profile.addresses]
    link(rt, session, pairs, terms)
    return ids


def words_for(rt: Runtime, profile: Profile) -> tuple[str, ...]:
    """What a member is found by: their names and where they live; never an address."""
    return search.word_hashes(rt.keys, profile.first_name, profile.last_name, profile.neighborhood)


def address_ids(
    rt: Runtime, session: Session, typed_addresses: Sequence[TypedAddress]
) -> dict[str, AddressId]:
    """The row of each address by its hash; those we did not know are written."""
    rows = [
        {
            "id": rt.ids.new(),
            "channel": typed.channel,
            "value": typed.value,
            "value_hash": typed.value_hash,
            "created_at": rt.clock.now(),
        }
        for typed in typed_addresses
    ]
    insert_new(session, table_of(Address), rows)
    return addresses.ids_by_hash(session, [typed.value_hash for typed in typed_addresses])


def link(rt: Runtime, session: Session, pairs: Sequence[tuple[MemberId, AddressId]], terms: Terms) -> None:
    """Makes these addresses these members', with the consent of the terms."""
    _insert(session, AddressMember, [{"member_id": who, "address_id": address} for who, address in pairs])
    _insert(session, Consent, [_consent_row(rt, who, address, terms) for who, address in pairs])


def _insert(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(table_of(table)), rows)


def _member_row(newcomer: Newcomer, terms: Terms, now: datetime) -> dict[str, Any]:
    profile = newcomer.profile
    return {
        "id": newcomer.id,
        "first_name": profile.first_name,
        "last_name": profile.last_name,
        "neighborhood": profile.neighborhood,
        "language": profile.language,
        "zone": profile.zone,
        "channel": profile.channel,
        "organizer_id": newcomer.organizer_id,
        "joined_at": now,
        "source": terms.how,
        "sample": terms.sample,
    }


def _consent_row(rt: Runtime, member_id: MemberId, address_id: AddressId, terms: Terms) -> dict[str, Any]:
    return {
        "id": rt.ids.new(),
        "member_id": member_id,
        "address_id": address_id,
        "state": terms.consent,
        "how": terms.how,
        "wording": terms.wording,
        "at": rt.clock.now(),
    }

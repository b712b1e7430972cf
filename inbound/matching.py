"""Who a stranger may be, and why: suggestions for a person, never a decision."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from engine.actions.forms import address_hash
from engine.runtime import Runtime
from engine.store import addresses, people
from engine.store.deliveries import answered
from engine.store.people import PeopleFilter
from engine.store.search import word_hashes
from engine.vocabulary.ids import DeliveryId, MemberId
from inbound.addresses import TokenKind, without_tag
from inbound.filing import reference_ids
from inbound.mail import Reading

_NAMESAKES_MOST: Final = 3
_MOST: Final = 5


class Because(StrEnum):
    """Surest first."""

    TOKEN = "token"  # noqa: S105 (no secret) it came to the reply address of a letter to them
    LETTER = "letter"  # it answers a letter to them
    ADDRESS = "address"  # the address is theirs, alone or with others
    TAG = "tag"  # it would be theirs without what stands between + and @
    NAME = "name"  # the sender bears their name


@dataclass(frozen=True, slots=True)
class Suggestion:
    member_id: MemberId
    because: Because


def suggestions(rt: Runtime, session: Session, reading: Reading) -> list[Suggestion]:
    """At most five, surest first, each member once."""
    best: dict[MemberId, Because] = {}
    for look in (_by_letters, _by_address, _by_name):
        for each in look(rt, session, reading):
            best.setdefault(each.member_id, each.because)
    return [Suggestion(member_id, because) for member_id, because in best.items()][:_MOST]


def _by_letters(rt: Runtime, session: Session, reading: Reading) -> Iterator[Suggestion]:
    named = [(Because.LETTER, one) for one in reference_ids(reading.incoming, rt.settings.mail_domain)]
    token = reading.token
    if token is not None and token.kind is TokenKind.REPLY:
        named.insert(0, (Because.TOKEN, DeliveryId(token.id)))
    for because, delivery_id in named:
        letter = answered(session, delivery_id)
        if letter is not None and letter.member_id is not None:
            yield Suggestion(letter.member_id, because)


def _by_address(rt: Runtime, session: Session, reading: Reading) -> Iterator[Suggestion]:
    if reading.sender is None:
        return
    written = {Because.ADDRESS: reading.sender, Because.TAG: without_tag(reading.sender)}
    hashes = {because: address_hash(rt.keys, address) for because, address in written.items()}
    owners = addresses.owners_by_hash(session, list(hashes.values()))
    for because, value_hash in hashes.items():
        for member_id in owners.get(value_hash, ()):
            yield Suggestion(member_id, because)


def _by_name(rt: Runtime, session: Session, reading: Reading) -> Iterator[Suggestion]:
    hashes = word_hashes(rt.keys, reading.incoming.senders[0].name) if reading.sender is not None else ()
    if not hashes:
        return
    for row in people.people(session, PeopleFilter(word_hashes=hashes))[:_NAMESAKES_MOST]:
        yield Suggestion(row.id, Because.NAME)

"""A community is founded, describes itself, and leaves the sample town behind."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from engine.actions import addresses, answers, community, members, organizers, signing_up
from engine.actions.answers import Answer
from engine.actions.community import CommunityError, CommunityForm
from engine.actions.members import MemberForm
from engine.actions.organizers import OrganizerForm
from engine.runtime import Runtime
from engine.store.addresses import Address, Suppression
from engine.store.audit import AuditEntry
from engine.store.community import Community, the_community
from engine.store.conversations import Conversation, Note
from engine.store.members import Member
from engine.store.messages import Message
from engine.store.organizers import Organizer
from engine.store.raw import Raw
from engine.vocabulary.ids import MemberId
from engine.vocabulary.words import (
    Author,
    Channel,
    ConversationState,
    Direction,
    RawKind,
    RawState,
    SuppressionReason,
)
from tests.actions.conftest import House

RIVER = CommunityForm("River Neighbors", "12 Alder Street")


def test_a_community_is_founded_once(rt: Runtime) -> None:
    community.found(rt, RIVER)
    with rt.reading() as session:
        row = the_community(session)
    assert (row.name, row.opens, row.sample) == ("River Neighbors", "09:00", False)
    with pytest.raises(CommunityError, match="already"):
        community.found(rt, RIVER)


@pytest.mark.parametrize(
    ("field", "form"),
    [
        ("name", replace(RIVER, name=" ")),
        ("name", replace(RIVER, name="River\nNeighbors")),
        ("postal_address", replace(RIVER, postal_address="")),
        ("language", replace(RIVER, language="tlh")),
        ("zone", replace(RIVER, zone="Riverbend")),
        ("opens", replace(RIVER, opens="nine")),
        ("closes", replace(RIVER, closes="08:00")),
    ],
)
def test_what_a_community_cannot_be_is_named(rt: Runtime, field: str, form: CommunityForm) -> None:
    with pytest.raises(CommunityError) as wrong:
        community.found(rt, form)
    assert wrong.value.field == field


def test_an_edit_is_kept_and_audited(house: House) -> None:
    community.edit(house.rt, replace(RIVER, name="Creek Neighbors", opens="09:30"), by=house.ana)
    with house.rt.reading() as session:
        assert the_community(session).name == "Creek Neighbors"
        assert [row.actor for row in session.query(AuditEntry).filter_by(act="community.edited")] == [
            house.ana
        ]


def talk(house: House, member_id: MemberId | None, name: str) -> None:
    """One letter in and its conversation, with a note of Ben's."""
    now = house.rt.clock.now()
    with house.rt.transaction() as session:
        session.add_all(
            [
                Raw(id=f"raw{name}", key=name, kind=RawKind.EMAIL, source="postoffice", content="hello",
                    received_at=now, state=RawState.DONE),
                Conversation(id=name, member_id=member_id, sender_hash=None if member_id else name,
                             state=ConversationState.OPEN, assignee_id=house.ben if member_id else None,
                             opened_at=now, last_activity_at=now, last_channel=Channel.EMAIL),
            ]
        )  # fmt: skip
        session.flush()
        session.add_all(
            [
                Message(id=f"msg{name}", conversation_id=name, direction=Direction.IN, channel=Channel.EMAIL,
                        author=Author.MEMBER, member_id=member_id, body="hello", raw_id=f"raw{name}", at=now),
                Note(id=f"note{name}", conversation_id=name, organizer_id=house.ben, body="kind", at=now),
            ]
        )  # fmt: skip


@pytest.fixture
def town(house: House) -> House:
    """A sample town: Ben and three people of it, a stranger, and one neighbor who is real."""
    with house.rt.transaction() as session:
        session.get_one(Community, 1).sample = True
        for organizer in session.query(Organizer):
            organizer.sample = True
    sample = MemberForm("Sol", email="sol@post.example", phone="212 555 0123", tags=("choir",))
    sol = members.add(house.rt, sample, how="sample", sample=True)
    mo = members.add(house.rt, MemberForm("Mo", email="mo@real.example", organizer_id=house.ben), how="added")
    signing_up.sign_up(house.rt, MemberForm("Eve", email="eve@real.example"))
    answers.send(house.rt, Answer("help", "answer:1", "en", address_id=house.address(sol), member_id=sol))
    for member_id, name in ((sol, "sol"), (mo, "mo"), (None, "stranger")):
        talk(house, member_id, name)
    return house


def test_leaving_the_sample_town_takes_everything_of_it_and_nothing_else(town: House) -> None:
    cleo = organizers.add(town.rt, OrganizerForm("Cleo Park", "cleo@real.example"))
    community.leave_sample_town(town.rt, by=town.ana)
    with town.rt.reading() as session:
        assert not the_community(session).sample
        assert {row.id for row in session.query(Organizer)} == {town.ana, cleo}
        assert sorted(row.first_name for row in session.query(Member)) == ["Eve", "Mo"]
        assert sorted(row.value for row in session.query(Address)) == ["eve@real.example", "mo@real.example"]
        assert [row.id for row in session.query(Conversation)] == ["mo"]
        assert [row.organizer_id for row in session.query(Note)] == [town.ana]
        assert [row.id for row in session.query(Raw)] == ["rawmo"]
        assert {row.organizer_id for row in session.query(Member)} == {town.ana}


def test_who_leaves_the_sample_town_with_it_can_found_their_own_after(town: House) -> None:
    community.leave_sample_town(town.rt, by=town.ana)
    assert members.add(town.rt, MemberForm("Sol", email="sol@post.example"), how="added")


def test_a_suppression_of_a_real_address_outlives_the_sample_town(town: House) -> None:
    with town.rt.reading() as session:
        mo = session.execute(select(Address.id).where(Address.value_hash == hash_of(town))).scalar_one()
    addresses.suppress(town.rt, mo, SuppressionReason.BY_ORGANIZER)
    community.leave_sample_town(town.rt, by=town.ana)
    assert town.count(Suppression) == 1


def hash_of(house: House) -> str:
    return house.rt.keys.blind("address", "mo@real.example")

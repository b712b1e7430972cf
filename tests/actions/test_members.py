"""Members are added, edited, tagged and found."""

from dataclasses import replace
from typing import Any

import pytest

from engine.actions import members
from engine.actions.members import MemberError, MemberForm
from engine.store import people
from engine.store.addresses import Address
from engine.store.audit import AuditEntry
from engine.store.members import Member
from engine.store.people import PeopleFilter
from engine.store.search import word_hashes
from engine.vocabulary.ids import MemberId
from engine.vocabulary.words import Channel, ConsentState
from tests.actions.conftest import House

PENA = MemberForm("José", "Peña", " Jose.Pena@Post.Example ", "(212) 555-0123", "Vieja Colonia")


def found(house: House, words: str) -> list[str]:
    with house.rt.reading() as session:
        which = PeopleFilter(word_hashes(house.rt.keys, words))
        return [row.name for row in people.people(session, which)]


def test_what_is_typed_is_kept_in_one_form(house: House) -> None:
    person = house.person(members.add(house.rt, PENA, how="added", consent_wording="Said yes at the fair."))
    assert [address.value for address in person.addresses] == ["jose.pena@post.example", "+12125550123"]
    assert [address.consent for address in person.addresses] == [ConsentState.GIVEN] * 2
    assert (person.zone, person.channel, person.source) == ("America/New_York", Channel.EMAIL, "added")


def test_a_phone_alone_means_they_are_reached_by_text(house: House) -> None:
    person = house.person(members.add(house.rt, MemberForm("Mo", phone="212 555 0123"), how="added"))
    assert person.channel is Channel.SMS


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("email", {"email": "", "phone": ""}),
        ("email", {"email": "jose at post"}),
        ("phone", {"phone": "911"}),
        ("phone", {"phone": "55501"}),
        ("phone", {"phone": "555-0123"}),
        ("phone", {"phone": "212 555 0123 ext. 4"}),
        ("phone", {"phone": "call me"}),
        ("zone", {"zone": "Riverbend"}),
        ("language", {"language": "Klingon"}),
        ("first_name", {"first_name": "x" * 121}),
        ("tags", {"tags": ("x" * 61,)}),
        ("phone", {"phone": "", "channel": Channel.SMS}),
        ("organizer", {"organizer_id": "nobody"}),
        ("organizer", {"organizer_email": "nobody@river.example"}),
    ],
)
def test_what_cannot_be_kept_is_named(house: House, field: str, changed: dict[str, Any]) -> None:
    with pytest.raises(MemberError) as wrong:
        members.add(house.rt, replace(PENA, **changed), how="added")
    assert wrong.value.field == field
    assert house.count(Member) == 0


def test_a_number_without_country_code_is_read_where_the_community_is(house: House) -> None:
    from engine.actions import community
    from engine.actions.community import CommunityForm

    madrid = CommunityForm("Vecinas", "Calle Mayor 1, Madrid", "es", "Europe/Madrid")
    community.edit(house.rt, madrid, by=house.ana)
    person = house.person(members.add(house.rt, MemberForm("Eva", phone="612 34 56 78"), how="added"))
    assert person.addresses[0].value == "+34612345678"


def test_each_member_has_the_organizer_with_the_fewest_members(house: House) -> None:
    given = [
        house.person(members.add(house.rt, MemberForm(name, email=f"{name}@post.example"), how="added"))
        for name in ("one", "two", "three")
    ]
    assert [person.organizer_id for person in given] == [house.ana, house.ben, house.ana]


def test_the_organizer_asked_for_is_the_one_given(house: House) -> None:
    by_id = members.add(house.rt, replace(PENA, organizer_id=house.ben), how="added")
    by_email = members.add(
        house.rt, MemberForm("Mo", email="mo@post.example", organizer_email="Ben@River.example"), how="added"
    )
    assert house.person(by_id).organizer_id == house.person(by_email).organizer_id == house.ben


def test_a_known_address_is_the_same_member_and_nothing_changes(house: House) -> None:
    first = members.add(house.rt, PENA, how="added")
    again = members.add(house.rt, replace(PENA, first_name="Other", phone="+1 917 555 0111"), how="added")
    assert again == first
    assert house.person(first).first_name == "José"
    assert house.count(Address) == 2


def test_a_phone_is_shared_by_a_household_of_two_names(house: House) -> None:
    mother = members.add(house.rt, MemberForm("Rosa", phone="212 555 0123"), how="added")
    son = members.add(house.rt, MemberForm("Leo", phone="+1 (212) 555-0123"), how="added")
    again = members.add(house.rt, MemberForm("ROSA", phone="12125550123"), how="added")
    assert son != mother
    assert again == mother
    assert [address.shared for address in house.person(son).addresses] == [True]


def test_a_member_is_found_by_whole_words_without_accents_and_never_by_an_address(house: House) -> None:
    members.add(house.rt, PENA, how="added")
    assert found(house, "pena jose") == found(house, "VIEJA") == ["José Peña"]
    assert found(house, "pen") == found(house, "jose.pena@post.example") == []


def test_an_edit_replaces_what_is_known_and_leaves_a_line_in_the_audit(house: House) -> None:
    member = members.add(house.rt, replace(PENA, tags=("Gardeners", "choir")), how="added")
    edited = MemberForm(
        "Pepe", "Peña", "pepe@post.example", "", "Alder Street", "es", tags=("Choir", "bikes")
    )
    members.edit(house.rt, member, edited, by=house.ben)
    person = house.person(member)
    assert [address.value for address in person.addresses] == ["pepe@post.example"]
    assert (person.name, person.language, person.tags) == ("Pepe Peña", "es", ("bikes", "choir"))
    assert found(house, "pepe alder") == ["Pepe Peña"]
    assert found(house, "jose") == []
    with house.rt.reading() as session:
        acts = [(row.act, row.actor) for row in session.query(AuditEntry).filter_by(subject=member)]
    assert acts == [("member.edited", house.ben)]


def test_an_address_that_is_gone_is_unlinked_and_can_come_back(house: House) -> None:
    member = members.add(house.rt, PENA, how="added")
    members.edit(house.rt, member, replace(PENA, phone=""), by=house.ana)
    assert house.count(Address) == 2
    members.edit(house.rt, member, PENA, by=house.ana)
    assert len(house.person(member).addresses) == 2
    assert house.person(member).addresses[1].usable


def test_an_email_of_another_member_is_refused(house: House) -> None:
    members.add(house.rt, PENA, how="added")
    other = members.add(house.rt, MemberForm("Mo", email="mo@post.example"), how="added")
    with pytest.raises(MemberError) as wrong:
        members.edit(house.rt, other, MemberForm("Mo", email="jose.pena@post.example"), by=house.ana)
    assert wrong.value.field == "email"
    assert house.person(other).address(Channel.EMAIL) == "mo@post.example"


def test_nobody_cannot_be_edited(house: House) -> None:
    with pytest.raises(LookupError):
        members.edit(house.rt, MemberId("nobody"), PENA, by=house.ana)


def test_a_tag_is_folded_put_on_once_and_taken_off(house: House) -> None:
    member = members.add(house.rt, PENA, how="added")
    members.tag(house.rt, member, "  Has a  Buddy ")
    members.tag(house.rt, member, "has a buddy")
    assert house.person(member).tags == ("has a buddy",)
    members.untag(house.rt, member, "HAS A BUDDY")
    members.untag(house.rt, member, "")
    assert house.person(member).tags == ()
    with pytest.raises(MemberError):
        members.tag(house.rt, member, "x" * 61)

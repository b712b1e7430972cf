"""Organizers are invited, choose a password, sign in and out, and leave."""

from dataclasses import replace

import pytest
from argon2 import PasswordHasher

from engine.actions import members, organizers
from engine.actions.conversations import assign
from engine.actions.members import MemberForm
from engine.actions.organizers import OrganizerError, OrganizerForm
from engine.runtime import Doors
from engine.store.conversations import Conversation
from engine.store.messages import Message
from engine.store.tokens import Token
from engine.vocabulary.ids import ConversationId
from engine.vocabulary.words import Channel, ConversationState
from tests.actions.conftest import House

CLEO = OrganizerForm("Cleo Park", "Cleo@River.example")
PASSWORD = "lantern bench creek forty"


def secret_of(link: str) -> str:
    return link.rpartition("/")[2]


def test_an_invitation_is_mailed_and_its_link_opens_once(house: House) -> None:
    link = organizers.invite(house.rt, CLEO)
    assert house.said_to() == ["cleo@river.example"]
    assert link in house.said()[0].body
    assert "Cleo Park" in house.said()[0].subject
    cleo = organizers.choose_password(house.rt, secret_of(link), PASSWORD)
    assert organizers.check_password(house.rt, " CLEO@river.example", PASSWORD) == cleo
    with pytest.raises(OrganizerError, match="used already or is too old"):
        organizers.choose_password(house.rt, secret_of(link), PASSWORD)


def test_an_invitation_lasts_seven_days_and_a_new_one_replaces_it(house: House) -> None:
    first = organizers.invite(house.rt, CLEO)
    with house.rt.reading() as session:
        cleo = session.query(Token).one().organizer_id
    assert cleo is not None
    second = organizers.invite_again(house.rt, cleo)
    with pytest.raises(OrganizerError):
        organizers.choose_password(house.rt, secret_of(first), PASSWORD)
    house.pass_time(days=7)
    with pytest.raises(OrganizerError):
        organizers.choose_password(house.rt, secret_of(second), PASSWORD)


def test_somebody_with_a_password_is_not_invited_again(house: House) -> None:
    link = organizers.invite(house.rt, CLEO)
    cleo = organizers.choose_password(house.rt, secret_of(link), PASSWORD)
    with pytest.raises(OrganizerError, match="chosen a password"):
        organizers.invite_again(house.rt, cleo)


@pytest.mark.parametrize(
    "form",
    [
        OrganizerForm("", "x@river.example"),
        OrganizerForm("X", "not an address"),
        OrganizerForm("X", "x@river.example", zone="Riverbend"),
        OrganizerForm("Ana again", "ANA@river.example"),
    ],
)
def test_what_cannot_be_an_organizer_is_said(house: House, form: OrganizerForm) -> None:
    with pytest.raises(OrganizerError):
        organizers.invite(house.rt, form)
    assert house.count(Token) == 0


def test_a_password_too_short_leaves_the_link_unused(house: House) -> None:
    secret = secret_of(organizers.invite(house.rt, CLEO))
    for bad in ("elevenchars", "x" * 257, "cleo@river.example"):
        with pytest.raises(OrganizerError):
            organizers.choose_password(house.rt, secret, bad)
    assert organizers.choose_password(house.rt, secret, PASSWORD)


def test_a_forgotten_password_is_chosen_anew_and_ends_every_sign_in(house: House) -> None:
    cookie = organizers.sign_in(house.rt, house.ana)
    organizers.ask_reset(house.rt, "ana@river.example")
    assert house.said_to() == ["ana@river.example"]
    assert organizers.choose_password(house.rt, house.link(), PASSWORD) == house.ana
    assert organizers.signed_in(house.rt, cookie) is None
    assert organizers.check_password(house.rt, "ana@river.example", PASSWORD) == house.ana


def test_a_reset_link_lasts_one_hour(house: House) -> None:
    organizers.ask_reset(house.rt, "ana@river.example")
    house.pass_time(hours=1)
    with pytest.raises(OrganizerError):
        organizers.choose_password(house.rt, house.link(), PASSWORD)


def test_trust_T49_a_reset_for_nobody_writes_nothing_and_looks_the_same(house: House) -> None:
    organizers.deactivate(house.rt, house.ben, by=house.ana)
    organizers.ask_reset(house.rt, "nobody@river.example")
    organizers.ask_reset(house.rt, "ben@river.example")
    assert house.count(Message) == house.count(Token) == 0


def test_trust_T49_a_wrong_password_and_an_unknown_address_cost_the_same_hash(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    organizers.ask_reset(house.rt, "ana@river.example")
    organizers.choose_password(house.rt, house.link(), PASSWORD)
    tried: list[str] = []
    verify = PasswordHasher.verify

    def counted(hasher: PasswordHasher, hashed: str, typed: str) -> bool:
        tried.append(hashed)
        return verify(hasher, hashed, typed)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    for email in ("ana@river.example", "ben@river.example", "nobody@river.example"):
        assert organizers.check_password(house.rt, email, "wrong password") is None
    assert len(tried) == 3
    assert len({hashed.rpartition("$")[0].rpartition("$")[0] for hashed in tried}) == 1  # the same cost


def test_a_sign_in_stands_while_it_is_used_and_ends_after_fourteen_idle_days(house: House) -> None:
    cookie = organizers.sign_in(house.rt, house.ana)
    for _ in range(3):
        house.pass_time(days=13)
        assert organizers.signed_in(house.rt, cookie) == house.ana
    house.pass_time(days=14, seconds=1)
    assert organizers.signed_in(house.rt, cookie) is None


def test_a_sign_in_ends_when_its_owner_says_so_and_only_that_one(house: House) -> None:
    phone, desk = organizers.sign_in(house.rt, house.ana), organizers.sign_in(house.rt, house.ana)
    organizers.sign_out(house.rt, phone)
    assert organizers.signed_in(house.rt, phone) is None
    assert organizers.signed_in(house.rt, desk) == house.ana
    assert organizers.signed_in(house.rt, "nonsense") is None


def test_the_first_link_opens_once_within_fifteen_minutes(house: House) -> None:
    link = secret_of(organizers.first_link(house.rt, house.ana))
    assert organizers.use_link(house.rt, link) == house.ana
    assert organizers.use_link(house.rt, link) is None
    late = secret_of(organizers.first_link(house.rt, house.ana))
    house.pass_time(minutes=15)
    assert organizers.use_link(house.rt, late) is None


def test_there_is_no_first_link_with_a_real_gateway(house: House) -> None:
    link = secret_of(organizers.first_link(house.rt, house.ana))
    real = replace(house.rt.doors.email, real=True)  # type: ignore[type-var]
    outside = replace(house.rt, doors=Doors(email=real, sms=house.rt.doors.sms))
    with pytest.raises(OrganizerError):
        organizers.first_link(outside, house.ana)
    assert organizers.use_link(outside, link) is None


def test_an_invitation_link_does_not_sign_in_and_a_sign_in_link_sets_no_password(house: House) -> None:
    invitation = secret_of(organizers.invite(house.rt, CLEO))
    assert organizers.use_link(house.rt, invitation) is None
    first = secret_of(organizers.first_link(house.rt, house.ana))
    with pytest.raises(OrganizerError):
        organizers.choose_password(house.rt, first, PASSWORD)


def test_who_leaves_is_out_at_once_and_leaves_nobody_alone(house: House) -> None:
    mo = members.add(house.rt, MemberForm("Mo", email="mo@post.example", organizer_id=house.ben), how="added")
    cookie = organizers.sign_in(house.rt, house.ben)
    with house.rt.transaction() as session:
        session.add(
            Conversation(
                id="talk", member_id=mo, state=ConversationState.OPEN, opened_at=house.rt.clock.now(),
                last_activity_at=house.rt.clock.now(), last_channel=Channel.EMAIL,
            )
        )  # fmt: skip
    assign(house.rt, ConversationId("talk"), house.ben, by=house.ana)
    organizers.deactivate(house.rt, house.ben, by=house.ana)
    assert organizers.signed_in(house.rt, cookie) is None
    assert house.person(mo).organizer_id == house.ana
    with house.rt.reading() as session:
        assert session.query(Conversation).one().assignee_id is None


def test_the_last_admin_stays(house: House) -> None:
    with pytest.raises(OrganizerError, match="last admin"):
        organizers.deactivate(house.rt, house.ana, by=house.ana)

"""The public form: one confirmation, and nothing that tells who is known."""

from itertools import chain

import pytest
from sqlalchemy import event

from engine.actions import addresses, members
from engine.actions.members import MemberError, MemberForm
from engine.store import audiences
from engine.store.members import Member
from engine.vocabulary.script import Everyone
from engine.vocabulary.words import Channel, ConsentState, SuppressionReason
from tests.actions.conftest import House

LUZ = MemberForm("Luz", email="luz@post.example", language="es")


def audience(house: House) -> list[str]:
    with house.rt.reading() as session:
        return list(audiences.audience(session, Everyone(), house.rt.clock.now(), 10))


def test_who_signs_up_is_asked_to_confirm_and_is_no_member_until_then(house: House) -> None:
    members.sign_up(house.rt, LUZ)
    assert house.said_to() == ["luz@post.example"]
    assert "River Neighbors" in house.said()[0].body
    assert "Luz" not in house.said()[0].body
    assert audience(house) == []


def test_the_link_gives_consent_once_and_joins_them_then(house: House) -> None:
    members.sign_up(house.rt, LUZ)
    secret = house.link()
    house.pass_time(days=2)
    luz = members.confirm(house.rt, secret)
    assert luz is not None
    person = house.person(luz)
    assert person.addresses[0].consent is ConsentState.GIVEN
    assert (person.joined_at, person.source) == (house.rt.clock.now(), "sign_up")
    assert audience(house) == [luz]
    assert [message.subject for message in house.said()][1:] == ["Le damos la bienvenida a River Neighbors"]
    assert members.confirm(house.rt, secret) is None


def test_a_link_dies_after_seven_days_and_a_wrong_one_never_lived(house: House) -> None:
    members.sign_up(house.rt, LUZ)
    secret = house.link()
    assert members.confirm(house.rt, secret + "0") is None
    house.pass_time(days=7)
    assert members.confirm(house.rt, secret) is None
    assert audience(house) == []


def test_trust_E11_one_address_gets_one_confirmation_however_often_it_is_typed(house: House) -> None:
    for day in range(60):
        members.sign_up(house.rt, MemberForm(f"Luz{day}", email=" LUZ@post.example", phone=""))
        house.pass_time(days=1)
    assert len(house.said()) == 1
    assert house.count(Member) == 1


def test_a_member_who_signs_up_again_is_told_so_once_a_month(house: House) -> None:
    members.add(house.rt, LUZ, how="added")
    for _ in range(3):
        members.sign_up(house.rt, LUZ)
    assert [message.subject for message in house.said()] == ["Usted ya está con nosotros"]
    assert house.count(Member) == 1


def test_email_and_phone_each_confirm_for_themselves(house: House) -> None:
    members.sign_up(house.rt, MemberForm("Luz", email="luz@post.example", phone="212 555 0123"))
    assert house.said_to() == ["luz@post.example", "+12125550123"]
    luz = members.confirm(house.rt, house.link())
    assert luz is not None
    consents = {address.channel: address.consent for address in house.person(luz).addresses}
    assert consents == {Channel.EMAIL: ConsentState.PENDING, Channel.SMS: ConsentState.GIVEN}


def test_nobody_is_joined_to_a_member_by_typing_their_phone(house: House) -> None:
    mo = members.add(house.rt, MemberForm("Mo", phone="212 555 0123"), how="added")
    members.sign_up(house.rt, MemberForm("Eve", email="eve@post.example", phone="212 555 0123"))
    assert [address.shared for address in house.person(mo).addresses] == [False]
    assert sorted(house.said_to()) == ["+12125550123", "eve@post.example"]


def test_what_cannot_be_an_address_is_said_at_once(house: House) -> None:
    with pytest.raises(MemberError):
        members.sign_up(house.rt, MemberForm("Luz", email="luz"))


def statements(house: House, form: MemberForm) -> int:
    """How many statements one sign-up runs."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(house.rt.database, "before_cursor_execute", note)
    members.sign_up(house.rt, form)
    event.remove(house.rt.database, "before_cursor_execute", note)
    return len(seen)


def test_trust_T49_known_unknown_and_suppressed_addresses_cost_the_same_work(house: House) -> None:
    members.sign_up(house.rt, MemberForm("Luz", email="pending@post.example"))
    members.add(house.rt, MemberForm("Luz", email="known@post.example"), how="added")
    stopped = members.add(house.rt, MemberForm("Luz", email="stopped@post.example"), how="added")
    addresses.suppress(house.rt, house.address(stopped), SuppressionReason.STOP)
    unknown = statements(house, MemberForm("Luz", email="new@post.example"))
    for name in ("pending", "known", "stopped"):
        more = statements(house, MemberForm("Luz", email=f"{name}@post.example")) - unknown
        assert 0 <= more <= 10


def test_what_is_typed_by_a_stranger_is_never_in_our_mail(house: House) -> None:
    spam = MemberForm("BUY http://spam.example NOW", email="luz@post.example", neighborhood="CHEAP")
    members.sign_up(house.rt, spam)
    words = chain.from_iterable((message.subject, message.body) for message in house.said())
    assert not any("spam" in each or "CHEAP" in each for each in words)

"""STOP, bounces and START: what may still be sent to an address."""

import pytest
from sqlalchemy import select

from engine.actions import addresses, answers, members
from engine.actions.answers import Answer
from engine.actions.members import MemberForm
from engine.store.base import insert_new, table_of
from engine.store.deliveries import Delivery
from engine.store.enrollments import Enrollment
from engine.store.sequences import Revision, Sequence, SequenceKind, SequenceState
from engine.vocabulary.ids import AddressId, MemberId
from engine.vocabulary.words import (
    Channel,
    DeliveryState,
    Ending,
    EnrollmentState,
    Refusal,
    SuppressionReason,
)
from tests.actions.conftest import House

STOP, BOUNCE = SuppressionReason.STOP, SuppressionReason.HARD_BOUNCE


@pytest.fixture
def mo(house: House) -> MemberId:
    return members.add(house.rt, MemberForm("Mo", email="mo@post.example", phone="212 555 0123"), how="added")


def queued(
    house: House, address_id: AddressId, cause: str, state: DeliveryState = DeliveryState.READY
) -> None:
    row = {
        "id": house.rt.ids.new(),
        "cause": cause,
        "channel": Channel.EMAIL,
        "address_id": address_id,
        "state": state,
        "due_at": house.rt.clock.now(),
        "language": "en",
        "created_at": house.rt.clock.now(),
    }
    with house.rt.transaction() as session:
        insert_new(session, table_of(Delivery), [row])


def states(house: House) -> dict[str, DeliveryState]:
    with house.rt.reading() as session:
        return dict(session.execute(select(Delivery.cause, Delivery.state)).all())


def walks(house: House, member_id: MemberId) -> None:
    """The member walks a sequence; its letters do not matter here."""
    now = house.rt.clock.now()
    with house.rt.transaction() as session:
        if session.get(Sequence, "seq") is None:
            session.add(
                Sequence(
                    id="seq", name="welcome", kind=SequenceKind.SEQUENCE, title="Welcome",
                    state=SequenceState.RUNNING, revision_id="rev", created_at=now,
                )
            )  # fmt: skip
            session.flush()
            session.add(Revision(id="rev", sequence_id="seq", number=1, hash="0" * 64, published_at=now))
            session.flush()
        session.add(
            Enrollment(
                id=house.rt.ids.new(), member_id=member_id, sequence_id="seq", revision_id="rev",
                state=EnrollmentState.WALKING, started_at=now, due_at=now,
            )
        )  # fmt: skip


def endings(house: House) -> list[Ending | None]:
    with house.rt.reading() as session:
        return list(session.execute(select(Enrollment.ending).order_by(Enrollment.id)).scalars())


def test_a_stop_keeps_back_everything_that_has_not_left(house: House, mo: MemberId) -> None:
    address = house.address(mo)
    unsent = (DeliveryState.READY, DeliveryState.CLAIMED, DeliveryState.DEFERRED, DeliveryState.HELD)
    for state in (*unsent, DeliveryState.IN_FLIGHT, DeliveryState.ACCEPTED):
        queued(house, address, f"walk:{state}", state)
    queued(house, house.address(mo, Channel.SMS), "walk:text")
    assert addresses.suppress(house.rt, address, STOP)
    after = states(house)
    assert {after[f"walk:{state}"] for state in unsent} == {DeliveryState.SKIPPED}
    assert after["walk:in_flight"] is DeliveryState.IN_FLIGHT
    assert after["walk:accepted"] is DeliveryState.ACCEPTED
    assert after["walk:text"] is DeliveryState.READY
    with house.rt.reading() as session:
        reason = select(Delivery.reason).where(Delivery.cause == "walk:ready")
        assert session.execute(reason).scalar_one() == Refusal.SUPPRESSED


def test_a_second_stop_says_nothing_new_and_spares_the_confirmation_of_the_first(
    house: House, mo: MemberId
) -> None:
    address = house.address(mo)
    assert addresses.suppress(house.rt, address, STOP)
    queued(house, address, "stop:first")
    assert not addresses.suppress(house.rt, address, STOP)
    assert states(house)["stop:first"] is DeliveryState.READY
    assert addresses.suppress(house.rt, address, BOUNCE)


def test_a_walk_goes_on_by_the_address_that_is_left_and_ends_with_the_last(
    house: House, mo: MemberId
) -> None:
    walks(house, mo)
    addresses.suppress(house.rt, house.address(mo), STOP)
    assert endings(house) == [None]
    addresses.suppress(house.rt, house.address(mo, Channel.SMS), STOP)
    assert endings(house) == [Ending.STOPPED]


def test_a_shared_phone_is_stopped_for_everyone_who_shares_it(house: House) -> None:
    rosa = members.add(house.rt, MemberForm("Rosa", phone="212 555 0199"), how="added")
    leo = members.add(house.rt, MemberForm("Leo", phone="212 555 0199"), how="added")
    walks(house, rosa)
    walks(house, leo)
    addresses.suppress(house.rt, house.address(rosa, Channel.SMS), STOP)
    assert endings(house) == [Ending.STOPPED, Ending.STOPPED]
    assert not house.person(leo).addresses[0].usable


def test_a_start_lifts_what_the_member_asked_and_never_a_bounce(house: House, mo: MemberId) -> None:
    address = house.address(mo)
    addresses.suppress(house.rt, address, STOP)
    addresses.suppress(house.rt, address, BOUNCE)
    assert addresses.lift(house.rt, address, STOP)
    assert not addresses.lift(house.rt, address, STOP)
    assert house.person(mo).addresses[0].suppressed == (BOUNCE,)
    assert not addresses.lift(house.rt, address)
    assert addresses.lift(house.rt, address, BOUNCE)
    assert house.person(mo).addresses[0].usable


def test_what_was_lifted_can_be_asked_again(house: House, mo: MemberId) -> None:
    address = house.address(mo)
    addresses.suppress(house.rt, address, STOP)
    addresses.lift(house.rt, address, STOP)
    assert addresses.suppress(house.rt, address, STOP)


def test_the_same_cause_is_answered_once(house: House, mo: MemberId) -> None:
    answer = Answer("help", "answer:raw1:help", "en", Channel.EMAIL, house.address(mo), member_id=mo)
    assert answers.send(house.rt, answer) is not None
    assert answers.send(house.rt, answer) is None
    assert len(house.said()) == 1
    assert "River Neighbors" in house.said()[0].body

"""Pauses: nothing automatic enters the wire, a person lifts them, and a day's silence is a stop."""

import pytest
from sqlalchemy import select

from engine import jobs
from engine.actions import answers, pauses
from engine.actions.answers import Answer
from engine.store import pauses as store
from engine.store import reach
from engine.store.audit import AuditEntry
from engine.store.deliveries import STOP_CAUSE, Delivery
from engine.store.pauses import Pause
from engine.vocabulary.ids import AddressId, MemberId, PauseId
from engine.vocabulary.words import Channel, DeliveryState, PauseEnd, PauseReason, Refusal, SuppressionReason
from tests.actions.caring import joins, writes
from tests.actions.conftest import House


def standing(house: House, member: MemberId) -> list[PauseId]:
    with house.rt.reading() as session:
        return [each.id for each in store.standing_of_member(session, member)]


def is_closed(house: House, address_id: AddressId) -> bool:
    with house.rt.reading() as session:
        return bool(reach.suppressed(session, [address_id]))


def says(house: House, member: MemberId, cause: str) -> Delivery:
    """The machine answers them; the row once it has been looked at."""
    answer = Answer("help", cause, "en", Channel.SMS, house.address(member, Channel.SMS), member_id=member)
    queued = answers.send(house.rt, answer)
    while jobs.deliver(house.rt):
        pass
    with house.rt.reading() as session:
        return session.execute(select(Delivery).where(Delivery.id == queued)).scalar_one()


@pytest.mark.parametrize("reason", list(PauseReason))
def test_no_machine_answer_reaches_somebody_paused(house: House, reason: PauseReason) -> None:
    luz = joins(house)
    assert pauses.pause(house.rt, writes(house, luz), reason)
    said = says(house, luz, "answer:1")
    assert (said.state, said.reason) == (DeliveryState.SKIPPED, Refusal.PAUSED)


def test_the_one_confirmation_of_a_stop_does(house: House) -> None:
    luz = joins(house)
    pauses.pause(house.rt, writes(house, luz), PauseReason.STOP_UNCLEAR)
    assert says(house, luz, f"{STOP_CAUSE}1").state is DeliveryState.ACCEPTED


def test_a_machine_answer_that_was_ready_is_skipped_in_the_same_transaction(house: House) -> None:
    luz = joins(house)
    address = house.address(luz, Channel.SMS)
    queued = answers.send(house.rt, Answer("help", "answer:1", "en", Channel.SMS, address, member_id=luz))
    pauses.pause(house.rt, writes(house, luz), PauseReason.STOP_UNCLEAR)
    with house.rt.reading() as session:
        assert session.get_one(Delivery, queued).state is DeliveryState.SKIPPED


def test_the_same_words_pause_once_even_when_read_again_after_a_person_lifted_it(house: House) -> None:
    luz = joins(house)
    whose = writes(house, luz)
    assert pauses.pause(house.rt, whose, PauseReason.STOP_UNCLEAR)
    pauses.they_want_to_stay(house.rt, standing(house, luz), by=house.ben)
    assert not pauses.pause(house.rt, whose, PauseReason.STOP_UNCLEAR)
    assert standing(house, luz) == []


def test_a_likely_stop_that_nobody_looked_at_for_a_day_is_one(house: House) -> None:
    luz = joins(house)
    pauses.pause(house.rt, writes(house, luz), PauseReason.STOP_LIKELY)
    house.pass_time(hours=23, minutes=59)
    jobs.tick(house.rt)
    assert not is_closed(house, house.address(luz, Channel.SMS))
    house.pass_time(minutes=1)
    jobs.tick(house.rt)
    assert is_closed(house, house.address(luz, Channel.SMS))
    assert standing(house, luz) == []
    with house.rt.reading() as session:
        (row,) = session.execute(select(Pause)).scalars()
    assert (row.end, row.lifted_by) == (PauseEnd.BY_TIME, None)


def test_an_unclear_one_waits_for_a_person_however_long(house: House) -> None:
    luz = joins(house)
    pauses.pause(house.rt, writes(house, luz), PauseReason.STOP_UNCLEAR)
    house.pass_time(days=60)
    jobs.tick(house.rt)
    assert len(standing(house, luz)) == 1
    assert not is_closed(house, house.address(luz, Channel.SMS))


def test_they_want_to_stop_closes_what_the_words_meant(house: House) -> None:
    luz = joins(house)
    pauses.pause(house.rt, writes(house, luz), PauseReason.STOP_LIKELY)
    pauses.they_want_to_stop(house.rt, standing(house, luz), by=house.ben)
    with house.rt.reading() as session:
        phone = house.address(luz, Channel.SMS)
        assert reach.suppressed(session, [phone]) == {phone: frozenset({SuppressionReason.STOP})}
    assert not is_closed(house, house.address(luz))
    assert standing(house, luz) == []


def test_they_want_to_stay_lifts_it_and_says_who_said_so(house: House) -> None:
    luz = joins(house)
    pauses.pause(house.rt, writes(house, luz), PauseReason.STOP_LIKELY)
    pauses.they_want_to_stay(house.rt, standing(house, luz), by=house.ben)
    assert says(house, luz, "answer:2").state is DeliveryState.ACCEPTED
    house.pass_time(days=2)
    jobs.tick(house.rt)
    assert not is_closed(house, house.address(luz, Channel.SMS))
    with house.rt.reading() as session:
        noted = session.execute(select(AuditEntry).where(AuditEntry.act == "pause.lifted")).scalar_one()
    assert (noted.actor, noted.detail) == (house.ben, PauseEnd.STAYED)


def test_whoever_is_in_danger_is_not_resumed_by_a_word_about_stopping(house: House) -> None:
    luz = joins(house)
    pauses.pause(house.rt, writes(house, luz), PauseReason.ACUTE)
    pauses.they_want_to_stay(house.rt, standing(house, luz), by=house.ben)
    assert len(standing(house, luz)) == 1


def test_one_answer_is_for_all_who_share_the_phone(house: House) -> None:
    luz, ana = joins(house), joins(house, "Ana")
    phone = house.address(luz, Channel.SMS)
    whose = pauses.Whose(writes(house, luz).raw_id, phone, (luz, ana), (phone,))
    pauses.pause(house.rt, whose, PauseReason.STOP_LIKELY)
    assert standing(house, luz)
    assert standing(house, ana)
    pauses.they_want_to_stay(house.rt, standing(house, ana)[:1], by=house.ben)
    assert standing(house, luz) == standing(house, ana) == []


def test_a_second_reason_keeps_them_paused(house: House) -> None:
    luz = joins(house)
    pauses.pause(house.rt, writes(house, luz), PauseReason.STOP_UNCLEAR)
    pauses.pause(house.rt, writes(house, luz, "two"), PauseReason.DISTRESS)
    with house.rt.reading() as session:
        wish = [each.id for each in store.standing_of_member(session, luz)][:1]
    pauses.they_want_to_stay(house.rt, wish, by=house.ben)
    assert says(house, luz, "answer:3").state is DeliveryState.SKIPPED

"""Texts that nobody answered for: whose message is whose, and what earlier attempts say."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import jobs
from engine.actions import receipts
from engine.gateways.twilio import TwilioGateway
from engine.store.deliveries import Delivery
from engine.store.provider_events import Report
from engine.vocabulary.messages import Fault, Outgoing, Receipt, ReceiptKind
from engine.vocabulary.words import DeliveryState
from tests.connections.conftest import MakePorch
from tests.connections.porch import Porch
from tests.connections.test_texts import LETTER, PHONE, due_a_text, sent
from tests.servers.twilio import ACCEPT_THEN_500, Answer, error


@pytest.fixture
def porch(make_porch: MakePorch) -> Porch:
    return due_a_text(make_porch)


HOUSEHOLD = LETTER.replace("Hi {{ first_name }}.\n", "The porch light is on.\n")


@pytest.mark.parametrize("second", [ACCEPT_THEN_500, error(500)])
def test_two_texts_alike_to_one_phone_are_told_apart_after_a_crash_of_twilio(
    make_porch: MakePorch, second: Answer
) -> None:
    porch = make_porch()
    porch.organizer("Maya Ortiz")
    porch.publishes({"one": HOUSEHOLD})
    for name in ("Ana", "Ben"):
        porch.joins(name, phone=PHONE)
    porch.servers.twilio.next_answers += [ACCEPT_THEN_500, second]
    porch.works(PHONE)
    porch.works(PHONE, minutes=2, seconds=1)
    with porch.rt.reading() as session:
        rows = session.execute(select(Delivery.state, Delivery.provider_id)).all()
    assert {state for state, _ in rows} == {DeliveryState.ACCEPTED}
    assert len({provider_id for _, provider_id in rows}) == sent(porch) == 2


def test_a_report_gives_a_text_back_that_was_taken_for_another(make_porch: MakePorch) -> None:
    porch = make_porch()
    porch.organizer("Maya Ortiz")
    porch.publishes({"one": HOUSEHOLD})
    for name in ("Ana", "Ben"):
        porch.joins(name, phone=PHONE)
    porch.servers.twilio.next_answers += [ACCEPT_THEN_500, ACCEPT_THEN_500]
    porch.works(PHONE)
    porch.works(PHONE, minutes=2, seconds=1)
    with porch.rt.reading() as session:
        (first, hers), (second, his) = session.execute(
            select(Delivery.id, Delivery.provider_id).order_by(Delivery.id)
        ).all()
    receipts.note_report(porch.rt, Report(second, 9, str(hers), "delivered"))  # of no attempt there was
    with porch.rt.transaction() as session:
        session.get_one(Delivery, second).provider_id = None
    receipts.note_report(porch.rt, Report(second, 1, str(hers), "sent"))
    with porch.rt.reading() as session:
        assert session.get_one(Delivery, second).provider_id == hers
        assert session.get_one(Delivery, first).state is DeliveryState.UNKNOWN
    porch.works(PHONE, minutes=2, seconds=1)
    with porch.rt.reading() as session:
        assert session.get_one(Delivery, first).provider_id == his
    assert sent(porch) == 2


def test_a_failed_first_attempt_is_not_taken_for_the_second(porch: Porch) -> None:
    porch.works(PHONE)
    (first,) = porch.servers.twilio.sent_to(PHONE)
    porch.servers.twilio.callback(first.sid, "undelivered", 30003)
    porch.servers.twilio.next_answers.append(error(500))  # the second is not taken
    assert porch.works(PHONE, minutes=31).state is DeliveryState.UNKNOWN
    assert porch.works(PHONE, minutes=3).state is DeliveryState.ACCEPTED
    assert sent(porch) == 2


def test_a_first_attempt_that_is_reported_delivered_is_not_followed_by_a_second(porch: Porch) -> None:
    porch.servers.twilio.next_answers.append(ACCEPT_THEN_500)
    porch.works(PHONE)
    (text,) = porch.servers.twilio.sent_to(PHONE)
    hidden = porch.servers.twilio.messages.pop(text.sid)  # Twilio's list lags behind
    porch.servers.twilio.next_answers.append(error(429, 20429))
    assert porch.works(PHONE, minutes=2, seconds=1).attempt == 2
    porch.servers.twilio.messages[text.sid] = hidden
    porch.servers.twilio.callback(text.sid, "delivered")
    assert porch.works(PHONE, minutes=5).state is DeliveryState.DELIVERED
    assert sent(porch) == 1


def test_when_twilio_hangs_one_question_a_tick_is_enough_and_a_stop_is_heard(
    make_porch: MakePorch, monkeypatch: pytest.MonkeyPatch
) -> None:
    porch = make_porch()
    porch.organizer("Maya Ortiz")
    porch.publishes({"one": LETTER})
    for number in range(5):
        porch.joins(f"Ana{number}", phone=f"+1212555014{number}")
    porch.servers.twilio.next_answers += [error(500)] * 5
    jobs.tick(porch.rt)
    while jobs.deliver(porch.rt):
        pass
    asked: list[str] = []
    monkeypatch.setattr(TwilioGateway, "look_up", lambda _, letter: asked.append(letter.to))
    porch.clock.advance(timedelta(minutes=3))
    jobs.tick(porch.rt)
    assert len(asked) == 1
    porch.clock.advance(timedelta(minutes=3))
    porch.rt.stopping.set()
    jobs.tick(porch.rt)
    assert len(asked) == 1


def test_while_twilio_is_away_no_second_text_overtakes_the_first(
    make_porch: MakePorch, monkeypatch: pytest.MonkeyPatch
) -> None:
    porch = make_porch()
    porch.organizer("Maya Ortiz")
    porch.publishes({"one": LETTER})
    porch.joins("Ana", phone=PHONE)
    jobs.tick(porch.rt)
    again = LETTER.replace("Title: One", "Title: Two").replace("Hi {{ first_name }}.\n", "Second.\n")
    porch.publishes({"two": again})
    jobs.tick(porch.rt)
    send, tries = TwilioGateway._send, iter([True])

    def away_at_first(gateway: TwilioGateway, letter: Outgoing) -> Receipt:
        if next(tries, False):
            kind = ReceiptKind.DEFERRED
            return Receipt(letter.delivery_id, letter.attempt, kind, "away", fault=Fault.DOWN)
        return send(gateway, letter)

    monkeypatch.setattr(TwilioGateway, "_send", away_at_first)
    for _ in range(12):
        while jobs.deliver(porch.rt):
            pass
        porch.clock.advance(timedelta(seconds=10))
    assert [text.body for text in porch.servers.twilio.sent_to(PHONE)] == ["Hi Ana.", "Second."]

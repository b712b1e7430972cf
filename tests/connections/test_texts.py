"""Texts by Twilio: what its errors mean, requests that were answered late, reports in any order."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import jobs
from engine.actions import addresses, receipts
from engine.gateways.twilio import TwilioGateway
from engine.rules.receipts import GIVES_UP_AFTER, fold
from engine.store.provider_events import Report
from engine.vocabulary.messages import Outgoing, Receipt
from engine.vocabulary.words import Channel, DeliveryState, HoldReason, SuppressionReason
from tests.connections.conftest import MakePorch
from tests.connections.porch import OURS, PUBLIC, Porch
from tests.servers.twilio import (
    ACCEPT_THEN_500,
    ACCEPT_THEN_RESET,
    Answer,
    Posted,
    Text,
    accept_then_hang,
    error,
    hang,
)
from webapp.town.simulated import BEGINS

PHONE = "+12125550134"
LETTER = """---
Title: One
For: everyone
---
## hello
When: right away
Subject: Hi {{ first_name }}

Words.

### text
Hi {{ first_name }}.
"""


@pytest.fixture
def porch(make_porch: MakePorch) -> Porch:
    return due_a_text(make_porch)


def due_a_text(make_porch: MakePorch) -> Porch:
    """Ana is."""
    porch = make_porch()
    porch.organizer("Maya Ortiz")
    porch.publishes({"one": LETTER})
    porch.joins("Ana", phone=PHONE)
    return porch


def impatient(porch: Porch) -> Porch:
    """The same, where Twilio has half a second to answer."""
    sms = porch.rt.doors.sms
    assert isinstance(sms, TwilioGateway)
    hurried = replace(sms, account=replace(sms.account, answer_within=0.5))
    return replace(porch, rt=replace(porch.rt, doors=replace(porch.rt.doors, sms=hurried)))


def sent(porch: Porch) -> int:
    return len(porch.servers.twilio.sent_to(PHONE))


# --- refused at once ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        (error(400, 21211), DeliveryState.REFUSED, {SuppressionReason.WRONG_NUMBER}),
        (error(400, 21614), DeliveryState.REFUSED, {SuppressionReason.WRONG_NUMBER}),
        (error(400, 21610), DeliveryState.REFUSED, {SuppressionReason.STOP}),
        (error(400, 21617), DeliveryState.REFUSED, set()),
        (error(429, 20429), DeliveryState.DEFERRED, set()),
        (error(400, 21611), DeliveryState.DEFERRED, set()),
    ],
)
def test_trust_S6_S11_a_refused_text_is_told_by_its_code(
    porch: Porch, answer: Answer, state: DeliveryState, reason: set[SuppressionReason]
) -> None:
    porch.servers.twilio.next_answers.append(answer)
    assert porch.works(PHONE).state is state
    assert porch.suppressed(PHONE) == reason
    assert not porch.servers.twilio.next_answers


@pytest.mark.parametrize(
    ("code", "why"), [(30034, HoldReason.NOT_APPROVED), (20003, HoldReason.REFUSED_LOGIN)]
)
def test_trust_S10_what_concerns_our_number_holds_all_texts_and_loses_none(
    porch: Porch, code: int, why: HoldReason
) -> None:
    porch.servers.twilio.next_answers.append(error(400, code))
    porch.works(PHONE)
    assert porch.held() == {Channel.SMS: why}
    porch.works(PHONE, minutes=10)
    assert sent(porch) == 0
    receipts.release(porch.rt, Channel.SMS, by="machine")
    assert porch.works(PHONE, minutes=1).state is DeliveryState.ACCEPTED
    assert sent(porch) == 1


def test_trust_F15_slowing_down_skips_nobody_and_keeps_the_order(make_porch: MakePorch) -> None:
    porch = make_porch()
    porch.organizer("Maya Ortiz")
    porch.publishes({"one": LETTER})
    phones = [f"+1212555{number:04d}" for number in range(100, 130)]
    for phone in phones:
        porch.joins("Ana", phone=phone)
    jobs.tick(porch.rt)
    porch.servers.twilio.next_answers += [error(429, 20429)] * 2
    for _ in range(4):
        porch.clock.advance(timedelta(minutes=2))
        while jobs.deliver(porch.rt):
            pass
    assert [text.to for text in porch.servers.twilio.messages.values()] == phones


# --- F16: accepted, and we were never told -----------------------------------------------------


@pytest.mark.parametrize("answer", [ACCEPT_THEN_500, ACCEPT_THEN_RESET, accept_then_hang(60)])
def test_trust_F16_a_text_that_was_taken_unheard_is_found_and_not_sent_again(
    porch: Porch, answer: Answer
) -> None:
    porch = impatient(porch)
    porch.servers.twilio.next_answers.append(answer)
    assert porch.works(PHONE).state is DeliveryState.UNKNOWN
    found = porch.works(PHONE, minutes=2, seconds=1)
    assert found.state is DeliveryState.ACCEPTED
    assert found.provider_id == porch.servers.twilio.sent_to(PHONE)[0].sid
    assert sent(porch) == 1


@pytest.mark.parametrize("answer", [error(500), hang(60)])
def test_trust_F16_a_text_that_was_not_taken_is_sent_after_a_look(porch: Porch, answer: Answer) -> None:
    porch = impatient(porch)
    porch.servers.twilio.next_answers.append(answer)
    assert porch.works(PHONE).state is DeliveryState.UNKNOWN
    assert sent(porch) == 0
    porch.works(PHONE, minutes=2, seconds=1)
    assert porch.works(PHONE).state is DeliveryState.ACCEPTED
    assert sent(porch) == 1


def test_trust_F16_while_the_list_cannot_be_asked_nothing_is_sent(porch: Porch) -> None:
    porch.servers.twilio.next_answers.append(ACCEPT_THEN_500)
    porch.servers.twilio.next_looks.append(error(503))
    porch.works(PHONE)
    assert porch.works(PHONE, minutes=2, seconds=1).state is DeliveryState.UNKNOWN
    assert porch.works(PHONE, minutes=2, seconds=1).state is DeliveryState.ACCEPTED
    assert sent(porch) == 1


# --- F17, F18: reports --------------------------------------------------------------------------


def test_trust_F17_a_report_that_comes_before_the_answer_is_adopted(porch: Porch) -> None:
    porch.servers.twilio.early = True
    porch.servers.twilio.next_answers.append(ACCEPT_THEN_500)
    delivery = porch.works(PHONE)
    (text,) = porch.servers.twilio.sent_to(PHONE)
    assert (delivery.state, delivery.provider_id) == (DeliveryState.ACCEPTED, text.sid)
    porch.works(PHONE, minutes=5)
    assert sent(porch) == 1


def test_a_failed_text_says_so_and_a_dead_number_is_not_written_to_again(porch: Porch) -> None:
    porch.works(PHONE)
    (text,) = porch.servers.twilio.sent_to(PHONE)
    assert porch.servers.twilio.callback(text.sid, "undelivered", 30005).status == 200
    assert porch.delivery(PHONE).state is DeliveryState.BOUNCED
    assert porch.suppressed(PHONE) == {SuppressionReason.WRONG_NUMBER}


def test_trust_S11_a_phone_that_is_off_gets_two_spaced_retries(porch: Porch) -> None:
    for wait in (timedelta(), timedelta(minutes=31), timedelta(hours=4, minutes=1)):
        porch.works(PHONE, seconds=wait.total_seconds())
        text = porch.servers.twilio.sent_to(PHONE)[-1]
        porch.servers.twilio.callback(text.sid, "undelivered", 30003)
    assert sent(porch) == 3
    assert porch.delivery(PHONE).state is DeliveryState.BOUNCED
    porch.works(PHONE, days=3)
    assert sent(porch) == 3
    assert porch.suppressed(PHONE) == set()


def test_a_text_that_is_reported_as_put_off_for_days_is_given_up(porch: Porch) -> None:
    porch.works(PHONE)
    while porch.clock.now() - BEGINS <= GIVES_UP_AFTER:
        text = porch.servers.twilio.sent_to(PHONE)[-1]
        porch.servers.twilio.callback(text.sid, "failed", 30001)
        assert porch.delivery(PHONE).state is DeliveryState.DEFERRED
        porch.works(PHONE, days=1)
    porch.servers.twilio.callback(porch.servers.twilio.sent_to(PHONE)[-1].sid, "failed", 30001)
    assert porch.delivery(PHONE).state is DeliveryState.BOUNCED


def test_trust_S11_texts_are_held_when_carriers_filter_more_than_two_in_a_hundred(
    make_porch: MakePorch,
) -> None:
    porch = make_porch()
    porch.organizer("Maya Ortiz")
    porch.publishes({"one": LETTER})
    for number in range(100):
        porch.joins("Ana", phone=f"+1212555{number:04d}")
    jobs.tick(porch.rt)
    while jobs.deliver(porch.rt):
        pass
    texts = list(porch.servers.twilio.messages)
    for sid in texts[:2]:
        porch.servers.twilio.callback(sid, "undelivered", 30007)
    assert porch.held() == {}
    porch.servers.twilio.callback(texts[2], "undelivered", 30007)
    assert porch.held() == {Channel.SMS: HoldReason.FILTERED}


LIVES = [
    (("queued", None), ("sent", None), ("delivered", None)),
    (("queued", None), ("sent", None), ("undelivered", 30005)),
    (("sending", None), ("failed", 30007)),
    (("queued", None), ("sent", None), ("undelivered", 30003)),
]


@given(data=st.data(), life=st.sampled_from(LIVES))
def test_trust_F18_reports_mean_the_same_in_any_order_and_number(
    data: st.DataObject, life: Sequence[tuple[str, int | None]]
) -> None:
    many = [each for each in life for _ in range(data.draw(st.integers(1, 5)))]
    shuffled = data.draw(st.permutations(many))
    states = [fold(frozenset(shuffled[: n + 1])).state for n in range(len(shuffled))]
    assert states[-1] is fold(frozenset(life)).state
    final = [state for state in states if state is not DeliveryState.ACCEPTED]
    assert all(state is states[-1] for state in final)  # what is final never goes back


@pytest.mark.parametrize("life", LIVES)
@pytest.mark.parametrize("backwards", [False, True])
def test_trust_F18_late_and_doubled_reports_leave_the_ledger_as_one_in_order_does(
    porch: Porch, life: Sequence[tuple[str, int | None]], backwards: bool
) -> None:
    delivery = porch.works(PHONE)
    porch.clock.advance(timedelta(hours=24))
    for status, code in reversed(life) if backwards else life:
        report = Report(delivery.id, 1, str(delivery.provider_id), status, code)
        for _ in range(3):
            receipts.note_report(porch.rt, report)
    assert porch.delivery(PHONE).state is fold(frozenset(life)).state


def test_a_report_about_an_earlier_attempt_is_kept_and_changes_nothing(porch: Porch) -> None:
    porch.works(PHONE)
    (text,) = porch.servers.twilio.sent_to(PHONE)
    porch.servers.twilio.callback(text.sid, "undelivered", 30003)
    porch.works(PHONE, minutes=31)
    porch.servers.twilio.callback(text.sid, "failed", 30005)
    assert porch.delivery(PHONE).state is DeliveryState.ACCEPTED


def test_a_report_about_a_text_that_is_ready_again_keeps_it_from_going_twice(porch: Porch) -> None:
    porch.servers.twilio.next_answers.append(ACCEPT_THEN_500)
    porch.works(PHONE)
    (text,) = porch.servers.twilio.sent_to(PHONE)
    hidden = porch.servers.twilio.messages.pop(text.sid)  # Twilio's list lags behind
    porch.clock.advance(timedelta(minutes=3))
    jobs.tick(porch.rt)
    assert porch.delivery(PHONE).state is DeliveryState.READY
    porch.servers.twilio.messages[text.sid] = hidden
    porch.servers.twilio.callback(text.sid, "delivered")
    assert porch.works(PHONE).state is DeliveryState.DELIVERED
    assert sent(porch) == 1


def test_trust_T16_no_text_leaves_after_a_stop_or_a_hold_but_the_one_handed_over(
    make_porch: MakePorch, monkeypatch: pytest.MonkeyPatch
) -> None:
    porch = make_porch()
    porch.organizer("Maya Ortiz")
    porch.publishes({"one": LETTER})
    phones = [f"+1212555{number:04d}" for number in range(10)]
    for phone in phones:
        porch.joins("Ana", phone=phone)
    jobs.tick(porch.rt)
    carry, gateway = TwilioGateway.carry, porch.rt.doors.sms
    assert isinstance(gateway, TwilioGateway)
    carried: list[str] = []

    def carry_and_hear(self: TwilioGateway, batch: Sequence[Outgoing]) -> Iterator[Receipt]:
        carried.extend(letter.to for letter in batch)
        if len(carried) == 3:
            last = porch.delivery(phones[9]).address_id
            assert last
            addresses.suppress(porch.rt, last, SuppressionReason.STOP)
        if len(carried) == 6:
            receipts.hold(porch.rt, Channel.SMS, HoldReason.BY_ADMIN)
        return carry(self, batch)

    monkeypatch.setattr(TwilioGateway, "carry", carry_and_hear)
    jobs.deliver(porch.rt)
    assert carried == phones[:6]
    receipts.release(porch.rt, Channel.SMS, by="machine")
    jobs.deliver(porch.rt)
    assert carried == phones[:9]


# --- the webhooks' door -------------------------------------------------------------------------


@pytest.mark.parametrize("signature", [None, "", "bm90IG91cnM=", "ñ"])
@pytest.mark.parametrize("path", ["/hooks/twilio/texts", "/hooks/twilio/reports/token/1"])
def test_a_post_that_twilio_did_not_sign_is_refused_and_nothing_is_kept(
    porch: Porch, signature: str | None, path: str
) -> None:
    headers = {} if signature is None else {"X-Twilio-Signature": signature}
    form = {"MessageSid": "SM1", "From": PHONE, "To": OURS, "Body": "STOP"}
    said = porch.app.test_client().post(path, base_url=PUBLIC, data=form, headers=headers)
    assert said.status_code == 403
    assert porch.kept() == 0


def test_the_signature_is_over_the_public_address_whatever_a_proxy_made_of_it(porch: Porch) -> None:
    form = {"MessageSid": "SM1", "From": PHONE, "To": OURS, "Body": "hello"}
    twilio, client = porch.servers.twilio, porch.app.test_client()

    def by_a_proxy(url: str, form: dict[str, str], headers: dict[str, str]) -> Posted:
        path = url.removeprefix(PUBLIC)
        said = client.post(path, base_url="http://127.0.0.1:8425", data=form, headers=headers)
        return Posted(said.status_code, said.get_data())

    twilio.post = by_a_proxy
    assert twilio.signed(f"{PUBLIC}/hooks/twilio/texts", form).status == 200
    assert porch.kept() == 1


def test_a_text_that_is_posted_again_is_the_same_text(porch: Porch) -> None:
    text = Text(PHONE, OURS, "hello")
    for _ in range(3):
        assert porch.servers.twilio.send_in(f"{PUBLIC}/hooks/twilio/texts", text).status == 200
    assert porch.kept() == 1


@pytest.mark.parametrize(
    "form", [{}, {"MessageSid": "SM1"}, {"MessageSid": "S" * 500, "MessageStatus": "x" * 99}]
)
def test_a_strange_report_is_never_a_500(porch: Porch, form: dict[str, str]) -> None:
    url = f"{PUBLIC}/hooks/twilio/reports/no-token-of-ours/1"
    assert porch.servers.twilio.signed(url, form).status == 204

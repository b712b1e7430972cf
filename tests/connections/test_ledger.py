"""What the ledger makes of receipts over real SMTP: deferrals, suppressions, holds, and leases."""

import time
from datetime import timedelta

import pytest

from engine import jobs
from engine.actions import deliveries, receipts
from engine.gateways.smtp import SmtpGateway
from engine.rules.receipts import GIVES_UP_AFTER
from engine.store import health
from engine.vocabulary.words import Channel, DeliveryState, HoldReason, SuppressionReason
from tests.connections.conftest import MakePorch
from tests.connections.porch import Porch, start_worker, until
from tests.servers.smtpd import HANG, Fault, Misbehaving, Stage

ANA, BEN = "ana@riverbend.example", "ben@hill.example"
SETTLED = {DeliveryState.ACCEPTED, DeliveryState.READY}
LETTER = "---\nTitle: One\nFor: everyone\n---\n## hello\nWhen: right away\nSubject: Hi\n\nWords.\n"


@pytest.fixture
def porch(make_porch: MakePorch, misbehaving: Misbehaving) -> Porch:
    """Ana is due a letter, and the relay misbehaves as it is told."""
    return due(make_porch(SMTP_URL=f"smtp://127.0.0.1:{misbehaving.port}?tls=off"))


def due(porch: Porch) -> Porch:
    """Ana is due a letter; the gateway's pauses go by the clock that the test moves."""
    gateway = porch.rt.doors.email
    assert isinstance(gateway, SmtpGateway)
    gateway.clock = lambda: porch.clock.now().timestamp()
    porch.organizer("Maya Ortiz")
    porch.publishes({"one": LETTER})
    porch.joins("Ana", email=ANA)
    return porch


@pytest.mark.parametrize(
    ("stage", "says"),
    [
        ("mail", "421 4.3.2 Closing"),
        ("rcpt", "450 4.2.0 Busy"),
        ("dot", "451 4.3.0 No"),
        ("rcpt", "452 4.2.2 Full"),
    ],
)
def test_trust_F11_a_deferred_letter_comes_later_and_later_and_arrives(
    porch: Porch, misbehaving: Misbehaving, stage: Stage, says: str
) -> None:
    misbehaving.faults.append(Fault(stage, says, times=2))
    waits = []
    for _ in range(2):
        delivery = porch.works(ANA)
        assert delivery.state is DeliveryState.DEFERRED
        waits.append(delivery.due_at - porch.clock.now())
        porch.clock.set(delivery.due_at + timedelta(minutes=20))  # after the domain's pause, too
    assert misbehaving.fired[stage] == 2
    assert timedelta(minutes=2) <= waits[0] <= timedelta(minutes=2.5)
    assert timedelta(minutes=4) <= waits[1] <= timedelta(minutes=5)
    assert porch.works(ANA).state is DeliveryState.ACCEPTED
    assert len(misbehaving.accepted) == 1


def test_trust_F11_many_letters_put_off_together_do_not_come_back_together(
    porch: Porch, misbehaving: Misbehaving
) -> None:
    misbehaving.faults.append(Fault("rcpt", "450 4.2.0 Busy"))
    people = [f"n{number}@riverbend.example" for number in range(40)]
    for each in people:
        porch.joins("N", email=each)
    porch.works(ANA)
    assert len({porch.delivery(each).due_at for each in people}) > 20


def test_a_letter_that_is_put_off_for_days_is_given_up_and_says_why(
    porch: Porch, misbehaving: Misbehaving
) -> None:
    misbehaving.faults.append(Fault("rcpt", "452 4.2.2 Mailbox full"))
    porch.works(ANA)
    porch.clock.advance(GIVES_UP_AFTER + timedelta(minutes=1))
    delivery = porch.works(ANA)
    assert delivery.state is DeliveryState.REFUSED
    assert delivery.problem == "RCPT: 452 4.2.2 Mailbox full"


@pytest.mark.parametrize(
    ("stage", "says", "why"),
    [
        ("rcpt", "550 5.1.1 No such user", {SuppressionReason.HARD_BOUNCE}),
        ("rcpt", "552 5.2.2 Mailbox full", set()),
        ("dot", "554 5.6.0 Content refused", set()),
    ],
)
def test_trust_F12_a_dead_address_is_suppressed_and_a_refused_letter_is_only_refused(
    porch: Porch, misbehaving: Misbehaving, stage: Stage, says: str, why: set[SuppressionReason]
) -> None:
    misbehaving.faults.append(Fault(stage, says))
    assert porch.works(ANA).state is DeliveryState.REFUSED
    assert misbehaving.fired[stage] == 1
    assert porch.suppressed(ANA) == why
    assert porch.held() == {}
    porch.works(ANA, days=3)
    assert misbehaving.fired[stage] == 1


def test_trust_F12_a_refused_stream_holds_all_email_until_a_person_releases_it(
    porch: Porch, misbehaving: Misbehaving
) -> None:
    misbehaving.faults.append(Fault("dot", "550 5.7.515 Access denied", times=1))
    porch.works(ANA)
    assert porch.held() == {Channel.EMAIL: HoldReason.REFUSED_STREAM}
    porch.joins("Ben", email=BEN)
    porch.works(ANA, hours=1)
    assert misbehaving.accepted == []
    receipts.release(porch.rt, Channel.EMAIL, by="machine")
    assert porch.works(ANA, minutes=5).state is DeliveryState.ACCEPTED
    assert {taken.recipients for taken in misbehaving.accepted} == {(ANA,), (BEN,)}


def test_a_password_that_is_refused_holds_email_and_loses_no_letter(
    make_porch: MakePorch, misbehaving: Misbehaving
) -> None:
    misbehaving.faults.append(Fault("auth", "535 5.7.8 Wrong", times=1))
    porch = due(make_porch(SMTP_URL=f"smtp://porch:wrong@127.0.0.1:{misbehaving.port}?tls=off"))
    porch.works(ANA)
    assert porch.held() == {Channel.EMAIL: HoldReason.REFUSED_LOGIN}
    receipts.release(porch.rt, Channel.EMAIL, by="machine")
    assert porch.works(ANA, minutes=5).state is DeliveryState.ACCEPTED


def test_a_relay_that_was_away_for_a_week_costs_nobody_their_letter(
    porch: Porch, misbehaving: Misbehaving
) -> None:
    misbehaving.faults.append(Fault("banner", "421 4.3.2 Away"))
    for _ in range(29):
        assert porch.works(ANA, hours=6).state is DeliveryState.READY
    with porch.rt.reading() as session:
        assert "127.0.0.1" in str(health.queues(session, porch.clock.now()).stalled)
    misbehaving.faults.clear()
    porch.clock.set(porch.delivery(ANA).due_at)
    assert porch.works(ANA, minutes=1).state is DeliveryState.ACCEPTED
    with porch.rt.reading() as session:
        assert health.queues(session, porch.clock.now()).stalled is None


def test_trust_F13_while_the_other_side_is_slow_the_lease_is_renewed_and_nobody_sends_it_again(
    porch: Porch, misbehaving: Misbehaving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "LEASE", timedelta(seconds=1))
    monkeypatch.setattr(deliveries, "RENEWED_EVERY", timedelta(seconds=0.2))
    misbehaving.faults.append(Fault("dot", HANG, times=1))
    jobs.tick(porch.rt)
    start_worker(porch)
    until(lambda: misbehaving.fired["dot"] == 1, "the letter is on the wire")
    for _ in range(15):  # three leases long
        jobs.tick(porch.rt)
        assert porch.delivery(ANA).state is DeliveryState.IN_FLIGHT
        time.sleep(0.2)
    misbehaving.close_connections()
    until(lambda: porch.delivery(ANA).state is DeliveryState.DEFERRED, "after the dot it is unknown")
    assert len(misbehaving.taken) == 1


def crowd(porch: Porch) -> list[str]:
    """Twenty more people who are due a letter."""
    people = [f"n{number}@riverbend.example" for number in range(20)]
    for each in people:
        porch.joins("N", email=each)
    return [ANA, *people]


def test_a_worker_that_shall_stop_ends_with_the_letter_on_the_wire_and_gives_back_the_rest(
    make_porch: MakePorch, misbehaving: Misbehaving, pairing: dict[str, str]
) -> None:
    porch = due(make_porch(SMTP_URL=f"smtp://127.0.0.1:{misbehaving.port}?tls=off", **pairing))
    people = crowd(porch)
    misbehaving.slow = 0.3
    jobs.tick(porch.rt)
    stop = start_worker(porch)
    until(lambda: len(misbehaving.accepted) == 2, "letters leave")
    stop()
    assert len(misbehaving.accepted) < 9
    assert {porch.delivery(each).state for each in people} == {DeliveryState.ACCEPTED, DeliveryState.READY}
    misbehaving.slow = 0.0
    start_worker(porch)
    porch.settles()
    assert sorted(taken.recipients[0] for taken in misbehaving.taken) == sorted(people)


def test_a_hold_calls_back_what_is_not_on_the_wire_yet(porch: Porch, misbehaving: Misbehaving) -> None:
    people = crowd(porch)
    misbehaving.slow = 0.3
    jobs.tick(porch.rt)
    start_worker(porch)
    until(lambda: len(misbehaving.accepted) == 2, "letters leave")
    receipts.hold(porch.rt, Channel.EMAIL, HoldReason.BY_ADMIN)
    until(lambda: {porch.delivery(each).state for each in people} <= SETTLED, "what was begun has ended")
    assert len(misbehaving.accepted) < 9
    misbehaving.slow = 0.0
    receipts.release(porch.rt, Channel.EMAIL, by="machine")
    porch.settles()
    assert sorted(taken.recipients[0] for taken in misbehaving.taken) == sorted(people)


def test_texts_do_not_wait_for_a_slow_relay(
    make_porch: MakePorch, misbehaving: Misbehaving, pairing: dict[str, str]
) -> None:
    porch = make_porch(SMTP_URL=f"smtp://127.0.0.1:{misbehaving.port}?tls=off", **pairing)
    porch.organizer("Maya Ortiz")
    porch.publishes({"one": LETTER + "\n### text\nHi.\n"})
    misbehaving.faults.append(Fault("dot", HANG))
    porch.joins("Ana", email=ANA)
    jobs.tick(porch.rt)
    start_worker(porch)
    until(lambda: misbehaving.fired["dot"], "the letter is on the wire")
    porch.joins("Ben", phone="+12125550134")
    jobs.tick(porch.rt)
    assert porch.text("+12125550134").body.startswith("Hi.")
    assert porch.delivery(ANA).state is DeliveryState.IN_FLIGHT
    misbehaving.close_connections()


def test_while_a_channel_is_held_nothing_of_it_is_claimed_and_the_other_goes_on(
    make_porch: MakePorch,
) -> None:
    porch = make_porch()
    porch.organizer("Maya Ortiz")
    porch.publishes({"one": LETTER + "\n### text\nHi.\n"})
    receipts.hold(porch.rt, Channel.EMAIL, HoldReason.BY_ADMIN)
    porch.joins("Ana", email=ANA)
    porch.joins("Ben", phone="+12125550134")
    porch.works(ANA)
    assert porch.delivery(ANA).state is DeliveryState.READY
    assert porch.delivery("+12125550134").state is DeliveryState.ACCEPTED
    assert porch.servers.sink.messages == []

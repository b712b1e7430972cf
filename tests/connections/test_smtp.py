"""Email by SMTP: security, warm connections, and every way in which the other side can fail."""

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from engine.gateways.base import GatewayError
from engine.gateways.smtp import SmtpGateway
from engine.gateways.wire import Patience, Relay, read_relay
from engine.vocabulary.ids import DeliveryId
from engine.vocabulary.messages import Fault as Whose
from engine.vocabulary.messages import Outgoing, Receipt, ReceiptKind
from engine.vocabulary.words import Channel
from tests.servers.certificates import trusting
from tests.servers.smtpd import (
    DROP,
    HANG,
    RESET,
    TRICKLE,
    Fault,
    Misbehaving,
    Sink,
    Stage,
    Tls,
    for_recipients,
)

ANA, BEN = "ana@riverbend.example", "ben@hill.example"
QUICK = Patience(connect=0.5, command=0.5, data=0.5, block=0.5, dot=0.5)
LONG = b"x" * 70 + b"\r\n"  # far more than the system takes off our hands before it is on the wire
LONG *= 300_000
NEVER = {"banner": Whose.DOWN, "ehlo": Whose.DOWN}  # nothing of the letter had been said yet


def letter(to: str = ANA, number: int = 1, body: bytes = b"Hello.\r\n.one dot\r\n") -> Outgoing:
    delivery_id = DeliveryId(f"{number:026d}")
    return Outgoing(
        delivery_id=delivery_id,
        attempt=1,
        channel=Channel.EMAIL,
        to=to,
        sender=f"b-{number}@porch.example",
        payload=b"Subject: Hi\r\n\r\n" + body,
        rfc_message_id=f"<{delivery_id}@porch.example>",
        first_tried=datetime(2026, 3, 2, 15, 0, tzinfo=UTC),
    )


def over(server: Misbehaving | Sink, patience: Patience = QUICK) -> SmtpGateway:
    return SmtpGateway(Relay("127.0.0.1", server.port, "off"), patience)


def sends(gateway: SmtpGateway, *letters: Outgoing) -> list[Receipt]:
    return list(gateway.carry(letters or [letter()]))


# --- the good days -----------------------------------------------------------------------------


def test_what_arrives_is_byte_for_byte_what_was_handed_over(sink: Sink) -> None:
    sends(over(sink), letter(body=b"..\r\n.\r\nna\xc3\xafve\r\n"))
    (kept,) = sink.messages
    assert (kept.sender, kept.recipients) == ("b-1@porch.example", (ANA,))
    assert kept.raw == b"Subject: Hi\r\n\r\n..\r\n.\r\nna\xc3\xafve\r\n"


def test_we_introduce_ourselves_by_our_mail_domain_not_by_the_machine(misbehaving: Misbehaving) -> None:
    gateway = SmtpGateway(Relay("127.0.0.1", misbehaving.port, "off", helo="porch.example"), QUICK)
    assert sends(gateway)[0].kind is ReceiptKind.ACCEPTED
    assert gateway._idle[0].smtp.local_hostname == "porch.example"


def test_one_connection_carries_many_letters_each_to_one_recipient(sink: Sink) -> None:
    gateway = over(sink)
    for first in range(0, 60, 20):
        sends(gateway, *[letter(number=first + number) for number in range(20)])
    assert len(sink.messages) == 60
    assert {len(kept.recipients) for kept in sink.messages} == {1}
    assert sink.connections == 1


def test_a_connection_is_made_anew_after_a_hundred_letters(sink: Sink) -> None:
    sends(over(sink), *[letter(number=number) for number in range(201)])
    assert (len(sink.messages), sink.connections) == (201, 3)


def test_an_idle_connection_that_the_relay_closed_is_replaced_and_nothing_is_lost(
    misbehaving: Misbehaving,
) -> None:
    gateway = over(misbehaving)
    sends(gateway)
    misbehaving.close_connections()
    (receipt,) = sends(gateway, letter(number=2))
    assert receipt.kind is ReceiptKind.ACCEPTED
    assert (len(misbehaving.accepted), misbehaving.connections) == (2, 2)


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_it_signs_in_over_tls_with_a_certificate_it_checks(tls: Tls) -> None:
    with Sink(user="porch", password="light", tls=tls) as sink:
        relay = Relay("localhost", sink.port, "tls" if tls == "implicit" else "starttls", "porch", "light")
        gateway = SmtpGateway(relay, QUICK, tls=lambda: trusting(sink.certificate))
        assert sends(gateway)[0].kind is ReceiptKind.ACCEPTED
        assert "signed in as porch" in gateway.check()
        (kept,) = sink.messages
        assert (kept.secure, kept.login) == (True, "porch")


@pytest.mark.parametrize(
    ("tls", "password", "whose", "words"),
    [
        ("starttls", "wrong", Whose.LOGIN, "refuses the user name or password"),
        ("none", "light", Whose.LOGIN, "offers no TLS"),
    ],
)
def test_a_relay_that_does_not_let_us_in_is_named_and_nothing_is_sent(
    tls: Tls, password: str, whose: Whose, words: str
) -> None:
    with Sink(user="porch", password="light", tls=tls) as sink:
        relay = Relay("localhost", sink.port, "starttls", "porch", password)
        gateway = SmtpGateway(relay, QUICK, tls=lambda: trusting(sink.certificate))
        (receipt,) = sends(gateway)
        assert (receipt.kind, receipt.fault) == (ReceiptKind.DEFERRED, whose)
        assert words in receipt.detail
        assert password not in receipt.detail
        with pytest.raises(GatewayError, match=words):
            gateway.check()
        assert sink.messages == []


def test_a_certificate_nobody_vouches_for_is_refused() -> None:
    with Sink(tls="starttls") as sink:
        gateway = SmtpGateway(Relay("localhost", sink.port, "starttls"), QUICK)
        (receipt,) = sends(gateway)
        assert (receipt.kind, receipt.fault) == (ReceiptKind.DEFERRED, Whose.DOWN)
        assert "cannot be trusted" in receipt.detail
        assert sink.messages == []


@pytest.mark.parametrize(
    ("url", "relay"),
    [
        ("smtp://u:p%40ss@mail.example", Relay("mail.example", 587, "starttls", "u", "p@ss")),
        ("smtps://mail.example", Relay("mail.example", 465, "tls")),
        ("smtp://127.0.0.1:25?tls=off", Relay("127.0.0.1", 25, "off")),
    ],
)
def test_a_relay_is_read_from_its_address(url: str, relay: Relay) -> None:
    assert read_relay(url) == relay


# --- F11, F12: what the other side says ----------------------------------------------------------

LATER = [
    ("mail", "421 4.3.2 Closing", Whose.SLOW),
    ("rcpt", "450 4.2.0 Mailbox busy", None),
    ("rcpt", "452 4.2.2 Mailbox full", None),
    ("rcpt", "450 Try later", Whose.SLOW),
    ("rcpt", "451 4.7.1 Greylisted, slow down", Whose.SLOW),
    ("dot", "451 4.3.0 Not now", Whose.SLOW),
]
NOT_EVER = [
    ("rcpt", "550 5.1.1 No such user ana@riverbend.example", Whose.ADDRESS),
    ("rcpt", "550 No such user", Whose.ADDRESS),
    ("dot", "550 5.7.515 Access denied, sending domain does not pass", Whose.STREAM),
    ("rcpt", "552 5.2.2 Mailbox full", Whose.LETTER),
    ("dot", "552 5.3.4 Message too big", Whose.LETTER),
    ("dot", "554 5.6.0 Content refused", Whose.LETTER),
    ("mail", "530 5.7.0 Authentication required", Whose.LOGIN),
    ("mail", "550 Sender address rejected", Whose.STREAM),
    ("rcpt", "550 relay not permitted", Whose.LETTER),
    ("rcpt", "550 Your IP address 203.5.1.3 is on our block list", Whose.LETTER),
    ("dot", "550 Message rejected from 10.5.1.1", Whose.LETTER),
    ("rcpt", "550 Verification failed for <b-1@porch.example> No such user here", Whose.LETTER),
    ("rcpt", "550 Sender verify failed: domain does not exist", Whose.LETTER),
    ("rcpt", "550 mailbox unavailable. Your IP 192.0.2.1 is blocked", Whose.LETTER),
    ("rcpt", "550 relay not permitted: domain does not exist in our relay list", Whose.LETTER),
    ("mail", "552 5.3.4 Message size exceeds fixed limit", Whose.LETTER),
]


@pytest.mark.parametrize(("stage", "says", "whose"), LATER)
def test_trust_F11_later_is_a_deferral(
    misbehaving: Misbehaving, stage: Stage, says: str, whose: Whose | None
) -> None:
    misbehaving.faults.append(Fault(stage, says))
    (receipt,) = sends(over(misbehaving))
    assert misbehaving.fired[stage] == 1
    assert (receipt.kind, receipt.fault) == (ReceiptKind.DEFERRED, whose)
    assert misbehaving.accepted == []


@pytest.mark.parametrize(("stage", "says", "whose"), NOT_EVER)
def test_trust_F12_a_refusal_is_told_by_its_class(
    misbehaving: Misbehaving, stage: Stage, says: str, whose: Whose
) -> None:
    misbehaving.faults.append(Fault(stage, says))
    (receipt,) = sends(over(misbehaving))
    assert misbehaving.fired[stage] == 1
    assert (receipt.kind, receipt.fault) == (ReceiptKind.REFUSED, whose)
    assert ANA not in receipt.detail


def test_trust_F11_a_domain_that_asks_for_it_gets_a_pause_and_others_do_not(misbehaving: Misbehaving) -> None:
    misbehaving.faults += for_recipients({ANA: {"rcpt": "451 4.7.1 Slow down"}})
    now = [0.0]
    gateway = SmtpGateway(Relay("127.0.0.1", misbehaving.port, "off"), QUICK, clock=lambda: now[0])
    second, other = letter("bo@riverbend.example", 2), letter(BEN, 3)
    kinds = [(each.kind, each.fault) for each in sends(gateway, letter(), second, other)]
    assert kinds == [
        (ReceiptKind.DEFERRED, Whose.SLOW), (ReceiptKind.DEFERRED, Whose.SLOW), (ReceiptKind.ACCEPTED, None),
    ]  # fmt: skip
    assert misbehaving.commands["RCPT"] == 2  # the second of the domain was not even tried
    now[0] = 61.0
    assert sends(gateway, second)[0].kind is ReceiptKind.ACCEPTED


def test_a_refused_recipient_spoils_nothing_for_the_next(misbehaving: Misbehaving) -> None:
    misbehaving.faults += for_recipients({ANA: {"rcpt": "550 5.1.1 No such user"}})
    first, second = sends(over(misbehaving), letter(), letter(BEN, 2))
    assert (first.kind, second.kind) == (ReceiptKind.REFUSED, ReceiptKind.ACCEPTED)
    assert misbehaving.connections == 1


# --- F13, F14: silence, and lines that drop ------------------------------------------------------

BEFORE_THE_DOT: list[Stage] = ["banner", "ehlo", "mail", "rcpt", "data", "body"]


@pytest.mark.parametrize("stage", [*BEFORE_THE_DOT[:-1], "dot"])
def test_trust_F13_silence_is_waited_for_so_long_and_only_after_the_dot_unknown(
    misbehaving: Misbehaving, stage: Stage
) -> None:
    misbehaving.faults.append(Fault(stage, HANG))
    began = time.monotonic()
    (receipt,) = sends(over(misbehaving))
    assert time.monotonic() - began < 5
    assert misbehaving.fired[stage] >= 1
    assert receipt.kind is (ReceiptKind.UNKNOWN if stage == "dot" else ReceiptKind.DEFERRED)
    assert receipt.fault is NEVER.get(stage)


@pytest.mark.parametrize("stage", ["banner", "rcpt", "dot"])
def test_trust_F13_a_server_that_trickles_its_answer_holds_nobody(
    misbehaving: Misbehaving, stage: Stage
) -> None:
    misbehaving.faults.append(Fault(stage, TRICKLE, times=1))
    hurried = replace(QUICK, letter=1.0, greeting=1.0)
    begun = time.monotonic()
    (receipt,) = sends(over(misbehaving, hurried))
    assert time.monotonic() - begun < 5
    assert (receipt.kind is ReceiptKind.UNKNOWN) == (stage == "dot")


@pytest.mark.parametrize("how", [DROP, RESET])
@pytest.mark.parametrize("stage", [*BEFORE_THE_DOT, "dot"])
def test_trust_F14_our_own_marker_tells_a_drop_before_the_dot_from_one_after(
    misbehaving: Misbehaving, stage: Stage, how: str
) -> None:
    misbehaving.faults.append(Fault(stage, how))
    (receipt,) = sends(over(misbehaving), letter(body=LONG if stage == "body" else b"Hello.\r\n"))
    assert misbehaving.fired[stage] >= 1
    assert receipt.kind is (ReceiptKind.UNKNOWN if stage == "dot" else ReceiptKind.DEFERRED)
    whole = [taken for taken in misbehaving.taken if taken.whole]
    assert bool(whole) is (stage == "dot")


@pytest.mark.parametrize("says", ["what?", "999 nonsense", "250"])
@pytest.mark.parametrize("stage", ["rcpt", "dot"])
def test_what_is_not_an_answer_is_a_broken_line(misbehaving: Misbehaving, stage: Stage, says: str) -> None:
    misbehaving.faults.append(Fault(stage, says))
    (receipt,) = sends(over(misbehaving))
    if says == "250":
        assert receipt.kind is ReceiptKind.ACCEPTED
    else:
        assert receipt.kind is (ReceiptKind.UNKNOWN if stage == "dot" else ReceiptKind.DEFERRED)


def test_once_all_our_mail_is_refused_the_rest_of_the_batch_is_not_tried(misbehaving: Misbehaving) -> None:
    misbehaving.faults.append(Fault("dot", "550 5.7.515 Access denied"))
    receipts = sends(over(misbehaving), *[letter(number=number) for number in range(10)])
    assert {each.fault for each in receipts} == {Whose.STREAM}
    assert misbehaving.commands["DATA"] == 1


def test_a_password_that_smtp_cannot_carry_is_said(misbehaving: Misbehaving) -> None:
    gateway = SmtpGateway(Relay("127.0.0.1", misbehaving.port, "off", "porch", "pässword"), QUICK)
    (receipt,) = sends(gateway)
    assert (receipt.kind, receipt.fault) == (ReceiptKind.DEFERRED, Whose.LOGIN)


def test_trust_F14_after_a_drop_the_rest_of_the_batch_goes_by_a_new_line(misbehaving: Misbehaving) -> None:
    misbehaving.faults.append(Fault("body", DROP, times=1))
    batch = letter(body=LONG), letter(BEN, 2), letter(BEN, 3)
    kinds = [each.kind for each in sends(over(misbehaving), *batch)]
    assert kinds == [ReceiptKind.DEFERRED, ReceiptKind.ACCEPTED, ReceiptKind.ACCEPTED]


def test_a_relay_that_turns_us_away_at_the_door_is_a_matter_for_a_person(misbehaving: Misbehaving) -> None:
    misbehaving.faults.append(Fault("banner", "554 5.7.1 Not from your address"))
    receipts = sends(over(misbehaving), letter(), letter(BEN, 2))
    assert {(each.kind, each.fault) for each in receipts} == {(ReceiptKind.DEFERRED, Whose.LOGIN)}
    assert "554" in receipts[0].detail
    assert misbehaving.connections == 1


def test_a_relay_that_is_away_is_no_try_and_is_knocked_at_once_for_a_whole_batch(
    misbehaving: Misbehaving,
) -> None:
    misbehaving.faults.append(Fault("banner", "421 4.3.2 Come back later"))
    receipts = sends(over(misbehaving), *[letter(number=number) for number in range(50)])
    assert {(each.kind, each.fault) for each in receipts} == {(ReceiptKind.DEFERRED, Whose.DOWN)}
    assert misbehaving.connections == 1

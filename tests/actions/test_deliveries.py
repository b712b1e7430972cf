"""The ledger after a silence, and the bytes of a second attempt."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from engine import jobs
from engine.actions import addresses, deliveries, receipts
from engine.content.compose import Layout, Skeleton, compile_letter
from engine.runtime import Doors
from engine.store.addresses import AddressMember
from engine.store.base import table_of
from engine.store.deliveries import Delivery
from engine.store.sequences import RevisionText
from engine.store.sequences import Sequence as SequenceRow
from engine.vocabulary.ids import MemberId
from engine.vocabulary.messages import Outgoing, Receipt, ReceiptKind
from engine.vocabulary.script import Step
from engine.vocabulary.words import Channel, DeliveryState, SuppressionReason
from tests.faults.silence import leases_run_out
from webapp.town.simulated import Town

LETTER = """---
Title: One
For: everyone
---
## hello
When: right away
Subject: Hi {{ first_name }}

Words.

### text
Hi.
"""


@dataclass
class Crashing:
    """A gateway that takes what it is given and dies before it can say so, the first time."""

    channel: Channel
    knows: bool | None = None
    real: bool = False
    taken: list[Outgoing] = field(default_factory=list)

    def carry(self, batch: Sequence[Outgoing]) -> list[Receipt]:
        self.taken += batch
        if len(self.taken) == len(batch):
            raise KeyboardInterrupt
        return [Receipt(letter.delivery_id, letter.attempt, ReceiptKind.ACCEPTED) for letter in batch]

    def look_up(self, letter: Outgoing) -> tuple[str, ...] | None:
        del letter
        return {True: ("one",), False: (), None: None}[self.knows]

    def check(self) -> str:
        return "ok"


def crash(town: Town, gateway: Crashing) -> Town:
    """One letter was handed over when the worker died; its lease has run out since."""
    town = replace(town, rt=replace(town.rt, doors=Doors(email=gateway, sms=gateway)))
    town.publishes({"one": LETTER})
    by_phone = gateway.channel is Channel.SMS
    contact = {"phone": "+12125550134"} if by_phone else {"email": "ana@riverbend.example"}
    town.joins("Ana", **contact)  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        town.settle()
    leases_run_out(town.rt)
    return town


def state(town: Town) -> DeliveryState:
    with town.rt.reading() as session:
        return session.execute(select(Delivery.state)).scalar_one()


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town.at(tmp_path)


def test_trust_F3_an_email_that_may_have_left_goes_again_byte_for_byte(town: Town) -> None:
    gateway = Crashing(Channel.EMAIL)
    town = crash(town, gateway)
    town.clock.advance(timedelta(minutes=5))
    town.settle()
    first, second = gateway.taken
    assert first.payload == second.payload
    assert first.rfc_message_id == second.rfc_message_id
    assert (first.attempt, second.attempt) == (1, 2)
    assert state(town) is DeliveryState.ACCEPTED


def test_trust_F16_a_text_that_may_have_left_is_never_sent_again_blind(town: Town) -> None:
    gateway = Crashing(Channel.SMS)
    town = crash(town, gateway)
    town.settle()
    assert len(gateway.taken) == 1
    assert state(town) is DeliveryState.UNKNOWN


def test_a_gateway_that_knows_is_believed(town: Town) -> None:
    gateway = Crashing(Channel.SMS, knows=True)
    town = crash(town, gateway)
    town.settle()
    assert len(gateway.taken) == 1
    assert state(town) is DeliveryState.ACCEPTED


def test_trust_F22_a_result_that_comes_too_late_changes_nothing(town: Town) -> None:
    gateway = Crashing(Channel.EMAIL)
    town = crash(town, gateway)
    town.settle()
    late = Receipt(gateway.taken[0].delivery_id, 1, ReceiptKind.REFUSED, "late")
    receipts.record(town.rt, gateway.taken[:1], [late])
    assert state(town) is DeliveryState.ACCEPTED


def test_trust_T16_nothing_enters_in_flight_after_a_stop_commits(town: Town) -> None:
    town.publishes({"one": LETTER})
    ana = town.joins("Ana", email="ana@riverbend.example")
    jobs.tick(town.rt)
    with town.rt.reading() as session:
        mine = select(AddressMember.address_id).where(AddressMember.member_id == MemberId(ana))
        address_id = session.execute(mine).scalar_one()
    addresses.suppress(town.rt, address_id, SuppressionReason.STOP)
    assert deliveries.deliver(town.rt) == 0
    assert state(town) is DeliveryState.SKIPPED
    assert town.mailbox(ana) == []


def test_trust_F21_a_letter_that_cannot_be_composed_stops_no_other(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = LETTER, LETTER.replace("Words.", "Poison.", 1).replace("Title: One", "Title: Two")

    def poisoned(step: Step, channel: Channel, layout: Layout) -> Skeleton:
        if "Poison" in step.body:
            raise RuntimeError("poison")
        return compile_letter(step, channel, layout)

    monkeypatch.setattr("engine.actions.composing.compile_letter", poisoned)
    town.publishes({"bad": bad})
    town.publishes({"good": good})
    ana = town.joins("Ana", email="ana@riverbend.example")
    town.settle()
    assert len(town.mailbox(ana)) == 1


def test_trust_F21_a_published_text_that_no_longer_reads_stops_no_other(town: Town) -> None:
    bad = town.publishes({"bad": LETTER.replace("Title: One", "Title: Two")})
    town.publishes({"good": LETTER})
    with town.rt.transaction() as session:
        revision = session.get_one(SequenceRow, bad).revision_id
        broken = table_of(RevisionText)
        session.execute(update(broken).where(broken.c.revision_id == revision).values(text="no settings"))
    ana = town.joins("Ana", email="ana@riverbend.example")
    town.settle()
    assert len(town.mailbox(ana)) == 1


def test_an_email_that_may_have_arrived_is_due_again_and_a_text_is_not(town: Town) -> None:
    for channel, after in ((Channel.EMAIL, DeliveryState.DEFERRED), (Channel.SMS, DeliveryState.UNKNOWN)):
        gateway = Crashing(channel)
        here = crash(Town.at(Path(town.rt.settings.data, channel)), gateway)
        maybe = Receipt(
            gateway.taken[0].delivery_id, 1, ReceiptKind.UNKNOWN, "the line dropped after the dot"
        )
        receipts.record(here.rt, gateway.taken[:1], [maybe])
        assert state(here) is after

"""Parts that die at a named place: what they had begun is whole or not there, and is done in the end."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from engine import jobs
from engine.actions.community import CommunityForm
from engine.clock import SystemClock
from engine.store.addresses import Suppression
from engine.store.base import Base, table_of
from engine.store.conversations import Conversation
from engine.store.deliveries import Delivery
from engine.store.messages import Message
from engine.store.raw import Raw
from engine.vocabulary.ids import MemberId
from engine.vocabulary.words import Channel, DeliveryState, Direction, RawState
from tests.faults.silence import leases_run_out
from tests.faults.test_kill import midday
from webapp.town import hands
from webapp.town.simulated import Town

SECRET = "s" * 32
WELCOME = """---
Title: One letter
For: everyone
---
## hello
When: right away
Subject: Hello {{ first_name }}

The porch light is on.

### replies
- no: finish
- anything else: a person answers
"""


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """Ana is due a letter, at the real time."""
    now = SystemClock().now()
    town = Town.at(tmp_path, now, CommunityForm("River Neighbors", "12 Alder Street", zone=midday(now)))
    town.organizer("Maya Ortiz")
    town.publishes({"one": WELCOME})
    return town


def joins(town: Town) -> MemberId:
    ana = town.joins("Ana", email="ana@riverbend.example")
    jobs.tick(town.rt)
    return ana


def dies(town: Town, where: str, when: str, *command: str, **settings: str) -> None:
    """Runs a part until it has killed itself there."""
    mark = town.rt.settings.data / f"mark-{where.replace(':', '-')}"
    environment = os.environ | {"PORCHLIGHT_DATA": str(town.rt.settings.data)} | settings
    call = [sys.executable, "-m", "tests.faults.failing", str(mark), where, when, *command]
    done = subprocess.run(call, env=environment, timeout=60, check=False, cwd=Path(__file__).parents[2])
    assert mark.exists(), "the failpoint did not fire"
    assert done.returncode == -9


def settles(town: Town) -> None:
    """Another worker takes over, now."""
    town.clock.set(SystemClock().now() + timedelta(minutes=1))
    town.settle()


def count(town: Town, row: type[Base]) -> int:
    with town.rt.reading() as session:
        return session.execute(select(func.count()).select_from(table_of(row))).scalar_one()


def heard(town: Town) -> int:
    with town.rt.reading() as session:
        query = select(func.count(Message.id)).where(Message.direction == Direction.IN)
        return session.execute(query).scalar_one()


def state(town: Town) -> DeliveryState:
    with town.rt.reading() as session:
        return session.execute(select(Delivery.state).where(Delivery.step.is_not(None))).scalar_one()


@pytest.mark.parametrize(
    ("where", "when", "left"),
    [
        ("engine.store.claims:claim_due", "before", DeliveryState.READY),
        ("engine.store.claims:claim_due", "after", DeliveryState.READY),  # the claim was not committed
        ("engine.actions.deliveries:compose", "before", DeliveryState.CLAIMED),
        ("engine.store.claims:enter_in_flight", "after", DeliveryState.CLAIMED),
        ("engine.gateways.postoffice:_write", "before", DeliveryState.IN_FLIGHT),
        ("engine.actions.receipts:record", "before", DeliveryState.IN_FLIGHT),
    ],
)
def test_trust_F1_wherever_a_worker_dies_the_letter_is_carried_once(
    town: Town, where: str, when: str, left: DeliveryState
) -> None:
    ana = joins(town)
    dies(town, where, when, "worker")
    assert state(town) is left
    leases_run_out(town.rt)
    settles(town)
    assert state(town) is DeliveryState.ACCEPTED
    assert len(town.mailbox(ana)) == 1


@pytest.mark.parametrize(
    ("where", "when"),
    [
        ("engine.store.raw:still_kept", "after"),
        ("engine.actions.addresses:ensure", "after"),
        ("engine.actions.filing:file", "before"),
        ("engine.actions.filing:file", "after"),
        ("engine.actions.filing:ask_a_person", "after"),
        ("engine.actions.enrollments:stand", "after"),
        ("inbound.receive:_set_state", "after"),  # all is written, nothing committed
    ],
)
def test_trust_F5_a_reply_takes_effect_wholly_or_not_at_all(town: Town, where: str, when: str) -> None:
    ana = joins(town)
    town.settle()
    hands.answer_letter(
        town.rt, town.writer(ana, Channel.EMAIL), town.mailbox(ana)[0], "What about the crosswalk?"
    )
    dies(town, where, when, "worker")
    assert (heard(town), count(town, Conversation)) == (0, 0)
    with town.rt.reading() as session:
        assert session.execute(select(Raw.state)).scalar_one() is RawState.KEPT
    settles(town)
    assert (heard(town), count(town, Conversation)) == (1, 1)
    assert town.conversation(ana) is not None


@pytest.mark.parametrize("where", ["engine.actions.filing:file", "inbound.receive:_set_state"])
def test_trust_F5_a_stop_holds_even_when_what_follows_it_dies(town: Town, where: str) -> None:
    ana = joins(town)
    town.settle()
    hands.answer_letter(town.rt, town.writer(ana, Channel.EMAIL), town.mailbox(ana)[0], "STOP")
    dies(town, where, "before", "worker")
    assert count(town, Suppression) == 1
    leases_run_out(town.rt)  # its other threads may have held the confirmation as it died
    settles(town)
    assert count(town, Suppression) == 1
    assert len(town.mailbox(ana)) == 2  # the letter, and one confirmation


def test_trust_F4_a_web_server_that_dies_between_keeping_and_answering_keeps_the_mail_once(
    town: Town,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    mail = b"From: ana@riverbend.example\r\nTo: hello@porchlight.example\r\nSubject: Hi\r\n\r\nHello.\r\n"
    mark = town.rt.settings.data / "mark"
    environment = os.environ | {
        "PORCHLIGHT_DATA": str(town.rt.settings.data),
        "PORCHLIGHT_PORT": str(port),
        "PORCHLIGHT_MAIL_HOOK_SECRET": SECRET,
    }
    call = [
        sys.executable,
        "-m",
        "tests.faults.failing",
        str(mark),
        "webapp.views.hooks:keep_email",
        "after",
        "web",
    ]
    answers = []
    for _ in range(2):
        with subprocess.Popen(call, env=environment, cwd=Path(__file__).parents[2]) as web:
            answers.append(posts(port, mail))
            web.kill()
        assert mark.exists(), "the failpoint did not fire"
    assert answers == [None, 200]
    assert count(town, Raw) == 1


def posts(port: int, mail: bytes) -> int | None:
    """The status; None when the line broke before there was one."""
    url = f"http://127.0.0.1:{port}/hooks/mail?from=ana@riverbend.example"
    ask = urllib.request.Request(url, mail, {"Authorization": f"Bearer {SECRET}"})
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(ask, timeout=10) as said:
                return int(said.status)
        except urllib.error.URLError:  # not up yet
            time.sleep(0.1)
        except OSError:
            return None
    raise AssertionError("The web server did not come up.")

"""A worker is killed in mid-batch, again and again: nobody is missed, and nobody gets the same letter
under another Message-ID."""

import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from engine import jobs
from engine.actions.community import CommunityForm
from engine.clock import SystemClock
from engine.gateways import postoffice
from engine.store.deliveries import Delivery
from engine.vocabulary.words import Channel, DeliveryState
from tests.faults.silence import leases_run_out
from webapp.town.letters import mails
from webapp.town.simulated import Town

MEMBERS = 300
KILLS = 4
LETTER = """---
Title: One letter
For: everyone
---
## hello
When: right away
Subject: Hello {{ first_name }}

The porch light is on.
"""


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """Everybody's letter is in the ledger, at the real time, and none has left."""
    now = SystemClock().now()
    town = Town.at(tmp_path, now, CommunityForm("River Neighbors", "12 Alder Street", zone=midday(now)))
    town.organizer("Maya Ortiz")
    for number in range(MEMBERS):
        town.joins(f"Neighbor{number}", email=f"n{number}@riverbend.example")
    town.publishes({"one": LETTER})
    jobs.tick(town.rt)
    return town


def midday(now: datetime) -> str:
    """A zone in which it is noon, so that letters may leave whenever this test runs."""
    east = 12 - now.hour
    return f"Etc/GMT{-east:+d}" if east else "Etc/GMT"


@contextmanager
def worker(town: Town) -> Iterator[subprocess.Popen[bytes]]:
    """A real worker process on the town's database."""
    environment = os.environ | {"PORCHLIGHT_DATA": str(town.rt.settings.data)}
    process = subprocess.Popen([sys.executable, "-m", "webapp.cli", "worker"], env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def carried(town: Town) -> int:
    return len(list((town.rt.settings.postoffice / "mail").glob("*/*.eml")))


def wait_for(town: Town, how_many: int) -> None:
    deadline = time.monotonic() + 60
    while carried(town) < how_many:
        assert time.monotonic() < deadline, f"only {carried(town)} of {how_many} letters were carried"
        time.sleep(0.002)


def test_trust_F1_F3_a_killed_worker_loses_nobody_and_doubles_nobody_silently(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    stopped_in = []
    for _ in range(KILLS):
        with worker(town) as process:
            wait_for(town, carried(town) + 15)
            process.send_signal(signal.SIGKILL)
            process.wait()
        stopped_in.append(carried(town))
        leases_run_out(town.rt)
        jobs.tick(town.rt)  # takes up what the dead worker held
    assert stopped_in[-1] < MEMBERS, "the worker was done before it was killed: the test showed nothing"

    with worker(town):
        deadline = time.monotonic() + 60
        while pending(town):
            assert time.monotonic() < deadline
            time.sleep(0.05)

    ids = message_ids(town)
    copies = sum(len(found) - 1 for found in ids.values())
    with capsys.disabled():
        print(f"\n{KILLS} kills at {stopped_in} of {MEMBERS} letters: 0 missed, {copies} second copies")
    assert len(ids) == MEMBERS
    assert all(len(set(found)) == 1 for found in ids.values())
    assert copies <= KILLS * 50  # at most one wire chunk each


def pending(town: Town) -> bool:
    with town.rt.reading() as session:
        waits = Delivery.state.not_in([DeliveryState.ACCEPTED])
        return session.query(Delivery.id).where(waits).limit(1).scalar() is not None


def message_ids(town: Town) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for box in postoffice.mailboxes(town.rt.settings.postoffice, Channel.EMAIL):
        found[box.address] += [mail.rfc_message_id for mail in mails(box) if mail.subject.startswith("Hello")]
    return {address: ids for address, ids in found.items() if ids}

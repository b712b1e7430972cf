"""Worker, web server and listener are killed at random, again and again, while two thousand letters go
out and five hundred come in: nobody is missed, nothing is filed twice, and no second copy is another one.

On both pairings, over real SMTP, LMTP behind Postfix, and the webhook.
"""

import os
import signal
import smtplib
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select, update

from engine import jobs
from engine.actions import community, joining, organizers, sequences
from engine.actions.community import CommunityForm
from engine.actions.forms import MemberForm, check
from engine.actions.joining import Terms
from engine.actions.organizers import OrganizerForm
from engine.clock import SystemClock
from engine.privacy.sealed import KeyRing
from engine.runtime import Runtime
from engine.settings import read_settings
from engine.store.base import table_of
from engine.store.deliveries import Delivery
from engine.store.messages import Message
from engine.store.migrations import migrate
from engine.vocabulary.words import DeliveryState, Direction
from tests.faults.silence import leases_run_out
from tests.faults.test_kill import LETTER, midday
from tests.servers.dovecot import free_ports
from tests.servers.mail_fixtures import StartPostfix
from tests.servers.smtpd import Sink
from webapp.wiring import build_runtime

OUT, IN = 2000, 500
DOMAIN, SECRET = "porch.example", "s" * 32
PARTS = ("worker", "web", "listen")
WITHIN = 240.0  # seconds for all of it
CHUNK = 50  # letters that one kill can leave unknown


@dataclass
class House:
    """The community and the processes that work for it."""

    rt: Runtime
    environment: dict[str, str]
    port: int
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    kills: Counter[str] = field(default_factory=Counter)

    def start(self, part: str) -> None:
        self.running[part] = subprocess.Popen(
            [sys.executable, "-m", "webapp.cli", part], env=self.environment, stderr=subprocess.DEVNULL
        )

    def kill(self, part: str) -> None:
        """As a power cut, and up again."""
        self.running[part].send_signal(signal.SIGKILL)
        self.running[part].wait()
        self.kills[part] += 1
        self.start(part)

    def stop(self) -> None:
        for process in self.running.values():
            process.kill()
            process.wait()


@pytest.fixture(params=["SQLite and threads", "PostgreSQL and RQ"])
def house(request: pytest.FixtureRequest, tmp_path: Path, sink: Sink) -> Iterator[House]:
    port, lmtp = free_ports(2)
    more = {}
    if request.param == "PostgreSQL and RQ":
        more["DATABASE_URL"] = request.getfixturevalue("postgres_url")
        more["REDIS_URL"] = request.getfixturevalue("own_redis_url")
    settings = {
        "PORCHLIGHT_DATA": str(tmp_path / "porch"),
        "PORCHLIGHT_PORT": str(port),
        "PORCHLIGHT_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PORCHLIGHT_MAIL_DOMAIN": DOMAIN,
        "PORCHLIGHT_MAIL_HOOK_SECRET": SECRET,
        "PORCHLIGHT_LMTP": f"127.0.0.1:{lmtp}",
        "SMTP_URL": f"smtp://127.0.0.1:{sink.port}?tls=off",
        **more,
    }
    rt = _found(settings)
    made = House(rt, os.environ | settings, port)
    yield made
    made.stop()
    rt.database.dispose()


def _found(environment: dict[str, str]) -> Runtime:
    """A community at noon, with two thousand members who are due a letter."""
    settings = read_settings(environment)
    settings.data.mkdir(parents=True)
    KeyRing.fresh().save(settings.key_file)
    rt = build_runtime(settings, SystemClock())
    migrate(rt.database)
    community.found(rt, CommunityForm("River Neighbors", "12 Alder Street", zone=midday(SystemClock().now())))
    organizers.add(rt, OrganizerForm("Maya Ortiz", "maya@porch.example"))
    with rt.transaction() as session:
        known = joining.house_of(rt, session)
        profiles = [check(MemberForm(first_name=f"N{n}", email=address(n)), known) for n in range(OUT)]
        joining.join(rt, profiles, Terms("import", wording="yes"))
    assert sequences.publish(rt, {"one": LETTER}).sequence_id
    while jobs.tick(rt):
        pass
    return rt


def address(number: int) -> str:
    return f"n{number}@riverbend.example"


def test_trust_F1_F4_F5_killed_at_random_two_thousand_out_and_five_hundred_in(
    house: House, sink: Sink, start_postfix: StartPostfix, capsys: pytest.CaptureFixture[str]
) -> None:
    assert house.rt.settings.lmtp
    postfix = start_postfix(house.rt.settings.lmtp[1], DOMAIN)
    for part in PARTS:
        house.start(part)
    with ExitStack() as outside:
        outside.enter_context(beside(lambda: by_mail(postfix.smtp_port)))
        outside.enter_context(beside(lambda: by_webhook(house.port)))
        done_at = _until_done(house, sink)
    with capsys.disabled():
        print(f"\n{_told(house, sink)}, {done_at:.0f} s")
    assert sum(house.kills.values()) >= 6, "it was over before it was disturbed"
    _nobody_missed(sink)
    _filed_once(house.rt)


def _until_done(house: House, sink: Sink) -> float:
    """Kills until everything has left and come in; how many seconds that took."""
    random, began = Random(7), time.monotonic()  # noqa: S311 (the same kills each time)
    while not (_all_left(house.rt) and _heard(house.rt) >= IN):
        assert time.monotonic() - began < WITHIN, _told(house, sink)
        house.kill(random.choice(PARTS))
        time.sleep(random.uniform(1.0, 3.0))
        _a_minute_passes(house.rt)
    return time.monotonic() - began


def _all_left(rt: Runtime) -> bool:
    waiting = Delivery.step.is_not(None) & (Delivery.state != DeliveryState.ACCEPTED)
    with rt.reading() as session:
        return not session.execute(select(func.count(Delivery.id)).where(waiting)).scalar_one()


def _heard(rt: Runtime) -> int:
    with rt.reading() as session:
        came = select(func.count(Message.id)).where(Message.direction == Direction.IN)
        return session.execute(came).scalar_one()


def _a_minute_passes(rt: Runtime) -> None:
    """For those whose worker has gone; what is deferred is due at once."""
    leases_run_out(rt, silent=timedelta(seconds=3))
    with rt.transaction() as session:
        put_off = Delivery.state == DeliveryState.DEFERRED
        session.execute(update(table_of(Delivery)).where(put_off).values(due_at=rt.clock.now()))
    jobs.tick(rt)


def _nobody_missed(sink: Sink) -> None:
    got = copies(sink)
    assert set(got) == {address(number) for number in range(OUT)}
    assert all(len(set(same)) == 1 for same in got.values()), "a second copy differs from the first"


def _filed_once(rt: Runtime) -> None:
    with rt.reading() as session:
        came = select(Message.subject).where(Message.direction == Direction.IN)
        subjects = sorted(session.execute(came).scalars())
    assert subjects == sorted(f"Mail {number}" for number in range(IN))


def copies(sink: Sink) -> dict[str, list[bytes]]:
    found = defaultdict(list)
    for mail in list(sink.messages):
        if b"\r\nSubject: Hello" in mail.raw or mail.raw.startswith(b"Subject: Hello"):
            found[mail.recipients[0]].append(mail.raw)
    return found


def _told(house: House, sink: Sink) -> str:
    got = copies(sink)
    doubled = sum(len(same) - 1 for same in got.values())
    kills = ", ".join(f"{part} {number}" for part, number in sorted(house.kills.items()))
    return f"kills: {kills}; out {len(got)} of {OUT}, {doubled} second copies; in {_heard(house.rt)} of {IN}"


# --- what comes in -----------------------------------------------------------------------------


def mail(number: int) -> bytes:
    lines = f"From: {address(number)}\r\nTo: hello@{DOMAIN}\r\nSubject: Mail {number}\r\n"
    return f"{lines}Message-ID: <m{number}@riverbend.example>\r\n\r\nHello, this is {number}.\r\n".encode()


def by_mail(port: int) -> None:
    """Half of it by Postfix, which keeps what our listener does not take."""
    for number in range(0, IN, 2):
        with smtplib.SMTP("127.0.0.1", port) as client:
            client.sendmail(address(number), [f"hello@{DOMAIN}"], mail(number))
        time.sleep(0.02)


def by_webhook(port: int) -> None:
    """The other half by a service that tries again until it hears 200."""
    for number in range(1, IN, 2):
        until = time.monotonic() + WITHIN
        while not _posted(port, number):
            if time.monotonic() > until:
                return
            time.sleep(0.2)
        time.sleep(0.02)


def _posted(port: int, number: int) -> bool:
    url = f"http://127.0.0.1:{port}/hooks/mail?from={address(number)}"
    ask = urllib.request.Request(url, mail(number), {"Authorization": f"Bearer {SECRET}"})
    try:
        with urllib.request.urlopen(ask, timeout=10) as said:
            return int(said.status) == 200
    except (OSError, urllib.error.URLError):
        return False


@contextmanager
def beside(act: Callable[[], None]) -> Iterator[None]:
    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    yield
    thread.join(30)

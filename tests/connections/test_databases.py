"""F8 and F10: the database goes away, refuses, is locked or full; nothing is half done and nothing lost."""

import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event, func, select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from engine import jobs
from engine.store import base
from engine.store.base import table_of
from engine.store.deliveries import Delivery
from engine.store.members import Member
from engine.vocabulary.words import DeliveryState
from tests.connections.conftest import MakePorch
from tests.connections.porch import DOMAIN, PUBLIC, SECRET, Porch, Servers, open_door, start_worker, until
from tests.connections.test_doors import LETTER, gives, numbered
from tests.faults.silence import leases_run_out
from tests.servers import postgres
from tests.servers.dovecot import Dovecot
from tests.servers.keeper import folder_for, unprivileged

WELCOME = "---\nTitle: One\nFor: everyone\n---\n## hello\nWhen: right away\nSubject: Hi\n\nWords.\n"
MEMBERS = 300


class Cluster:
    """A PostgreSQL of this test's own, which is stopped as a power cut does."""

    def __init__(self, folder: Path) -> None:
        self.programs = postgres.programs(folder)
        postgres.make_cluster(self.programs, folder)
        self.folder = folder
        self.url = f"postgresql+psycopg://porchlight@/postgres?host={folder}"

    def start(self) -> None:
        program, cluster = str(self.programs / "postgres"), str(self.folder / "cluster")
        command = [program, "-D", cluster, "-h", "", "-k", str(self.folder)]
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                command, **unprivileged(), cwd=self.folder, stdout=log, stderr=log
            )
        postgres.wait_for(self.programs, self.folder)

    def crash(self) -> None:
        self._server.send_signal(signal.SIGQUIT)  # immediate shutdown
        self._server.wait()

    def kill_backends(self) -> int:
        keeper = create_engine(self.url)
        killing = text(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        with keeper.connect() as connection:
            killed = int(connection.execute(killing).scalar_one())
        keeper.dispose()
        return killed


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    folder = folder_for("cluster")
    made = Cluster(folder)
    try:
        made.start()
        yield made
    finally:
        made.crash()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def busy(make_porch: MakePorch, cluster: Cluster) -> Porch:
    """Many letters are due on PostgreSQL."""
    porch = make_porch(DATABASE_URL=cluster.url)
    porch.organizer("Maya Ortiz")
    porch.publishes({"one": WELCOME})
    for number in range(MEMBERS):
        porch.joins("Ana", email=address(number))
    jobs.tick(porch.rt)
    return porch


def address(number: int) -> str:
    return f"n{number}@riverbend.example"


def all_arrive(porch: Porch) -> None:
    """Every letter, each once or, where the database went away over it, again as the same letter."""

    def done() -> bool:
        try:
            leases_run_out(porch.rt, silent=timedelta(seconds=5))
            porch.clock.advance(timedelta(minutes=5))
            jobs.tick(porch.rt)
            with porch.rt.reading() as session:
                left = Delivery.step.is_not(None) & (Delivery.state != DeliveryState.ACCEPTED)
                return not session.execute(select(func.count(Delivery.id)).where(left)).scalar_one()
        except OperationalError:
            return False

    until(done, "every letter is accepted", patience=60)
    for number in range(MEMBERS):
        ids = {_message_id(mail.raw) for mail in porch.letters(address(number))}
        assert len(ids) == 1, address(number)


def _message_id(raw: bytes) -> bytes:
    return next(line for line in raw.split(b"\r\n") if line.lower().startswith(b"message-id:"))


def test_trust_F8_an_immediate_restart_in_mid_batch_loses_nobody(busy: Porch, cluster: Cluster) -> None:
    start_worker(busy)
    for _ in range(2):
        before = len(busy.servers.sink.messages)
        until(lambda seen=before: len(busy.servers.sink.messages) > seen + 20, "letters leave")  # type: ignore[misc]
        assert len(busy.servers.sink.messages) < MEMBERS, "it was over before the fault"
        cluster.crash()
        cluster.start()
    all_arrive(busy)


def test_trust_F8_the_mailbox_is_read_again_after_the_database_was_away(
    make_porch: MakePorch, cluster: Cluster, servers: Servers, imap_server: Dovecot, mailbox: str
) -> None:
    servers.imap, servers.mailbox = imap_server, mailbox
    porch = make_porch(DATABASE_URL=cluster.url)
    open_door(porch, "imap")
    cluster.crash()
    imap_server.deliver(mailbox, numbered(1))
    time.sleep(3)  # the door looks, and finds no database
    cluster.start()
    until(lambda: porch.kept() == 1, "the mail is kept", patience=60)


def test_trust_F8_killed_backends_lose_nobody(busy: Porch, cluster: Cluster) -> None:
    start_worker(busy)
    until(lambda: len(busy.servers.sink.messages) > 20, "letters leave")
    assert cluster.kill_backends() > 0
    assert len(busy.servers.sink.messages) < MEMBERS, "it was over before the fault"
    all_arrive(busy)


def test_trust_F8_a_deadlock_is_retried_and_leaves_no_half_effects(
    make_porch: MakePorch, postgres_url: str
) -> None:
    porch = make_porch(DATABASE_URL=postgres_url)
    ana, ben = porch.joins("Ana", email=address(1)), porch.joins("Ben", email=address(2))
    meeting, tries = threading.Barrier(2), []

    def rename(first: str, second: str, name: str) -> None:
        met = False

        def act() -> None:
            nonlocal met
            tries.append(name)
            with porch.rt.transaction() as session:
                _rename(session, first, name)
                if not met:
                    met = True
                    meeting.wait(10)
                _rename(session, second, name)

        porch.rt.insist(act, within=timedelta(seconds=30))

    threads = [
        threading.Thread(target=rename, args=(ana, ben, "one")),
        threading.Thread(target=rename, args=(ben, ana, "two")),
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(tries) == 3, "there was no deadlock"
    with porch.rt.reading() as session:
        names = session.execute(select(Member.neighborhood)).scalars().all()
    assert len(set(names)) == 1


def _rename(session: Session, member: str, name: str) -> None:
    session.execute(update(table_of(Member)).where(Member.id == member).values(neighborhood=name))


# --- F10: SQLite ---------------------------------------------------------------------------------


@pytest.fixture
def hurried(make_porch: MakePorch, monkeypatch: pytest.MonkeyPatch) -> Porch:
    """SQLite, where a writer waits half a second for another instead of half a minute."""
    monkeypatch.setattr(base, "BUSY", timedelta(seconds=0.5))
    porch = make_porch()
    porch.organizer("Maya Ortiz")
    open_door(porch, "lmtp")
    return porch


def posts(porch: Porch, message: bytes) -> int:
    said = porch.app.test_client().post(
        "/hooks/mail", base_url=PUBLIC, data=message, headers={"Authorization": f"Bearer {SECRET}"}
    )
    return said.status_code


def joins_by_page(porch: Porch) -> int:
    client = porch.app.test_client()
    porch.app.config["WTF_CSRF_ENABLED"] = False
    form = {"first_name": "Bo", "email": "bo@example.org", "language": "en"}
    return client.post("/join", base_url=PUBLIC, data=form, headers={"Referer": f"{PUBLIC}/join"}).status_code


def test_trust_F10_while_another_writer_holds_the_database_nothing_is_taken_and_it_recovers(
    hurried: Porch,
) -> None:
    other = sqlite3.connect(hurried.rt.settings.data / "porchlight.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert posts(hurried, numbered(1)) == 503
    assert gives(hurried, numbered(2), f"hello@{DOMAIN}") == [250, 451]
    assert joins_by_page(hurried) == 503
    other.execute("ROLLBACK")
    assert posts(hurried, numbered(1)) == 200
    assert gives(hurried, numbered(2), f"hello@{DOMAIN}") == [250, 250]
    assert joins_by_page(hurried) == 302
    assert hurried.kept() == 2


def test_trust_F10_a_worker_waits_for_a_locked_database_and_goes_on(hurried: Porch) -> None:
    hurried.publishes({"one": WELCOME})
    hurried.joins("Ana", email=address(1))
    jobs.tick(hurried.rt)
    other = sqlite3.connect(hurried.rt.settings.data / "porchlight.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    start_worker(hurried)
    assert not hurried.letters(address(1))
    other.execute("ROLLBACK")
    assert hurried.letter(address(1))["Subject"] == "Hi"


def test_trust_F10_on_a_full_disk_nothing_is_taken_and_it_recovers(hurried: Porch) -> None:
    _most_pages(hurried.rt.database, spare=2)
    answers = [posts(hurried, LETTER + bytes([65 + number]) * 3000) for number in range(20)]
    taken = answers.count(200)
    assert set(answers) == {200, 503}
    assert answers[-1] == 503
    assert gives(hurried, numbered(2) * 100, f"hello@{DOMAIN}") == [250, 451]
    assert hurried.kept() == taken  # never a 2xx without a commit
    _most_pages(hurried.rt.database, spare=100_000)
    assert posts(hurried, numbered(1)) == 200
    assert hurried.kept() == taken + 1


def _most_pages(database: Engine, spare: int) -> None:
    """The disk has so many pages left, for every connection made from now on."""
    with database.connect() as connection:
        pages = int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())
    database.dispose()

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages + spare}")

    event.listen(database, "connect", limit)

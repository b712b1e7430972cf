"""Who is answered first, on SQLite and on PostgreSQL alike."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from engine.privacy.sealed import KeyRing, give_keys
from engine.rules.meanings import Need
from engine.store import conversations, queue
from engine.store.base import open_database
from engine.store.conversations import Conversation
from engine.store.members import Member
from engine.store.migrations import migrate
from engine.store.organizers import Organizer
from engine.store.queue import Cursor, Folder
from engine.vocabulary.ids import ConversationId, MemberId, OrganizerId
from engine.vocabulary.words import Channel, ConversationState, Role

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ANA = OrganizerId("ana")


@pytest.fixture(params=["sqlite", "postgresql"])
def session(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Session]:
    is_file = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'one.db'}" if is_file else request.getfixturevalue("postgres_url")
    database: Engine = open_database(url)
    migrate(database)
    give_keys(database, KeyRing.fresh())
    with Session(database) as opened, opened.begin():
        ana = Organizer(id=ANA, name="Ana", email="ana@x.example", email_hash="0", role=Role.ADMIN)
        ana.created_at = NOON
        opened.add(ana)
        opened.flush()
        yield opened
    database.dispose()


def waits(session: Session, name: str, need: Need, minutes: int, *, mine: bool = False) -> None:
    """A conversation that has waited so long."""
    since = NOON - timedelta(minutes=minutes)
    session.add(Member(id=MemberId(name), first_name=name, zone="UTC", joined_at=NOON, source="test"))
    session.flush()
    session.add(
        Conversation(
            id=ConversationId(name),
            member_id=MemberId(name),
            state=ConversationState.OPEN,
            need=need,
            assignee_id=ANA if mine else None,
            opened_at=since,
            waiting_since=since,
            last_activity_at=since,
            last_channel=Channel.SMS,
        )
    )
    session.flush()


def names(session: Session, which: Folder, after: Cursor | None = None) -> list[str]:
    return [row.id for row in queue.folder(session, which, ANA, after)]


def test_the_neediest_stand_first_and_of_one_need_the_longest_wait(session: Session) -> None:
    for minutes, (name, need) in enumerate(
        {
            "acute": Need.ACUTE,
            "distress": Need.DISTRESS,
            "stop": Need.STOP,
            "anger": Need.ANGER,
            "question": Need.WORDS,
            "thanks": Need.REST,
        }.items()
    ):
        waits(session, name, need, minutes)  # the neediest wrote last
    waits(session, "older question", Need.WORDS, 60)
    expected = ["acute", "distress", "stop", "anger", "older question", "question", "thanks"]
    assert names(session, Folder.EVERYONE) == expected
    assert names(session, Folder.UNASSIGNED) == expected
    assert conversations.unassigned_waiting_longest(session) == "acute"


def test_mine_is_ordered_alike(session: Session) -> None:
    waits(session, "old", Need.REST, 90, mine=True)
    waits(session, "new", Need.STOP, 1, mine=True)
    assert names(session, Folder.MINE) == ["new", "old"]
    assert conversations.mine_waiting_longest(session, ANA) == "new"


def test_pages_follow_each_other_without_a_gap_over_all_needs(session: Session) -> None:
    for number in range(queue.PAGE * 2 + 5):  # many of one need and of one moment
        waits(session, f"{number:03}", Need(number % 6), number // 12)
    seen: list[str] = []
    after = None
    while rows := queue.folder(session, Folder.EVERYONE, ANA, after):
        seen += [row.id for row in rows]
        after = rows[-1].cursor
    every = sorted(range(queue.PAGE * 2 + 5), key=lambda n: (n % 6, -(n // 12), n))
    assert seen == [f"{number:03}" for number in every]


def test_the_queue_is_read_along_its_index(session: Session) -> None:
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("PostgreSQL reads so small a table whole.")
    asked = "SELECT id FROM conversations WHERE state = 'open' ORDER BY need, waiting_since, id"
    said = " ".join(str(row) for row in session.execute(text(f"EXPLAIN QUERY PLAN {asked}")))
    assert "ix_conversations_queue" in said
    assert "TEMP B-TREE" not in said

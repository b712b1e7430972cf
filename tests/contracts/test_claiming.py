"""Workers that claim at the same time share the ledger: nothing is taken twice, nothing left behind."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from engine.privacy.sealed import KeyRing, give_keys
from engine.store import claims
from engine.store.base import open_database
from engine.store.migrations import migrate
from tests.contracts.test_store import LEASE, NOON, a_ready_delivery

LETTERS = 200
WORKERS = 4


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with many letters that are due."""
    is_file = request.param == "sqlite"
    made = open_database(
        f"sqlite:///{tmp_path / 'one.db'}" if is_file else request.getfixturevalue("postgres_url")
    )
    migrate(made)
    give_keys(made, KeyRing.fresh())
    with Session(made) as session, session.begin():
        for number in range(LETTERS):
            a_ready_delivery(session, number)
    yield made
    made.dispose()


def claims_until_none_is_left(database: Engine) -> list[str]:
    taken: list[str] = []
    while True:
        with Session(database) as session, session.begin():
            batch = claims.claim_due(session, NOON, LEASE, limit=7)
        if not batch:
            return taken
        taken += [each.id for each in batch]


def test_workers_at_the_same_time_claim_each_delivery_once(ledger: Engine) -> None:
    with ThreadPoolExecutor(WORKERS) as pool:
        shares = list(pool.map(claims_until_none_is_left, [ledger] * WORKERS))
    counted = Counter(each for share in shares for each in share)
    assert len(counted) == LETTERS
    assert set(counted.values()) == {1}


def test_on_postgresql_a_claim_does_not_wait_for_another(postgres_url: str) -> None:
    database = open_database(postgres_url)
    give_keys(database, KeyRing.fresh())
    with Session(database) as session, session.begin():
        for number in range(4):
            a_ready_delivery(session, number)
    with Session(database) as one, Session(database) as other, one.begin(), other.begin():
        first = claims.claim_due(one, NOON, LEASE, limit=2)
        second = claims.claim_due(other, NOON, LEASE, limit=4)  # would wait for ever without SKIP LOCKED
        assert [each.cause for each in first] == ["walk:0", "walk:1"]
        assert [each.cause for each in second] == ["walk:2", "walk:3"]
    database.dispose()

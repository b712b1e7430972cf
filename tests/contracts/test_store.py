"""What the store promises, on SQLite and on PostgreSQL alike."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from engine.clock import SeededIds, SimulatedClock
from engine.privacy.sealed import KeyRing, SealError, give_keys
from engine.store import claims, heartbeats, raw
from engine.store.addresses import Address
from engine.store.base import database_now, insert_new, open_database, table_of, upsert
from engine.store.deliveries import Delivery
from engine.store.members import Member
from engine.store.migrations import Version, check, migrate
from engine.store.raw import KeptRaw, Raw
from engine.vocabulary.ids import AddressId, DeliveryId, RawId
from engine.vocabulary.words import Channel, DeliveryState, RawKind

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LEASE = timedelta(minutes=5)
IDS = SeededIds(SimulatedClock(NOON))


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty, migrated database that can seal."""
    if request.param == "sqlite":
        made = open_database(f"sqlite:///{tmp_path / 'porchlight.db'}")
    else:
        made = open_database(request.getfixturevalue("postgres_url"))
    migrate(made)
    give_keys(made, KeyRing.fresh())
    yield made
    made.dispose()


@pytest.fixture
def session(database: Engine) -> Iterator[Session]:
    with Session(database) as opened, opened.begin():
        yield opened


def an_address(number: int = 0) -> dict[str, object]:
    return {
        "id": IDS.new(),
        "channel": Channel.EMAIL,
        "value": f"neighbor{number}@river.example",
        "value_hash": f"{number:064d}",
        "created_at": NOON,
    }


def a_ready_delivery(session: Session, number: int, due_at: datetime = NOON) -> DeliveryId:
    address = an_address(number)
    insert_new(session, table_of(Address), [address])
    made = Delivery(
        id=DeliveryId(IDS.new()), cause=f"walk:{number}", channel=Channel.EMAIL, state=DeliveryState.READY,
        address_id=AddressId(str(address["id"])), due_at=due_at, language="en", created_at=NOON,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made.id


def test_migrating_again_changes_nothing(database: Engine) -> None:
    migrate(database)
    assert check(database) is Version.CURRENT


def test_a_row_whose_key_is_taken_is_left_alone_and_not_counted_as_new(session: Session) -> None:
    first, second = an_address(1), an_address(2)
    assert insert_new(session, table_of(Address), [first]) == [first["id"]]
    again = {**first, "id": IDS.new(), "value": "somebody@else.example"}
    assert insert_new(session, table_of(Address), [again, second]) == [second["id"]]
    kept = session.execute(select(Address.value)).scalars().all()
    assert sorted(kept) == ["neighbor1@river.example", "neighbor2@river.example"]


def test_nothing_to_insert_is_nothing_new(session: Session) -> None:
    assert insert_new(session, table_of(Address), []) == []


def test_a_thousand_rows_go_in_at_once(session: Session) -> None:
    rows = [an_address(number) for number in range(1000)]
    assert set(insert_new(session, table_of(Address), rows)) == {row["id"] for row in rows}


def test_upsert_writes_a_row_and_then_its_other_columns(session: Session) -> None:
    table = table_of(heartbeats.Heartbeat)
    for at in (NOON, NOON + timedelta(hours=1)):
        upsert(session, table, ["name"], {"name": "worker", "at": at})
    assert heartbeats.beats(session) == {"worker": NOON + timedelta(hours=1)}


def test_a_moment_comes_back_aware_and_in_utc(session: Session) -> None:
    in_new_york = datetime(2026, 3, 2, 7, 0, 0, 123456, tzinfo=timezone(timedelta(hours=-5)))
    upsert(session, table_of(heartbeats.Heartbeat), ["name"], {"name": "clock", "at": in_new_york})
    back = heartbeats.beats(session)["clock"]
    assert back == in_new_york
    assert back.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(session: Session) -> None:
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(StatementError, match="without a zone"):
        upsert(session, table_of(heartbeats.Heartbeat), ["name"], {"name": "clock", "at": naive})


def test_moments_are_in_order_to_the_database_too(session: Session) -> None:
    for number, minutes in enumerate((30, 0, 15)):
        a_ready_delivery(session, number, NOON + timedelta(minutes=minutes))
    found = session.execute(select(Delivery.cause).order_by(Delivery.due_at)).scalars().all()
    assert found == ["walk:1", "walk:2", "walk:0"]


def test_a_word_of_a_closed_list_is_stored_as_itself(session: Session) -> None:
    a_ready_delivery(session, 1)
    assert session.execute(text("SELECT state, channel FROM deliveries")).one() == ("ready", "email")
    session.expire_all()
    assert session.execute(select(Delivery.state)).scalar_one() is DeliveryState.READY


def test_the_database_only_ever_sees_sealed_values(session: Session) -> None:
    insert_new(session, table_of(Address), [an_address(7)])
    stored = bytes(session.execute(text("SELECT value FROM addresses")).scalar_one())
    assert b"neighbor7" not in stored
    assert session.execute(select(Address.value)).scalar_one() == "neighbor7@river.example"


def test_a_sealed_value_moved_to_another_column_does_not_open(session: Session) -> None:
    session.add(
        Member(first_name="Ana", last_name="Ruiz", zone="UTC", joined_at=NOON, source="test", id=IDS.new())
    )
    session.flush()
    session.execute(text("UPDATE members SET last_name = first_name"))
    session.expire_all()
    with pytest.raises(SealError, match=r"members\.last_name"):
        session.execute(select(Member.last_name)).scalar_one()


def test_the_database_s_clock_is_aware_and_close_to_ours(session: Session) -> None:
    now = database_now(session)
    assert now.tzinfo is UTC
    assert abs(datetime.now(UTC) - now) < timedelta(minutes=1)


def test_the_same_mail_is_kept_once_and_whole(session: Session) -> None:
    mail = KeptRaw(
        "lmtp:1", RawKind.EMAIL, "lmtp", bytes(range(256)), NOON, "ana@river.example", ("us@x.example",)
    )
    assert raw.keep(session, RawId(IDS.new()), mail)
    assert not raw.keep(session, RawId(IDS.new()), replace(mail, content=b"another"))
    assert raw.kept_of(session.execute(select(Raw)).scalar_one()) == mail


def test_a_claim_takes_what_is_due_the_oldest_first_and_no_more_than_asked(session: Session) -> None:
    for number, minutes in enumerate((1, -1, -3, -2)):
        a_ready_delivery(session, number, NOON + timedelta(minutes=minutes))
    taken = claims.claim_due(session, NOON, LEASE, limit=2)
    assert [each.cause for each in taken] == ["walk:2", "walk:3"]
    assert [each.cause for each in claims.claim_due(session, NOON, LEASE, limit=9)] == ["walk:1"]
    assert claims.claim_due(session, NOON, LEASE, limit=9) == []


def test_a_claim_is_a_new_attempt_and_brings_all_that_sending_needs(session: Session) -> None:
    a_ready_delivery(session, 5)
    (claimed,) = claims.claim_due(session, NOON, LEASE, limit=1)
    assert (claimed.attempt, claimed.to) == (1, "neighbor5@river.example")


def test_a_late_worker_changes_nothing(session: Session) -> None:
    a_ready_delivery(session, 5)
    (claimed,) = claims.claim_due(session, NOON, LEASE, limit=1)
    late = claims.Frozen(claimed.id, claimed.attempt - 1, "hash", "{}", NOON, "<late@x.example>")
    assert claims.enter_in_flight(session, [late]) == set()
    assert claims.enter_in_flight(session, [replace(late, attempt=1)]) == {claimed.id}


def test_a_lease_ends_by_the_database_s_clock(session: Session) -> None:
    delivery = a_ready_delivery(session, 5)
    claims.claim_due(session, NOON, timedelta(seconds=-1), limit=1)
    (expired,) = claims.expired_leases(session, limit=9)
    assert (expired.id, expired.state) == (delivery, DeliveryState.CLAIMED)
    ready = claims.Recorded(delivery, expired.attempt, DeliveryState.READY)
    assert claims.give_back(session, expired, ready)
    assert claims.expired_leases(session, limit=9) == []

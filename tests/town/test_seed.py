"""The sample town: the same every time, quickly made, and alive when one arrives."""

import hashlib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.privacy.sealed import KeyRing
from engine.runtime import Runtime
from engine.settings import Settings, read_settings
from engine.store.addresses import Suppression
from engine.store.conversations import Conversation
from engine.store.enrollments import Enrollment
from engine.store.members import Member
from engine.store.migrations import migrate
from engine.store.organizers import Organizer
from engine.store.raw import Raw
from engine.vocabulary.words import (
    ConversationState,
    EnrollmentState,
    RawState,
    Role,
    SuppressionReason,
)
from webapp.town.residents import read_plan
from webapp.town.seed import seed
from webapp.town.sweeping import sweep_half_made
from webapp.wiring import build_runtime

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def settings_in(folder: Path) -> Settings:
    settings = read_settings({"PORCHLIGHT_DATA": str(folder / "data")})
    settings.data.mkdir(parents=True)
    return settings


def seeded(folder: Path, keys: KeyRing) -> Runtime:
    settings = settings_in(folder)
    keys.save(settings.key_file)
    rt = build_runtime(settings)
    migrate(rt.database)
    seed(settings, NOW)
    return rt


@pytest.fixture(scope="module")
def keys() -> KeyRing:
    return KeyRing.fresh()


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, keys: KeyRing) -> Runtime:
    return seeded(tmp_path_factory.mktemp("town"), keys)


def test_sixty_members_in_two_languages_and_three_zones_with_four_who_answer(town: Runtime) -> None:
    with town.reading() as session:
        members = list(session.execute(select(Member)).scalars())
        roles = Counter(session.execute(select(Organizer.role)).scalars())
    assert len(members) == 60
    assert {member.language for member in members} == {"en", "es"}
    assert len({member.zone for member in members}) == 3
    assert roles == {Role.ORGANIZER: 3, Role.ADMIN: 1}
    assert all(member.sample for member in members)


def test_conversations_wait_and_every_one_was_written_by_somebody(town: Runtime) -> None:
    with town.reading() as session:
        states = Counter(session.execute(select(Conversation.state)).scalars())
        raw = Counter(session.execute(select(Raw.state)).scalars())
    plan = read_plan()
    written = sum(deed.kind != "answers" for deed in plan.deeds)
    assert 8 <= states[ConversationState.OPEN] <= 12
    assert raw == {RawState.DONE: written}


def test_some_are_in_mid_walk_and_nobody_is_due_in_the_past(town: Runtime) -> None:
    with town.reading() as session:
        walks = list(session.execute(select(Enrollment)).scalars())
    walking = [walk for walk in walks if walk.state is EnrollmentState.WALKING]
    assert len(walking) >= 5
    assert all(walk.due_at is not None and walk.due_at > NOW for walk in walking)


def test_one_phone_said_stop_and_one_mailbox_is_gone(town: Runtime) -> None:
    with town.reading() as session:
        reasons = Counter(session.execute(select(Suppression.reason)).scalars())
    assert reasons == {SuppressionReason.STOP: 1, SuppressionReason.HARD_BOUNCE: 1}


def test_the_same_moment_and_keys_make_the_same_town(town: Runtime, tmp_path: Path, keys: KeyRing) -> None:
    assert letters_of(seeded(tmp_path, keys)) == letters_of(town)


def letters_of(rt: Runtime) -> dict[str, str]:
    """Every letter and text that lies in the town, by its place."""
    root = rt.settings.postoffice
    found = (
        path for path in root.rglob("*") if path.suffix in (".eml", ".json") and "-sent-" not in path.name
    )
    return {str(each.relative_to(root)): hashlib.sha256(each.read_bytes()).hexdigest() for each in found}


def test_a_town_whose_making_was_interrupted_is_swept_away(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    (settings.data / "porchlight.db").touch()
    assert not sweep_half_made(settings)
    (settings.data / "seeding").touch()
    assert sweep_half_made(settings)
    assert list(settings.data.iterdir()) == []


def test_nobody_in_the_town_could_be_reached() -> None:
    for resident in read_plan().residents:
        assert resident.form.email == "" or resident.form.email.endswith(".example")
        assert resident.form.phone == "" or resident.form.phone[5:10] == "55501"

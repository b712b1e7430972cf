"""`porchlight doctor` on who is on call, where real people are written to."""

from dataclasses import replace
from pathlib import Path

import pytest

from engine.runtime import Doors
from tests.stories.conftest import SEQUENCES
from tests.stories.test_welcome import RealOffice
from webapp.cli import doctor
from webapp.town.simulated import Town


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """Reaches real people, and has a published sequence that asks for answers."""
    town = Town.at(tmp_path)
    town.publishes({"welcome": (SEQUENCES / "welcome.md").read_text()})
    doors = Doors(RealOffice(town.rt.doors.email), RealOffice(town.rt.doors.sms))
    return replace(town, rt=replace(town.rt, doors=doors))


def test_too_few_are_wrong_while_a_sequence_asks_for_answers(town: Town) -> None:
    town.calls(town.organizer("Rosa Delgado"))
    finding = doctor._on_call(town.rt)
    assert finding.wrong
    assert "1 of 2 organizers" in finding.said
    assert "On call" in finding.mend


def test_two_are_enough(town: Town) -> None:
    town.calls(town.organizer("Rosa Delgado"), town.organizer("Noor Haddad"))
    assert not doctor._on_call(town.rt).wrong


def test_too_few_are_no_fault_where_nothing_asks_for_answers(tmp_path: Path) -> None:
    town = Town.at(tmp_path)
    assert not doctor._on_call(town.rt).wrong

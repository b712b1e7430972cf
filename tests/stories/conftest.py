"""A town with one published sequence, Maya who answers, and the shipped letters."""

from pathlib import Path

import pytest

from webapp.town.simulated import Town

SEQUENCES = Path(__file__).parents[2] / "sequences"


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = Town.at(tmp_path)
    town.organizer("Maya Ortiz")
    town.publishes({name: (SEQUENCES / f"{name}.md").read_text() for name in ("welcome", "welcome.es")})
    return town

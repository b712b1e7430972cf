"""A town with one published sequence, Maya who answers, and the shipped letters; on either database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.street import Street
from webapp.town.simulated import Town

SEQUENCES = Path(__file__).parents[2] / "sequences"


@pytest.fixture(params=["sqlite", "postgresql"])
def town(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Town]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    town = Town.at(tmp_path, database_url=url)
    town.organizer("Maya Ortiz")
    town.publishes({name: (SEQUENCES / f"{name}.md").read_text() for name in ("welcome", "welcome.es")})
    yield town
    town.rt.database.dispose()


@pytest.fixture
def street(town: Town) -> Street:
    ana = town.joins("Ana", email="ana@riverbend.example")
    ben = town.joins("Ben", email="ben@riverbend.example")
    town.pass_time(minutes=1)
    return Street(town, ana, ben)

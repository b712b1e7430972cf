"""What every test may ask for."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from engine.clock import SeededIds, SimulatedClock
from engine.privacy.sealed import KeyRing
from engine.queues import InlineQueue
from engine.runtime import Runtime
from engine.settings import read_settings
from engine.store.tables import metadata
from tests import guard
from webapp.wiring import build_runtime

pytest_plugins = ("tests.servers.fixtures", "tests.servers.mail_fixtures")

guard.watch()
# The same 100 examples each time; `HYPOTHESIS_PROFILE=fuzz` draws new ones, many more.
settings.register_profile("ci", derandomize=True, max_examples=100, deadline=None)
settings.register_profile(
    "fuzz", max_examples=5_000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

MOMENT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # a Monday, ten in the morning in New York


@pytest.fixture
def rt(tmp_path: Path) -> Iterator[Runtime]:
    """A whole Runtime over an empty SQLite file, at a clock that stands still."""
    settings = read_settings({"PORCHLIGHT_DATA": str(tmp_path / "data")})
    settings.data.mkdir()
    KeyRing.fresh().save(settings.key_file)
    clock = SimulatedClock(MOMENT)
    made = replace(build_runtime(settings, clock), ids=SeededIds(clock), queue=InlineQueue())
    metadata.create_all(made.database)
    yield made
    made.database.dispose()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints what tests have to tell: `record_property("said", …)` reaches here from every worker."""
    for report in terminalreporter.getreports("passed"):
        for name, words in report.user_properties:
            if name == "said":
                terminalreporter.write_line(str(words))

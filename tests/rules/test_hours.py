"""Hours are the member's own, whatever the clocks do."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rules.hours import due_moment, ever_both_open, is_open, next_open_moment
from engine.vocabulary.script import Day, Later, NextDay, OnDate, RightAway, Window

ZONES = sorted(available_timezones())
MOMENTS = st.integers(1735689600, 1924991999).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
WINDOWS = st.builds(
    Window,
    opens=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    closes=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    days=st.frozensets(st.sampled_from(Day), min_size=1),
)


def new_york(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)  # type: ignore[misc,arg-type]


@given(WINDOWS, st.sampled_from(ZONES), MOMENTS)
def test_the_next_open_moment_is_open_and_never_before(window: Window, zone: str, at: datetime) -> None:
    moment = next_open_moment(window, zone, at)
    assert moment >= at
    assert is_open(window, zone, moment)


@given(WINDOWS, st.sampled_from(ZONES), MOMENTS)
def test_an_open_window_does_not_wait(window: Window, zone: str, at: datetime) -> None:
    if is_open(window, zone, at):
        assert next_open_moment(window, zone, at) == at


@given(WINDOWS, st.sampled_from(ZONES), MOMENTS, st.floats(0, 0.999))
def test_nothing_open_is_passed_over(window: Window, zone: str, at: datetime, part: float) -> None:
    """But for wall times that come a second time."""
    between = at + (next_open_moment(window, zone, at) - at) * part
    if between > at and not between.astimezone(ZoneInfo(zone)).fold:
        assert is_open(window, zone, at) or not is_open(window, zone, between)


DUE = {
    "right away": (RightAway(), new_york(2026, 3, 2, 10), new_york(2026, 3, 2, 10)),
    "two hours later": (Later(timedelta(hours=2)), new_york(2026, 3, 2, 10), new_york(2026, 3, 2, 12)),
    "three days later, at ten": (
        Later(timedelta(days=3), time(10)), new_york(2026, 3, 2, 17, 5), new_york(2026, 3, 5, 10),
    ),
    "ten o'clock stays ten o'clock when the clocks change": (
        Later(timedelta(days=7), time(10)), new_york(2026, 3, 2, 9), new_york(2026, 3, 9, 10),
    ),
    "an hour is an hour when the clocks change": (
        Later(timedelta(hours=12)), new_york(2026, 3, 7, 20), new_york(2026, 3, 8, 9),
    ),
    "next Saturday, from a Saturday, is a week away": (
        NextDay(Day.SAT, time(10)), new_york(2026, 3, 7, 9), new_york(2026, 3, 14, 10),
    ),
    "a skipped wall time is the first minute after the gap": (
        Later(timedelta(days=1), time(2, 30)), new_york(2026, 3, 7, 9), new_york(2026, 3, 8, 3),
    ),
    "a wall time that comes twice is its first": (
        OnDate(date(2026, 11, 1), time(1, 30)), new_york(2026, 10, 1),
        datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
    ),
    "a date that has passed is now": (
        OnDate(date(2026, 1, 1)), new_york(2026, 3, 2, 10), new_york(2026, 3, 2, 10),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("when", "after", "due"), DUE.values(), ids=DUE.keys())
def test_a_step_comes(when: object, after: datetime, due: datetime) -> None:
    assert due_moment(when, after, "America/New_York") == due  # type: ignore[arg-type]


def test_a_window_across_midnight_belongs_to_the_evening_it_opened() -> None:
    friday_night = Window(opens=time(20), closes=time(2), days=frozenset({Day.FRI}))
    assert is_open(friday_night, "America/New_York", new_york(2026, 3, 7, 1))
    assert not is_open(friday_night, "America/New_York", new_york(2026, 3, 6, 1))


@settings(max_examples=25)
@given(WINDOWS, WINDOWS)
def test_two_windows_meet_when_some_minute_of_the_week_is_in_both(one: Window, other: Window) -> None:
    week = [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=n) for n in range(7 * 24 * 60)]
    shared = any(is_open(one, "UTC", minute) and is_open(other, "UTC", minute) for minute in week)
    assert ever_both_open(one, other) is shared

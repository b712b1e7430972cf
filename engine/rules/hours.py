"""When a member may hear from us, in the member's own zone, across every change of the clocks.

A wall time that the clocks skip is the first minute after the gap; one that comes twice is its first.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from engine.vocabulary.script import Day, Later, NextDay, OnDate, RightAway, When, Window

_DAY = timedelta(days=1)
_SEARCHED_DAYS = 15  # a window of one weekday whose only hour is skipped comes again within two weeks


def is_open(window: Window, zone: str, at: datetime) -> bool:
    """Whether the window is open at this moment; one that crosses midnight belongs to the day it opened."""
    local = at.astimezone(ZoneInfo(zone))
    wall, today = local.time(), local.date()
    if window.opens == window.closes:
        return Day(today.weekday()) in window.days
    if window.opens < window.closes:
        return window.opens <= wall < window.closes and Day(today.weekday()) in window.days
    opened = today if wall >= window.opens else today - _DAY
    return (wall >= window.opens or wall < window.closes) and Day(opened.weekday()) in window.days


def next_open_moment(window: Window, zone: str, at: datetime) -> datetime:
    """`at` itself when the window is open, else the next moment it opens. Raises ValueError for a
    window that never does."""
    if is_open(window, zone, at):
        return at
    today = at.astimezone(ZoneInfo(zone)).date()
    opens = window.opens if window.opens != window.closes else time(0)  # the whole day is open
    for days in range(_SEARCHED_DAYS):
        for fold in (0, 1):
            moment = _instant(today + days * _DAY, opens, zone, fold)
            if moment > at and is_open(window, zone, moment):
                return moment
    raise ValueError("This window never opens: it names no days.")


def closing_moment(window: Window, zone: str, at: datetime) -> datetime | None:
    """When the window that is open now closes; None when it is not open, or open all day."""
    if window.opens == window.closes or not is_open(window, zone, at):
        return None
    local = at.astimezone(ZoneInfo(zone))
    days = 1 if local.time() >= window.closes else 0  # across midnight
    return _instant(local.date() + days * _DAY, window.closes, zone)


def ever_both_open(one: Window, other: Window) -> bool:
    """Whether there is an hour of the week in which both are open: that one of them begins in."""
    monday = date(2024, 1, 1)
    moments = [
        _instant(monday + days * _DAY, window.opens if window.opens != window.closes else time(0), "UTC")
        for window in (one, other)
        for days in range(7)
    ]
    return any(is_open(one, "UTC", moment) and is_open(other, "UTC", moment) for moment in moments)


def due_moment(when: When, after: datetime, zone: str) -> datetime:
    """When a step comes, counted from `after`; never before it. Days and weeks are calendar days in
    the zone, so that ten o'clock stays ten o'clock; minutes and hours are elapsed time."""
    local = after.astimezone(ZoneInfo(zone))
    match when:
        case RightAway():
            return after
        case Later(wait, at) if wait >= _DAY and wait % _DAY == timedelta(0):
            moment = _instant(local.date() + wait, at or local.time(), zone)
        case Later(wait, _):
            moment = after + wait
        case NextDay(day, at):
            days = (day - local.weekday() - 1) % 7 + 1
            moment = _instant(local.date() + days * _DAY, at or local.time(), zone)
        case OnDate(day, at):
            moment = _instant(day, at or time(0), zone)
        case _ as other:
            assert_never(other)
    return max(moment, after)


def _instant(day: date, wall: time, zone: str, fold: int = 0) -> datetime:
    """The moment, in UTC, at which the clocks of a zone show this wall time on this day."""
    place = ZoneInfo(zone)
    naive = datetime.combine(day, wall.replace(tzinfo=None))
    moment = naive.replace(tzinfo=place, fold=fold).astimezone(UTC)
    if moment.astimezone(place).replace(tzinfo=None, fold=0) == naive:
        return moment
    return _after_gap(naive.replace(tzinfo=place, fold=1).astimezone(UTC), moment, place)


def _after_gap(before: datetime, after: datetime, place: ZoneInfo) -> datetime:
    """The first moment of the new offset between two moments around a change of the clocks."""
    low, high = sorted((before, after))
    new = high.astimezone(place).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        low, high = (low, middle) if middle.astimezone(place).utcoffset() == new else (middle, high)
    return high.replace(microsecond=0)

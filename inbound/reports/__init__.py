"""Reports of machines: who was not reached and why, what a calendar answered, and by what signs we know."""

from inbound.reports.calendar import CalendarAnswer, calendar_answer, is_by_a_calendar
from inbound.reports.causes import Failed
from inbound.reports.failures import failures
from inbound.reports.parts import Report, report_of

__all__ = [
    "CalendarAnswer",
    "Failed",
    "Report",
    "calendar_answer",
    "failures",
    "is_by_a_calendar",
    "report_of",
]

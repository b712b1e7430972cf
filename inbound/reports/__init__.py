"""Delivery reports: who was not reached, and why. Standard parts first (RFC 3464), then the words of many
servers, then flufl.bounce. Only mail that a server wrote comes here (signs.py)."""

from inbound.reports.failures import Failed, failures
from inbound.reports.parts import Report, report_of

__all__ = ["Failed", "Report", "failures", "report_of"]

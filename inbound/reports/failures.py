"""Every recipient that a report names as failed, surest source first."""

from typing import Final

from engine.vocabulary.messages import Incoming
from inbound.reports.causes import Failed, failed_for
from inbound.reports.library import failed_by_library
from inbound.reports.parts import Report
from inbound.reports.text import failed_by_words

__all__ = ["Failed", "failures"]

_WORDS_MOST: Final = 20_000
_NAMED_MOST: Final = 50


def failures(
    incoming: Incoming, raw: bytes, report: Report, *, about_ours: bool = False
) -> tuple[Failed, ...]:
    """1. The delivery status. 2. The header in which Exim and Google name who failed. 3. Addresses that the
    text lists or labels. 4. flufl.bounce. 5. The one address beside a reason. 6. `about_ours`: the mail came
    to the address for reports on one delivery: a status code is enough, nobody needs to be named."""
    if report.failed:
        return report.failed
    words = incoming.text[:_WORDS_MOST]
    named = _named_in_header(incoming, words)
    if named:
        return named
    found = failed_by_words(incoming, sure=True) or failed_by_library(raw, words)
    found = found or failed_by_words(incoming, sure=False)
    if not found and about_ours:
        unnamed = failed_for("", words)
        found = [unnamed] if unnamed.status else []
    return tuple(found)


def _named_in_header(incoming: Incoming, words: str) -> tuple[Failed, ...]:
    named = incoming.headers.get("x-failed-recipients", "").split(",")[:_NAMED_MOST]
    addresses = dict.fromkeys(one.strip().strip("<>").lower() for one in named if "@" in one)
    told = {one.address: one for one in failed_by_words(incoming, sure=True)} if addresses else {}
    return tuple(told.get(one) or failed_for(one, words) for one in addresses)

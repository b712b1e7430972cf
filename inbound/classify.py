"""What an inbound message is: a person's words, a report, a note of a machine, or nothing we can read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from engine.vocabulary.messages import Incoming
from engine.vocabulary.words import Channel, MailKind
from inbound.reports import CalendarAnswer, Failed, Report, calendar_answer, failures, report_of
from inbound.reports.signs import (
    automatic_sign,
    begins,
    is_challenge,
    is_daemon,
    list_sign,
    tells_failure,
)
from inbound.reports.text import failed_by_words

__all__ = ["Failed", "Verdict", "classify"]

_SEALED: Final = ("encrypted", "signed_opaque")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`permanent` is True when an address is no good, None when nothing is known. A full mailbox or a refusal
    by policy says nothing against the address, and is not permanent (E7 of the trust spec).

    `original_ids` are the Message-IDs of our mail that a report or complaint carries within.
    """

    kind: MailKind
    reason: str
    failed: tuple[Failed, ...] = ()
    original_ids: tuple[str, ...] = ()
    calendar: CalendarAnswer | None = None

    @property
    def failed_recipients(self) -> tuple[str, ...]:
        return tuple(one.address for one in self.failed)

    @property
    def permanent(self) -> bool | None:
        known = [one for one in self.failed if one.permanent is not None]
        return any(one.permanent and not one.blameless for one in known) if known else None


def classify(
    incoming: Incoming, raw: bytes, ours: Callable[[str], bool], *, about_ours: bool = False
) -> Verdict:
    """What this message is, surest sign first. `ours` says whether an address is one of our own;
    `about_ours`, that it came to the address to which reports on one delivery of ours go (VERP).

    A text message is always a person's. Sources: RFC 3464, 5965, 8098, 5546, 3834. A report by a machine
    whose words we cannot read is still a bounce, with nobody named: nothing is suppressed by it.
    """
    if incoming.channel is Channel.SMS:
        return Verdict(MailKind.PERSON, "sms")
    daemon = is_daemon(incoming)
    report = report_of(raw) if daemon or _may_report(incoming) else Report()
    told = _of_report(incoming, report)
    if told is not None:
        return told
    own = _our_own(incoming, ours)
    if own and not report.tells_status:  # our own mail server reports, too
        return Verdict(MailKind.LOOP, own)
    reason = _bounce_sign(incoming, report, daemon=daemon, about_ours=about_ours)
    if reason:
        failed = failures(incoming, raw, report, about_ours=about_ours)
        return Verdict(MailKind.BOUNCE, reason, failed, report.original_ids)
    return _of_signs(incoming, raw)


def _bounce_sign(incoming: Incoming, report: Report, *, daemon: bool, about_ours: bool) -> str:
    """By what it is known for a bounce; empty for none. `words` is the weakest: a person may write so."""
    if report.tells_status:
        return "delivery_status"
    if daemon:
        return "daemon"
    if about_ours and _is_returned(incoming):
        return "bounce_address"
    alone = begins(incoming.subject, "bounce") and not incoming.references and tells_failure(incoming)
    return "words" if alone and failed_by_words(incoming, sure=True) else ""


def _of_report(incoming: Incoming, report: Report) -> Verdict | None:
    """What the parts for machines say, where that needs no words beside them."""
    if report.feedback == "not-spam":
        return Verdict(MailKind.RECEIPT, "not_spam", original_ids=report.original_ids)
    if report.feedback:
        named = tuple(Failed(address, None) for address in report.about)
        return Verdict(MailKind.COMPLAINT, "feedback_report", named, report.original_ids)
    if report.disposition and not begins(incoming.subject, "bounce"):  # mail filters refuse in this form, too
        return Verdict(MailKind.RECEIPT, "read_receipt", original_ids=report.original_ids)
    if report.arrived and not report.failed:
        return Verdict(MailKind.RECEIPT, "delivery_receipt", original_ids=report.original_ids)
    return None


def _of_signs(incoming: Incoming, raw: bytes) -> Verdict:
    """Mail that reports nothing: answers of calendars, machines and lists; else a person."""
    if not incoming.readable:
        sealed = any(one in incoming.warnings for one in _SEALED)
        kind = MailKind.ENCRYPTED if sealed else MailKind.UNREADABLE
        return Verdict(kind, kind.value)
    answer = calendar_answer(incoming, raw)
    if answer is not None:
        return Verdict(MailKind.CALENDAR, "calendar_reply", calendar=answer)
    automatic = automatic_sign(incoming)
    if is_challenge(incoming, automatic=bool(automatic)):
        return Verdict(MailKind.CHALLENGE, "challenge")
    if automatic:
        return Verdict(MailKind.OUT_OF_OFFICE, automatic)
    listed = list_sign(incoming)
    if listed:
        return Verdict(MailKind.LIST, listed)
    if incoming.envelope_sender == "":
        return Verdict(MailKind.OUT_OF_OFFICE, "null_sender")
    if begins(incoming.subject, "holiday"):
        return Verdict(MailKind.OUT_OF_OFFICE, "subject")
    if "encrypted" in incoming.warnings:
        return Verdict(MailKind.ENCRYPTED, "encrypted")
    return Verdict(MailKind.PERSON, "person")


def _may_report(incoming: Incoming) -> bool:
    """Only mail that looks like a report is searched for one: a person may forward a bounce to us."""
    kind = incoming.headers.get("content-type", "").lower()
    return kind.startswith(("multipart/report", "message/"))


def _is_returned(incoming: Incoming) -> bool:
    """Notes of people's machines go to the address for reports, too."""
    if incoming.envelope_sender != "" or begins(incoming.subject, "holiday"):
        return False
    return not automatic_sign(incoming) or tells_failure(incoming)


def _our_own(incoming: Incoming, ours: Callable[[str], bool]) -> str:
    if "x-porchlight-hop" in incoming.headers:
        return "our_own_hop"
    known = [one.address for one in incoming.senders if one.address]
    return "from_ourselves" if known and all(map(ours, known)) else ""

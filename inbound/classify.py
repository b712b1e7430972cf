"""What an inbound message is: a person, a bounce, a complaint, a holiday note, a loop, or unreadable."""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from engine.vocabulary.messages import Incoming
from engine.vocabulary.words import Channel, MailKind
from inbound.parse.headers import Headers
from inbound.parse.structure import Entity, entities

_DAEMONS: Final = ("mailer-daemon", "postmaster", "mail-daemon", "mdaemon", "mail delivery")
_BULK: Final = frozenset({"bulk", "list", "junk"})
_STATUS: Final = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_REPORT_BYTES: Final = 256 * 1024
_BLOCKS_MOST: Final = 200
_RECIPIENTS: Final = ("original-recipient", "final-recipient", "x-actual-recipient")


@dataclass(frozen=True, slots=True)
class Failed:
    """One recipient of a delivery report. `permanent` is None when the report does not say."""

    address: str
    permanent: bool | None
    status: str = ""  # such as 5.1.1


@dataclass(frozen=True, slots=True)
class Verdict:
    """`permanent` is True when an address is no good, None when nothing is known. A refusal by policy
    (5.7.x) says something of our mail, not of the address, and is not permanent (E7 of the trust spec).

    `original_ids` are the Message-IDs of our mail that a report or complaint carries within.
    """

    kind: MailKind
    reason: str
    failed: tuple[Failed, ...] = ()
    original_ids: tuple[str, ...] = ()

    @property
    def failed_recipients(self) -> tuple[str, ...]:
        return tuple(one.address for one in self.failed)

    @property
    def permanent(self) -> bool | None:
        known = [one for one in self.failed if one.permanent is not None]
        return any(one.permanent and not one.status.startswith("5.7.") for one in known) if known else None


@dataclass(frozen=True, slots=True)
class _Report:
    """The machine-readable parts within a mail."""

    status: tuple[bytes, ...] = ()
    complaint: bool = False
    original_ids: tuple[str, ...] = ()


def classify(incoming: Incoming, raw: bytes, ours: Callable[[str], bool]) -> Verdict:
    """What this message is, surest sign first. `ours` says whether an address is one of our own.

    A text message is always a person's. Sources: RFC 3464, 5965, 3834. A report by a machine whose
    words we cannot read is still a bounce, with nobody named: nothing is suppressed by it.
    """
    if incoming.channel is Channel.SMS:
        return Verdict(MailKind.PERSON, "sms")
    report = _report_of(raw) if _may_report(incoming) else _Report()
    if report.complaint:
        return Verdict(MailKind.COMPLAINT, "feedback_report", original_ids=report.original_ids)
    if report.status:
        failed = tuple(one for block in report.status for one in _failed_in(block))
        return Verdict(MailKind.BOUNCE, "delivery_status", failed, report.original_ids)
    if not incoming.readable:
        return Verdict(MailKind.UNREADABLE, "unreadable")
    own = _our_own(incoming, ours)
    if own:
        return Verdict(MailKind.LOOP, own)
    if _is_daemon(incoming):
        return Verdict(MailKind.BOUNCE, "daemon", _named_in_headers(incoming), report.original_ids)
    auto = _auto_sign(incoming)
    if auto:
        return Verdict(MailKind.OUT_OF_OFFICE, auto)
    if _is_bulk(incoming):
        return Verdict(MailKind.LOOP, "bulk")
    if incoming.envelope_sender == "":
        return Verdict(MailKind.OUT_OF_OFFICE, "null_sender")
    if _begins(incoming.subject, "holiday"):
        return Verdict(MailKind.OUT_OF_OFFICE, "subject")
    return Verdict(MailKind.PERSON, "person")


def _may_report(incoming: Incoming) -> bool:
    """Only mail that looks like a report is searched for one: a person may forward a bounce to us."""
    kind = incoming.headers.get("content-type", "").lower()
    return kind.startswith(("multipart/report", "message/")) or _is_daemon(incoming)


def _is_daemon(incoming: Incoming) -> bool:
    """A mail server speaks: by its name, or without an envelope sender about a mail that failed."""
    if any(one.address.partition("@")[0] in _DAEMONS for one in incoming.senders):
        return True
    if any(one.name.lower().startswith(_DAEMONS) for one in incoming.senders):
        return True
    failed = "x-failed-recipients" in incoming.headers or _begins(incoming.subject, "bounce")
    return incoming.envelope_sender == "" and failed


def _our_own(incoming: Incoming, ours: Callable[[str], bool]) -> str:
    if "x-porchlight-hop" in incoming.headers:
        return "our_own_hop"
    return "from_ourselves" if any(one.address and ours(one.address) for one in incoming.senders) else ""


def _is_bulk(incoming: Incoming) -> bool:
    headers = incoming.headers
    listed = any(name.startswith("list-") for name in headers)
    return listed or headers.get("precedence", "").strip().lower() in _BULK


def _auto_sign(incoming: Incoming) -> str:
    """RFC 3834: any Auto-Submitted but `no` is a machine's; then the older signs. A mail from a list is
    not told from a holiday note by its precedence."""
    headers = incoming.headers
    submitted = headers.get("auto-submitted", "no").partition(";")[0].strip().lower()
    if submitted not in ("no", ""):
        return "auto_submitted"
    for name in ("x-autoreply", "x-autorespond"):
        if headers.get(name, "no").strip().lower() not in ("no", "false", ""):
            return name
    return "precedence" if headers.get("precedence", "").strip().lower() == "auto_reply" else ""


@cache
def _subjects(kind: str) -> tuple[str, ...]:
    file = files("inbound.understand") / "subjects.toml"
    table: dict[str, dict[str, list[str]]] = tomllib.loads(file.read_text("utf-8"))
    return tuple(start for starts in table[kind].values() for start in starts)


def _begins(subject: str, kind: str) -> bool:
    return subject.strip().lower().startswith(_subjects(kind))


def _named_in_headers(incoming: Incoming) -> tuple[Failed, ...]:
    """Exim and Google name who failed in a header of their own; how lastingly, only the text may say."""
    named = incoming.headers.get("x-failed-recipients", "")
    codes = _STATUS.findall(incoming.text[:20_000])
    classes = {code[0] for code in codes}
    permanent = True if classes == {"5"} else False if classes == {"4"} else None
    return tuple(Failed(one.strip().lower(), permanent) for one in named.split(",") if "@" in one)


def _report_of(raw: bytes) -> _Report:
    status: list[bytes] = []
    ids: list[str] = []
    complaint = False
    for entity in entities(raw):
        if entity.content_type == "message/delivery-status":
            status.append(entity.content(_REPORT_BYTES))
        complaint = complaint or entity.content_type == "message/feedback-report"
        ids += _ids_within(entity)
    return _Report(tuple(status), complaint, tuple(dict.fromkeys(ids)))


def _ids_within(entity: Entity) -> list[str]:
    if entity.content_type not in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers"):
        return []
    head = entity.content(_REPORT_BYTES).lstrip().replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    return Headers(head).ids("message-id")


def _failed_in(status: bytes) -> list[Failed]:
    """The recipients a delivery-status part says failed; delivered, relayed and expanded are not failures."""
    blocks = status.replace(b"\r\n", b"\n").strip().split(b"\n\n", _BLOCKS_MOST)
    failed: dict[str, Failed] = {}
    for block in blocks[:_BLOCKS_MOST]:
        one = _failed_recipient(Headers(block.strip()))
        if one is not None:
            failed.setdefault(one.address, one)
    return list(failed.values())


def _failed_recipient(fields: Headers) -> Failed | None:
    action = fields.text("action").partition(" ")[0].strip("()").lower()
    if action not in ("failed", "delayed") and (action or fields.text("status")[:1] not in ("4", "5")):
        return None
    for name in _RECIPIENTS:
        address = fields.text(name).rpartition(";")[2].strip().strip("<>").lower()
        if "@" in address and len(address) <= 320:
            status = fields.text("status").strip().partition(" ")[0][:12]
            return Failed(address, _is_permanent(action, status), status)
    return None


def _is_permanent(action: str, status: str) -> bool | None:
    if action == "delayed" or status.startswith("4"):
        return False
    return True if status.startswith("5") or action == "failed" else None

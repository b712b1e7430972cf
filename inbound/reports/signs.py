"""Signs that a machine wrote, in headers, addresses and subjects. Sources: RFC 3834, 2919, 2369."""

import re
from typing import Final

from engine.vocabulary.messages import Incoming
from inbound.reports.phrases import among, subjects

_PLAIN: Final = re.compile(r"[a-z-]+")  # before parameters and comments
_ALONE: Final = re.compile(r"\s*(?:$|[:：\-–—(\[,!.]|re\b|aw\b|sv\b|until\b|till\b|bis\b|hasta\b|jusqu)")
_DAEMON: Final = re.compile(r"(?:mailer|mail|smtp|mta|bounce)[-_.]?(?:daemon|error|bounce)s?\b|mdaemon\b")
_OFFICES: Final = ("postmaster", "mail delivery", "maildelivery", "microsoftexchange", "mail administrator")
_BULK: Final = frozenset({"bulk", "list", "junk"})
_WORDS: Final = 4_000  # characters from the start of a text that are looked at


def is_daemon(incoming: Incoming) -> bool:
    """A mail server speaks: by its name; by that of an office that a person may hold, and what it says; or by
    what it says alone, where no person's envelope sender is given."""
    pairs = (name for one in incoming.senders for name in (one.address.partition("@")[0], one.name))
    names = [name.strip().lower() for name in pairs]
    if any(map(_DAEMON.match, names)):
        return True
    office = any(name.startswith(_OFFICES) for name in names)
    if incoming.envelope_sender and not office:
        return False
    if "x-failed-recipients" in incoming.headers:
        return True
    returned, bounce = incoming.envelope_sender == "", begins(incoming.subject, "bounce")
    if office:
        return returned or bounce or _is_report(incoming) or _office_tells(incoming)
    return bounce and (returned or tells_failure(incoming))


def _office_tells(incoming: Incoming) -> bool:
    """The address itself is an office's, and what it writes of itself tells of a failure: no answer to us."""
    locals_ = (one.address.partition("@")[0].lower() for one in incoming.senders)
    office = any(each.startswith(_OFFICES) for each in locals_)
    return office and not incoming.references and tells_failure(incoming)


def _is_report(incoming: Incoming) -> bool:
    return incoming.headers.get("content-type", "").lower().startswith("multipart/report")


def tells_failure(incoming: Incoming) -> bool:
    """The text says that something was not delivered."""
    return among("intro", incoming.text[:_WORDS].lower())


def automatic_sign(incoming: Incoming) -> str:
    """RFC 3834: any Auto-Submitted but `no` is a machine's; then the older signs; empty for none. A mail from
    a list is not told from a holiday note by its precedence."""
    headers = incoming.headers
    submitted = _PLAIN.match(headers.get("auto-submitted", "").strip().lower())
    if submitted is not None and submitted.group() != "no":
        return "auto_submitted"
    for name in ("x-autoreply", "x-autorespond"):
        if headers.get(name, "no").strip().lower() not in ("no", "false", ""):
            return name
    return "precedence" if headers.get("precedence", "").strip().lower() == "auto_reply" else ""


def is_challenge(incoming: Incoming, *, automatic: bool) -> bool:
    """The subject asks for a proof, and a machine wrote it or the text leads to a page."""
    asked = begins(incoming.subject, "challenge")
    return asked and (automatic or incoming.envelope_sender == "" or "http" in incoming.text + incoming.html)


def list_sign(incoming: Incoming) -> str:
    """The header by which a list, or mail for many, is known; empty for none."""
    named = next((name for name in incoming.headers if name.startswith("list-")), "")
    bulk = incoming.headers.get("precedence", "").strip().lower() in _BULK
    return named or ("precedence" if bulk else "")


def begins(subject: str, kind: str) -> bool:
    """`kind` is holiday, bounce or challenge. The words of a holiday note stand alone or before a mark: a
    person may write "out of office chairs"."""
    low = subject.strip().lower()
    if kind != "holiday":
        return low.startswith(subjects(kind))
    if low.endswith(("?", "？")):
        return False
    return any(_ALONE.match(low[len(one) :]) for one in subjects(kind) if low.startswith(one))

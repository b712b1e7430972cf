"""Signs that a machine wrote, in headers, addresses and subjects. Sources: RFC 3834, 2919, 2369."""

import re
from typing import Final

from engine.vocabulary.messages import Incoming
from inbound.reports.phrases import among, subjects

_DAEMON: Final = re.compile(
    r"(mailer|mail|maildelivery|smtp|mta|bounce)[-_.]?(daemon|delivery|error|bounce)s?\b"
)
_DAEMONS: Final = ("postmaster", "mdaemon", "mail delivery", "microsoftexchange", "mail administrator")
_BULK: Final = frozenset({"bulk", "list", "junk"})
_WORDS: Final = 4_000  # characters from the start of a text that are looked at


def is_daemon(incoming: Incoming) -> bool:
    """A mail server speaks: by its name, or by what it says where no person's envelope sender is given."""
    if any(
        _names_a_daemon(one.address.partition("@")[0]) or _names_a_daemon(one.name)
        for one in incoming.senders
    ):
        return True
    if incoming.envelope_sender:
        return False
    if "x-failed-recipients" in incoming.headers:
        return True
    if not begins(incoming.subject, "bounce"):
        return False
    return incoming.envelope_sender == "" or tells_failure(incoming)


def tells_failure(incoming: Incoming) -> bool:
    """The text says that something was not delivered."""
    return among("intro", incoming.text[:_WORDS].lower())


def automatic_sign(incoming: Incoming) -> str:
    """RFC 3834: any Auto-Submitted but `no` is a machine's; then the older signs; empty for none. A mail from
    a list is not told from a holiday note by its precedence."""
    headers = incoming.headers
    submitted = headers.get("auto-submitted", "no").partition(";")[0].strip().lower()
    if submitted not in ("no", ""):
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
    """`kind` is holiday, bounce or challenge."""
    return subject.strip().lower().startswith(subjects(kind))


def _names_a_daemon(name: str) -> bool:
    low = name.strip().lower()
    return low.startswith(_DAEMONS) or _DAEMON.match(low) is not None

"""What a report says of the cause: a code of RFC 3463, a reply code of SMTP, else words."""

import re
from dataclasses import dataclass
from typing import Final

from inbound.reports.phrases import among

_ENHANCED: Final = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY: Final = re.compile(r"(?<![\d.:])([45])([0-5])\d(?=[ \-:;,]|$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Failed:
    """One recipient of a delivery report. `permanent`: the report says that this delivery is given up;
    None when it does not say. `blameless`: the cause is no fault of the address (a full mailbox, a
    policy, a network)."""

    address: str
    permanent: bool | None
    status: str = ""  # such as 5.1.1
    blameless: bool = False


def failed_for(address: str, words: str, *, status: str = "", delayed: bool = False) -> Failed:
    """The class by the enhanced status, else the reply code, else the words. Text that says nothing but
    that it failed is permanent; a warning that the server still tries never is."""
    status = status or _status_in(words)
    folded = words.lower()
    gave_up = among("gave_up", folded)
    if delayed or (among("still_trying", folded) and not gave_up):
        return Failed(address, permanent=False, status=status)
    permanent = _class_of(status, words, gave_up=gave_up)
    return Failed(address, permanent, status, blameless=is_blameless(status, folded))


def is_blameless(status: str, folded: str) -> bool:
    """E7: a policy (x.7.x), a full mailbox and a network are no reason to give an address up."""
    if status.startswith(("4.", "5.7.", "5.2.2", "5.3.", "5.4.5", "5.6.")):
        return True
    return not status.startswith("5.1.") and (among("full", folded) or among("policy", folded))


def _status_in(words: str) -> str:
    found = _ENHANCED.search(words)
    return found.group() if found else ""


def _class_of(status: str, words: str, *, gave_up: bool) -> bool:
    if gave_up or status.startswith("5"):
        return True
    if status.startswith("4"):
        return False
    code = _REPLY.search(words)
    return code is None or code.group(1) == "5"

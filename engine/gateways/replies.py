"""What an SMTP server's refusal means: ours to mend, the address's end, or just not now (RFC 3463)."""

import re
from dataclasses import dataclass

from engine.vocabulary.messages import Fault, Outgoing, Receipt, ReceiptKind

# At the beginning of the text: elsewhere it may be part of an IP address.
_ENHANCED = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})\s")
_UNKNOWN = re.compile(
    r"user unknown|unknown user|no such|does ?n[o']t exist|not exist|no mailbox|invalid (mailbox|recipient)"
    r"|unknown (recipient|mailbox|address)|(recipient|mailbox) (unknown|not found|unavailable)",
    re.IGNORECASE,
)
# What is said of us beside it: then it is not the recipient that does not exist.
_OF_US = re.compile(
    r"sender|verif|relay|your (ip|host|server|message|domain)|block|spam|blacklist|reputation|polic[yi]"
    r"|spf|dkim|dmarc",
    re.IGNORECASE,
)
_ADDRESS_LIKE = re.compile(r"[^\s<>]+@[^\s<>]+")
_DEAD_MAILBOX = {(1, 0), (1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1)}
_SIGN_IN = {530, 534, 535, 538}
_RECIPIENTS_OWN = (1, 2)  # subjects that concern one mailbox only: addressing, mailbox


@dataclass(frozen=True)
class Reply:
    """A server's answer to one command."""

    code: int
    text: bytes

    @property
    def positive(self) -> bool:
        """As asked: done. 354, "go on", is none."""
        return 200 <= self.code < 300

    @property
    def spoken(self) -> bool:
        """Whether this was SMTP at all."""
        return 200 <= self.code < 600

    @property
    def words(self) -> str:
        return self.text.decode("ascii", "replace")

    @property
    def enhanced(self) -> tuple[int, int] | None:
        """Subject and detail of the enhanced status code, where there is one: 5.1.1 -> (1, 1)."""
        found = _ENHANCED.match(self.words + " ")
        if found is None or int(found[1]) != self.code // 100:
            return None
        return int(found[2]), int(found[3])

    @property
    def shown(self) -> str:
        """Without addresses: receipts hold none."""
        text = " ".join(self.text.decode("utf-8", "replace").split())
        return f"{self.code} {_ADDRESS_LIKE.sub('…', text)}"[:300]


def receipt_of(letter: Outgoing, reply: Reply, stage: str) -> Receipt:
    """The receipt for a letter that was refused, now (4xx) or for ever (5xx), at one stage."""
    later = 400 <= reply.code < 500
    kind = ReceiptKind.DEFERRED if later else ReceiptKind.REFUSED
    fault = _not_now(reply) if later else _never(reply, stage)
    return Receipt(letter.delivery_id, letter.attempt, kind, f"{stage}: {reply.shown}", fault=fault)


def _not_now(reply: Reply) -> Fault | None:
    """SLOW where others of the same domain would fare alike; a full mailbox is its owner's matter."""
    enhanced = reply.enhanced
    own = reply.code != 421 and enhanced is not None and enhanced[0] in _RECIPIENTS_OWN
    return None if own else Fault.SLOW


def _never(reply: Reply, stage: str) -> Fault:
    if reply.code in _SIGN_IN:
        return Fault.LOGIN
    if reply.code == 552:  # this letter is too large, or that mailbox full
        return Fault.LETTER
    if stage == "MAIL":  # about the sender, so about all we send
        return Fault.STREAM
    enhanced = reply.enhanced
    if enhanced is None:
        unknown = stage == "RCPT" and _UNKNOWN.search(reply.words) and not _OF_US.search(reply.words)
        return Fault.ADDRESS if unknown else Fault.LETTER
    if enhanced in _DEAD_MAILBOX:
        return Fault.ADDRESS
    return Fault.STREAM if enhanced[0] == 7 else Fault.LETTER

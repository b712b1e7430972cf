"""What an SMTP server's refusal means: ours to mend, the address's end, or just not now (RFC 3463)."""

import re
from dataclasses import dataclass

from engine.vocabulary.messages import Fault, Outgoing, Receipt, ReceiptKind

_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
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
        return 200 <= self.code < 400

    @property
    def enhanced(self) -> tuple[int, int] | None:
        """Subject and detail of the enhanced status code, where there is one: 5.1.1 -> (1, 1)."""
        found = _ENHANCED.search(self.text.decode("ascii", "replace"))
        return (int(found[2]), int(found[3])) if found else None

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
    return Fault.SLOW if asks_the_domain_to_wait(reply) else None


def asks_the_domain_to_wait(reply: Reply) -> bool:
    """Whether others of the same domain would fare alike; a full mailbox is its owner's matter."""
    enhanced = reply.enhanced
    if reply.code == 421 or (enhanced is not None and enhanced[0] == 7):
        return True
    return enhanced is None or enhanced[0] not in _RECIPIENTS_OWN


def _never(reply: Reply, stage: str) -> Fault:
    if reply.code in _SIGN_IN:
        return Fault.LOGIN
    enhanced = reply.enhanced
    if enhanced is None:
        unknown = stage == "RCPT" and reply.code in (550, 551, 553)
        return Fault.ADDRESS if unknown else Fault.LETTER
    if enhanced in _DEAD_MAILBOX:
        return Fault.ADDRESS
    return Fault.STREAM if enhanced[0] == 7 and reply.code != 552 else Fault.LETTER

"""The promise every gateway keeps."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.vocabulary.messages import Fault, Outgoing, Receipt, ReceiptKind
from engine.vocabulary.words import Channel


class Gateway(Protocol):
    """Carries messages of one channel.

    `real` is False only for the pretend post office. `carry` gives one Receipt for each Outgoing, in order
    and as each is known, and never raises for what one message or the other side did: that is a Receipt.
    Whoever stops listening leaves untouched what was not begun.
    """

    @property
    def channel(self) -> Channel: ...

    @property
    def real(self) -> bool: ...

    def carry(self, batch: Sequence[Outgoing]) -> Iterable[Receipt]: ...

    def look_up(self, letter: Outgoing) -> tuple[str, ...] | None:
        """The provider's ids of messages that may be this one, oldest first; empty: none was taken over.
        None: this gateway cannot say, or not now."""

    def check(self) -> str:
        """Connects without sending anything and says what answers. Raises GatewayError."""


class GatewayError(Exception):
    """A gateway cannot work; the text says why and how to mend it, without any secret."""


@dataclass(frozen=True)
class Closed:
    """The gateway of a channel that is not configured while the other one is: it takes nothing."""

    channel: Channel
    setting: str  # what would open it
    real: bool = True

    def carry(self, batch: Sequence[Outgoing]) -> Iterator[Receipt]:
        said = f"{self.setting} is not set, so this channel carries nothing."
        for each in batch:
            yield Receipt(each.delivery_id, each.attempt, ReceiptKind.REFUSED, said, fault=Fault.LETTER)

    def look_up(self, letter: Outgoing) -> tuple[str, ...] | None:
        del letter
        return ()

    def check(self) -> str:
        return f"closed ({self.setting} is not set)"

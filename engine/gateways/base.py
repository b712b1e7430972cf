"""The promise every gateway keeps."""

from collections.abc import Sequence
from typing import Protocol

from engine.vocabulary.ids import DeliveryId
from engine.vocabulary.messages import Outgoing, Receipt
from engine.vocabulary.words import Channel


class Gateway(Protocol):
    """Carries messages of one channel.

    `real` is False only for the pretend post office. `carry` answers one Receipt for each Outgoing,
    in order, and never raises for what one message or the other side did: that is a Receipt.
    """

    @property
    def channel(self) -> Channel: ...

    @property
    def real(self) -> bool: ...

    def carry(self, batch: Sequence[Outgoing]) -> list[Receipt]: ...

    def carried(self, delivery_id: DeliveryId) -> bool | None:
        """Whether any attempt at this delivery was taken over; None: this gateway cannot say."""


class GatewayError(Exception):
    """A gateway cannot work at all (wrong password, no route). `permanent`: waiting will not help."""

    def __init__(self, text: str, *, permanent: bool) -> None:
        super().__init__(text)
        self.permanent = permanent

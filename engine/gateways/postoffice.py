"""The pretend post office: carries mail into folders that stand for members' mailboxes and phones.

Layout under the root, all file names safe on any system:
    mail/<sha256 of address, 16 hex>/<nanoseconds>-<delivery id>-<attempt>.eml   and   address.txt
    phones/<sha256 of number, 16 hex>/<nanoseconds>-<delivery id>-<attempt>.json  and  address.txt
A file is written beside and renamed into place, so that a reader never sees half a letter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.vocabulary.messages import Outgoing, Receipt
from engine.vocabulary.words import Channel


@dataclass(frozen=True)
class Postoffice:
    """A Gateway that reaches nobody."""

    root: Path
    channel: Channel
    real: bool = False

    def carry(self, batch: Sequence[Outgoing]) -> list[Receipt]:
        raise NotImplementedError

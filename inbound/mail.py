"""One inbound message on its way along the table, and what a link may say of it."""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from engine.actions.filing import Arrived
from engine.runtime import Runtime
from engine.store.raw import KeptRaw
from engine.vocabulary.ids import AddressId, ConversationId, MemberId, RawId
from engine.vocabulary.meanings import Understanding
from engine.vocabulary.messages import Incoming, Trimmed
from inbound.addresses import FoundToken
from inbound.authentication import Authentication
from inbound.classify import Verdict
from inbound.filing import Place


@dataclass(frozen=True)
class Pass:
    """Not for this link."""


@dataclass(frozen=True)
class Noted:
    """Something was done; the message goes on."""


@dataclass(frozen=True)
class Done:
    """The message has arrived; `outcome` says where, for people and counts."""

    outcome: str


Outcome = Pass | Noted | Done


@dataclass(frozen=True)
class Reading:
    """What the words say, before anything is looked up."""

    incoming: Incoming
    verdict: Verdict
    trimmed: Trimmed
    understood: Understanding
    sender: str | None  # the one sender's normalised address; None: none, or more than one
    token: FoundToken | None  # the first of ours among the recipients, not yet verified
    authentication: Authentication


@dataclass
class Mail:
    """The message and what the links have found out so far. Links fill it from top to bottom."""

    rt: Runtime
    session: Session
    raw_id: RawId
    kept: KeptRaw
    reading: Reading
    address_id: AddressId | None = None  # the sender's
    owners: list[MemberId] = field(default_factory=list)  # whose that address is
    place: Place | None = None
    arrived: Arrived | None = None
    conversation_id: ConversationId | None = None
    person_needed: bool = False  # a person must see it whatever the machine does

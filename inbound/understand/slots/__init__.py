"""Values in a reply: how many come, how someone voted, a mark on a scale. None where it is not clear."""

from inbound.understand.slots.ballots import Ballot, ballot
from inbound.understand.slots.codes import Coded, code
from inbound.understand.slots.names import name
from inbound.understand.slots.numbers import number
from inbound.understand.slots.party import Party, party
from inbound.understand.slots.rsvp import Rsvp, rsvp
from inbound.understand.slots.scales import scale

__all__ = ["Ballot", "Coded", "Party", "Rsvp", "ballot", "code", "name", "number", "party", "rsvp", "scale"]

"""A founded community with two organizers, and short questions to ask of it."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from engine.actions import community, organizers
from engine.actions.community import CommunityForm
from engine.actions.organizers import OrganizerForm
from engine.clock import SimulatedClock
from engine.runtime import Runtime
from engine.store import people
from engine.store.addresses import Address
from engine.store.base import Base
from engine.store.deliveries import Delivery
from engine.store.messages import Message
from engine.store.people import Person
from engine.vocabulary.ids import AddressId, MemberId, OrganizerId
from engine.vocabulary.words import Channel, Role


@dataclass(frozen=True)
class House:
    """A founded community, `ana` its admin and `ben` its organizer."""

    rt: Runtime
    ana: OrganizerId
    ben: OrganizerId

    def pass_time(self, **by: float) -> None:
        assert isinstance(self.rt.clock, SimulatedClock)
        self.rt.clock.advance(timedelta(**by))

    def person(self, member_id: MemberId) -> Person:
        with self.rt.reading() as session:
            found = people.person(session, member_id)
        assert found is not None
        return found

    def address(self, member_id: MemberId, channel: Channel = Channel.EMAIL) -> AddressId:
        return next(each.id for each in self.person(member_id).addresses if each.channel is channel)

    def count(self, table: type[Base]) -> int:
        with self.rt.reading() as session:
            return session.execute(select(func.count()).select_from(table)).scalar_one()

    def said(self) -> list[Message]:
        """What the machine said, oldest first."""
        with self.rt.reading() as session:
            query = select(Message).join(Delivery, Delivery.message_id == Message.id).order_by(Message.id)
            return list(session.execute(query).scalars())

    def link(self) -> str:
        """The secret of the link in the machine's last words."""
        words = self.said()[-1].body.split()
        return next(word for word in words if word.startswith("http")).rpartition("/")[2]

    def said_to(self) -> list[str]:
        with self.rt.reading() as session:
            query = select(Address.value).join(Delivery, Delivery.address_id == Address.id)
            return list(session.execute(query.order_by(Delivery.id)).scalars())


@pytest.fixture
def house(rt: Runtime) -> House:
    community.found(rt, CommunityForm("River Neighbors", "12 Alder Street, Riverbend, VT 05000"))
    ana = organizers.add(rt, OrganizerForm("Ana Ruiz", "ana@river.example", Role.ADMIN))
    ben = organizers.add(rt, OrganizerForm("Ben Okafor", "ben@river.example"))
    return House(rt, ana, ben)

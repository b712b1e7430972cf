"""What the tests of pauses and alerts share: words that came in, and what stands still."""

from engine.actions import alerts, members
from engine.actions.alerts import Cry
from engine.actions.members import MemberForm
from engine.actions.pauses import Whose
from engine.store import raw
from engine.store.alerts import Alert
from engine.store.raw import KeptRaw
from engine.vocabulary.ids import AlertId, MemberId, RawId
from engine.vocabulary.meanings import Crisis
from engine.vocabulary.words import Channel, RawKind
from tests.actions.conftest import House

WORDS = "Yes. I want to die"


def joins(house: House, name: str = "Luz", phone: str = "+12125550134") -> MemberId:
    form = MemberForm(first_name=name, email=f"{name.lower()}@riverbend.example", phone=phone)
    return members.add(house.rt, form, how="sign-up")


def came_in(house: House, key: str = "one") -> RawId:
    kept = KeptRaw(key, RawKind.SMS, "postoffice", b"{}", house.rt.clock.now())
    raw_id = RawId(house.rt.ids.new())
    with house.rt.transaction() as session:
        raw.keep(session, raw_id, kept)
    return raw_id


def writes(house: House, member: MemberId, key: str = "one", channel: Channel = Channel.SMS) -> Whose:
    """Words of theirs that are kept, and whose they are."""
    address = house.address(member, channel)
    return Whose(came_in(house, key), address, (member,), (address,))


def cries(house: House, whose: Whose, severity: Crisis = Crisis.ACUTE, *, watched: bool = False) -> AlertId:
    cry = Cry(severity, WORDS, house.rt.clock.now(), whose, watched)
    found = alerts.raise_alert(house.rt, cry)
    assert found is not None
    return found


def alert(house: House, alert_id: AlertId) -> Alert:
    with house.rt.reading() as session:
        return session.get_one(Alert, alert_id)

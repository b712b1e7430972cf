"""Somebody we are not sure of: who it may be is said with its reason, and a person decides."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from engine.store.conversations import Conversation
from engine.vocabulary.ids import MemberId
from inbound.sources.keeping import Envelope
from inbound.sources.postoffice import receive_email
from tests.web.conftest import House
from webapp.town import writing

BORDER = "mx.porchlight.example"


@pytest.fixture
def ana(house: House) -> MemberId:
    ana = house.town.joins("Ana", email="ana@riverbend.example")
    house.town.enrolls(house.publishes_welcome(), ana)
    return ana


def arrives(house: House, *lines: str, to: str = "hello@porchlight.example") -> str:
    """The page of the stranger's conversation."""
    receive_email(house.rt, "\r\n".join(lines).encode(), Envelope(None, (to,)))
    house.town.settle()
    with house.rt.reading() as session:
        found = session.execute(select(Conversation).where(Conversation.member_id.is_(None))).scalar_one()
    return f"/conversation/{found.id}"


@pytest.mark.parametrize(
    ("sender", "reason"),
    [
        ("A <ana@riverbend.example>", "It comes from an address of Ana, and answers nothing of ours."),
        ("<ana+lists@riverbend.example>", "But for the part after its plus sign, the address is one of Ana"),
        ("Ana <ana@work.example>", "The sender bears this name. So may others: look at the address."),
    ],
)
def test_who_it_may_be_is_said_with_its_reason(
    house: House, ana: MemberId, organizer: FlaskClient, sender: str, reason: str
) -> None:
    page = organizer.get(arrives(house, f"From: {sender}", "Subject: hi", "", "May I come?")).text
    assert "Perhaps Ana" in page
    assert reason in page


def test_one_press_says_who_it_was(house: House, ana: MemberId, organizer: FlaskClient) -> None:
    target = writing.reply_target(house.letters_to("ana@riverbend.example")[-1].message)
    page = arrives(house, "From: Ana <ana@work.example>", "", "It's me, from work", to=target)
    assert "It came to the reply address of a letter to Ana, but not surely" in organizer.get(page).text
    done = house.submits(organizer, page, {"member": ana}, to=f"{page}/match")
    assert "It&#39;s me, from work" in organizer.get(done.location).text
    talk = house.town.conversation(ana)
    assert talk is not None
    assert done.location.endswith(talk.id)


def test_a_stranger_is_nobody_we_name(house: House, ana: MemberId, organizer: FlaskClient) -> None:
    page = arrives(house, "From: Eve <eve@elsewhere.example>", "", "hello")
    assert "Perhaps" not in organizer.get(page).text


def test_what_our_mail_server_calls_false_is_said_to_be(
    house: House, ana: MemberId, organizer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded = replace(house.rt, settings=replace(house.rt.settings, authserv_id=BORDER))
    false = f"Authentication-Results: {BORDER}; dmarc=fail header.from=riverbend.example"
    page = arrives(house, false, "From: Ana <ana@riverbend.example>", "", "Send money")
    assert "does not come from the address it names" not in organizer.get(page).text
    monkeypatch.setitem(house.app.extensions, "porchlight", guarded)
    assert "does not come from the address it names" in organizer.get(page).text

"""Alerts, pauses and who is on call, as organizers see them; and words that only some may read."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from engine.actions.organizers import OrganizerForm, add
from engine.store import alerts as store
from engine.store import on_call, pauses, reach
from engine.store.alerts import Alert
from engine.store.deliveries import PAGE_CAUSE, Delivery
from engine.store.messages import Message
from engine.vocabulary.ids import AlertId, ConversationId, MemberId
from engine.vocabulary.meanings import Call, Crisis, Meaning, Stop, Understanding
from engine.vocabulary.words import Channel, DeliveryState, Direction, Intent, Rotation, SuppressionReason
from inbound import reading
from tests.web.conftest import House, signed_in
from webapp.town import hands

WORDS = "Yes. I want to die"
PEACE = "Could you let me be"


def says(house: House, monkeypatch: pytest.MonkeyPatch, words: str, understood: Understanding) -> MemberId:
    """Ana, a member, writes this by text and the reader understands it so."""
    monkeypatch.setattr(reading, "understand", lambda _text: understood)
    ana = house.town.joins("Ana", email="ana@riverbend.example", phone="+12125550134")
    house.town.replies(ana, words, channel=Channel.SMS)
    return ana


@pytest.fixture
def ana(house: House, monkeypatch: pytest.MonkeyPatch) -> MemberId:
    meanings = (Meaning(Intent.CRISIS, 1.0),)
    return says(house, monkeypatch, WORDS, Understanding(meanings, crisis=Crisis.ACUTE, call=Call.PAGE))


@pytest.fixture
def luz(house: House, monkeypatch: pytest.MonkeyPatch) -> MemberId:
    """Who may want to stop."""
    meanings = (Meaning(Intent.OPT_OUT, 0.6),)
    return says(house, monkeypatch, PEACE, Understanding(meanings, stop=Stop.LIKELY, call=Call.PAUSE))


def the_alert(house: House) -> AlertId:
    with house.rt.reading() as session:
        return session.execute(select(Alert.id)).scalar_one()


def talk_of(house: House, member: MemberId) -> ConversationId:
    found = house.town.conversation(member)
    assert found is not None
    return found.id


def acts(house: House) -> list[tuple[str, str]]:
    with house.rt.reading() as session:
        return [(deed.act, deed.name) for deed in store.history(session, the_alert(house))]


def test_an_alert_shows_how_long_somebody_waits_and_who_is_called_next(
    house: House, admin: FlaskClient, ana: MemberId
) -> None:
    house.town.pass_time(minutes=6)
    page = admin.get("/alerts/").text
    assert "Waiting 6 minutes" in page
    assert "people were called 2 times" in page
    assert "next: everybody on call and every admin at" in page
    assert WORDS not in page
    assert "Alerts (1)" in page
    assert "One person may be in danger" in admin.get("/").text


def test_calls_that_did_not_arrive_are_said(house: House, admin: FlaskClient, ana: MemberId) -> None:
    assert "did not arrive" not in admin.get("/alerts/").text
    with house.rt.transaction() as session:
        calls = select(Delivery).where(Delivery.cause.startswith(PAGE_CAUSE))
        for call in session.execute(calls).scalars():
            call.state = DeliveryState.REFUSED
    assert "One call did not arrive" in admin.get("/alerts/").text


def test_the_words_are_read_on_a_page_of_their_own_and_who_read_them_is_written_down(
    house: House, admin: FlaskClient, ana: MemberId
) -> None:
    page = admin.get(f"/alerts/{the_alert(house)}").text
    assert WORDS in page
    assert "Maya Lindqvist read the words" in page
    assert ("alert.viewed", "Maya Lindqvist") in acts(house)


def test_it_is_taken_ended_and_letters_go_on(house: House, admin: FlaskClient, ana: MemberId) -> None:
    here = f"/alerts/{the_alert(house)}"
    house.submits(admin, here, {}, to=f"{here}/claim")
    assert "Maya Lindqvist took it" in admin.get(here).text
    assert "Alerts (1)" not in admin.get("/alerts/").text
    house.submits(admin, here, {}, to=f"{here}/resolve")
    assert "letters are still off" in admin.get("/alerts/").text
    house.submits(admin, here, {}, to=f"{here}/resume")
    assert "letters are still off" not in admin.get("/alerts/").text
    with house.rt.reading() as session:
        assert pauses.paused_members(session, [ana]) == frozenset()


def test_whoever_is_not_on_call_sees_that_somebody_waits_and_reads_no_word_of_it(
    house: House, organizer: FlaskClient, ana: MemberId
) -> None:
    talk, found = talk_of(house, ana), the_alert(house)
    with house.rt.reading() as session:
        raw_id = session.execute(select(Message.raw_id).where(Message.member_id == ana)).scalars().first()
    shown = organizer.get("/alerts/")
    assert "see to it" in shown.text
    lists = ("/", "/alerts/", "/replies/", "/replies/everyone")
    for page in (*lists, f"/conversation/{talk}", f"/people/{ana}"):
        assert WORDS not in organizer.get(page).text, page
    assert "Only the people on call" in organizer.get(f"/conversation/{talk}").text
    for page in (f"/alerts/{found}", f"/mail/{raw_id}", f"/mail/{raw_id}/source"):
        assert organizer.get(page).status_code == 404
    house.submits(organizer, shown, {}, to=f"/alerts/{found}/claim")
    assert not [act for act, _ in acts(house) if act in ("alert.viewed", "alert.claimed")]


def test_who_is_on_call_reads_them_in_the_conversation_and_that_is_written_down(
    house: House, organizer: FlaskClient, admin: FlaskClient, ana: MemberId
) -> None:
    house.submits(
        admin,
        "/settings/on-call/",
        {
            f"place-{house.organizer_id}": "2", f"phone-{house.organizer_id}": "212 555 0177",
            f"place-{house.admin_id}": "1", f"email-{house.admin_id}": "on", "rotation": "after_claim",
        },
    )  # fmt: skip
    with house.rt.reading() as session:
        found = on_call.roster(session)
    assert [(each.name, each.phone, each.by_email) for each in found] == [
        ("Maya Lindqvist", "", True),
        ("Rosa Delgado", "+12125550177", False),
    ]
    assert WORDS in organizer.get(f"/conversation/{talk_of(house, ana)}").text
    assert ("alert.viewed", "Rosa Delgado") in acts(house)


def test_an_organizer_who_cannot_be_called_is_refused_with_a_sentence(
    house: House, admin: FlaskClient
) -> None:
    answer = house.submits(admin, "/settings/on-call/", {f"place-{house.organizer_id}": "1"})
    assert answer.status_code == 422
    assert "Say how Rosa Delgado is called" in answer.text


def test_the_order_the_turn_and_the_own_words_are_kept(house: House, admin: FlaskClient) -> None:
    typed = {
        f"place-{house.organizer_id}": "1", f"email-{house.organizer_id}": "on", "rotation": "after_claim",
        "holding_on": "on", "holding_en": "A person is being called.",
    }  # fmt: skip
    assert house.submits(admin, "/settings/on-call/", typed).status_code == 302
    page = admin.get("/settings/on-call/").text
    assert "A person is being called." in page
    assert re.search(rf'value="{Rotation.AFTER_CLAIM}" checked', page)
    assert re.search(r'name="holding_on" role="switch" checked', page)


def test_a_wish_to_stop_is_decided_by_two_buttons(
    house: House, organizer: FlaskClient, luz: MemberId
) -> None:
    here = f"/conversation/{talk_of(house, luz)}"
    page = organizer.get(here).text
    assert "They want to stop" in page
    assert "it counts as one" in page
    house.submits(organizer, here, {}, to=f"{here}/they-want-to-stop")
    assert "They want to stop" not in organizer.get(here).text
    phone = next(each.id for each in house.town.person(luz).addresses if each.channel is Channel.SMS)
    with house.rt.reading() as session:
        assert reach.suppressed(session, [phone]) == {phone: frozenset({SuppressionReason.STOP})}


def test_or_they_stay(house: House, organizer: FlaskClient, luz: MemberId) -> None:
    here = f"/conversation/{talk_of(house, luz)}"
    house.submits(organizer, here, {}, to=f"{here}/they-want-to-stay")
    with house.rt.reading() as session:
        assert pauses.paused_members(session, [luz]) == frozenset()
        assert reach.suppressed(session, [each.id for each in house.town.person(luz).addresses]) == {}


def test_a_stranger_s_wish_is_decided_where_they_are_matched(
    house: House, organizer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "understand", lambda _: Understanding(stop=Stop.UNCLEAR, call=Call.PAUSE))
    hands.send_text(house.rt, hands.Writer("Bo", "+12125550188"), PEACE)
    house.town.settle()
    with house.rt.reading() as session:
        query = select(Message.conversation_id).where(Message.direction == Direction.IN)
        talk = session.execute(query).scalar_one()
    here = f"/conversation/{talk}"
    house.submits(organizer, here, {}, to=f"{here}/they-want-to-stop")
    assert "They want to stop" not in organizer.get(here).text


def test_an_alert_that_was_never_there_is_not_found(house: House, admin: FlaskClient) -> None:
    shown = admin.get("/alerts/")
    assert admin.get("/alerts/nonsense").status_code == 404
    for act in ("claim", "resolve", "resume"):
        assert house.submits(admin, shown, {}, to=f"/alerts/nonsense/{act}").status_code == 404


def test_the_pages_speak_spanish(house: House, ana: MemberId) -> None:
    form = OrganizerForm("Inés Prado", "ines@rivernbrs.example", language="es")
    ines = signed_in(house, add(house.rt, form))
    assert "Alertas" in ines.get("/alerts/").text

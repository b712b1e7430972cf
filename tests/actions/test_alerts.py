"""Alerts: who is called, when again, what is written down, and what the machine does not do."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import jobs
from engine.actions import alerts, answers, community, deliveries, members, on_call, organizers
from engine.actions import pauses as pauses_of
from engine.actions.alerts import AlertError, Cry
from engine.actions.answers import Answer
from engine.actions.members import MemberForm
from engine.actions.on_call import CareForm, OnCallError, Turn
from engine.actions.organizers import OrganizerForm
from engine.actions.pauses import Whose
from engine.rules.alarm import Round, Watch, called, round_at, turned
from engine.store import alerts as store
from engine.store import holds, pauses
from engine.store.addresses import Address
from engine.store.alerts import Alert
from engine.store.deliveries import PAGE_CAUSE, Delivery
from engine.store.holds import Hold
from engine.store.messages import Message
from engine.store.pauses import Pause
from engine.store.timers import Timer
from engine.vocabulary.ids import AlertId, OrganizerId
from engine.vocabulary.meanings import Crisis
from engine.vocabulary.words import Channel, HoldReason, PauseReason, Rotation
from tests.actions.caring import WORDS, alert, came_in, cries, joins, writes
from tests.actions.conftest import House

BEN_PHONE = "+12125550199"


@pytest.fixture
def cai(house: House) -> OrganizerId:
    return organizers.add(house.rt, OrganizerForm("Cai Moreau", "cai@river.example"))


@pytest.fixture
def dee(house: House) -> OrganizerId:
    return organizers.add(house.rt, OrganizerForm("Dee Abara", "dee@river.example"))


@pytest.fixture
def watched(house: House, cai: OrganizerId, dee: OrganizerId) -> House:
    """Ben (by text too), Cai and Dee are on call; Ana is an admin and is not."""
    turns = (Turn(house.ben, BEN_PHONE), Turn(cai), Turn(dee))
    on_call.edit(house.rt, CareForm(turns, Rotation.AFTER_CLAIM), by=house.ana)
    return house


def pages(house: House) -> list[str]:
    """Whom a page was queued to, in order."""
    with house.rt.reading() as session:
        query = select(Address.value).join(Delivery, Delivery.address_id == Address.id)
        mine = query.where(Delivery.cause.startswith(PAGE_CAUSE)).order_by(Delivery.id)
        return list(session.execute(mine).scalars())


def pass_to(house: House, minutes: float) -> list[str]:
    """The clock goes on so many minutes; whom that called."""
    before = len(pages(house))
    house.pass_time(minutes=minutes)
    jobs.tick(house.rt)
    return pages(house)[before:]


def acts(house: House, alert_id: AlertId) -> list[str]:
    with house.rt.reading() as session:
        return [deed.act for deed in store.history(session, alert_id)]


def test_the_first_two_are_called_at_once_with_the_exact_words_by_mail_and_text(watched: House) -> None:
    cries(watched, writes(watched, joins(watched)))
    assert pages(watched) == ["ben@river.example", BEN_PHONE, "cai@river.example"]
    for said in watched.said():
        assert WORDS in said.body
        assert "/alerts/" in said.body


def test_nobody_has_it_at_five_minutes_the_next_at_fifteen_every_admin_and_again_every_fifteen(
    watched: House,
) -> None:
    cries(watched, writes(watched, joins(watched)))
    assert pass_to(watched, 4.9) == []
    assert pass_to(watched, 0.1) == ["dee@river.example"]
    assert pass_to(watched, 9.9) == []
    mailboxes = [f"{name}@river.example" for name in ("ben", "cai", "dee", "ana")]
    everybody = [mailboxes[0], BEN_PHONE, *mailboxes[1:]]
    assert pass_to(watched, 0.1) == everybody
    assert pass_to(watched, 14.9) == []
    assert pass_to(watched, 0.1) == everybody
    assert "30 minutes" in watched.said()[-1].body


def test_a_clock_that_stood_still_calls_everybody_once(watched: House) -> None:
    cries(watched, writes(watched, joins(watched)))
    assert len(pass_to(watched, 47)) == 5
    assert pass_to(watched, 12) == []
    assert len(pass_to(watched, 1)) == 5


def test_the_same_message_read_again_calls_nobody_again(watched: House) -> None:
    whose = writes(watched, joins(watched))
    cries(watched, whose)
    again = alerts.raise_alert(watched.rt, Cry(Crisis.ACUTE, WORDS, watched.rt.clock.now(), whose))
    assert again is None
    assert len(pages(watched)) == 3


def test_whoever_takes_it_ends_the_calls_and_is_called_last_next_time(watched: House) -> None:
    found = cries(watched, writes(watched, joins(watched)))
    assert alerts.claim(watched.rt, found, by=watched.ben)
    assert pass_to(watched, 60) == []
    assert alerts.claim(watched.rt, found, by=watched.ana) is False
    cries(watched, writes(watched, joins(watched, "Ana", "+12125550135"), "two"))
    assert pages(watched)[3:] == ["cai@river.example", "dee@river.example"]


def test_only_who_is_on_call_and_admins_may_open_it_and_each_opening_is_written_down(watched: House) -> None:
    outside = organizers.add(watched.rt, OrganizerForm("Eli Stone", "eli@river.example"))
    found = cries(watched, writes(watched, joins(watched)))
    for act in (alerts.view, alerts.claim, alerts.resolve, alerts.resume):
        with pytest.raises(AlertError):
            act(watched.rt, found, by=outside)
    alerts.view(watched.rt, found, by=watched.ana)
    alerts.claim(watched.rt, found, by=watched.ben)
    alerts.resolve(watched.rt, found, by=watched.ben)
    alerts.resume(watched.rt, found, by=watched.ben)
    assert acts(watched, found) == [
        "alert.opened", "alert.paged", "alert.paged", "alert.paged", "alert.viewed", "alert.claimed",
        "alert.resolved", "alert.resumed",
    ]  # fmt: skip
    with watched.rt.reading() as session:
        named = {(deed.act.removeprefix("alert."), deed.name) for deed in store.history(session, found)}
    assert {("viewed", "Ana Ruiz"), ("claimed", "Ben Okafor"), ("paged", "Cai Moreau")} < named


def test_automation_stays_off_until_a_person_resumes_it(watched: House) -> None:
    luz = joins(watched)
    found = cries(watched, writes(watched, luz))

    def is_paused() -> bool:
        with watched.rt.reading() as session:
            return luz in pauses.paused_members(session, [luz])

    with pytest.raises(AlertError):
        alerts.resume(watched.rt, found, by=watched.ben)
    alerts.claim(watched.rt, found, by=watched.ben)
    alerts.resolve(watched.rt, found, by=watched.ben)
    watched.pass_time(days=90)
    jobs.tick(watched.rt)
    assert is_paused()
    alerts.resume(watched.rt, found, by=watched.ben)
    assert not is_paused()


def test_distress_calls_nobody_for_a_day_and_then_somebody(watched: House) -> None:
    cries(watched, writes(watched, joins(watched)), Crisis.DISTRESS)
    assert pages(watched) == []
    assert pass_to(watched, 24 * 60 - 1) == []
    assert pass_to(watched, 1) == ["ben@river.example", BEN_PHONE, "cai@river.example"]


def test_with_nobody_on_call_every_admin_is_called_at_once(house: House) -> None:
    cries(house, writes(house, joins(house)))
    assert pages(house) == ["ana@river.example"]


def test_words_whose_sender_cannot_be_told_call_people_all_the_same(watched: House) -> None:
    cries(watched, Whose(came_in(watched), None))
    assert len(pages(watched)) == 3


def test_the_machine_says_nothing_to_them_by_default(watched: House) -> None:
    luz = joins(watched)
    cries(watched, writes(watched, luz))
    assert watched.address(luz, Channel.SMS) not in [said.address_id for said in watched.said()]


@pytest.mark.parametrize(("may_be_watched", "says"), [(False, ["Somebody is being called."]), (True, [])])
def test_the_community_s_own_words_go_out_once_they_are_on_unless_somebody_may_read_along(
    watched: House, may_be_watched: bool, says: list[str]
) -> None:
    form = CareForm((Turn(watched.ben),), holding_on=True, holding_en="Somebody is being called.")
    on_call.edit(watched.rt, form, by=watched.ana)
    luz = joins(watched)
    phone = watched.address(luz, Channel.SMS)
    cries(watched, writes(watched, luz), watched=may_be_watched)
    while jobs.deliver(watched.rt):
        pass
    with watched.rt.reading() as session:
        query = select(Message.body).join(Delivery, Delivery.message_id == Message.id)
        left = query.where(Delivery.address_id == phone, Delivery.accepted_at.is_not(None))
        said = list(session.execute(left).scalars())
    assert [each.removesuffix(" River Neighbors") for each in said] == says


def test_after_thirty_days_the_words_are_gone_from_alert_and_pages(watched: House) -> None:
    found = cries(watched, writes(watched, joins(watched)))
    alerts.claim(watched.rt, found, by=watched.ben)
    watched.pass_time(days=30)
    jobs.tick(watched.rt)
    assert alert(watched, found).body == ""
    assert all(WORDS not in said.body for said in watched.said())


def test_the_roster_refuses_what_cannot_work(house: House, cai: OrganizerId) -> None:
    wrong = [
        CareForm((Turn(cai), Turn(cai))),
        CareForm((Turn(cai, "call me"),)),
        CareForm((Turn(cai, by_email=False),)),
        CareForm((Turn(OrganizerId("nobody")),)),
        CareForm((), holding_on=True),
    ]
    for form in wrong:
        with pytest.raises(OnCallError):
            on_call.edit(house.rt, form, by=house.ana)


def test_alerts_and_pauses_of_the_sample_town_leave_with_it(watched: House) -> None:
    form = MemberForm(first_name="Luz", email="luz@riverbend.example", phone="+12125550134")
    luz = members.add(watched.rt, form, how="sample", sample=True)
    found = cries(watched, writes(watched, luz))
    pauses_of.pause(watched.rt, writes(watched, luz, "two"), PauseReason.STOP_LIKELY)
    alerts.claim(watched.rt, found, by=watched.ben)
    community.leave_sample_town(watched.rt, by=watched.ana)
    assert [watched.count(table) for table in (Alert, Pause, Timer)] == [0, 0, 0]


def left(house: House) -> list[str]:
    """To whom something left, in that order."""
    with house.rt.reading() as session:
        query = select(Address.value).join(Delivery, Delivery.address_id == Address.id)
        done = query.where(Delivery.accepted_at.is_not(None)).order_by(Delivery.due_at, Delivery.id)
        return list(session.execute(done).scalars())


def test_a_hold_keeps_nobody_from_being_called(watched: House) -> None:
    luz = joins(watched)
    answers.send(watched.rt, Answer("help", "answer:1", "en", address_id=watched.address(luz), member_id=luz))
    with watched.rt.transaction() as session:
        for channel in Channel:
            holds.hold(session, Hold(channel, HoldReason.BY_ADMIN, "", watched.rt.clock.now()))
    ana = joins(watched, "Ana", "+12125550135")
    cries(watched, writes(watched, ana))
    while jobs.deliver(watched.rt):
        pass
    assert left(watched) == ["ben@river.example", BEN_PHONE, "cai@river.example"]


def test_whoever_is_called_is_called_before_all_letters_that_are_due(watched: House) -> None:
    luz = joins(watched)
    for number in range(3):
        answer = Answer("help", f"answer:{number}", "en", address_id=watched.address(luz), member_id=luz)
        answers.send(watched.rt, answer)
    cries(watched, writes(watched, joins(watched, "Ana", "+12125550135")))
    for _ in range(3):
        deliveries.deliver(watched.rt, limit=1)
    assert left(watched) == ["ben@river.example", BEN_PHONE, "cai@river.example"]


A, B, C, D = (OrganizerId(each) for each in "abcd")


def test_the_rule_of_rounds() -> None:
    three = Watch((A, B, C), (A, D))
    assert called(three, Round.FIRST) == (A, B)
    assert called(three, Round.NEXT) == (C,)
    assert called(three, Round.EVERYBODY) == (A, B, C, D)
    assert called(Watch((A, B), (D,)), Round.NEXT) == (A, B)
    assert called(Watch((A,), (D,)), Round.FIRST) == (A, D)


def test_by_the_week_somebody_else_is_first(house: House) -> None:
    now = house.rt.clock.now()
    first = [turned((A, B, C), Rotation.WEEKLY, now + timedelta(weeks=week))[0] for week in range(4)]
    assert sorted(first[:3]) == [A, B, C]
    assert first[3] == first[0]
    days = {turned((A, B, C), Rotation.WEEKLY, now + timedelta(days=day))[0] for day in range(7)}
    assert len(days) == 1  # the clock of the tests begins on a Monday


def test_the_rounds_go_on_for_ever(house: House) -> None:
    now = house.rt.clock.now()
    due = [(round_at(Crisis.ACUTE, now, done) - now) // timedelta(minutes=1) for done in range(6)]
    assert due == [0, 5, 15, 30, 45, 60]

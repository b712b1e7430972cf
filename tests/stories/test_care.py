"""Whoever wants to be let be is let be; whoever cries for help reaches a person within minutes."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from engine.actions import alerts, conversations, enrollments, on_call, pauses
from engine.actions.on_call import CareForm, OnCallNeeded, Turn
from engine.gateways.postoffice import Mailbox
from engine.runtime import Doors
from engine.store import alerts as alert_store
from engine.store import pauses as pause_store
from engine.store import reach
from engine.store.alerts import Alert
from engine.store.enrollments import Enrollment
from engine.store.members import Member
from engine.store.pauses import Pause
from engine.vocabulary.ids import MemberId
from engine.vocabulary.meanings import Call, Crisis, Mark, Meaning, Reserved, Stop, Understanding
from engine.vocabulary.words import (
    Channel,
    ConversationState,
    EnrollmentState,
    Intent,
    Outcome,
    PauseEnd,
    SuppressionReason,
)
from inbound import reading
from tests.stories.conftest import SEQUENCES
from tests.stories.test_welcome import RealOffice
from webapp.town.letters import mails
from webapp.town.simulated import Town

EMAIL, PHONE = "ana@riverbend.example", "+12125550134"
PLEASE = "I'd rather you left me in peace"
DEATH = "Yes. I want to die"


@pytest.fixture
def ana(town: Town) -> MemberId:
    """Ana got the first letter; Rosa and Noor are on call, Lena is an admin."""
    town.calls(town.organizer("Rosa Delgado"), town.organizer("Noor Haddad"))
    member = town.joins("Ana", email=EMAIL, phone=PHONE)
    town.pass_time(minutes=1)
    return member


def means(monkeypatch: pytest.MonkeyPatch, understood: Understanding) -> None:
    """The reader of words says this, whatever was written."""
    monkeypatch.setattr(reading, "understand", lambda _text: understood)


def a_stop(stop: Stop | None, *intents: Intent, **more: object) -> Understanding:
    meanings = tuple(Meaning(each, 1.0) for each in (Intent.OPT_OUT, *intents))
    return replace(Understanding(meanings, stop=stop, call=Call.PAUSE), **more)  # type: ignore[arg-type]


def in_danger(severity: Crisis, *intents: Intent) -> Understanding:
    meanings = tuple(Meaning(each, 1.0) for each in (Intent.CRISIS, *intents))
    return Understanding(meanings, crisis=severity, call=Call.PAGE)


def closed(town: Town, member: MemberId) -> dict[Channel, set[SuppressionReason]]:
    """The member's channels that are closed, and why."""
    with town.rt.reading() as session:
        found = {each.id: each.channel for each in town.person(member).addresses}
        return {found[key]: set(why) for key, why in reach.suppressed(session, list(found)).items()}


def paused(town: Town, member: MemberId) -> list[Pause]:
    with town.rt.reading() as session:
        return pause_store.standing_of_member(session, member)


def walk(town: Town, member: MemberId) -> Enrollment:
    with town.rt.reading() as session:
        return session.execute(select(Enrollment).where(Enrollment.member_id == member)).scalar_one()


def paged(town: Town, first_name: str) -> int:
    """How often they were called by mail."""
    box = Mailbox.of(town.rt.settings.postoffice, Channel.EMAIL, f"{first_name.lower()}@rivernbrs.example")
    return sum("/alerts/" in mail.text for mail in mails(box))


# --- wishes to stop -------------------------------------------------------------------------------


def test_an_opt_out_with_a_question_in_it_stops_and_reaches_a_person(
    town: Town, ana: MemberId, monkeypatch: pytest.MonkeyPatch
) -> None:
    means(monkeypatch, a_stop(Stop.CERTAIN, Intent.QUESTION))
    town.replies(ana, "Stop texting me. Who gave you my number?", channel=Channel.SMS)
    assert closed(town, ana) == {Channel.SMS: {SuppressionReason.STOP}}
    talk = town.conversation(ana)
    assert talk is not None
    assert talk.state is ConversationState.OPEN


def test_a_plain_opt_out_in_other_words_needs_nobody(
    town: Town, ana: MemberId, monkeypatch: pytest.MonkeyPatch
) -> None:
    means(monkeypatch, a_stop(Stop.CERTAIN))
    town.replies(ana, "Please take my number off", channel=Channel.SMS)
    assert closed(town, ana) == {Channel.SMS: {SuppressionReason.STOP}}
    assert town.conversation(ana) is None


def test_a_likely_one_pauses_at_once_and_a_day_of_silence_is_a_stop(
    town: Town, ana: MemberId, monkeypatch: pytest.MonkeyPatch
) -> None:
    means(monkeypatch, a_stop(Stop.LIKELY))
    town.replies(ana, PLEASE)
    assert paused(town, ana)
    assert town.conversation(ana) is not None
    assert closed(town, ana) == {}
    town.pass_time(hours=24)
    assert closed(town, ana) == {Channel.EMAIL: {SuppressionReason.STOP}}
    assert paused(town, ana) == []


def test_nothing_leaves_while_it_is_unclear_even_when_the_talk_is_closed(
    town: Town, ana: MemberId, monkeypatch: pytest.MonkeyPatch
) -> None:
    rosa = town.organizer("Rosa Delgado")
    means(monkeypatch, a_stop(Stop.UNCLEAR))
    town.replies(ana, PLEASE)
    talk = town.conversation(ana)
    assert talk is not None
    conversations.close(town.rt, talk.id, Outcome.NO_REPLY_NEEDED, by=rosa.id)
    town.pass_time(days=30)
    assert len(town.mailbox(ana)) == 1
    assert town.phone(ana) == []
    assert walk(town, ana).state is EnrollmentState.STANDING

    pauses.they_want_to_stay(town.rt, [each.id for each in paused(town, ana)], by=rosa.id)
    town.pass_time(days=8)
    assert len(town.mailbox(ana)) == 2


def test_a_person_s_own_answer_goes_out_to_somebody_paused(
    town: Town, ana: MemberId, monkeypatch: pytest.MonkeyPatch
) -> None:
    means(monkeypatch, a_stop(Stop.LIKELY))
    town.replies(ana, PLEASE)
    town.organizer("Rosa Delgado").answers(ana, "Shall we stop writing to you?")
    assert "Shall we stop" in town.mailbox(ana)[-1].text


def test_words_that_name_a_channel_close_that_one(
    town: Town, ana: MemberId, monkeypatch: pytest.MonkeyPatch
) -> None:
    means(monkeypatch, a_stop(Stop.CERTAIN, channels=frozenset({Channel.SMS})))
    town.replies(ana, "Emails are fine, but no more texts", channel=Channel.EMAIL)
    assert closed(town, ana) == {Channel.SMS: {SuppressionReason.STOP}}


def test_words_that_cover_everything_close_all_of_it(
    town: Town, ana: MemberId, monkeypatch: pytest.MonkeyPatch
) -> None:
    means(monkeypatch, a_stop(Stop.CERTAIN, channels=frozenset(Channel)))
    town.replies(ana, "Take me off everything", channel=Channel.EMAIL)
    assert set(closed(town, ana)) == set(Channel)


def test_a_look_up_that_fails_loses_no_stop(
    town: Town, ana: MemberId, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> None:
        raise RuntimeError

    means(monkeypatch, a_stop(Stop.CERTAIN, channels=frozenset(Channel)))
    monkeypatch.setattr("inbound.filing.place", dies)
    town.replies(ana, "Take me off everything", channel=Channel.EMAIL)
    assert closed(town, ana) == {Channel.EMAIL: {SuppressionReason.STOP}}
    assert paused(town, ana)


def test_a_shared_phone_stops_for_all_its_members_and_the_rest_waits_for_a_person(
    town: Town, ana: MemberId, monkeypatch: pytest.MonkeyPatch
) -> None:
    luz = town.joins("Luz", email="luz@riverbend.example", phone=PHONE)
    means(monkeypatch, a_stop(Stop.CERTAIN, channels=frozenset(Channel)))
    town.replies(ana, "Stop everything", channel=Channel.SMS)
    for member in (ana, luz):
        assert closed(town, member) == {Channel.SMS: {SuppressionReason.STOP}}
        assert paused(town, member)


def test_cancel_is_a_stop_whatever_was_asked_and_no_branch_is_taken(town: Town, ana: MemberId) -> None:
    town.pass_time(days=3, hours=1)
    texts = len(town.phone(ana))
    assert texts  # the nudge, which asks something
    town.replies(ana, "CANCEL", channel=Channel.SMS)
    assert closed(town, ana) == {Channel.SMS: {SuppressionReason.STOP}}
    assert len(town.phone(ana)) == texts + 1  # the one confirmation
    assert walk(town, ana).branch is None


def test_a_wrong_number_is_closed_for_good_without_another_word(
    town: Town, ana: MemberId, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = len(town.phone(ana))
    means(monkeypatch, a_stop(None, marks=frozenset({Mark.WRONG_NUMBER})))
    town.replies(ana, "You have the wrong number", channel=Channel.SMS)
    assert closed(town, ana) == {Channel.SMS: {SuppressionReason.WRONG_NUMBER}}
    means(monkeypatch, Understanding(reserved=Reserved.START))
    town.replies(ana, "START", channel=Channel.SMS)
    assert closed(town, ana) == {Channel.SMS: {SuppressionReason.WRONG_NUMBER}}
    assert len(town.phone(ana)) == texts


def test_after_a_death_every_address_is_closed_nothing_is_confirmed_and_a_person_knows(
    town: Town, ana: MemberId, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = len(town.mailbox(ana))
    means(monkeypatch, a_stop(Stop.CERTAIN, marks=frozenset({Mark.DEATH})))
    town.replies(ana, "Ana passed away in March. Please stop.", channel=Channel.EMAIL)
    assert closed(town, ana) == {each: {SuppressionReason.DEATH} for each in Channel}
    assert len(town.mailbox(ana)) == letters
    assert town.conversation(ana) is not None


def test_erase_me_closes_everything_and_a_person_must_see_to_it(
    town: Town, ana: MemberId, monkeypatch: pytest.MonkeyPatch
) -> None:
    means(monkeypatch, a_stop(Stop.CERTAIN, marks=frozenset({Mark.ERASE})))
    town.replies(ana, "Delete all you have about me", channel=Channel.EMAIL)
    assert set(closed(town, ana)) == set(Channel)
    assert town.conversation(ana) is not None
    with town.rt.reading() as session:
        assert session.get_one(Member, ana).erase_asked_at is not None


# --- danger and distress --------------------------------------------------------------------------


def the_alert(town: Town) -> Alert:
    with town.rt.reading() as session:
        (found,) = alert_store.unresolved(session)
    return found


def test_a_crisis_inside_an_answer_calls_people_and_the_answer_moves_nothing(
    town: Town, ana: MemberId, monkeypatch: pytest.MonkeyPatch
) -> None:
    means(monkeypatch, in_danger(Crisis.ACUTE, Intent.YES))
    letters = len(town.mailbox(ana))
    town.replies(ana, DEATH)
    assert (paged(town, "Rosa"), paged(town, "Noor")) == (1, 1)
    found = the_alert(town)
    assert (found.severity, found.body, found.member_id) == (Crisis.ACUTE, DEATH, ana)
    assert walk(town, ana).branch is None
    alerts.claim(town.rt, found.id, by=town.organizer("Rosa Delgado").id)
    town.pass_time(days=20)
    assert len(town.mailbox(ana)) == letters
    assert town.phone(ana) == []


@pytest.mark.parametrize(("because", "texts"), [("care.suicide", 1), ("care.violence", 0), ("model", 0)])
def test_the_community_s_own_words_go_only_where_surely_nobody_else_is_in_it(
    town: Town, ana: MemberId, monkeypatch: pytest.MonkeyPatch, because: str, texts: int
) -> None:
    turns = (Turn(town.organizer("Rosa Delgado").id),)
    on_call.edit(town.rt, CareForm(turns, holding_on=True, holding_en="Noor is being called."), by="cli")
    cry = Understanding((Meaning(Intent.CRISIS, 1.0, because=because),), crisis=Crisis.ACUTE, call=Call.PAGE)
    means(monkeypatch, cry)
    town.replies(ana, DEATH, channel=Channel.SMS)
    said = [text.body for text in town.phone(ana)]
    assert said == ["Noor is being called. River Neighbors"] * texts


def test_a_page_unanswered_goes_to_the_next_at_five_minutes_and_to_every_admin_at_fifteen(
    town: Town, ana: MemberId, monkeypatch: pytest.MonkeyPatch
) -> None:
    means(monkeypatch, in_danger(Crisis.ACUTE))
    sam = town.organizer("Sam Whitfield")
    town.calls(town.organizer("Rosa Delgado"), town.organizer("Noor Haddad"), sam)
    names = ("Rosa", "Noor", "Sam", "Maya")
    town.replies(ana, DEATH)
    rounds = [[paged(town, name) for name in names]]
    for minutes in (5, 10, 15):
        town.pass_time(minutes=minutes)
        rounds.append([paged(town, name) for name in names])
    assert sum(rounds[0]) == 2
    assert sum(rounds[1]) == 3
    assert rounds[1][:3] == [1, 1, 1]
    assert rounds[2][:3] == [2, 2, 2]
    assert rounds[3][:3] == [3, 3, 3]

    assert alerts.claim(town.rt, the_alert(town).id, by=sam.id)
    talk = town.conversation(ana)
    assert talk is not None
    assert talk.assignee_id == sam.id
    town.pass_time(hours=3)
    assert [paged(town, name) for name in names] == rounds[3]


def test_the_words_of_somebody_in_danger_stand_in_no_preview(
    town: Town, ana: MemberId, monkeypatch: pytest.MonkeyPatch
) -> None:
    means(monkeypatch, in_danger(Crisis.ACUTE))
    town.replies(ana, DEATH)
    talk = town.conversation(ana)
    assert talk is not None
    assert (talk.urgent, talk.last_preview) == (True, "")


def test_after_distress_a_person_asks_how_they_are_three_days_later(
    town: Town, ana: MemberId, monkeypatch: pytest.MonkeyPatch
) -> None:
    rosa = town.organizer("Rosa Delgado")
    means(monkeypatch, in_danger(Crisis.DISTRESS))
    town.replies(ana, "I lost my job and cannot sleep")
    talk = town.conversation(ana)
    assert talk is not None
    assert talk.urgent
    rosa.answers(ana, "I am so sorry. May I call you tonight?", close=True)
    town.pass_time(days=2)
    assert paged(town, "Rosa") == paged(town, "Noor") == 0  # she was answered within the day
    assert town.conversation(ana) is None
    town.pass_time(days=1)
    again = town.conversation(ana)
    assert again is not None
    assert (again.state, again.urgent) == (ConversationState.OPEN, True)
    assert paused(town, ana)


def test_a_mail_that_cannot_be_filed_has_called_people_all_the_same(
    town: Town, ana: MemberId, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> None:
        raise RuntimeError

    means(monkeypatch, in_danger(Crisis.ACUTE))
    monkeypatch.setattr("engine.actions.filing.file", dies)
    town.replies(ana, DEATH)
    assert paged(town, "Rosa") == 1


def test_a_stop_with_a_cry_for_help_in_it_is_obeyed_and_heard(
    town: Town, ana: MemberId, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = replace(in_danger(Crisis.ACUTE), stop=Stop.CERTAIN)
    means(monkeypatch, both)
    town.replies(ana, "Stop texting me. I will not be here tomorrow", channel=Channel.SMS)
    assert closed(town, ana) == {Channel.SMS: {SuppressionReason.STOP}}
    assert paged(town, "Rosa") == 1
    assert town.conversation(ana) is not None


def test_the_machine_takes_somebody_paused_at_no_word_and_a_person_reads_it(
    town: Town, ana: MemberId, monkeypatch: pytest.MonkeyPatch
) -> None:
    rosa = town.organizer("Rosa Delgado")
    means(monkeypatch, in_danger(Crisis.DISTRESS))
    town.replies(ana, "It is all too much")
    rosa.answers(ana, "I am here.", close=True)
    means(monkeypatch, Understanding((Meaning(Intent.COMMAND, 1.0),), reserved=Reserved.HELP))
    texts = len(town.phone(ana))
    town.replies(ana, "HELP", channel=Channel.SMS)
    assert len(town.phone(ana)) == texts
    assert town.conversation(ana) is not None


def test_letters_that_ask_for_answers_wait_for_two_on_call_at_a_real_gateway(town: Town) -> None:
    real = replace(town.rt, doors=Doors(RealOffice(town.rt.doors.email), RealOffice(town.rt.doors.sms)))
    true = (SEQUENCES / "welcome.md").read_text().replace("Sample: yes\n", "")
    sequence = town.publishes({"welcome": true})
    town = replace(town, rt=real)
    with pytest.raises(ValueError, match="once 2 organizers are on call"):
        town.publishes({"welcome": true.replace("porch", "Porch")})
    member = town.joins("Ana", email=EMAIL)
    town.pass_time(hours=3)
    assert town.mailbox(member) == []
    with pytest.raises(OnCallNeeded):
        enrollments.enroll(real, sequence, [member])
    town.calls(town.organizer("Rosa Delgado"), town.organizer("Noor Haddad"))
    town.pass_time(hours=3)
    assert len(town.mailbox(member)) == 1


def test_a_pause_that_time_ended_says_so(town: Town, ana: MemberId, monkeypatch: pytest.MonkeyPatch) -> None:
    means(monkeypatch, a_stop(Stop.LIKELY))
    town.replies(ana, PLEASE)
    (before,) = paused(town, ana)
    town.pass_time(days=2)
    with town.rt.reading() as session:
        assert session.get_one(Pause, before.id).end is PauseEnd.BY_TIME

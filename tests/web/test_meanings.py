"""What a reply means, as organizers see it and put it right."""

import re
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from engine.rules.meanings import Need, Sense
from engine.store import meanings as store
from engine.store import messages, reach
from engine.store.meanings import Read
from engine.vocabulary.ids import MemberId, MessageId
from engine.vocabulary.meanings import Call, Crisis, Meaning, Stop, Understanding
from engine.vocabulary.words import Intent
from inbound import reading
from inbound.sources.keeping import Envelope
from inbound.sources.postoffice import receive_email
from tests.web.conftest import House

MODEL = Understanding((Meaning(Intent.QUESTION, 0.83, "what about Sunday", "model"),))


@dataclass(frozen=True)
class Talk:
    house: House
    ana: MemberId

    @property
    def page(self) -> str:
        talk = self.house.town.conversation(self.ana)
        assert talk is not None
        return f"/conversation/{talk.id}"

    @property
    def message_id(self) -> MessageId:
        talk = self.house.town.conversation(self.ana)
        assert talk is not None
        with self.house.rt.reading() as session:
            found = messages.newest_inbound(session, talk.id)
        assert found is not None
        return found

    @property
    def read(self) -> Read:
        message_id = self.message_id
        with self.house.rt.reading() as session:
            return store.of_messages(session, [message_id])[message_id]

    def says(self, client: FlaskClient, *senses: str) -> str:
        """Ticks these in the form; the page that follows."""
        to = f"{self.page}/meaning/{self.message_id}"
        done = self.house.submits(client, self.page, {"sense": list(senses)}, to=to)
        assert done.status_code == 302
        assert done.location.endswith(f"#meant-{self.message_id}")
        return client.get(done.location).text


@pytest.fixture
def talk(house: House, monkeypatch: pytest.MonkeyPatch) -> Talk:
    monkeypatch.setattr(reading, "understand", lambda _text: MODEL)
    ana = house.town.joins("Ana", email="ana@riverbend.example", phone="+12125550134")
    house.town.enrolls(house.publishes_welcome(), ana)
    house.town.replies(ana, "so what about Sunday")
    return Talk(house, ana)


def means(monkeypatch: pytest.MonkeyPatch, understood: Understanding) -> None:
    monkeypatch.setattr(reading, "understand", lambda _text: understood)


def chips(page: str) -> list[str]:
    return re.findall(r'class="chip[^"]*"[^>]*>\s*([^<]*?)\s*</span>', page)


def ticked(page: str) -> list[str]:
    return re.findall(r'name="sense" value="(\w+)" checked', page)


def test_the_meaning_stands_under_the_reply_with_the_words_that_decided(
    talk: Talk, organizer: FlaskClient
) -> None:
    page = organizer.get(talk.page).text
    assert chips(page) == ["question"]
    assert page.count("the words “what about Sunday”; the model, 83 %") == 2  # as a title, and to be read
    assert ticked(page) == ["question"]


def test_the_meanings_to_choose_from_stand_in_the_order_of_need(talk: Talk, organizer: FlaskClient) -> None:
    offered = re.findall(r'name="sense" value="(\w+)"', organizer.get(talk.page).text)
    assert offered == [sense.value for sense in Sense]


def test_a_wish_to_stop_that_is_not_sure_is_shown_as_perhaps(
    talk: Talk, organizer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    enough = Meaning(Intent.OPT_OUT, 0.9, "enough", "tired")
    stop = Understanding((enough,), stop=Stop.LIKELY, call=Call.PAUSE)
    means(monkeypatch, stop)
    talk.house.town.replies(talk.ana, "ok that's enough")
    assert chips(organizer.get(talk.page).text) == ["question", "wants no more letters, perhaps"]
    assert "wants no more letters, perhaps" in chips(organizer.get("/replies/everyone").text)


def test_the_queue_shows_the_neediest_of_what_is_unanswered(
    talk: Talk, organizer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    means(monkeypatch, Understanding((Meaning(Intent.THANKS, 1.0),)))
    talk.house.town.replies(talk.ana, "thanks!")
    queue = organizer.get("/replies/everyone").text
    assert chips(queue) == ["question"]
    assert "what about Sunday" not in queue  # the newest words are the preview, and no reason stands here


def test_whoever_needs_a_person_most_stands_first_in_the_queue(
    talk: Talk, organizer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    bea = talk.house.town.joins("Bea", email="bea@riverbend.example")
    talk.house.town.enrolls(talk.house.publishes_welcome(), bea)
    means(monkeypatch, Understanding((Meaning(Intent.ANGER, 0.9),)))
    talk.house.town.pass_time(hours=1)
    talk.house.town.replies(bea, "this is outrageous")
    queue = organizer.get("/replies/everyone").text
    assert queue.index("Bea") < queue.index("Ana")
    assert chips(queue) == ["anger", "question"]


def test_a_person_puts_it_right_and_is_named(talk: Talk, organizer: FlaskClient) -> None:
    page = talk.says(organizer, "yes", "offer")
    assert chips(page) == ["an offer", "yes"]
    assert "Rosa Delgado said so" in page
    assert "The machine had read:" in page
    assert "Thank you. It means what you say." in page
    assert ticked(page) == ["offer", "yes"]
    assert chips(organizer.get("/replies/everyone").text) == ["an offer"]


def test_a_stop_that_a_person_sees_is_one(talk: Talk, organizer: FlaskClient) -> None:
    assert "We will not use that address any more." in talk.says(organizer, "opt_out")
    address = next(each.id for each in talk.house.town.person(talk.ana).addresses if each.channel == "email")
    with talk.house.rt.reading() as session:
        assert reach.suppressed(session, [address])


def test_a_cry_for_help_that_a_person_sees_comes_first(talk: Talk, organizer: FlaskClient) -> None:
    assert "an alert stands until a person closes it" in talk.says(organizer, "acute")
    found = talk.house.town.conversation(talk.ana)
    assert found is not None
    assert found.need == Need.ACUTE


def test_words_of_somebody_in_danger_stand_in_no_chip_for_who_is_not_on_call(
    talk: Talk, organizer: FlaskClient, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    cry = Meaning(Intent.CRISIS, 1.0, "these very words", "self_harm")
    means(monkeypatch, Understanding((cry,), crisis=Crisis.ACUTE, call=Call.PAGE))
    talk.house.town.replies(talk.ana, "something else was written")
    assert chips(organizer.get("/replies/everyone").text) == ["a cry for help"]
    for page in (talk.page, "/replies/everyone"):
        assert "these very words" not in organizer.get(page).text
    assert "these very words" in admin.get(talk.page).text
    to = f"{talk.page}/meaning/{talk.message_id}"
    assert talk.house.submits(organizer, talk.page, {"sense": "yes"}, to=to).status_code == 404


def test_a_stranger_s_words_have_a_meaning_too(
    talk: Talk, organizer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    means(monkeypatch, Understanding())
    lines = ("From: who@elsewhere.example", "Message-ID: <1@x.example>", "", "hmm")
    mail = "\r\n".join(lines).encode()
    receive_email(talk.house.rt, mail, Envelope(None, ("hello@porchlight.example",)))
    talk.house.town.settle()
    found = re.search(r'href="(/conversation/[^#"]+)', organizer.get("/replies/matching").text)
    assert found
    assert "not understood" in chips(organizer.get(found.group(1)).text)


def test_only_a_message_of_this_talk_and_known_meanings_are_taken(talk: Talk, organizer: FlaskClient) -> None:
    right = f"{talk.page}/meaning/{talk.message_id}"
    for to, sense, status in (
        (right, "nonsense", 400),
        (f"{talk.page}/meaning/01ARZ3NDEKTSV4RRFFQ69G5FAV", "yes", 404),
        (f"/conversation/01ARZ3NDEKTSV4RRFFQ69G5FAV/meaning/{talk.message_id}", "yes", 404),
    ):
        assert talk.house.submits(organizer, talk.page, {"sense": sense}, to=to).status_code == status
    assert organizer.post(right, data={"sense": "yes"}).status_code == 400  # without its token
    assert talk.read.corrected is None


def test_a_visitor_says_nothing(talk: Talk, visitor: FlaskClient) -> None:
    assert visitor.post(f"{talk.page}/meaning/{talk.message_id}").status_code in (302, 400, 401)
    assert talk.read.corrected is None

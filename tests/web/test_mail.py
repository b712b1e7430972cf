"""The page of one message: its words, what was cut and why, where it went and why, and its source."""

import re
import tomllib
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from sqlalchemy import select

from engine.store.raw import Raw
from engine.vocabulary.ids import MemberId, RawId
from inbound.sources.keeping import Envelope
from inbound.sources.postoffice import receive_email
from tests.web.conftest import House
from webapp.presenting import with_quotations

HOSTILE = (
    b"From: =?utf-8?q?Ana_=3Cscript=3Ex()=3C/script=3E?= <ana@riverbend.example>\r\n"
    b"Subject: <img src=x onerror=x()>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    b"Hello <script>x()</script>\r\n\r\n-- \r\nAna <b>of Alder Street</b>\r\n"
)


@pytest.fixture
def ana(house: House) -> MemberId:
    ana = house.town.joins("Ana", email="ana@riverbend.example")
    house.town.enrolls(house.publishes_welcome(), ana)
    return ana


def newest(house: House) -> RawId:
    with house.rt.reading() as session:
        return session.execute(select(Raw.id).order_by(Raw.id.desc()).limit(1)).scalar_one()


def arrives(house: House, raw: bytes, sender: str = "ana@riverbend.example") -> str:
    receive_email(house.rt, raw, Envelope(sender, ("hello@porchlight.example",)))
    house.town.settle()
    return f"/mail/{newest(house)}"


def test_it_says_what_was_cut_and_where_it_went(house: House, ana: MemberId, organizer: FlaskClient) -> None:
    house.town.replies(ana, "What is a buddy?")
    talk = house.town.conversation(ana)
    assert talk is not None
    conversation = organizer.get(f"/conversation/{talk.id}").text
    assert f"/mail/{newest(house)}" in conversation
    page = organizer.get(f"/mail/{newest(house)}").text
    assert "What is a buddy?" in page
    assert "The formatting of the mail says so, too." in page
    assert "Words of others" in page
    assert "It came to the reply address of a letter to Ana, from the address that letter went to." in page
    assert "A person was asked to answer." in page
    assert "In-Reply-To:" in page  # the source


def test_trust_T13_no_hostile_mail_runs(house: House, ana: MemberId, organizer: FlaskClient) -> None:
    page = organizer.get(arrives(house, HOSTILE)).text
    assert "<script>x()" not in page
    assert "<img src=x" not in page
    assert "<b>of Alder" not in page
    assert page.count("&lt;script&gt;x()") >= 3  # name, words, source


def test_the_source_is_saved_byte_for_byte_and_opened_by_nobody(
    house: House, ana: MemberId, organizer: FlaskClient
) -> None:
    saved = organizer.get(f"{arrives(house, HOSTILE)}/source")
    assert saved.data == HOSTILE
    assert saved.mimetype == "application/octet-stream"
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert saved.headers["X-Content-Type-Options"] == "nosniff"


def test_what_was_cut_wrong_is_put_right_and_kept_as_an_example(
    house: House, ana: MemberId, organizer: FlaskClient, tmp_path: Path
) -> None:
    page = arrives(house, HOSTILE)
    done = house.submits(organizer, page, {"words": "Hello from\r\nAna\r\n"}, to=f"{page}/words")
    assert done.status_code == 302
    shown = organizer.get(page).text
    assert "A person has put these words right." in shown
    assert "Hello from\nAna" in shown
    waiting = organizer.get("/replies/matching").text
    assert "Hello from Ana" in waiting
    house.submits(organizer, page, {"words": "Hello"}, to=f"{page}/words")  # the last word counts
    from engine.store import examples

    with house.rt.reading() as session:
        (kept,) = examples.every(session)
    assert (kept.wanted, kept.mail.content) == ("Hello", HOSTILE)
    assert tomllib.loads('reply = "Hello"') == {"reply": kept.wanted}


def test_words_of_an_example_are_sealed(house: House, ana: MemberId, organizer: FlaskClient) -> None:
    page = arrives(house, HOSTILE)
    house.submits(organizer, page, {"words": "canary words"}, to=f"{page}/words")
    database = house.rt.settings.data / "porchlight.db"
    files = [path for path in database.parent.iterdir() if path.is_file()]
    assert [path for path in files if b"canary words" in path.read_bytes()] == []


def test_a_mail_that_nobody_knows_is_not_there(organizer: FlaskClient, visitor: FlaskClient) -> None:
    assert organizer.get("/mail/nonsense").status_code == 404
    assert organizer.get("/mail/nonsense/source").status_code == 404
    assert visitor.get("/mail/nonsense").status_code in (302, 401)


def test_a_reader_that_fails_over_it_does_not_hide_it(
    house: House, ana: MemberId, organizer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = arrives(house, HOSTILE)

    def fails(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr("webapp.views.mail.read", fails)
    shown = organizer.get(page)
    assert shown.status_code == 200
    assert "Our reader fails over it." in shown.text
    assert "Alder Street" in shown.text


def test_answers_between_quoted_lines_stand_under_what_they_answer(
    house: House, ana: MemberId, organizer: FlaskClient
) -> None:
    raw = (
        b"From: Ana <ana@riverbend.example>\r\nSubject: Re: two things\r\n\r\n"
        b"On Mon, Nov 23, 2026 at 9:41 AM Maya <maya@porch.example> wrote:\r\n"
        b"> Do you have time?\r\n\r\nYes, on Sunday.\r\n\r\n> And a ladder?\r\n\r\nTwo of them.\r\n"
    )
    page = organizer.get(arrives(house, raw)).text
    assert re.search(r"<blockquote>Do you have time\?</blockquote>\s*Yes, on Sunday\.", page)
    assert re.search(r"<blockquote>And a ladder\?</blockquote>\s*Two of them\.", page)


@given(st.lists(st.text("<>&\"' a>x"), max_size=8))
def test_quotations_show_every_word_and_no_markup_but_their_own(lines: list[str]) -> None:
    shown = with_quotations("\n".join(lines))
    assert isinstance(shown, Markup)
    bare = shown.replace("<blockquote>", "").replace("</blockquote>", "")
    assert not set("<>\"'") & set(bare)
    letters = "".join(lines).replace(">", "").replace(" ", "")
    assert re.sub(r"[>\s]", "", unescape(bare)) == letters

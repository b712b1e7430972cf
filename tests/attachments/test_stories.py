"""What people send with their words: kept within caps, shown harmlessly, to those who may see it."""

import hashlib
import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from werkzeug.test import TestResponse

from engine.store import attachments
from engine.store.attachments import Attachment, Blob
from engine.store.messages import Message
from engine.vocabulary.words import AttachmentState
from inbound.attachments import keeping, work
from inbound.attachments.work import look_after
from inbound.receive import receive_kept
from inbound.sources.keeping import Envelope, keep_email
from tests.attachments.files import SCRIPT, letter, photo, png_of
from tests.web.conftest import House

SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"


def comes(house: House, raw: bytes) -> str:
    """A mail arrives, is read, and its pictures are made anew; the conversation's id."""
    assert keep_email(house.rt, "lmtp", raw, Envelope("ana@riverbend.example", ("hello@porchlight.example",)))
    assert receive_kept(house.rt) == 1
    while look_after(house.rt):
        pass
    with house.rt.reading() as session:
        found = session.execute(select(Message.conversation_id).order_by(Message.id.desc())).scalars().first()
    assert found
    return found


def rows(house: House) -> list[Attachment]:
    with house.rt.reading() as session:
        return list(session.execute(select(Attachment).order_by(Attachment.id)).scalars())


def blobs(house: House) -> int:
    with house.rt.reading() as session:
        return session.execute(select(func.count(Blob.id))).scalar_one()


def links(page: TestResponse) -> list[str]:
    return list(dict.fromkeys(re.findall(r'"(/conversation/[^"]+/(?:files|pictures)/[^"]+)"', page.text)))


@pytest.fixture
def photo_came(house: House) -> str:
    return comes(house, letter(("fence.jpg", "image/jpeg", photo())))


@pytest.mark.usefixtures("photo_came")
def test_a_photo_is_shown_made_anew_and_only_that_is_kept(
    house: House,
    organizer: FlaskClient,
    photo_came: str,
) -> None:
    page = organizer.get(f"/conversation/{photo_came}")
    assert 'alt="A picture they sent: fence.jpg"' in page.text
    for link in links(page):
        said = organizer.get(link)
        assert said.status_code == 200
        assert said.data.startswith(b"\xff\xd8\xff")
        assert b"Canary" not in said.data
    assert len(links(page)) == 2
    with house.rt.reading() as session:
        assert b"Canary" not in b"".join(session.execute(select(Blob.content)).scalars())
    assert blobs(house) == 1


def test_inbox_T15_trust_T30_nothing_that_runs_is_ever_shown(
    house: House,
    organizer: FlaskClient,
) -> None:
    files = [
        ("drawing.svg", "image/svg+xml", SVG),
        ("page.html", "text/html", SCRIPT),
        ("photo.jpg", "image/jpeg", SVG),
        ("photo.png", "image/png", b"<html>" + SCRIPT),
        ("poly.gif", "image/gif", b"GIF89a/*" + SCRIPT),
        ("setup.pdf", "application/pdf", b"MZ\x90\x00program"),
        ("x.js", "text/javascript", b"alert(1)"),
    ]
    page = organizer.get(f"/conversation/{comes(house, letter(*files))}")
    assert "<img" not in page.text.partition("<main")[2]
    assert len(links(page)) == len(files)
    for link in links(page):
        said = organizer.get(link)
        assert said.status_code == 200
        assert said.headers["Content-Type"] == "application/octet-stream"
        assert said.headers["Content-Disposition"].startswith("attachment;")
        assert said.headers["X-Content-Type-Options"] == "nosniff"
        assert said.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert said.headers["Content-Security-Policy"].endswith("sandbox")
        assert not re.search(r"\.(svg|html?|js|exe|pdf|jpg|png)\b", said.headers["Content-Disposition"])
        assert organizer.get(link.replace("/files/", "/pictures/")).status_code == 404


def test_inbox_T13_a_hostile_name_is_text_everywhere(
    house: House,
    organizer: FlaskClient,
) -> None:
    name = '"><img src=x onerror=alert(1)>\u202egnp.pdf'
    page = organizer.get(f"/conversation/{comes(house, letter((name, 'application/pdf', b'%PDF-1.7')))}")
    assert "<img" not in page.text.partition("<main")[2]
    assert "\u202e" not in page.text
    said = organizer.get(links(page)[0])
    assert "\n" not in said.headers["Content-Disposition"]
    assert said.headers["Content-Disposition"].endswith('.pdf"')


def test_inbox_T16_trust_T12_files_are_for_who_is_signed_in_and_of_that_conversation(
    house: House,
    organizer: FlaskClient,
    visitor: FlaskClient,
    photo_came: str,
) -> None:
    other = comes(house, letter(("plan.pdf", "application/pdf", b"%PDF"), sender="bo@riverbend.example"))
    assert other != photo_came
    link = links(organizer.get(f"/conversation/{photo_came}"))[0]
    assert organizer.get(link).status_code == 200
    assert organizer.get(link.replace(photo_came, other)).status_code == 404
    assert organizer.get(link[:-1]).status_code == 404
    assert visitor.get(link).status_code == 302


def test_a_bomb_is_kept_as_it_came_and_never_opened(
    house: House,
    organizer: FlaskClient,
) -> None:
    talk = comes(house, letter(("sky.png", "image/png", png_of(60_000, 60_000))))
    (row,) = rows(house)
    assert (row.state, row.kind, row.remade) == (AttachmentState.KEPT, "image/png", False)
    page = organizer.get(f"/conversation/{talk}")
    assert "it may tell where it was taken" in page.text
    assert [link for link in links(page) if "/pictures/" in link] == []


def test_a_picture_that_our_worker_died_of_thrice_is_left_as_it_came(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Died(BaseException):
        pass

    def die(_: bytes) -> bytes:
        raise Died

    keep_email(house.rt, "lmtp", letter(("fence.jpg", "image/jpeg", photo())), Envelope())
    receive_kept(house.rt)
    monkeypatch.setattr(work, "made_anew", die)
    for _ in range(3):
        with pytest.raises(Died):
            look_after(house.rt)
        assert look_after(house.rt) == 0  # it is not due before its claim is over
        house.town.clock.advance(attachments.CLAIMED_FOR)
    assert look_after(house.rt) == 1
    (row,) = rows(house)
    assert (row.state, row.remade) == (AttachmentState.KEPT, False)


# --- caps --------------------------------------------------------------------------------------


def test_too_many_files_are_said_to_be_too_many(house: House, organizer: FlaskClient) -> None:
    files = [(f"{number}.txt", "application/octet-stream", b"\0%d" % number) for number in range(30)]
    page = organizer.get(f"/conversation/{comes(house, letter(*files))}")
    assert [row.state for row in rows(house)] == [AttachmentState.KEPT] * 20 + [AttachmentState.TOO_MANY]
    assert "More files came with it than are kept here." in page.text


def test_too_large_a_file_and_too_much_together_are_named_and_not_kept(
    house: House,
    organizer: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keeping, "MOST_BYTES", 1_000)
    monkeypatch.setattr(keeping, "MOST_TOGETHER", 1_500)
    files = [
        (name, "application/octet-stream", b"\0" * size)
        for name, size in (("a", 1_001), ("b", 900), ("c", 700), ("d", 500))
    ]
    page = organizer.get(f"/conversation/{comes(house, letter(*files))}")
    assert [(row.name, row.state, row.size) for row in rows(house)] == [
        ("a", AttachmentState.TOO_LARGE, 1_001), ("b", AttachmentState.KEPT, 900),
        ("c", AttachmentState.TOO_LARGE, 700), ("d", AttachmentState.KEPT, 500),
    ]  # fmt: skip
    assert page.text.count("too large to keep here") == 2


# --- what is in the database -------------------------------------------------------------------


def test_the_same_file_twice_is_kept_once_and_goes_with_its_last_message(
    house: House,
) -> None:
    for sender in ("ana@riverbend.example", "bo@riverbend.example"):
        comes(house, letter(("plan.pdf", "application/pdf", b"%PDF-1"), sender=sender))
    first, second = (row.message_id for row in rows(house))
    assert blobs(house) == 1
    with house.rt.transaction() as session:
        attachments.delete_with(session, [first])
    assert blobs(house) == 1
    with house.rt.transaction() as session:
        attachments.delete_with(session, [second])
    assert (blobs(house), rows(house)) == (0, [])


def test_a_copy_of_the_database_tells_neither_names_nor_contents_nor_which_file_it_is(
    house: House,
) -> None:
    comes(house, letter(("canary-name.pdf", "application/pdf", b"%PDF-canary-content")))
    with house.rt.reading() as session:
        seen = repr(session.execute(text("SELECT * FROM attachments")).all())
        seen += repr(session.execute(text("SELECT * FROM blobs")).all())
    assert "canary" not in seen
    assert hashlib.sha256(b"%PDF-canary-content").hexdigest() not in seen


def test_files_that_cannot_be_read_never_hold_the_words_back(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_: bytes) -> Iterator[object]:
        raise RecursionError
        yield

    monkeypatch.setattr(keeping, "files_in", broken)
    comes(house, letter(("fence.jpg", "image/jpeg", photo())))
    assert rows(house) == []

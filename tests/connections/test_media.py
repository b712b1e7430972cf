"""Pictures by text: fetched from Twilio, from nowhere else, until it works or is given up."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.gateways import media
from engine.gateways.media import Media, MediaGone
from engine.store.attachments import Attachment, Blob
from engine.store.messages import Message
from engine.vocabulary.words import AttachmentState
from inbound.attachments import work
from inbound.attachments.work import look_after
from inbound.receive import receive_kept
from tests.attachments.files import photo
from tests.connections.conftest import MakePorch
from tests.connections.porch import OURS, PUBLIC, Porch
from tests.servers.twilio import File, Text, Twilio, error, hang

PHONE = "+12125550134"


@pytest.fixture
def porch(make_porch: MakePorch) -> Porch:
    porch = make_porch()
    porch.organizer("Maya Ortiz")
    porch.joins("Ana", phone=PHONE)
    return porch


def texts(porch: Porch, *addresses: str) -> None:
    """Ana's text with these files comes in and is read; nothing is fetched yet."""
    media = tuple((each, "image/jpeg") for each in addresses)
    text = Text(PHONE, OURS, "Look!", media)
    assert porch.servers.twilio.send_in(f"{PUBLIC}/hooks/twilio/texts", text).status == 200
    receive_kept(porch.rt)


def states(porch: Porch) -> list[AttachmentState]:
    with porch.rt.reading() as session:
        return list(session.execute(select(Attachment.state).order_by(Attachment.id)).scalars())


def asked(porch: Porch) -> list[str]:
    return [each.path for each in porch.servers.twilio.requests if each.method == "GET"]


def test_the_words_are_there_at_once_and_the_picture_as_soon_as_it_is_fetched(porch: Porch) -> None:
    texts(porch, porch.servers.twilio.holds(File(photo())), porch.servers.twilio.holds(File(b"%PDF-1")))
    with porch.rt.reading() as session:
        assert session.execute(select(Message.body)).scalars().all() == ["Look!"]
    assert states(porch) == [AttachmentState.WAITING] * 2
    assert asked(porch) == []
    look_after(porch.rt)
    with porch.rt.reading() as session:
        rows = session.execute(select(Attachment).order_by(Attachment.place)).scalars().all()
        contents = b"".join(session.execute(select(Blob.content)).scalars())
    assert [(row.state, row.kind, row.remade) for row in rows] == [
        (AttachmentState.KEPT, "image/jpeg", True), (AttachmentState.KEPT, "application/pdf", False),
    ]  # fmt: skip
    assert b"Canary" not in contents
    assert all(each.allowed for each in porch.servers.twilio.requests if each.method == "GET")


def test_while_twilio_is_away_it_is_tried_again_later_and_later(porch: Porch) -> None:
    twilio = porch.servers.twilio
    texts(porch, twilio.holds(File(photo())))
    twilio.next_looks += [error(503), error(429, 20429), error(500)]
    for minutes in (0, 1, 5, 30):
        assert states(porch) == [AttachmentState.WAITING]
        porch.clock.advance(timedelta(minutes=minutes))
        assert look_after(porch.rt) == 1
        assert look_after(porch.rt) == 0
    assert states(porch) == [AttachmentState.KEPT]


def test_what_breaks_off_is_not_taken_for_whole(porch: Porch) -> None:
    twilio = porch.servers.twilio
    address = twilio.holds(File(photo(), breaks_off=True))
    texts(porch, address)
    look_after(porch.rt)
    assert states(porch) == [AttachmentState.WAITING]
    (path,) = twilio.media
    twilio.media[path] = File(photo())
    porch.clock.advance(timedelta(minutes=2))
    look_after(porch.rt)
    assert states(porch) == [AttachmentState.KEPT]


def test_after_two_days_it_is_given_up_and_the_page_says_so(porch: Porch) -> None:
    twilio = porch.servers.twilio
    texts(porch, twilio.holds(File(photo())))
    for _ in range(7):
        twilio.next_looks.append(error(503))
        assert look_after(porch.rt) == 1
        porch.clock.advance(timedelta(days=1))
    assert states(porch) == [AttachmentState.MISSING]
    assert look_after(porch.rt) == 0


def test_what_twilio_has_deleted_is_missing_at_once(porch: Porch) -> None:
    texts(porch, porch.servers.twilio.holds(File(b"")).replace("/Media/ME", "/Media/MEabcdef")[:-6])
    look_after(porch.rt)
    assert states(porch) == [AttachmentState.MISSING]


def test_too_large_a_file_is_not_read_to_its_end(porch: Porch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "MOST_BYTES", 100_000)
    texts(porch, porch.servers.twilio.holds(File(b"\0" * 5_000_000)))
    look_after(porch.rt)
    assert states(porch) == [AttachmentState.TOO_LARGE]


def test_a_slow_answer_holds_nobody_for_long(porch: Porch) -> None:
    twilio = porch.servers.twilio
    address = twilio.holds(File(photo()))
    twilio.next_looks.append(hang(30))
    impatient = Media(twilio.sid, twilio.token, twilio.url, 1_000, answer_within=0.3)
    with pytest.raises(media.MediaAway):
        media.fetch(impatient, address)


# --- nowhere else ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:{port}/", "file:///etc/passwd", "",
        "https://evil.example{path}", "https://api.twilio.com@evil.example{path}", "https://[::1]{path}",
        "https://api.twilio.com.evil.example{path}", "https://api.twilio.com{path}/../../../Messages.json",
        "https://api.twilio.com/2010-04-01/Accounts/AC" + "0" * 32 + "/Messages/MM" + "0" * 32 + "/Media/ME"
        + "0" * 32, "https://api.twilio.com{path}\r\nX: y", "https://[broken{path}", "gopher://x{path}",
    ],
)  # fmt: skip
def test_trust_T31_no_address_makes_us_ask_anybody_but_twilio(porch: Porch, address: str) -> None:
    path = re.sub(r"^https://[^/]+", "", porch.servers.twilio.holds(File(photo())))
    with Twilio() as elsewhere:
        where = address.replace("{path}", path).replace("{port}", str(elsewhere.port))
        texts(porch, where)
        look_after(porch.rt)
        assert states(porch) == [AttachmentState.MISSING]
        assert elsewhere.requests == []
        assert asked(porch) == []


def test_trust_T31_the_host_of_an_address_is_never_asked_only_the_one_of_the_settings(porch: Porch) -> None:
    twilio = porch.servers.twilio
    texts(porch, twilio.holds(File(photo())).replace("https:", "http:"))
    look_after(porch.rt)
    assert states(porch) == [AttachmentState.KEPT]
    assert asked(porch) == list(twilio.media)


def test_trust_T31_a_redirect_elsewhere_is_not_followed(porch: Porch) -> None:
    with Twilio() as elsewhere:
        texts(porch, porch.servers.twilio.holds(File(b"", leads_to=f"{elsewhere.url}/stolen.jpg")))
        look_after(porch.rt)
        assert elsewhere.requests == []
    assert states(porch) == [AttachmentState.MISSING]


def test_a_redirect_within_twilio_is_followed_but_not_for_ever(porch: Porch) -> None:
    twilio = porch.servers.twilio
    real = twilio.holds(File(photo())).replace("https://api.twilio.com", twilio.url)
    texts(porch, twilio.holds(File(b"", leads_to=real)))
    look_after(porch.rt)
    assert states(porch) == [AttachmentState.KEPT]
    around = twilio.holds(File(b""))
    path = around.removeprefix("https://api.twilio.com")
    twilio.media[path] = File(b"", leads_to=path)
    with pytest.raises(MediaGone, match="on and on"):
        media.fetch(Media(twilio.sid, twilio.token, twilio.url, 1_000), around)
    assert asked(porch).count(path) == 3


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://media.twiliocdn.com/AC1/x", True),
        ("https://mms.twiliocdn.com/AC1/x?Expires=1&Signature=y", True),
        ("https://s3-external-1.amazonaws.com/media.twiliocdn.com/AC1/x", True),
        ("https://s3-external-1.amazonaws.com/other-bucket/x", False),
        ("https://s3-external-1.amazonaws.com/media.twiliocdn.com/../other-bucket/x", False),
        ("https://s3-external-1.amazonaws.com/media.twiliocdn.com/%2e%2e/other-bucket/x", False),
        ("http://media.twiliocdn.com/x", False),
        ("https://media.twiliocdn.com:8443/x", False),
        ("https://media.twiliocdn.com@evil.example/x", False),
        ("https://user@media.twiliocdn.com/x", False),
        ("https://media.twiliocdn.com.evil.example/x", False),
        ("https://evil.example/media.twiliocdn.com/x", False),
        ("https://10.0.0.1/x", False),
        ("https://[::ffff:169.254.169.254]/x", False),
        ("https://[broken", False),
        ("//evil.example/x", False),
        ("", False),
    ],
)
def test_trust_T31_where_a_redirect_may_lead(url: str, may: bool) -> None:
    theirs = Media("AC" + "0" * 32, "token", "https://api.twilio.com", 1_000)
    if may:
        assert media._allowed(theirs, url) == url
    else:
        with pytest.raises(MediaGone):
            media._allowed(theirs, url)

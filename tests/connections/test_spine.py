"""The spine's story on every pairing of database and queue, with mail home by every door."""

from email.message import EmailMessage
from pathlib import Path

from engine.vocabulary.ids import ConversationId, MemberId, OrganizerId
from engine.vocabulary.words import Channel, ConversationState, DeliveryState
from tests.connections.conftest import MakePorch
from tests.connections.porch import PUBLIC, Door, Porch, open_door, start_worker

ANA, PHONE = "ana@riverbend.example", "+12125550134"
SEQUENCES = Path(__file__).parents[2] / "sequences"


def true_letters() -> dict[str, str]:
    """The shipped letters, as after an admin told a true story in them."""
    files = {name: (SEQUENCES / f"{name}.md").read_text() for name in ("welcome", "welcome.es")}
    return {name: text.replace("Sample: yes\n", "") for name, text in files.items()}


def test_a_letter_goes_out_a_reply_comes_home_a_person_answers_it(
    make_porch: MakePorch, pairing: dict[str, str], door: Door
) -> None:
    porch = make_porch(**pairing)
    start_worker(porch)
    open_door(porch, door)
    maya = porch.organizer("Maya Ortiz")
    porch.publishes(true_letters())
    ana = porch.joins("Ana", email=ANA, phone=PHONE)
    porch.settles()

    letter = a_letter_and_a_nudge(porch)
    porch.replies(ANA, letter, "what's a buddy?", door)
    talk = porch.talk(ana)
    assert talk is not None
    assert (talk.state, talk.assignee_id) == (ConversationState.OPEN, maya)
    assert talk.last_preview == "what's a buddy?"
    porch.answers(maya, ana, "A neighbor to walk to the first meeting with.", Channel.EMAIL)
    porch.settles()
    answer = porch.letter(ANA, number=2)
    assert "walk to the first meeting" in str(answer.get_body(("plain",)))
    assert answer["In-Reply-To"] == "<reply1@riverbend.example>"
    the_talk_goes_on_by_text(porch, maya, ana, talk.id)


def a_letter_and_a_nudge(porch: Porch) -> EmailMessage:
    """By SMTP at once, by text after three days of silence, which the provider reports delivered."""
    letter = porch.letter(ANA)
    assert letter["Subject"] == "Ana, the porch light is on"
    assert letter["List-Unsubscribe"].startswith(f"<{PUBLIC}/u/")
    assert porch.letters(ANA)[0].sender.startswith("b-")
    porch.passes(days=3, hours=1)
    nudge = porch.text(PHONE)
    assert "What could your street use?" in nudge.body
    assert nudge.validity is not None
    assert porch.servers.twilio.callback(nudge.sid, "delivered").status == 200
    assert porch.delivery(PHONE).state is DeliveryState.DELIVERED
    return letter


def the_talk_goes_on_by_text(porch: Porch, maya: OrganizerId, ana: MemberId, talk: ConversationId) -> None:
    """In the same conversation, until STOP, after which there is one confirmation and silence."""
    assert porch.texts(PHONE, "Lovely, count me in") == 200
    again = porch.talk(ana)
    assert again is not None
    assert (again.id, again.last_channel) == (talk, Channel.SMS)
    porch.answers(maya, ana, "See you on Saturday!", Channel.SMS)
    porch.settles()
    assert porch.text(PHONE, number=2).body.startswith("See you on Saturday!")
    assert porch.texts(PHONE, "STOP") == 200
    porch.passes(days=30)
    assert len(porch.servers.twilio.sent_to(PHONE)) == 3


def test_a_picture_comes_in_by_mms(make_porch: MakePorch) -> None:
    porch = make_porch()
    start_worker(porch)
    maya = porch.organizer("Maya Ortiz")
    ana = porch.joins("Ana", phone=PHONE)
    assert porch.texts(PHONE, "Look at our bench", ("https://api.twilio.com/m/1", "image/jpeg")) == 200
    talk = porch.talk(ana)
    assert talk is not None
    assert talk.assignee_id == maya
    assert talk.last_preview == "Look at our bench"

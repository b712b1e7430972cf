"""What every gateway promises: the post office, SMTP over a real server, Twilio over its stand-in."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.gateways.base import Gateway
from engine.gateways.postoffice import Mailbox, Postoffice, mailbox, mailboxes
from engine.gateways.smtp import SmtpGateway
from engine.gateways.twilio import TwilioAccount, TwilioGateway
from engine.gateways.wire import Relay
from engine.vocabulary.ids import DeliveryId
from engine.vocabulary.messages import Outgoing, ReceiptKind
from engine.vocabulary.words import Channel
from tests.servers.smtpd import Sink
from tests.servers.twilio import Twilio


@dataclass(frozen=True)
class Case:
    """One gateway, a good address of its channel and one that cannot be."""

    gateway: Gateway
    good: str
    bad: str


def at_the_postoffice(channel: Channel) -> Callable[[Path], Case]:
    good = {Channel.EMAIL: "ana@riverbend.example", Channel.SMS: "+18025550120"}[channel]
    return lambda folder: Case(Postoffice(folder, channel), good, "nobody\n/../here")


POST_OFFICES = {
    "post office, email": at_the_postoffice(Channel.EMAIL),
    "post office, texts": at_the_postoffice(Channel.SMS),
}


def at_twilio(server: Twilio) -> Case:
    account = TwilioAccount(
        server.sid, server.token, "+15555550100", lambda _: "https://porch.example/r", server.url
    )
    return Case(TwilioGateway(account), "+18025550120", "nobody\n/../here")


@pytest.fixture(params=[*POST_OFFICES, "SMTP", "Twilio"])
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Case:
    if request.param == "SMTP":
        sink: Sink = request.getfixturevalue("sink")
        gateway = SmtpGateway(Relay("127.0.0.1", sink.port, "off"))
        return Case(gateway, "ana@riverbend.example", "nobody\n/../here")
    if request.param == "Twilio":
        return at_twilio(request.getfixturevalue("twilio_server"))
    return POST_OFFICES[request.param](tmp_path)


def letter(case: Case, number: int, to: str | None = None) -> Outgoing:
    delivery_id = DeliveryId(f"{number:026d}")
    return Outgoing(
        delivery_id=delivery_id,
        attempt=1,
        channel=case.gateway.channel,
        to=case.good if to is None else to,
        sender="b-token@porchlight.example",
        payload=f"Subject: {number}\r\n\r\nHello.\r\n".encode(),
        rfc_message_id=f"<{delivery_id}@porchlight.example>",
        first_tried=datetime(2026, 3, 2, 15, 0, tzinfo=UTC),
    )


class TestEveryGateway:
    def test_answers_one_receipt_for_each_message_in_order(self, case: Case) -> None:
        batch = [letter(case, number) for number in (3, 1, 2)]
        receipts = list(case.gateway.carry(batch))
        assert [receipt.delivery_id for receipt in receipts] == [each.delivery_id for each in batch]
        assert {receipt.kind for receipt in receipts} == {ReceiptKind.ACCEPTED}

    def test_carries_nothing_for_an_empty_batch(self, case: Case) -> None:
        assert list(case.gateway.carry([])) == []

    def test_refuses_one_bad_address_and_carries_the_others(self, case: Case) -> None:
        receipts = list(case.gateway.carry([letter(case, 1), letter(case, 2, case.bad), letter(case, 3)]))
        kinds = [receipt.kind for receipt in receipts]
        assert kinds == [ReceiptKind.ACCEPTED, ReceiptKind.REFUSED, ReceiptKind.ACCEPTED]

    def test_says_nothing_of_the_address_or_the_words(self, case: Case) -> None:
        details = [receipt.detail for receipt in case.gateway.carry([letter(case, 1, case.bad)])]
        assert all(case.bad not in detail and "Hello" not in detail for detail in details)

    def test_knows_what_it_carried(self, case: Case) -> None:
        list(case.gateway.carry([letter(case, 1)]))
        assert case.gateway.look_up(letter(case, 1)) != ()
        assert not case.gateway.look_up(letter(case, 2))

    def test_carries_for_many_writers_at_once(self, case: Case) -> None:
        kinds: list[ReceiptKind] = []

        def write(first: int) -> None:
            batch = [letter(case, first + number) for number in range(20)]
            kinds.extend(receipt.kind for receipt in case.gateway.carry(batch))

        writers = [threading.Thread(target=write, args=(100 * number,)) for number in range(6)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        assert kinds == [ReceiptKind.ACCEPTED] * 120


class TestThePostOffice:
    @pytest.fixture
    def office(self, tmp_path: Path) -> Case:
        return POST_OFFICES["post office, email"](tmp_path)

    def test_keeps_every_letter_of_many_writers_whole(self, office: Case, tmp_path: Path) -> None:
        TestEveryGateway().test_carries_for_many_writers_at_once(office)
        letters = Mailbox.of(tmp_path, Channel.EMAIL, office.good).letters()
        assert len(letters) == 120
        assert all(each.content().endswith(b"Hello.\r\n") for each in letters)

    def test_shows_the_newest_letter_first(self, office: Case, tmp_path: Path) -> None:
        for number in range(3):
            list(office.gateway.carry([letter(office, number)]))
        box = mailboxes(tmp_path, Channel.EMAIL)[0]
        assert [each.number for each in box.letters()] == [letter(office, n).delivery_id for n in (2, 1, 0)]

    def test_leaves_nothing_half_written(self, office: Case, tmp_path: Path) -> None:
        list(office.gateway.carry([letter(office, 1)]))
        folder = Mailbox.of(tmp_path, Channel.EMAIL, office.good).folder
        assert not list(folder.glob("*.new")) + list(folder.glob(".*"))

    def test_the_same_attempt_carried_again_is_the_same_letter(self, office: Case, tmp_path: Path) -> None:
        box = Mailbox.of(tmp_path, Channel.EMAIL, office.good)
        list(office.gateway.carry([letter(office, 1)]))
        at = box.letters()[0].at
        box.put(at, f"{letter(office, 1).delivery_id}-1", b"again")
        assert len(box.letters()) == 1

    def test_a_letter_is_unread_until_it_is_opened(self, office: Case, tmp_path: Path) -> None:
        list(office.gateway.carry([letter(office, 1)]))
        box = Mailbox.of(tmp_path, Channel.EMAIL, office.good)
        (unread,) = box.letters()
        box.mark_read(unread.name)
        assert (unread.read, box.letters()[0].read) == (False, True)

    @pytest.mark.parametrize("key", ["../../etc", "", "0123456789abcde/", "0123456789abcdef"])
    def test_finds_no_mailbox_by_a_key_that_is_none(self, tmp_path: Path, key: str) -> None:
        assert mailbox(tmp_path, Channel.EMAIL, key) is None

    def test_puts_off_what_it_cannot_write(self, tmp_path: Path) -> None:
        (tmp_path / "mail").write_text("a file is in the way")
        case = POST_OFFICES["post office, email"](tmp_path)
        assert [receipt.kind for receipt in case.gateway.carry([letter(case, 1)])] == [ReceiptKind.DEFERRED]

    def test_a_crash_before_the_address_was_written_hides_no_letter(self, tmp_path: Path) -> None:
        box = Mailbox.of(tmp_path, Channel.EMAIL, "ana@riverbend.example")
        box.folder.mkdir(parents=True)
        box.put(datetime(2026, 3, 2, tzinfo=UTC), "1-1", b"Subject: Hello\r\n\r\n")
        assert [found.address for found in mailboxes(tmp_path, Channel.EMAIL)] == ["ana@riverbend.example"]

"""Mail comes in by IMAP, LMTP and the webhook: kept before anybody is told so, and each mail once."""

import smtplib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

import pytest
from imapclient import IMAPClient
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from engine.store.raw import Raw, kept_of
from inbound.parse import read_email
from inbound.sources import imap, keeping, lmtp
from inbound.sources.imap import ImapDoor, read_mailbox
from tests.connections.conftest import MakePorch
from tests.connections.porch import DOMAIN, PUBLIC, SECRET, Porch, Servers, open_door, until
from tests.servers.dovecot import Dovecot
from tests.servers.mail_fixtures import StartPostfix

LETTER = b"From: Ana <ana@riverbend.example>\r\nTo: hello@porch.example\r\nSubject: Hi\r\n\r\nHello.\r\n"


def mails(porch: Porch) -> list[bytes]:
    with porch.rt.reading() as session:
        rows = session.execute(select(Raw).order_by(Raw.id)).scalars().all()
        return [kept_of(row).content for row in rows]


def numbered(number: int) -> bytes:
    return LETTER.replace(b"Hello.", b"Hello %d." % number)


# --- IMAP --------------------------------------------------------------------------------------


@pytest.fixture
def reader(make_porch: MakePorch, servers: Servers, imap_server: Dovecot, mailbox: str) -> Porch:
    servers.imap, servers.mailbox = imap_server, mailbox
    return make_porch()


def door_of(porch: Porch) -> ImapDoor:
    assert porch.rt.settings.imap_url
    return ImapDoor(porch.rt, read_mailbox(porch.rt.settings.imap_url))


def reads(porch: Porch) -> int:
    door = door_of(porch)
    with door.connected() as client:
        return door.read_new(client)


def flags_of(dovecot: Dovecot, user: str) -> list[str]:
    with dovecot.session(user) as session:
        session.select(readonly=True)
        found = session.fetch("1:*", "(FLAGS)")[1]
    return [each.decode() for each in found if isinstance(each, bytes)]


def test_each_mail_is_kept_once_byte_for_byte_and_marked_as_seen(
    reader: Porch, imap_server: Dovecot, mailbox: str
) -> None:
    for number in range(55):  # more than one command fetches
        imap_server.deliver(mailbox, numbered(number))
    assert reads(reader) == 55
    assert reads(reader) == 0
    assert mails(reader) == [numbered(number) for number in range(55)]
    assert all("Seen" in flags for flags in flags_of(imap_server, mailbox))


def test_trust_T25_large_mails_are_fetched_one_by_one_and_what_is_too_large_is_cut_and_says_so(
    reader: Porch, imap_server: Dovecot, mailbox: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    huge = numbered(3) + b"x" * 70 * (keeping.MOST_BYTES // 70 + 1) + b"\r\n"
    sent = [numbered(1) + b"y\r\n" * 2_000_000, numbered(2) + b"z\r\n" * 2_000_000, numbered(4), huge]
    for each in sent:
        imap_server.deliver(mailbox, each)
    fetch, asked = IMAPClient.fetch, []

    def note(self: IMAPClient, uids: list[int], what: list[object]) -> object:
        asked.append((len(uids), what))
        return fetch(self, uids, what)

    monkeypatch.setattr(IMAPClient, "fetch", note)
    assert reads(reader) == 4
    assert [number for number, what in asked if b"RFC822.SIZE" not in what] == [1, 2, 1]
    *whole, cut = mails(reader)
    assert whole == sent[:3]
    assert cut == huge[: keeping.MOST_BYTES]
    assert "message_cut" in read_email(cut).warnings


def test_mail_that_arrives_is_read_at_once(reader: Porch, imap_server: Dovecot, mailbox: str) -> None:
    open_door(reader, "imap")
    imap_server.deliver(mailbox, numbered(1))
    until(lambda: len(mails(reader)) == 1, "the first mail is kept")
    imap_server.deliver(mailbox, numbered(2))
    until(lambda: len(mails(reader)) == 2, "the second is kept while IDLE", patience=10)


def test_trust_F23_a_line_that_drops_between_fetch_and_flag_loses_and_doubles_nothing(
    reader: Porch, imap_server: Dovecot, mailbox: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fired = []

    def drop(client: IMAPClient, *_: object, **__: object) -> None:
        fired.append(True)
        client.shutdown()
        raise OSError("the line dropped")

    for number in range(3):
        imap_server.deliver(mailbox, numbered(number))
    monkeypatch.setattr(IMAPClient, "add_flags", drop)
    with pytest.raises(OSError, match="dropped"):
        reads(reader)
    monkeypatch.undo()
    assert fired
    assert reads(reader) == 0
    assert len(mails(reader)) == 3


def test_trust_F23_a_drop_before_the_commit_reads_again(
    reader: Porch, imap_server: Dovecot, mailbox: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, fired = keeping.keep_email, []

    def fail_second(*arguments: object, **named: object) -> bool:
        fired.append(True)
        if len(fired) == 2:
            raise OSError("the disk is full")
        return keep(*arguments, **named)  # type: ignore[arg-type]

    for number in range(3):
        imap_server.deliver(mailbox, numbered(number))
    monkeypatch.setattr(imap, "keep_email", fail_second)
    with pytest.raises(OSError, match="full"):
        reads(reader)
    assert len(mails(reader)) == 1
    assert reads(reader) == 2
    assert mails(reader) == [numbered(number) for number in range(3)]


def test_trust_F23_after_the_server_renumbers_everything_each_mail_is_still_one(
    reader: Porch, imap_server: Dovecot, mailbox: str
) -> None:
    for number in range(3):
        imap_server.deliver(mailbox, numbered(number))
    reads(reader)
    imap_server.change_uidvalidity(mailbox)
    imap_server.deliver(mailbox, numbered(3))
    assert reads(reader) == 4
    assert sorted(mails(reader)) == [numbered(number) for number in range(4)]


def test_trust_F23_what_another_program_expunges_stops_nothing(
    reader: Porch, imap_server: Dovecot, mailbox: str
) -> None:
    open_door(reader, "imap")
    imap_server.deliver(mailbox, numbered(1))
    until(lambda: len(mails(reader)) == 1, "the first mail is kept")
    imap_server.expunge_all(mailbox)
    imap_server.deliver(mailbox, numbered(2))
    until(lambda: len(mails(reader)) == 2, "the next is kept too")


@contextmanager
def cut_off(target: int) -> Iterator[tuple[int, Event]]:
    """A port that leads to `target`, and an event that cuts every connection through it."""
    listening, cut = socket.create_server(("127.0.0.1", 0)), Event()

    def carry(one: socket.socket, other: socket.socket) -> None:
        while not cut.is_set() and (some := one.recv(65536)):
            other.sendall(some)
        one.close()
        other.close()

    def accept() -> None:
        while True:
            try:
                near, _ = listening.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", target))
            for pair in ((near, far), (far, near)):
                threading.Thread(target=_quietly, args=(carry, *pair), daemon=True).start()
            threading.Thread(target=_close_on, args=(cut, near, far), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield listening.getsockname()[1], cut
    listening.close()


def _quietly(carry: object, one: socket.socket, other: socket.socket) -> None:
    assert callable(carry)
    try:
        carry(one, other)
    except OSError:
        return


def _close_on(cut: Event, *sockets: socket.socket) -> None:
    cut.wait()
    for each in sockets:
        try:
            each.shutdown(socket.SHUT_RDWR)
        except OSError:
            continue
    cut.clear()


def test_a_mailbox_whose_line_drops_is_connected_again(
    make_porch: MakePorch, servers: Servers, imap_server: Dovecot, mailbox: str
) -> None:
    with cut_off(imap_server.port) as (port, cut):
        url = imap_server.url(mailbox).replace(str(imap_server.port), str(port))
        porch = make_porch(IMAP_URL=url)
        open_door(porch, "imap")
        imap_server.deliver(mailbox, numbered(1))
        until(lambda: len(mails(porch)) == 1, "the first mail is kept")
        cut.set()
        imap_server.deliver(mailbox, numbered(2))
        until(lambda: len(mails(porch)) == 2, "the second is kept by a new line")


# --- LMTP --------------------------------------------------------------------------------------


@pytest.fixture
def lmtp_porch(make_porch: MakePorch) -> Porch:
    porch = make_porch()
    open_door(porch, "lmtp")
    return porch


def gives(porch: Porch, message: bytes, *recipients: str, sender: str = "ana@riverbend.example") -> list[int]:
    """By LMTP: what is answered to each recipient, at RCPT, then of those taken after the message."""
    with smtplib.LMTP("127.0.0.1", porch.servers.lmtp_port) as client:
        client.ehlo()
        client.mail(sender)
        answers = [client.rcpt(each)[0] for each in recipients]
        client.docmd("DATA")
        client.send(message + b".\r\n")
        return answers + [client.getreply()[0] for code in answers if code == 250]


def test_what_lmtp_brings_is_kept_with_its_envelope(lmtp_porch: Porch) -> None:
    assert gives(lmtp_porch, LETTER, f"r-one@{DOMAIN}", f"hello@{DOMAIN}") == [250] * 4
    with lmtp_porch.rt.reading() as session:
        kept = kept_of(session.execute(select(Raw)).scalar_one())
    assert (kept.content, kept.envelope_sender) == (LETTER, "ana@riverbend.example")
    assert kept.envelope_recipients == (f"r-one@{DOMAIN}", f"hello@{DOMAIN}")


def test_the_null_sender_of_a_report_stays_the_null_sender(lmtp_porch: Porch) -> None:
    gives(lmtp_porch, LETTER, f"hello@{DOMAIN}", sender="")
    with lmtp_porch.rt.reading() as session:
        assert kept_of(session.execute(select(Raw)).scalar_one()).envelope_sender == ""


def test_another_domain_is_refused_and_ours_is_still_kept(lmtp_porch: Porch) -> None:
    assert gives(lmtp_porch, LETTER, "who@elsewhere.example", f"hello@{DOMAIN}") == [550, 250, 250]
    assert len(mails(lmtp_porch)) == 1


def test_lines_far_longer_than_the_standard_allows_are_kept(lmtp_porch: Porch) -> None:
    long = LETTER + b"x" * 100_000 + b"\r\n"
    gives(lmtp_porch, long, f"hello@{DOMAIN}")
    assert mails(lmtp_porch) == [long]


def test_trust_F24_a_mail_that_could_not_be_kept_stays_with_the_mail_server(
    lmtp_porch: Porch, start_postfix: StartPostfix, monkeypatch: pytest.MonkeyPatch
) -> None:
    fired: list[bool] = []

    def fail(*_: object, **__: object) -> bool:
        fired.append(True)
        raise OperationalError("INSERT", {}, Exception("disk full"))

    monkeypatch.setattr(lmtp, "keep_email", fail)
    postfix = start_postfix(lmtp_porch.servers.lmtp_port, DOMAIN)
    with smtplib.SMTP("127.0.0.1", postfix.smtp_port) as client:
        client.sendmail("ana@riverbend.example", [f"hello@{DOMAIN}"], LETTER)
    until(lambda: fired, "our door refuses it")
    assert mails(lmtp_porch) == []
    monkeypatch.undo()
    until(lambda: postfix.flush() or mails(lmtp_porch), "it comes again")  # type: ignore[func-returns-value]  # flushed at each look
    until(lambda: postfix.queued() == 0, "the mail server lets it go")
    assert len(mails(lmtp_porch)) == 1


def test_trust_F24_a_crash_after_the_commit_and_before_the_answer_doubles_nothing(
    lmtp_porch: Porch, start_postfix: StartPostfix, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = keeping.keep_email
    fired: list[bool] = []

    def keep_and_die(*arguments: object, **named: object) -> bool:
        new = keep(*arguments, **named)  # type: ignore[arg-type]
        if not fired:
            fired.append(new)
            raise KeyError("as good as a crash: the answer is not 250")
        return new

    monkeypatch.setattr(lmtp, "keep_email", keep_and_die)
    postfix = start_postfix(lmtp_porch.servers.lmtp_port, DOMAIN)
    with smtplib.SMTP("127.0.0.1", postfix.smtp_port) as client:
        client.sendmail("ana@riverbend.example", [f"hello@{DOMAIN}"], LETTER)
    until(lambda: fired, "it is kept, and the mail server is not told")
    until(lambda: postfix.flush() or postfix.queued() == 0, "it lets it go")  # type: ignore[func-returns-value]  # likewise
    assert fired == [True]
    assert len(mails(lmtp_porch)) == 1


# --- the webhook -------------------------------------------------------------------------------


def posts(porch: Porch, message: bytes = LETTER, secret: str = SECRET) -> int:
    where = {"from": "ana@riverbend.example", "to": f"hello@{DOMAIN}"}
    said = porch.app.test_client().post(
        "/hooks/mail", base_url=PUBLIC, query_string=where, data=message,
        headers={"Authorization": f"Bearer {secret}"} if secret else {},
    )  # fmt: skip
    return said.status_code


@pytest.mark.parametrize("secret", ["", "wrong", "ñ" * 30])
def test_a_post_without_our_secret_is_refused(make_porch: MakePorch, secret: str) -> None:
    porch = make_porch()
    assert posts(porch, secret=secret) == 403
    assert mails(porch) == []


def test_trust_F4_a_mail_that_is_posted_again_is_the_same_mail(make_porch: MakePorch) -> None:
    porch = make_porch()
    assert [posts(porch) for _ in range(3)] == [200, 200, 200]
    assert mails(porch) == [LETTER]


def test_what_cannot_be_kept_is_not_taken(make_porch: MakePorch, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> bool:
        raise OperationalError("INSERT", {}, Exception("disk full"))

    porch = make_porch()
    monkeypatch.setattr("webapp.views.hooks.keep_email", fail)
    assert posts(porch) == 503


def test_nothing_at_all_and_too_much_are_refused(make_porch: MakePorch) -> None:
    porch = make_porch()
    assert posts(porch, b"") == 400
    assert posts(porch, b"x" * (31 * 1024 * 1024)) == 413

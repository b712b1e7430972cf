"""The mail and text servers of the tests do what they say."""

import imaplib
import smtplib
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from flask import Flask, request
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from werkzeug.serving import make_server

from tests.servers import dovecot
from tests.servers.certificates import trusting
from tests.servers.dovecot import Dovecot, free_ports
from tests.servers.mail_fixtures import StartPostfix
from tests.servers.smtpd import DROP, HANG, RESET, Fault, Misbehaving, Sink, Stage, Tls, for_recipients
from tests.servers.twilio import (
    ACCEPT_THEN_500,
    ACCEPT_THEN_RESET,
    Answer,
    Text,
    Twilio,
    accept_then_hang,
    error,
    hang,
    through,
)

LETTER = b"Subject: hello\r\n\r\nGood morning.\r\n.A dot.\r\n"
ANA, BEN, PORCH = "ana@x.example", "ben@porch.example", "porch@porch.example"
NUMBER, OURS = "+12025550123", "+12025550100"


def until(holds: Callable[[], bool], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "It did not come about in time."
        time.sleep(0.02)


def test_dovecot_gives_back_what_was_appended(imap_server: Dovecot, mailbox: str) -> None:
    assert imap_server.mails(mailbox) == []
    first, second = imap_server.deliver(mailbox, LETTER), imap_server.deliver(mailbox, LETTER + b"PS\r\n")
    assert second > first
    assert imap_server.mails(mailbox) == [LETTER, LETTER + b"PS\r\n"]
    imap_server.expunge_all(mailbox)
    assert imap_server.mails(mailbox) == []


def test_dovecot_speaks_tls_with_a_certificate_that_can_be_trusted(
    imap_server: Dovecot, mailbox: str
) -> None:
    imap_server.deliver(mailbox, LETTER)
    with imap_server.session(mailbox, tls=True) as session:
        assert session.select()[1] == [b"1"]


def test_a_mailbox_is_numbered_anew_and_loses_no_mail(imap_server: Dovecot, mailbox: str) -> None:
    for number in range(3):
        imap_server.deliver(mailbox, LETTER + b"%d\r\n" % number)
    before = imap_server.uidvalidity(mailbox)
    after = imap_server.change_uidvalidity(mailbox)
    assert after != before
    assert imap_server.uidvalidity(mailbox) == after
    assert len(imap_server.mails(mailbox)) == 3
    assert imap_server.change_uidvalidity(mailbox) not in (before, after)


def test_dovecot_refuses_a_wrong_password(imap_server: Dovecot) -> None:
    wrong = imaplib.IMAP4("127.0.0.1", imap_server.port)
    with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        wrong.login("user1", "guessed")
    wrong.logout()


def test_a_missing_server_is_named_with_its_package() -> None:
    with pytest.raises(RuntimeError, match="apt-get install some-package"):
        dovecot.program_of("no-such-server", "some-package")


class Lmtp(Controller):
    """A tiny LMTP server that says each recipient's answer."""

    def __init__(self, port: int) -> None:
        self.got: list[tuple[str, list[str], bytes]] = []
        super().__init__(self, hostname="127.0.0.1", port=port)

    def factory(self) -> LMTP:
        return LMTP(self, enable_SMTPUTF8=True, hostname="lmtp.example")

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.got.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
        return "\r\n".join("250 2.0.0 kept" for _ in envelope.rcpt_tos)


@contextmanager
def lmtp_at(port: int) -> Iterator[Lmtp]:
    server = Lmtp(port)
    server.start()
    yield server
    server.stop()


def mail(port: int, *recipients: str) -> None:
    with smtplib.SMTP("127.0.0.1", port, "localhost", timeout=5) as session:
        session.sendmail(ANA, recipients, LETTER)


def test_postfix_hands_mail_over_and_relays_nothing_else(start_postfix: StartPostfix) -> None:
    (port,) = free_ports(1)
    server = start_postfix(port, "porch.example")
    with lmtp_at(port) as lmtp:
        mail(server.smtp_port, BEN, PORCH)
        until(lambda: server.queued() == 0)
        assert [(sender, whom) for sender, whom, _ in lmtp.got] == [(ANA, [BEN, PORCH])]
        assert lmtp.got[0][2].endswith(b"\r\n\r\nGood morning.\r\n.A dot.\r\n")
        with pytest.raises(smtplib.SMTPRecipientsRefused, match="Relay access denied"):
            mail(server.smtp_port, "somebody@elsewhere.example")


def test_postfix_keeps_mail_while_the_door_is_shut(start_postfix: StartPostfix) -> None:
    (port,) = free_ports(1)
    server = start_postfix(port, "porch.example")
    mail(server.smtp_port, BEN)
    until(lambda: "refused" in str(server.queue()))
    assert server.queued() == 1
    with lmtp_at(port) as lmtp:
        server.flush()
        until(lambda: server.queued() == 0)
        assert [whom for _, whom, _ in lmtp.got] == [[BEN]]


def test_postfix_tries_again_by_itself(start_postfix: StartPostfix) -> None:
    (port,) = free_ports(1)
    server = start_postfix(port, "porch.example")
    mail(server.smtp_port, BEN)
    until(lambda: "refused" in str(server.queue()))
    with lmtp_at(port):
        until(lambda: server.queued() == 0)


def test_nothing_of_postfix_is_left_when_it_stops(start_postfix: StartPostfix) -> None:
    server = start_postfix(free_ports(1)[0], "porch.example")
    assert str(server.folder) in _running()
    server.stop()
    assert str(server.folder) not in _running()
    assert not server.folder.exists()


def _running() -> str:
    return subprocess.run(("ps", "-eo", "args"), capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("tls", ["none", "starttls", "implicit"])
def test_the_sink_keeps_what_somebody_signed_in_sends(tls: Tls) -> None:
    with Sink(user="porch", password="light", tls=tls) as sink, _session(sink) as session:
        with pytest.raises(smtplib.SMTPSenderRefused, match=r"5\.7\.0"):
            session.sendmail(ANA, [BEN], LETTER)
        with pytest.raises(smtplib.SMTPAuthenticationError):
            session.login("porch", "dark")
        session.login("porch", "light")
        session.sendmail(ANA, [BEN, PORCH], LETTER)
        session.sendmail("", [BEN], LETTER + b"again\r\n")
        first, second = sink.messages
        assert (first.sender, first.recipients, first.raw) == (ANA, (BEN, PORCH), LETTER)
        assert (first.secure, first.login) == (tls != "none", "porch")
        assert (second.sender, second.raw) == ("", LETTER + b"again\r\n")
        assert sink.connections == 1


def _session(sink: Sink) -> smtplib.SMTP:
    context = trusting(sink.certificate)
    if sink.tls == "implicit":
        return smtplib.SMTP_SSL("localhost", sink.port, "localhost", timeout=5, context=context)
    session = smtplib.SMTP("localhost", sink.port, "localhost", timeout=5)
    if sink.tls == "starttls":
        session.starttls(context=context)
    return session


def test_the_sink_takes_nothing_in_plain_when_it_wants_tls() -> None:
    with Sink(tls="starttls") as sink, smtplib.SMTP("127.0.0.1", sink.port, "localhost") as session:
        with pytest.raises(smtplib.SMTPException, match="STARTTLS"):
            session.sendmail(ANA, [BEN], LETTER)
        assert sink.messages == []


STAGES: tuple[Stage, ...] = ("banner", "ehlo", "mail", "rcpt", "data", "body", "dot")


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("does", [HANG, DROP, RESET, "421 4.3.2 Not now"])
def test_it_misbehaves_once_at_each_stage(misbehaving: Misbehaving, stage: Stage, does: str) -> None:
    times = 2 if stage == "ehlo" and does.startswith("421") else 1  # smtplib tries HELO as well
    misbehaving.faults.append(Fault(stage, does, times=times))
    with pytest.raises((smtplib.SMTPException, OSError)):
        _send(misbehaving, 0.3 if does == HANG else 5)
    assert misbehaving.fired == {stage: times}
    kept = [(each.whole, each.answered) for each in misbehaving.taken]
    cut_off = stage == "dot" and does != "421 4.3.2 Not now"
    assert kept == ([(False, False)] if stage == "body" else [(True, False)] if cut_off else [])
    _send(misbehaving, 5)
    assert [each.raw for each in misbehaving.accepted] == [LETTER]
    assert misbehaving.fired == {stage: times}
    assert misbehaving.connections == 2


def _send(server: Misbehaving, timeout: float, *recipients: str) -> dict[str, tuple[int, bytes]]:
    with smtplib.SMTP("127.0.0.1", server.port, "localhost", timeout=timeout) as session:
        return session.sendmail(ANA, recipients or (BEN,), LETTER)


def test_a_fault_of_one_recipient_spares_the_others() -> None:
    full = for_recipients({PORCH: {"rcpt": "452 4.2.2 Mailbox full"}})
    with Misbehaving(full) as server:
        assert _send(server, 5, BEN, PORCH) == {PORCH: (452, b"4.2.2 Mailbox full")}
        assert [each.recipients for each in server.accepted] == [(BEN,)]
        assert server.fired == {"rcpt": 1}


def test_what_was_cut_off_before_the_answer_is_kept_whole() -> None:
    with Misbehaving([Fault("dot", DROP)]) as server:
        with pytest.raises(smtplib.SMTPServerDisconnected):
            _send(server, 5)
        assert [(each.raw, each.whole, each.answered) for each in server.taken] == [(LETTER, True, False)]
        assert server.accepted == []


def test_a_fault_before_any_recipient_cannot_be_one_recipients() -> None:
    with pytest.raises(ValueError, match="No recipient is known"):
        Fault("mail", DROP, to=BEN)


def client_of(twilio: Twilio, timeout: float = 5) -> Client:
    return Client(twilio.sid, twilio.token, http_client=twilio.http_client(timeout))


def test_twilios_own_client_makes_fetches_and_lists(twilio_server: Twilio) -> None:
    client = client_of(twilio_server)
    made = client.messages.create(to=NUMBER, from_=OURS, body="Hello", validity_period=600)
    assert (made.status, made.body, made.to, made.from_) == ("queued", "Hello", NUMBER, OURS)
    assert made.date_created - datetime.now(UTC) < timedelta(minutes=1)
    client.messages.create(to="+12025550199", messaging_service_sid="MG1", body="Other")
    assert [each.sid for each in client.messages.list(to=NUMBER)] == [made.sid]
    assert len(client.messages.list()) == 2
    assert client.messages(made.sid).fetch().body == "Hello"
    assert client.messages(made.sid).update(body="").body == ""
    assert client.api.v2010.accounts(twilio_server.sid).fetch().status == "active"
    assert twilio_server.messages[made.sid].validity == 600
    assert twilio_server.requests[0].form["Body"] == ["Hello"]


def test_lists_are_filtered_by_date_and_come_in_pages(twilio_server: Twilio) -> None:
    client, start = client_of(twilio_server), datetime(2026, 3, 2, 15, tzinfo=UTC)
    for minute in range(5):
        twilio_server.now = lambda minute=minute: start + timedelta(minutes=minute)  # type: ignore[misc]
        client.messages.create(to=NUMBER, from_=OURS, body=str(minute))
    later = client.messages.list(to=NUMBER, date_sent_after=start + timedelta(minutes=2))
    assert [each.body for each in later] == ["4", "3", "2"]
    assert [each.body for each in client.messages.list(page_size=2)] == ["4", "3", "2", "1", "0"]
    assert twilio_server.requests[-1].query["Page"] == ["2"]


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        (error(429, 20429), 429, 20429),
        (error(400, 21211), 400, 21211),
        (error(400, 21610), 400, 21610),
        (error(500), 500, 500),
    ],
)
def test_an_error_comes_once_and_keeps_nothing(
    twilio_server: Twilio, answer: Answer, status: int, code: int
) -> None:
    client = client_of(twilio_server)
    twilio_server.next_answers.append(answer)
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(to=NUMBER, from_=OURS, body="Hello")
    assert (refused.value.status, refused.value.code) == (status, code)
    assert not twilio_server.messages
    assert client.messages.create(to=NUMBER, from_=OURS, body="Hello").status == "queued"


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (hang(1), 0),
        (hang(0), 0),
        (accept_then_hang(1), 1),
        (ACCEPT_THEN_RESET, 1),
        (ACCEPT_THEN_500, 1),
    ],
)
def test_the_client_never_learns_what_became_of_it(twilio_server: Twilio, answer: Answer, kept: int) -> None:
    twilio_server.next_answers.append(answer)
    with pytest.raises((requests.RequestException, TwilioRestException)):
        client_of(twilio_server, timeout=0.3).messages.create(to=NUMBER, from_=OURS, body="Hello")
    assert len(twilio_server.sent_to(NUMBER)) == kept
    assert len(twilio_server.requests) == 1


def test_a_wrong_token_or_form_is_refused(twilio_server: Twilio) -> None:
    stranger = Client(twilio_server.sid, "guessed", http_client=twilio_server.http_client())
    for client, to, code in ((stranger, NUMBER, 20003), (client_of(twilio_server), "12", 21211)):
        with pytest.raises(TwilioRestException) as refused:
            client.messages.create(to=to, from_=OURS, body="Hello")
        assert refused.value.code == code


@contextmanager
def webhook(twilio: Twilio) -> Iterator[tuple[Flask, list[dict[str, str]]]]:
    """A Flask app that keeps the forms whose signature is right for its public address."""
    app, got = Flask(__name__), list[dict[str, str]]()

    @app.post("/hook/<name>")
    def hook(name: str) -> tuple[str, int]:
        signature = request.headers["X-Twilio-Signature"]
        public = f"https://porch.example/hook/{name}?x=1"
        if not RequestValidator(twilio.token).validate(public, request.form, signature):
            return "", 403
        got.append(request.form.to_dict())
        return "<Response/>", 200

    yield app, got


PUBLIC = "https://porch.example/hook/status?x=1"


def test_a_callback_is_signed_for_the_public_address_and_reaches_the_local_one(twilio_server: Twilio) -> None:
    with webhook(twilio_server) as (app, got):
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        twilio_server.reach = {"https://porch.example": f"http://127.0.0.1:{server.port}"}
        made = client_of(twilio_server).messages.create(
            to=NUMBER, messaging_service_sid="MG1", body="Hello", status_callback=PUBLIC
        )
        assert twilio_server.callback(made.sid, "undelivered", 30003).status == 200
        server.shutdown()
        server.server_close()
    assert got[0]["MessageStatus"] == "undelivered"
    assert (got[0]["MessageSid"], got[0]["ErrorCode"], got[0]["To"]) == (made.sid, "30003", NUMBER)
    assert got[0]["AccountSid"] == twilio_server.sid
    assert client_of(twilio_server).messages(made.sid).fetch().error_code == 30003


def test_a_callback_may_come_before_the_answer(twilio_server: Twilio) -> None:
    with webhook(twilio_server) as (app, got):
        twilio_server.post = through(app.test_client())
        twilio_server.early = True
        made = client_of(twilio_server).messages.create(
            to=NUMBER, from_=OURS, body="Hello", status_callback=PUBLIC
        )
    assert [(each["MessageSid"], each["MessageStatus"]) for each in got] == [(made.sid, "sent")]
    assert made.status == "queued"


def test_a_text_and_its_pictures_come_in_signed(twilio_server: Twilio) -> None:
    text = Text(NUMBER, OURS, "Olá ☀", (("https://media.example/1", "image/jpeg"),))
    with webhook(twilio_server) as (app, got):
        twilio_server.post = through(app.test_client())
        said = twilio_server.send_in("https://porch.example/hook/in?x=1", text)
        twilio_server.send_in("https://porch.example/hook/in?x=1", text)
        twilio_server.token = "another"
    assert (said.status, said.body) == (200, b"<Response/>")
    assert got[0] == got[1]
    assert (got[0]["Body"], got[0]["From"], got[0]["NumMedia"]) == ("Olá ☀", NUMBER, "1")
    assert (got[0]["MediaUrl0"], got[0]["MediaContentType0"]) == text.media[0]

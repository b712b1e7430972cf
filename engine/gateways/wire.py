"""One SMTP connection with our own stage marker.

`smtplib` raises the same error for a line that drops before and after the message was handed over, so
each stage is driven by hand: until the final dot nothing was sent, after it a missing answer is unknown.
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Timer
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from engine.gateways.replies import Reply, receipt_of
from engine.vocabulary.messages import Fault, Outgoing, Receipt, ReceiptKind

_PER_CONNECTION = 100  # messages; then a new one, as relays like it
_FAREWELL = 5.0  # seconds

Security = Literal["starttls", "tls", "off"]


@dataclass(frozen=True)
class Relay:
    """Where mail goes first."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)
    helo: str | None = None  # the name we introduce ourselves by; None: this machine's


def read_relay(url: str, helo: str | None = None) -> Relay:
    """`smtp://user:password@host:587` (STARTTLS), `smtps://…:465`, `smtp://127.0.0.1:25?tls=off`.
    Raises ValueError."""
    parts = urlsplit(url)
    tls = parse_qs(parts.query).get("tls", ["on"])[0]
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or tls not in ("on", "off"):
        raise ValueError("not an SMTP address")
    security: Security = "tls" if parts.scheme == "smtps" else "starttls" if tls == "on" else "off"
    port = parts.port or (465 if security == "tls" else 587)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Relay(parts.hostname, port, security, user, password, helo)


@dataclass(frozen=True)
class Patience:
    """Seconds each stage may take (RFC 5321 section 4.5.3.2; the first is ours)."""

    connect: float = 60  # until the greeting and each answer before the first letter
    command: float = 300
    data: float = 120
    block: float = 180
    dot: float = 600
    letter: float = 900  # all of one letter: a server that trickles renews the others with every byte
    greeting: float = 180  # all that is said before the first letter


class Stale(Exception):
    """A connection that the other side had closed before anything of this letter was said."""


class Away(Exception):
    """No connection could be made."""

    def __init__(self, text: str, fault: Fault = Fault.DOWN) -> None:
        super().__init__(text)
        self.fault = fault


def open_connection(relay: Relay, patience: Patience, tls: Callable[[], ssl.SSLContext]) -> smtplib.SMTP:
    """Connected, secured and signed in. Raises Away."""
    where = f"{relay.host}:{relay.port}"
    try:
        smtp = _unconnected(relay, patience, tls)
        with ended_after(patience.greeting, smtp):
            _dial(smtp, relay)
            if relay.security == "starttls":
                smtp.starttls(context=tls())
                smtp.ehlo()
            if relay.user:
                smtp.login(relay.user, relay.password)
        return smtp
    except smtplib.SMTPAuthenticationError as refused:
        said = f"{where} refuses the user name or password ({refused.smtp_code})."
        raise Away(said, Fault.LOGIN if refused.smtp_code >= 500 else Fault.DOWN) from refused
    except UnicodeError as wrong:
        raise Away(
            f"The user name or password for {where} has letters SMTP cannot carry.", Fault.LOGIN
        ) from wrong
    except smtplib.SMTPNotSupportedError as missing:
        said = f"{where} offers no TLS or no way to sign in. Is the port right?"
        raise Away(said, Fault.LOGIN) from missing
    except ssl.SSLError as wrong:
        raise Away(f"{where} cannot be trusted ({wrong.reason}).") from wrong
    except smtplib.SMTPConnectError as turned_away:
        said = f"{where} does not take our connection ({turned_away.smtp_code})."
        raise Away(said, Fault.LOGIN if turned_away.smtp_code >= 500 else Fault.DOWN) from turned_away
    except (OSError, smtplib.SMTPException) as problem:
        raise Away(f"{where} does not answer ({type(problem).__name__}).") from problem


def _unconnected(relay: Relay, patience: Patience, tls: Callable[[], ssl.SSLContext]) -> smtplib.SMTP:
    """Made without a host, so that it can be ended while it waits for the greeting."""
    helo, within = relay.helo, patience.connect
    smtp: smtplib.SMTP
    if relay.security == "tls":
        smtp = smtplib.SMTP_SSL(local_hostname=helo, timeout=within, context=tls())
    else:
        smtp = smtplib.SMTP(local_hostname=helo, timeout=within)
    vars(smtp)["_host"] = relay.host  # whose certificate is asked for; smtplib takes it from its constructor
    return smtp


def _dial(smtp: smtplib.SMTP, relay: Relay) -> None:
    code, said = smtp.connect(relay.host, relay.port)
    if code != 220:
        smtp.close()
        raise smtplib.SMTPConnectError(code, said)
    assert smtp.sock is not None
    smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # the dot must not wait 40 ms for an ACK
    smtp.ehlo_or_helo_if_needed()


@contextmanager
def ended_after(seconds: float, smtp: smtplib.SMTP) -> Iterator[None]:
    """Time-outs of a socket count from each byte; this one counts for all that happens within."""

    def end() -> None:
        if smtp.sock is not None:
            with suppress(OSError):
                smtp.sock.shutdown(socket.SHUT_RDWR)

    timer = Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


_DOT_FIRST = re.compile(rb"^\.", re.MULTILINE)


@dataclass
class Wire:
    """One connection. `usable` once it ended a letter properly."""

    smtp: smtplib.SMTP
    patience: Patience
    used_at: float = 0.0
    carried: int = 0
    usable: bool = True

    def carry(self, letter: Outgoing) -> Receipt:
        """One letter to one recipient. Raises Stale when the line was dead before it began."""
        stage = Stage(warm=self.carried > 0)
        self.carried += 1
        try:
            with ended_after(self.patience.letter, self.smtp):
                given = self._say(letter, stage)
        except (OSError, smtplib.SMTPException) as problem:
            self._close()
            if stage.name == "MAIL" and stage.warm:
                raise Stale from problem
            kind = ReceiptKind.UNKNOWN if stage.dotted else ReceiptKind.DEFERRED
            said = f"The line dropped at {stage.name} ({type(problem).__name__})."
            return answer(letter, kind, said)
        if self.carried >= _PER_CONNECTION:
            self.quit()
        return given

    def _say(self, letter: Outgoing, stage: "Stage") -> Receipt:
        payload = letter.payload if letter.payload.endswith(b"\r\n") else letter.payload + b"\r\n"
        options = self._options(letter, payload)
        if options is None:
            said = "The relay takes no addresses with such letters (SMTPUTF8)."
            return answer(letter, ReceiptKind.REFUSED, said, Fault.LETTER)
        for stage.name, command in (
            ("MAIL", f"MAIL FROM:<{letter.sender}>{options}"),
            ("RCPT", f"RCPT TO:<{letter.to}>"),
            ("DATA", "DATA"),
        ):
            reply = self._command(
                command, self.patience.data if stage.name == "DATA" else self.patience.command
            )
            if reply.code != 354 if stage.name == "DATA" else not reply.positive:
                return self._refused(letter, reply, stage)
        self._wait(self.patience.block)
        stage.name = "the message"
        self.smtp.send(_DOT_FIRST.sub(b"..", payload))
        self._wait(self.patience.dot)
        stage.name, stage.dotted = "the final dot", True
        self.smtp.send(b".\r\n")
        reply = Reply(*self.smtp.getreply())
        if reply.positive:
            return answer(letter, ReceiptKind.ACCEPTED)
        return self._refused(letter, reply, stage)

    def _refused(self, letter: Outgoing, reply: Reply, stage: "Stage") -> Receipt:
        if not reply.spoken or reply.code < 400:
            raise smtplib.SMTPServerDisconnected("What came was not the answer to this.")
        if reply.code == 421:
            self._close()
            if stage.name == "MAIL" and stage.warm:  # the farewell to an idle connection
                raise Stale
        else:
            self._reset()
        return receipt_of(letter, reply, stage.name)

    def _reset(self) -> None:
        """The letter's fate is known already, whatever becomes of the line."""
        try:
            self._command("RSET", self.patience.connect)
        except (OSError, smtplib.SMTPException):
            self._close()

    def _command(self, text: str, seconds: float) -> Reply:
        self._wait(seconds)
        return Reply(*self.smtp.docmd(text))

    def _wait(self, seconds: float) -> None:
        if self.smtp.sock is None:
            raise smtplib.SMTPServerDisconnected("closed")
        self.smtp.sock.settimeout(seconds)

    def _options(self, letter: Outgoing, payload: bytes) -> str | None:
        """ESMTP parameters of MAIL; None when the relay cannot take this recipient."""
        said = f" SIZE={len(payload)}" if self.smtp.has_extn("size") else ""
        if not payload.isascii() and self.smtp.has_extn("8bitmime"):
            said += " BODY=8BITMIME"
        if letter.to.isascii():
            return said
        if not self.smtp.has_extn("smtputf8"):
            return None
        self.smtp.command_encoding = "utf-8"
        return said + " SMTPUTF8"

    def quit(self) -> None:
        self.usable = False
        with suppress(OSError, smtplib.SMTPException):
            self._command("QUIT", _FAREWELL)
        self.smtp.close()

    def _close(self) -> None:
        self.usable = False
        self.smtp.close()


@dataclass
class Stage:
    """How far a letter came; `warm`: the line had carried something before."""

    warm: bool
    name: str = "MAIL"
    dotted: bool = False


def answer(letter: Outgoing, kind: ReceiptKind, said: str = "", fault: Fault | None = None) -> Receipt:
    return Receipt(letter.delivery_id, letter.attempt, kind, said, fault=fault)

"""SMTP servers inside the test: one that keeps what it is given, and one that misbehaves as it is told."""

import asyncio
import socket
import struct
import tempfile
import threading
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.servers.certificates import certificate, serving

Tls = Literal["none", "starttls", "implicit"]
Stage = Literal["banner", "ehlo", "auth", "mail", "rcpt", "data", "body", "dot", "rset", "quit"]
HANG = "hang"  # never answers
TRICKLE = "trickle"  # never comes to the end of its answer
DROP = "drop"  # closes the connection
RESET = "reset"  # breaks it with a TCP reset
_SILENT = (HANG, TRICKLE, DROP, RESET)
_KNOWS_RECIPIENT: tuple[Stage, ...] = ("rcpt", "data", "body", "dot")


@dataclass(frozen=True)
class Kept:
    """A message that was accepted. `sender` is empty for a report of the other side."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    options: tuple[str, ...] = ()  # of MAIL FROM
    secure: bool = False
    login: str | None = None


class Sink:
    """Accepts every message and keeps it. With a user it takes mail from nobody else; with `starttls`
    only once the connection is encrypted. `port` and `certificate` are known from the start."""

    def __init__(self, *, user: str = "", password: str = "", tls: Tls = "none") -> None:
        self.messages: list[Kept] = []
        self.connections = 0
        self.user, self.password, self.tls = user, password, tls
        self._folder = tempfile.TemporaryDirectory(prefix="porchlight-smtp-")
        self.certificate, key = certificate(Path(self._folder.name))
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._controller = _Listening(self._listening, _Keeping(self), **self._options(key))

    def __enter__(self) -> Self:
        self._controller.start()
        self.connections = 0  # the controller looked whether it answers
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()
        self._folder.cleanup()

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _how: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        right = given.login.decode() == self.user and given.password.decode() == self.password
        return AuthResult(success=right, handled=False, auth_data=given.login.decode())

    def _options(self, key: Path) -> dict[str, Any]:
        context = None if self.tls == "none" else serving(self.certificate, key)
        chosen: dict[str, Any] = {"hostname": "127.0.0.1", "server_hostname": "sink.example"}
        if self.tls == "implicit":
            chosen["ssl_context"] = context
        if self.tls == "starttls":
            chosen |= {"tls_context": context, "require_starttls": True}
        if self.user:
            # aiosmtpd does not see implicit TLS, and would offer no AUTH over it
            chosen |= {"authenticator": self.authenticate, "auth_require_tls": self.tls == "starttls"}
        return chosen


class _Listening(Controller):
    def __init__(self, listening: socket.socket, handler: "_Keeping", **options: Any) -> None:
        super().__init__(handler, port=listening.getsockname()[1], **options)
        self._listening = listening

    def _create_server(self) -> Any:
        self._listening.setblocking(False)
        return self.loop.create_server(self._connected, sock=self._listening, ssl=self.ssl_context)

    def _connected(self) -> asyncio.Protocol:
        self.handler.sink.connections += 1
        made: asyncio.Protocol = self._factory_invoker()
        return made


@dataclass
class _Keeping:
    sink: Sink

    async def handle_MAIL(
        self, _server: Any, session: Any, envelope: Any, sender: str, options: list[str]
    ) -> str:
        if self.sink.user and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = sender
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:
        sender = "" if envelope.mail_from == "<>" else envelope.mail_from
        kept = Kept(
            sender, tuple(envelope.rcpt_tos), bytes(envelope.content), tuple(envelope.mail_options),
            session.ssl is not None or self.sink.tls == "implicit",
            session.auth_data if session.authenticated else None,
        )  # fmt: skip
        self.sink.messages.append(kept)
        return f"250 2.0.0 kept as {len(self.sink.messages)}"


@dataclass(frozen=True)
class Fault:
    """At this stage the server answers this line instead of its own, or does HANG, TRICKLE, DROP or RESET.

    `to` narrows it to one recipient (from the stage `rcpt` on), `times` to the first so many. At `body`
    it comes after the first bytes of the message; a line there ends the connection.
    """

    stage: Stage
    does: str
    to: str | None = None
    times: int | None = None

    def __post_init__(self) -> None:
        if self.to is not None and self.stage not in _KNOWS_RECIPIENT:
            raise ValueError(f"No recipient is known at the stage {self.stage!r}.")


def for_recipients(scripts: dict[str, dict[Stage, str]]) -> list[Fault]:
    """`{"full@x.example": {"rcpt": "452 4.2.2 Mailbox full"}}` as faults."""
    return [Fault(stage, does, to) for to, stages in scripts.items() for stage, does in stages.items()]


@dataclass(frozen=True)
class Taken:
    """Bytes that reached the server: `whole` up to the final dot, `answered` when it also said 250."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    whole: bool
    answered: bool


class Misbehaving:
    """A plain SMTP server with faults, which a test may change meanwhile. AUTH PLAIN takes anything.

    `taken` has what was accepted and what was cut off or never answered, but nothing that it refused.
    `fired` counts the faults that happened by their stage, `commands` the verbs that came in.
    """

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self.faults = list(faults)
        self.taken: list[Taken] = []
        self.fired: Counter[str] = Counter()
        self.commands: Counter[str] = Counter()
        self.connections = 0
        self.slow = 0.0  # seconds from the final dot to the answer
        self.stopped = threading.Event()
        self._used: Counter[int] = Counter()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopped.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.close_connections()

    @property
    def accepted(self) -> list[Taken]:
        """What the client was told is ours now."""
        return [each for each in self.taken if each.answered]

    def close_connections(self) -> None:
        """As a relay does that is restarted, or tired of idle clients."""
        with self._lock:
            for each in self._open:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    def fault_at(self, stage: Stage, recipients: Iterable[str] = ()) -> str | None:
        """What the first fitting fault does; it is counted as happened."""
        who = {each.lower() for each in recipients}
        with self._lock:
            for fault in self.faults:
                fits = fault.stage == stage and (fault.to is None or fault.to.lower() in who)
                if fits and (fault.times is None or self._used[id(fault)] < fault.times):
                    self._used[id(fault)] += 1
                    self.fired[stage] += 1
                    return fault.does
        return None

    def _accept(self) -> None:
        while not self.stopped.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with suppress(_Over, OSError):
                _Talk(self, connection).run()
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()


class _Over(Exception):
    """The conversation ends here."""


@dataclass
class _Talk:
    """One connection's conversation."""

    server: Misbehaving
    connection: socket.socket
    buffer: bytes = b""
    sender: str = ""
    recipients: list[str] = field(default_factory=list)

    def run(self) -> None:
        self._reply("banner", "220 misbehaving.example ESMTP")
        while True:
            line = self._line().decode("utf-8", "replace").strip()
            verb = line.partition(" ")[0].upper()
            self.server.commands[verb] += 1
            self._obey(verb, line)

    def _obey(self, verb: str, line: str) -> None:
        match verb:
            case "EHLO" | "HELO":
                offers = "250-misbehaving.example\r\n250-8BITMIME\r\n250-AUTH PLAIN\r\n250 SIZE 33554432"
                self._reply("ehlo", offers)
            case "AUTH":
                self._reply("auth", "235 2.7.0 come in")
            case "MAIL":
                self.sender, self.recipients = _address(line), []
                self._reply("mail", "250 2.1.0 OK")
            case "RCPT":
                if self._reply("rcpt", "250 2.1.5 OK", (_address(line),)).startswith("2"):
                    self.recipients.append(_address(line))
            case "DATA":
                self._take()
            case "RSET":
                self.sender, self.recipients = "", []
                self._reply("rset", "250 2.0.0 OK")
            case "QUIT":
                self._reply("quit", "221 2.0.0 bye")
                raise _Over
            case "NOOP":
                self._say("250 2.0.0 OK")
            case _:
                self._say("502 5.5.1 not known here")

    def _take(self) -> None:
        if not self.recipients:
            self._say("503 5.5.1 no recipients")
            return
        if not self._reply("data", "354 go on", self.recipients).startswith("3"):
            return
        raw = self._body()
        self.server.stopped.wait(self.server.slow)
        says = self.server.fault_at("dot", self.recipients) or "250 2.0.0 taken"
        if says.startswith("2") or says in _SILENT:
            self._keep(raw, whole=True, answered=says.startswith("2"))
        self._do(says)
        self.sender, self.recipients = "", []

    def _body(self) -> bytes:
        """Up to the dot, without its transparency. A fault keeps what came so far, and ends it."""
        if not self.buffer:
            self._read()
        does = self.server.fault_at("body", self.recipients)
        if does is not None:
            self._keep(self.buffer, whole=False, answered=False)
            self._do(does)
            raise _Over
        lines = []
        while (line := self._line()) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)

    def _reply(self, stage: Stage, usual: str, recipients: Iterable[str] = ()) -> str:
        """What was said: the usual, or the fault's line."""
        return self._do(self.server.fault_at(stage, recipients) or usual)

    def _do(self, does: str) -> str:
        if does == HANG:
            self.server.stopped.wait()
        if does == TRICKLE:
            self._trickle()
        if does == RESET:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if does in _SILENT:
            raise _Over
        self._say(does)
        return does

    def _trickle(self) -> None:
        """Lines of an answer that never ends, each in good time."""
        with suppress(OSError):
            while not self.server.stopped.wait(0.1):
                self._say("250-wait")
        raise _Over

    def _say(self, words: str) -> None:
        self.connection.sendall(words.encode() + b"\r\n")

    def _line(self) -> bytes:
        while b"\n" not in self.buffer:
            self._read()
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line + b"\n"

    def _read(self) -> None:
        more = self.connection.recv(65_536)
        if not more:
            raise _Over
        self.buffer += more

    def _keep(self, raw: bytes, *, whole: bool, answered: bool) -> None:
        self.server.taken.append(Taken(self.sender, tuple(self.recipients), raw, whole, answered))


def _address(line: str) -> str:
    """The address between the angle brackets of MAIL FROM or RCPT TO."""
    return line.partition("<")[2].partition(">")[0]

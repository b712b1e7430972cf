"""The LMTP door: a mail server (Postfix) hands over what came for our domain. It keeps each mail until
we have said 250, and we say so only when it is on our disk."""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope as Given
from aiosmtpd.smtp import Session

from engine.runtime import Runtime
from inbound.addresses import normalise
from inbound.sources.keeping import MOST_BYTES, Envelope, keep_email

SOURCE = "lmtp"
_LONGEST_LINE = 1024 * 1024  # bytes; longer than the standard allows, because members' programs do that
_NOT_NOW = "451 4.3.0 Not kept: try again later"

log = logging.getLogger("porchlight")
logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd's own holds every address


@dataclass
class LmtpDoor:
    """Listens on one address until `close`. Raises OSError when it cannot."""

    rt: Runtime
    host: str
    port: int
    _controller: Controller | None = field(default=None, init=False)

    def open(self) -> None:
        self._controller = _Controller(_Handler(self.rt), hostname=self.host, port=self.port)
        self._controller.start()

    def close(self) -> None:
        if self._controller is not None:
            self._controller.stop()


class _Lmtp(LMTP):
    line_length_limit = _LONGEST_LINE


class _Controller(Controller):
    def factory(self) -> _Lmtp:
        return _Lmtp(
            self.handler,
            data_size_limit=MOST_BYTES,
            enable_SMTPUTF8=True,
            ident="Porchlight",
            auth_exclude_mechanism=("LOGIN", "PLAIN"),
        )


@dataclass
class _Handler:
    rt: Runtime

    async def handle_RCPT(
        self, server: Any, session: Session, envelope: Given, address: str, options: list[str]
    ) -> str:
        del server, session, options
        if normalise(address).rpartition("@")[2] != self.rt.settings.mail_domain:
            return "550 5.1.2 This is not our domain"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Any, session: Session, envelope: Given) -> str:
        """One answer for each recipient (RFC 2033): they are kept together, so they are all the same."""
        del server, session
        answer = await asyncio.to_thread(self._keep, envelope)
        return "\r\n".join([answer] * len(envelope.rcpt_tos))

    def _keep(self, envelope: Given) -> str:
        try:
            sender = (envelope.mail_from or "").removeprefix("<>")  # how aiosmtpd writes the null sender
            said = Envelope(sender, tuple(envelope.rcpt_tos))
            keep_email(self.rt, SOURCE, envelope.original_content or b"", said)
        except Exception as problem:
            log.error("A mail could not be kept (%s); the mail server keeps it.", type(problem).__name__)
            return _NOT_NOW
        return "250 2.6.0 Kept"

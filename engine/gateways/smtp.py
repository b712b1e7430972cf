"""Email by SMTP: warm connections to one relay, and domains that ask for it are given a pause."""

import re
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from time import monotonic

from engine.gateways.base import GatewayError
from engine.gateways.wire import Away, Patience, Relay, Stale, Wire, answer, open_connection
from engine.rules.receipts import HOLDS
from engine.vocabulary.messages import Fault, Outgoing, Receipt, ReceiptKind
from engine.vocabulary.words import Channel

_ADDRESS = re.compile(r"[^\s<>\x00-\x20\x7f]+@[^\s<>@\x00-\x20\x7f]+")  # what may stand between < and >
_IDLE = 45.0  # seconds; relays close what is idle for longer
_DOWN_FOR = 5.0  # seconds in which a relay that was away is not tried again
_DOMAIN_PAUSES = (60.0, 300.0, 900.0)  # seconds a domain that asked us to slow down is left alone


@dataclass
class SmtpGateway:
    """A Gateway over one relay. Several threads may carry at once: each has a connection of its own."""

    relay: Relay
    patience: Patience = field(default_factory=Patience)
    tls: Callable[[], ssl.SSLContext] = ssl.create_default_context
    clock: Callable[[], float] = monotonic
    channel: Channel = Channel.EMAIL
    real: bool = True
    _idle: "list[Wire]" = field(default_factory=list, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _down_until: float = field(default=0.0, init=False)
    _domains: "dict[str, _Pause]" = field(default_factory=dict, init=False)

    def carry(self, batch: Sequence[Outgoing]) -> Iterator[Receipt]:
        """While the relay is away the rest is not tried at all, nor once all we send is refused."""
        last: Receipt | None = None
        for letter in batch:
            if last is not None and last.fault in HOLDS:
                last = answer(letter, ReceiptKind.DEFERRED, last.detail, last.fault)
            else:
                last = self._carry_one(letter)
            yield last

    def look_up(self, letter: Outgoing) -> tuple[str, ...] | None:
        """SMTP cannot say what became of a message."""
        del letter
        return None

    def check(self) -> str:
        """Connects, signs in and says goodbye. Raises GatewayError."""
        try:
            wire = self._connect()
        except Away as away:
            raise GatewayError(str(away)) from away
        wire.quit()
        signed_in = f"signed in as {self.relay.user}" if self.relay.user else "without signing in"
        return f"{self.relay.host}:{self.relay.port} answers, {_SPOKEN[self.relay.security]}, {signed_in}"

    def _carry_one(self, letter: Outgoing) -> Receipt:
        if not _ADDRESS.fullmatch(letter.to):
            return answer(letter, ReceiptKind.REFUSED, "This is not an address.", Fault.LETTER)
        domain = letter.to.rpartition("@")[2].lower()
        if self._paused(domain):
            said = "The receiving domain asked us to slow down."
            return answer(letter, ReceiptKind.DEFERRED, said, Fault.SLOW)
        receipt = self._hand_over(letter)
        with self._lock:
            self._note_domain(domain, receipt)
        return receipt

    def _hand_over(self, letter: Outgoing) -> Receipt:
        """By a warm connection; where the relay has closed it meanwhile, by a new one."""
        for wire in self._warm():
            try:
                return self._by(wire, letter)
            except Stale:
                continue
        if self.clock() < self._down_until:
            return answer(letter, ReceiptKind.DEFERRED, "The relay was away a moment ago.", Fault.DOWN)
        try:
            wire = self._connect()
            return self._by(wire, letter)
        except Stale:
            said = "The relay closed a new connection at once."
            return answer(letter, ReceiptKind.DEFERRED, said, Fault.DOWN)
        except Away as away:
            self._down_until = self.clock() + _DOWN_FOR
            return answer(letter, ReceiptKind.DEFERRED, str(away), away.fault)

    def _by(self, wire: "Wire", letter: Outgoing) -> Receipt:
        receipt = wire.carry(letter)
        if wire.usable:
            wire.used_at = self.clock()
            with self._lock:
                self._idle.append(wire)
        return receipt

    def _warm(self) -> "list[Wire]":
        """At most one connection that was used a moment ago; the old ones are closed."""
        with self._lock:
            idle, self._idle = self._idle, []
            fresh = [wire for wire in idle if self.clock() - wire.used_at < _IDLE]
            self._idle = fresh[:-1]
        for wire in idle:
            if wire not in fresh:
                wire.quit()
        return fresh[-1:]

    def _connect(self) -> "Wire":
        """Raises Away."""
        return Wire(open_connection(self.relay, self.patience, self.tls), self.patience)

    def _paused(self, domain: str) -> bool:
        pause = self._domains.get(domain)
        return pause is not None and self.clock() < pause.until

    def _note_domain(self, domain: str, receipt: Receipt) -> None:
        if receipt.kind is ReceiptKind.ACCEPTED:
            self._domains.pop(domain, None)
        elif receipt.fault is Fault.SLOW:
            times = self._domains[domain].times + 1 if domain in self._domains else 0
            seconds = _DOMAIN_PAUSES[min(times, len(_DOMAIN_PAUSES) - 1)]
            self._domains[domain] = _Pause(self.clock() + seconds, times)


_SPOKEN = {"starttls": "by STARTTLS", "tls": "by TLS", "off": "without TLS"}


@dataclass(frozen=True)
class _Pause:
    until: float
    times: int

"""Texts by Twilio, with its own client. A request that was answered late or not at all may have been
accepted: that is unknown, and Twilio's list of messages is asked before anything is sent again."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from engine.clock import Clock, SystemClock
from engine.gateways.base import GatewayError
from engine.rules.receipts import HOLDS, fault_of
from engine.vocabulary.messages import Fault, Outgoing, Receipt, ReceiptKind
from engine.vocabulary.words import Channel

if TYPE_CHECKING:
    from twilio.http.response import Response

API = "https://api.twilio.com"
_MESSAGING = "https://messaging.twilio.com"  # where Messaging Services are looked up
_LONGEST_VALIDITY = 36_000  # seconds, Twilio's own
_SHORTEST_VALIDITY = 60  # less than that is not worth a text
_CLOCKS_DIFFER = timedelta(minutes=5)
_LISTED = 200  # messages to one number that a look-up reads
# What the client raises when Twilio, or something before it, says nothing that can be understood.
_NO_ANSWER = (TwilioException, requests.RequestException, ValueError)


@dataclass(frozen=True)
class TwilioAccount:
    """`sender` is our number (E.164) or a Messaging Service (`MG…`). `api` is Twilio's unless a test
    or a proxy stands in. `callback` gives the public address where the attempt's reports go."""

    sid: str
    token: str = field(repr=False)
    sender: str
    callback: Callable[[Outgoing], str]
    api: str = API
    answer_within: float = 20.0  # seconds


@dataclass(frozen=True)
class TwilioGateway:
    """A Gateway for texts."""

    account: TwilioAccount
    clock: Clock = field(default_factory=SystemClock)
    channel: Channel = Channel.SMS
    real: bool = True

    def carry(self, batch: Sequence[Outgoing]) -> Iterator[Receipt]:
        """Once Twilio asks us to slow down, or cannot be reached, the rest is not tried, so that nobody's
        second text overtakes their first."""
        last: Receipt | None = None
        for letter in batch:
            if last is not None and last.fault in (Fault.SLOW, Fault.DOWN, *HOLDS):
                last = _answer(letter, last.kind, last.detail, last.fault)
            else:
                last = self._send(letter)
            yield last

    def look_up(self, letter: Outgoing) -> tuple[str, ...] | None:
        """Messages to that number with the same words, taken since the letter was first tried."""
        since = letter.first_tried - _CLOCKS_DIFFER
        try:  # by no date of Twilio's: what is queued has not been sent on any
            found = self._client.messages.list(to=letter.to, limit=_LISTED)
        except _NO_ANSWER:
            return None
        body = _even(letter.payload.decode())
        ours = [each for each in found if _outbound(each) and _at(each) >= since]
        same = [each for each in ours if _even(each.body or "") == body]
        return tuple(each.sid for each in sorted(same, key=_at))

    def check(self) -> str:
        """Asks Twilio for the account and whether our sender is its own. Raises GatewayError."""
        try:
            account = self._client.api.v2010.accounts(self.account.sid).fetch()
            self._check_sender()
        except TwilioRestException as refused:
            said = f"Twilio refuses the account or its token (error {refused.code or refused.status})."
            raise GatewayError(f"{said} See TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.") from refused
        except _NO_ANSWER as problem:
            raise GatewayError(f"Twilio does not answer ({type(problem).__name__}).") from problem
        return f"the account “{account.friendly_name}” is {account.status}, sending as {self.account.sender}"

    def _check_sender(self) -> None:
        sender = self.account.sender
        if sender.startswith("MG"):  # a service's own address, on another host than the account's
            try:
                self._client.messaging.v1.services(sender).fetch()
            except TwilioRestException as refused:
                if refused.status != 404:
                    raise
                raise GatewayError(
                    f"The account has no Messaging Service {sender}. See TWILIO_MESSAGING_SERVICE_SID."
                ) from refused
        elif not self._client.incoming_phone_numbers.list(phone_number=sender, limit=1):
            raise GatewayError(f"The account has no number {sender}. See PORCHLIGHT_SMS_NUMBER.")

    @cached_property
    def _client(self) -> Client:
        http = _Http(self.account)
        return Client(self.account.sid, self.account.token, http_client=http)

    def _send(self, letter: Outgoing) -> Receipt:
        form = self._form(letter)
        if form is None:
            return _answer(letter, ReceiptKind.DEFERRED, "Its hours were over.", Fault.EXPIRED)
        try:
            made = self._client.messages.create(**form)
        except TwilioRestException as refused:
            return _refused(letter, refused)
        except (requests.ConnectTimeout, _NotConnected) as away:
            return _answer(letter, ReceiptKind.DEFERRED, f"Twilio was away ({away}).", Fault.DOWN)
        except _NO_ANSWER as problem:  # asked, and it may have been taken over
            return _answer(letter, ReceiptKind.UNKNOWN, f"Twilio did not answer ({type(problem).__name__}).")
        return Receipt(letter.delivery_id, letter.attempt, ReceiptKind.ACCEPTED, provider_id=made.sid)

    def _form(self, letter: Outgoing) -> dict[str, Any] | None:
        """None when too little is left of the hours in which it may arrive."""
        key = "messaging_service_sid" if self.account.sender.startswith("MG") else "from_"
        form: dict[str, Any] = {
            "to": letter.to,
            "body": letter.payload.decode(),
            "status_callback": self.account.callback(letter),
            key: self.account.sender,
        }
        if letter.valid_until is not None:
            left = int((letter.valid_until - self.clock.now()).total_seconds())
            if left < _SHORTEST_VALIDITY:
                return None
            form["validity_period"] = min(left, _LONGEST_VALIDITY)
        return form


class _NotConnected(requests.ConnectionError):
    """Nothing was said to Twilio: the connection itself failed."""


class _Http(TwilioHttpClient):  # type: ignore[misc]  # Twilio's package has no types for it
    """Twilio's own transport with explicit time-outs and no repetition of its own."""

    def __init__(self, account: TwilioAccount) -> None:
        silent = logging.getLogger("porchlight.twilio.silent")
        silent.disabled = True  # Twilio's own log holds numbers and words
        super().__init__(timeout=account.answer_within, logger=silent, max_retries=0)
        self._api = account.api

    def request(self, method: str, url: str, *rest: Any, **named: Any) -> "Response":
        try:
            return super().request(method, self._rerouted(url), *rest, **named)
        except requests.ConnectionError as problem:
            if _never_connected(problem):
                raise _NotConnected(type(problem).__name__) from problem
            raise

    def _rerouted(self, url: str) -> str:
        """To the stand-in or proxy, where there is one."""
        if self._api == API:
            return url
        return url.replace(API, self._api, 1).replace(_MESSAGING, self._api, 1)


def _never_connected(problem: requests.ConnectionError) -> bool:
    reason = getattr(problem.args[0] if problem.args else None, "reason", None)
    return type(reason).__name__ in ("NewConnectionError", "ConnectTimeoutError", "NameResolutionError")


def _refused(letter: Outgoing, refused: TwilioRestException) -> Receipt:
    """Twilio's own words are not kept: they quote the number."""
    said = f"Twilio answered {refused.status}, error {refused.code}."
    if refused.status >= 500 or refused.status == 408 or refused.status < 400:
        return _answer(letter, ReceiptKind.UNKNOWN, said)
    fault = Fault.SLOW if refused.status == 429 else fault_of(refused.code)
    if refused.status in (401, 403) and fault is Fault.LETTER:
        fault = Fault.LOGIN
    again = fault in (Fault.SLOW, Fault.EXPIRED, Fault.UNREACHED)
    return _answer(letter, ReceiptKind.DEFERRED if again else ReceiptKind.REFUSED, said, fault)


def _even(body: str) -> str:
    """Without what providers change: line ends, blanks at the end."""
    return " ".join(body.split())


def _outbound(message: Any) -> bool:
    return str(message.direction).startswith("outbound")


def _at(message: Any) -> datetime:
    found: datetime = message.date_created or datetime.min.replace(tzinfo=UTC)
    return found


def _answer(letter: Outgoing, kind: ReceiptKind, said: str, fault: Fault | None = None) -> Receipt:
    return Receipt(letter.delivery_id, letter.attempt, kind, said, fault=fault)

"""A stand-in for Twilio on loopback: what it takes, what it answers, and what it calls back, signed."""

import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, Self
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request as Call
from urllib.request import urlopen
from uuid import uuid4
from wsgiref.types import StartResponse, WSGIEnvironment

from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import Client as WsgiClient
from werkzeug.wrappers import Request, Response

from tests.servers.twilio_messages import (
    Message,
    account_json,
    fault_in,
    listed,
    numbers_json,
    problem,
    service_json,
)

POOL = "+15005550006"  # the sender that a Messaging Service picks
_CALL_WITHIN = 20  # seconds

Does = Literal["error", "hang", "accept_then_500", "accept_then_hang", "accept_then_reset"]


@dataclass(frozen=True)
class Answer:
    """How one request is answered other than usually. A hang ends without any answer."""

    does: Does
    status: int = 500
    code: int | None = None
    seconds: float = 0
    headers: Mapping[str, str] = field(default_factory=dict)


def error(status: int, code: int | None = None, **headers: str) -> Answer:
    """Twilio's own error, e.g. `error(429, 20429, Retry_After="2")`; without code a bare 5xx page."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer("error", status, code, headers=named)


def hang(seconds: float) -> Answer:
    return Answer("hang", seconds=seconds)


ACCEPT_THEN_500 = Answer("accept_then_500")
ACCEPT_THEN_RESET = Answer("accept_then_reset")


def accept_then_hang(seconds: float) -> Answer:
    return Answer("accept_then_hang", seconds=seconds)


@dataclass(frozen=True)
class Asked:
    """One request as it came in. `form` and `query` have the values of each name in order."""

    method: str
    path: str
    form: dict[str, list[str]]
    query: dict[str, list[str]]
    allowed: bool


@dataclass(frozen=True)
class Posted:
    """What the other side answered to a call of ours."""

    status: int
    body: bytes


Post = Callable[[str, dict[str, str], dict[str, str]], Posted]  # url, form, headers


def through(client: WsgiClient) -> Post:
    """Posts by a Flask test client, at the URL's own scheme and host."""

    def post(url: str, form: dict[str, str], headers: dict[str, str]) -> Posted:
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        said = client.post(path, base_url=f"{parts.scheme}://{parts.netloc}", data=form, headers=headers)
        return Posted(said.status_code, said.get_data())

    return post


@dataclass(frozen=True)
class Text:
    """An inbound SMS, or MMS with pairs of URL and content type. Sent again it has the same `sid`."""

    sender: str
    to: str
    body: str
    media: tuple[tuple[str, str], ...] = ()
    sid: str = field(default_factory=lambda: f"SM{uuid4().hex}")


@dataclass(frozen=True)
class File:
    """A file of an inbound text. `leads_to` redirects there instead; `breaks_off`: it ends too soon."""

    content: bytes
    kind: str = "image/jpeg"
    leads_to: str = ""
    breaks_off: bool = False

    def response(self) -> Response:
        if self.leads_to:
            return Response(status=307, headers={"Location": self.leads_to})
        said = Response(self.content, 200, content_type=self.kind)
        if self.breaks_off:
            said.headers["Content-Length"] = str(len(self.content) + 100)
        return said


class Twilio:
    """`with Twilio() as twilio:` and give `twilio.url` where https://api.twilio.com would stand.

    `media` are the files of inbound texts, by path; `holds` makes one.

    `next_answers` are for the next messages to be made, `next_looks` for the next GETs. `early`: the
    callback `sent` comes before the message's own answer. `reach` rewrites the beginning of a public
    URL to where it really is; the signature, Host and scheme stay those of the public one. `post`
    replaces HTTP. `now` dates the messages.
    """

    def __init__(self, *, post: Post | None = None, now: Callable[[], datetime] | None = None) -> None:
        self.sid, self.token = f"AC{uuid4().hex}", uuid4().hex
        self.messages: dict[str, Message] = {}
        self.requests: list[Asked] = []
        self.next_answers: deque[Answer] = deque()
        self.next_looks: deque[Answer] = deque()
        self.media: dict[str, File] = {}
        self.early = False
        self.senders: set[str] = set()  # the account's numbers and Messaging Services
        self.reach: dict[str, str] = {}
        self.post: Post = post or self._post
        self.now = now or (lambda: datetime.now(UTC))
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._server = make_server("127.0.0.1", 0, self._app, threaded=True, request_handler=_Silent)
        self.port: int = self._server.port
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()

    def http_client(self, timeout: float = 10) -> TwilioHttpClient:
        """For the official client: `Client(twilio.sid, twilio.token, http_client=…)`."""
        made: TwilioHttpClient = _Rerouted(timeout=timeout)
        made.stand_in = self.url
        return made

    def holds(self, file: File) -> str:
        """Keeps a file of an inbound text; its address, as Twilio's own host tells it."""
        path = f"/2010-04-01/Accounts/{self.sid}/Messages/MM{uuid4().hex}/Media/ME{uuid4().hex}"
        self.media[path] = file
        return f"https://api.twilio.com{path}"

    def sent_to(self, number: str) -> list[Message]:
        """In the order they were accepted."""
        return [each for each in self.messages.values() if each.to == number]

    def callback(self, sid: str, status: str, error_code: int | None = None) -> Posted:
        """Reports the status of a message to its StatusCallback; it is the message's status from now."""
        message = self.messages[sid]
        if message.callback is None:
            raise ValueError(f"{sid} was made without a StatusCallback.")
        message.become(status, error_code, self.now(), POOL)
        return self.signed(message.callback, message.report(self.sid))

    def send_in(self, url: str, text: Text) -> Posted:
        """Posts an inbound text to a webhook."""
        form = {
            "ToCountry": "US", "SmsMessageSid": text.sid, "NumMedia": str(len(text.media)),
            "SmsSid": text.sid, "SmsStatus": "received", "Body": text.body, "FromCountry": "US",
            "To": text.to, "NumSegments": "1", "MessageSid": text.sid, "AccountSid": self.sid,
            "From": text.sender, "ApiVersion": "2010-04-01",
        }  # fmt: skip
        for number, (where, kind) in enumerate(text.media):
            form |= {f"MediaUrl{number}": where, f"MediaContentType{number}": kind}
        return self.signed(url, form)

    def signed(self, url: str, form: dict[str, str]) -> Posted:
        """Posts any form to the public URL as Twilio signs it."""
        signature = RequestValidator(self.token).compute_signature(url, form)
        headers = {"X-Twilio-Signature": signature, "User-Agent": "TwilioProxy/1.1"}
        for public, real in self.reach.items():
            if url.startswith(public):
                parts = urlsplit(url)
                headers |= {"Host": parts.netloc, "X-Forwarded-Proto": parts.scheme}
                return self.post(real + url.removeprefix(public), form, headers)
        return self.post(url, form, headers)

    @staticmethod
    def _post(url: str, form: dict[str, str], headers: dict[str, str]) -> Posted:
        call = Call(url, urlencode(form).encode(), headers)
        try:
            with urlopen(call, timeout=_CALL_WITHIN) as said:
                return Posted(said.status, said.read())
        except HTTPError as refused:
            return Posted(refused.code, refused.read())

    def _app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        request = Request(environ)
        given = request.authorization
        allowed = given is not None and (given.username, given.password) == (self.sid, self.token)
        form, query = request.form.to_dict(flat=False), request.args.to_dict(flat=False)
        self.requests.append(Asked(request.method, request.path, form, query, allowed))
        response = self._answer(request) if allowed else problem(401, 20003)
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        home = f"/2010-04-01/Accounts/{self.sid}"
        rest = request.path.removeprefix(home)
        making = (request.method, rest) == ("POST", "/Messages.json")
        waiting = self.next_answers if making else self.next_looks
        changed = making or request.method == "GET"
        answer = waiting.popleft() if changed and waiting else None
        if answer is not None and answer.does in ("error", "hang"):
            return self._fail(request, answer)
        if making:
            return self._make(request, answer)
        if request.method == "GET" and rest == "/IncomingPhoneNumbers.json":
            return numbers_json(self.senders & {request.args.get("PhoneNumber", "")}, self.sid)
        if request.method == "GET" and rest.startswith("/v1/Services/"):
            service = rest.removeprefix("/v1/Services/")
            return service_json(service, self.sid) if service in self.senders else problem(404, 20404)
        if request.path in self.media:
            return self.media[request.path].response()
        if request.method == "GET" and rest in ("", ".json", "/Messages.json"):
            if rest == "/Messages.json":
                return listed(list(self.messages.values()), request.args, self.sid, request.path)
            return account_json(self.sid)
        message = self.messages.get(rest.removeprefix("/Messages/").removesuffix(".json"))
        if message is None:
            return problem(404, 20404)
        if request.method == "POST":
            message.body = request.form.get("Body", message.body)
        return message.response(self.sid, 200)

    def _make(self, request: Request, answer: Answer | None) -> Response:
        refusal = fault_in(request.form)
        if refusal is not None:
            return problem(400, refusal)
        message = Message.asked_for(request.form, self.now())
        with self._lock:
            self.messages[message.sid] = message
        made = message.response(self.sid, 201)
        if self.early and message.callback:
            self.callback(message.sid, "sent")
        return made if answer is None else self._fail(request, answer)

    def _fail(self, request: Request, answer: Answer) -> Response:
        if answer.does in ("error", "accept_then_500"):
            return problem(answer.status, answer.code, answer.headers)
        self._stopped.wait(answer.seconds)
        connection: socket.socket = request.environ["werkzeug.socket"]
        with suppress(OSError):  # the client may have left
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            if answer.does != "accept_then_reset":
                connection.shutdown(socket.SHUT_RDWR)
        raise ConnectionResetError("Twilio's stand-in says nothing more.")


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Requests are kept in `Twilio.requests`."""


class _Rerouted(TwilioHttpClient):  # type: ignore[misc]  # Twilio's package has no types
    stand_in = ""

    def request(self, method: str, url: str, *args: Any, **more: Any) -> Any:
        return super().request(method, url.replace("https://api.twilio.com", self.stand_in), *args, **more)

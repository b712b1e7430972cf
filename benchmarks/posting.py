"""Posts mail to the hooks at a fixed rate, whatever the answers do (open loop): a process of its own for
`benchmarks/receive`. On standard input: {"port", "what", "rate", "seconds", "secret", "key"}, where `what`
is `mail` (raw and Mailgun's form by turns) or `refused` (a wrong secret: nothing is kept). On standard
output: {"took": milliseconds from when each post was due, "codes": {answer: how many}}.
"""

import asyncio
import hashlib
import hmac
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import uuid4

GIVE_UP = 30.0  # seconds


@dataclass(frozen=True, slots=True)
class Plan:
    port: int
    what: str
    rate: int  # posts a second
    seconds: int
    secret: str  # of /hooks/mail
    key: str  # Mailgun's


def mail(number: int) -> bytes:
    words = f"I could bring a ladder on Saturday, and my neighbor number {number} has a drill.\r\n" * 4
    quoted = "> What is one thing on your street that you would love to fix?\r\n" * 20
    head = (
        f"From: n{number}@riverbend.example\r\nTo: maya@porch.example\r\nSubject: Re: One question\r\n"
        f"Message-ID: <{uuid4().hex}@riverbend.example>\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\n"
    )
    return (head + words + "\r\nOn Monday Maya wrote:\r\n" + quoted).encode()


def request(plan: Plan, number: int) -> bytes:
    if plan.what == "mail" and number % 2:
        return _post("/hooks/mailgun/mime", "application/x-www-form-urlencoded", "", _mailgun(plan, number))
    secret = plan.secret if plan.what == "mail" else "wrong"
    return _post(f"/hooks/mail?from=n{number}@riverbend.example", "message/rfc822", secret, mail(number))


def _mailgun(plan: Plan, number: int) -> bytes:
    stamp, token = str(int(time.time())), uuid4().hex
    fields = {
        "timestamp": stamp, "token": token, "sender": f"n{number}@riverbend.example",
        "recipient": "maya@porch.example", "body-mime": mail(number).decode(),
        "signature": hmac.digest(plan.key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hex(),
    }  # fmt: skip
    return urlencode(fields).encode()


def _post(path: str, content_type: str, secret: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Bearer {secret}\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def post(plan: Plan, number: int, begun: float) -> tuple[float, str]:
    """Milliseconds since it was due, and the answer's code or the name of the error."""
    due = begun + number / plan.rate
    await asyncio.sleep(max(0.0, due - time.perf_counter()))
    try:
        async with asyncio.timeout(GIVE_UP):
            code = await _answer(plan.port, request(plan, number))
    except (OSError, TimeoutError) as problem:
        code = type(problem).__name__
    return 1000 * (time.perf_counter() - due), code


async def _answer(port: int, sent: bytes) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(sent)
        said = await reader.read()
    finally:
        writer.close()
    return said[9:12].decode("ascii", "replace") or "nothing"


async def run(plan: Plan) -> dict[str, object]:
    begun = time.perf_counter() + 0.2
    each = [post(plan, number, begun) for number in range(plan.rate * plan.seconds)]
    answers = await asyncio.gather(*each)
    return {"took": [took for took, _ in answers], "codes": Counter(code for _, code in answers)}


if __name__ == "__main__":
    json.dump(asyncio.run(run(Plan(**json.load(sys.stdin)))), sys.stdout)

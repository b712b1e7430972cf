"""What Twilio's stand-in keeps of a message, and the JSON in which Twilio tells of it."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import urlencode
from uuid import uuid4

from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

_LONGEST = 1600  # characters of a body
_SAID = {
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    21211: "The 'To' number is not a valid phone number.",
    21602: "Message body is required.",
    21603: "A 'From' phone number is required.",
    21604: "A 'To' phone number is required.",
    21610: "Attempt to send to unsubscribed recipient",
    21617: "The concatenated message body exceeds the 1600 character limit",
}


@dataclass
class Message:
    """As Twilio knows it at the moment. `sender` is None until a Messaging Service picked one."""

    sid: str
    to: str
    sender: str | None
    messaging_service: str | None
    body: str
    media: tuple[str, ...]
    callback: str | None
    validity: int | None  # seconds
    status: str
    created: datetime
    sent: datetime | None = None
    error_code: int | None = None
    direction: str = "outbound-api"

    @classmethod
    def asked_for(cls, form: MultiDict[str, str], now: datetime) -> "Message":
        """Queued; with a Messaging Service that has yet to pick a sender it is accepted."""
        media, validity = tuple(form.getlist("MediaUrl")), form.get("ValidityPeriod")
        return cls(
            ("MM" if media else "SM") + uuid4().hex, form["To"], form.get("From"),
            form.get("MessagingServiceSid"), form.get("Body", ""), media, form.get("StatusCallback"),
            int(validity) if validity else None, "queued" if form.get("From") else "accepted", now,
        )  # fmt: skip

    def become(self, status: str, error_code: int | None, now: datetime, sender: str) -> None:
        self.status, self.error_code = status, error_code
        self.sender = self.sender or sender
        if status in ("sent", "delivered"):
            self.sent = self.sent or now

    def report(self, account: str) -> dict[str, str]:
        """The form of a status callback."""
        form = {
            "SmsSid": self.sid, "SmsStatus": self.status, "MessageStatus": self.status, "To": self.to,
            "MessageSid": self.sid, "AccountSid": account, "From": self.sender or "",
            "ApiVersion": "2010-04-01",
        }  # fmt: skip
        if self.messaging_service:
            form["MessagingServiceSid"] = self.messaging_service
        if self.error_code is not None:
            form["ErrorCode"] = str(self.error_code)
        return form

    def response(self, account: str, status: int) -> Response:
        return _json(self.told(account), status)

    def told(self, account: str) -> dict[str, object]:
        uri = f"/2010-04-01/Accounts/{account}/Messages/{self.sid}"
        return {
            "account_sid": account, "api_version": "2010-04-01", "body": self.body,
            "date_created": format_datetime(self.created), "date_updated": format_datetime(self.created),
            "date_sent": format_datetime(self.sent) if self.sent else None, "direction": self.direction,
            "error_code": self.error_code, "error_message": None, "from": self.sender,
            "messaging_service_sid": self.messaging_service, "num_media": str(len(self.media)),
            "num_segments": "1" if self.sender else "0", "price": None, "price_unit": "USD",
            "sid": self.sid, "status": self.status, "to": self.to, "uri": f"{uri}.json",
            "subresource_uris": {"media": f"{uri}/Media.json"},
        }  # fmt: skip

    @property
    def dated(self) -> datetime:
        """What the filters by date go by: when it was sent, else when it was made."""
        return self.sent or self.created


def fault_in(form: Mapping[str, str]) -> int | None:
    """The code with which Twilio refuses such a form."""
    checks = (
        (21604, bool(form.get("To"))),
        (21211, re.fullmatch(r"\+[1-9]\d{6,14}", form.get("To", "")) is not None),
        (21603, bool(form.get("From") or form.get("MessagingServiceSid"))),
        (21602, bool(form.get("Body") or form.get("MediaUrl"))),
        (21617, len(form.get("Body", "")) <= _LONGEST),
    )
    return next((code for code, right in checks if not right), None)


def problem(status: int, code: int | None, headers: Mapping[str, str] | None = None) -> Response:
    """Twilio's error as JSON; without a code, what a broken proxy says."""
    if code is None:
        return Response(
            "<html>Something went wrong.</html>", status, dict(headers or {}), mimetype="text/html"
        )
    told = {
        "code": code, "message": _SAID.get(code, "Refused"), "status": status,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
    }  # fmt: skip
    return _json(told, status, headers)


def account_json(account: str) -> Response:
    told = {
        "sid": account, "friendly_name": "The porch", "status": "active", "type": "Full",
        "date_created": "Mon, 02 Mar 2026 15:00:00 +0000",
        "date_updated": "Mon, 02 Mar 2026 15:00:00 +0000",
        "owner_account_sid": account, "uri": f"/2010-04-01/Accounts/{account}.json",
        "subresource_uris": {"messages": f"/2010-04-01/Accounts/{account}/Messages.json"},
    }  # fmt: skip
    return _json(told, 200)


def numbers_json(numbers: Iterable[str], account: str) -> Response:
    """A list of the account's phone numbers, on one page."""
    uri = f"/2010-04-01/Accounts/{account}/IncomingPhoneNumbers.json"
    told = {
        "incoming_phone_numbers": [
            {"sid": f"PN{number:0>32}", "account_sid": account, "phone_number": f"+{number}"}
            for number in (each.removeprefix("+") for each in numbers)
        ],
        "page": 0, "page_size": 50, "uri": uri, "next_page_uri": None,
    }  # fmt: skip
    return _json(told, 200)


def service_json(service: str, account: str) -> Response:
    return _json({"sid": service, "account_sid": account, "friendly_name": "The porch"}, 200)


def listed(messages: Sequence[Message], asked: Mapping[str, str], account: str, path: str) -> Response:
    """One page of those that fit the filters To, From and DateSent (of a day, `<`, `>`), newest first."""
    size, page = int(asked.get("PageSize", "50")), int(asked.get("Page", "0"))
    found = [each for each in reversed(messages) if _fits(each, asked)]
    start = page * size

    def uri(number: int) -> str:
        filters = {name: value for name, value in asked.items() if name not in ("Page", "PageSize")}
        return f"{path}?{urlencode(filters | {'PageSize': str(size), 'Page': str(number)})}"

    shown = found[start : start + size]
    told = {
        "messages": [each.told(account) for each in shown],
        "page": page, "page_size": size, "start": start, "end": max(start + len(shown) - 1, 0),
        "uri": uri(page), "first_page_uri": uri(0),
        "previous_page_uri": uri(page - 1) if page else None,
        "next_page_uri": uri(page + 1) if start + size < len(found) else None,
    }  # fmt: skip
    return _json(told, 200)


def _fits(message: Message, asked: Mapping[str, str]) -> bool:
    after, before, on = (_moment(asked.get(name)) for name in ("DateSent>", "DateSent<", "DateSent"))
    return (
        message.to == asked.get("To", message.to)
        and message.sender == asked.get("From", message.sender)
        and (after is None or message.dated >= after)
        and (before is None or message.dated <= before)
        and (on is None or on <= message.dated < on + timedelta(days=1))
    )


def _moment(words: str | None) -> datetime | None:
    """Twilio takes a day or a second, both in UTC."""
    if words is None:
        return None
    return datetime.fromisoformat(words.replace("Z", "+00:00")).replace(tzinfo=UTC)


def _json(told: object, status: int, headers: Mapping[str, str] | None = None) -> Response:
    return Response(json.dumps(told), status, dict(headers or {}), mimetype="application/json")

"""Mailgun, Postmark and SendGrid as they post: each form and each signature, made as their pages say."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol
from urllib.parse import quote_from_bytes

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SENDER, RECIPIENT = "ana@riverbend.example", "r-token@porch.example"
WORD = "w" * 24  # of services whose address has a password
_NUMBERS = count(1)


@dataclass(frozen=True)
class Post:
    """What goes over the wire."""

    path: str
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True)
class Letter:
    """A mail a member wrote, as a service takes it apart."""

    headers: tuple[tuple[str, str], ...] = (
        ("From", f"Ana <{SENDER}>"),
        ("To", RECIPIENT),
        ("Subject", "Der Zaun, ¿sí?"),
        ("Message-ID", "<one@riverbend.example>"),
        ("In-Reply-To", "<letter@porch.example>"),
        ("Content-Type", 'multipart/mixed; boundary="gone"'),
    )
    text: str = "Grüße vom Fluß."
    html: str = "<p>Grüße vom <b>Fluß</b>.</p>"
    files: tuple[tuple[str, str, bytes], ...] = (('fence "1".txt', "text/plain", b"\x00\xffplanks"),)


class MailService(Protocol):
    name: str
    settings: Mapping[str, str]

    def raw(self, message: bytes, now: float) -> Post: ...
    def parsed(self, letter: Letter, now: float) -> Post: ...
    def forged(self, message: bytes, now: float) -> Sequence[Post]: ...
    def garbage(self, content: bytes, now: float) -> Post: ...


def basic(password: str, user: str = "porchlight") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def multipart(
    fields: Sequence[tuple[str, bytes]], files: Sequence[tuple[str, str, str, bytes]] = ()
) -> bytes:
    """Files: field, name, type, content."""
    parts = [b'Content-Disposition: form-data; name="%s"\r\n\r\n%s' % (n.encode(), c) for n, c in fields]
    parts += [
        b'Content-Disposition: form-data; name="%s"; filename="%s"\r\nContent-Type: %s\r\n\r\n%s'
        % (field.encode(), name.replace('"', "%22").encode(), kind.encode(), content)
        for field, name, kind, content in files
    ]
    return b"".join(b"--xYzZY\r\n%s\r\n" % part for part in parts) + b"--xYzZY--\r\n"


FORM = {"Content-Type": "multipart/form-data; boundary=xYzZY"}


@dataclass
class Mailgun:
    name: str = "mailgun"
    key: str = "k" * 32

    @property
    def settings(self) -> Mapping[str, str]:
        return {"MAILGUN_SIGNING_KEY": f"{self.key},{'o' * 32}"}

    def words(self, now: float, token: str = "", key: str = "") -> list[tuple[str, bytes]]:
        """What signs a form."""
        stamp, token = str(int(now)), token or f"{next(_NUMBERS):050d}"
        made = hmac.new((key or self.key).encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
        told = {
            "timestamp": stamp,
            "token": token,
            "signature": made,
            "sender": SENDER,
            "recipient": RECIPIENT,
        }
        return [(name, value.encode()) for name, value in told.items()]

    def raw(self, message: bytes, now: float) -> Post:
        fields = [*self.words(now), ("body-mime", message)]
        body = b"&".join(name.encode() + b"=" + quote_from_bytes(value).encode() for name, value in fields)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return Post("/hooks/mailgun/mime", body, kind)

    def parsed(self, letter: Letter, now: float) -> Post:
        fields = [
            *self.words(now), ("body-plain", letter.text.encode()), ("body-html", letter.html.encode()),
            ("message-headers", json.dumps(letter.headers).encode()), ("stripped-text", b"never read"),
        ]  # fmt: skip
        files = [(f"attachment-{n}", *each) for n, each in enumerate(letter.files, start=1)]
        return Post("/hooks/mailgun", multipart(fields, files), FORM)

    def forged(self, message: bytes, now: float) -> Sequence[Post]:
        signed = dict(self.words(now))
        wrong: list[dict[str, bytes]] = [
            {}, {"signature": b""}, {"token": b""}, {"timestamp": b""}, {"signature": "ü".encode()},
            {"timestamp": b"1" * 40}, {"timestamp": b"-5"}, {"token": b"other"},
            dict(self.words(now, key="x" * 32)), dict(self.words(now - 13 * 3600)),
            dict(self.words(now + 3600)),
        ]  # fmt: skip
        forms = [{**signed, **each} for each in wrong[1:]] + [{"sender": SENDER.encode()}]
        return [
            Post("/hooks/mailgun/mime", multipart([*each.items(), ("body-mime", message)]), FORM)
            for each in forms
        ]

    def garbage(self, content: bytes, now: float) -> Post:
        names = ("message-headers", "body-plain", "content-id-map", "other")
        fields = [*self.words(now), *((name, content) for name in names)]
        return Post("/hooks/mailgun", multipart(fields), FORM)


@dataclass
class Postmark:
    name: str = "postmark"

    @property
    def settings(self) -> Mapping[str, str]:
        return {"POSTMARK_HOOK_SECRET": f"{'o' * 24},{WORD}"}

    def _post(self, told: object) -> Post:
        return Post("/hooks/postmark", json.dumps(told).encode(), self._headers())

    def _headers(self) -> dict[str, str]:
        return {"Content-Type": "application/json; charset=utf-8", **basic(WORD)}

    def raw(self, message: bytes, now: float) -> Post:
        told = {"RawEmail": message.decode(), "OriginalRecipient": RECIPIENT, "TextBody": "never read"}
        return self._post(told)

    def parsed(self, letter: Letter, now: float) -> Post:
        known = dict(letter.headers)
        others = [{"Name": n, "Value": v} for n, v in letter.headers if n not in ("From", "To", "Subject")]
        told = {
            "From": SENDER, "FromFull": {"Email": SENDER, "Name": "Ana"}, "To": known["To"],
            "Subject": known["Subject"], "TextBody": letter.text, "HtmlBody": letter.html,
            "OriginalRecipient": RECIPIENT, "Headers": others, "Attachments": [
                {"Name": name, "ContentType": kind, "Content": base64.b64encode(content).decode()}
                for name, kind, content in letter.files
            ],
        }  # fmt: skip
        return self._post(told)

    def forged(self, message: bytes, now: float) -> Sequence[Post]:
        real = self.raw(message, now)
        wrong: list[dict[str, str]] = [
            {}, basic("x" * 24), basic(WORD, user="other"), basic(""), {"Authorization": f"Bearer {WORD}"},
            {"Authorization": "Basic"}, {"Authorization": "Basic %%%"}, {"Authorization": "Basic /w=="},
            basic("ü" * 12),
        ]  # fmt: skip
        return [Post(real.path, real.body, each) for each in wrong]

    def garbage(self, content: bytes, now: float) -> Post:
        return Post("/hooks/postmark", content, self._headers())


@dataclass
class SendGrid:
    name: str = "sendgrid"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def settings(self) -> Mapping[str, str]:
        der = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return {"SENDGRID_PUBLIC_KEY": base64.b64encode(der).decode()}

    def _signed(self, body: bytes, now: float, key: ec.EllipticCurvePrivateKey | None = None) -> Post:
        stamp = str(int(now))
        made = (key or self.key).sign(stamp.encode() + body, ec.ECDSA(SHA256()))
        headers = {
            "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(made).decode(),
            "X-Twilio-Email-Event-Webhook-Timestamp": stamp,
        }
        return Post("/hooks/sendgrid", body, {**FORM, **headers})

    def _form(
        self, fields: Sequence[tuple[str, bytes]], files: Sequence[tuple[str, str, str, bytes]] = ()
    ) -> bytes:
        envelope = json.dumps({"to": [RECIPIENT], "from": SENDER}).encode()
        return multipart([("envelope", envelope), *fields], files)

    def raw(self, message: bytes, now: float) -> Post:
        return self._signed(self._form([("email", message)]), now)

    def parsed(self, letter: Letter, now: float) -> Post:
        block = "".join(f"{name}: {value}\n" for name, value in letter.headers).encode()
        charsets = json.dumps({"text": "iso-8859-1", "html": "UTF-8"}).encode()
        fields = [
            ("headers", block), ("text", letter.text.encode("latin-1")), ("html", letter.html.encode()),
            ("charsets", charsets),
        ]  # fmt: skip
        files = [(f"attachment{n}", *each) for n, each in enumerate(letter.files, start=1)]
        return self._signed(self._form(fields, files), now)

    def forged(self, message: bytes, now: float) -> Sequence[Post]:
        real = self.raw(message, now)
        other = ec.generate_private_key(ec.SECP256R1())
        wrong = [self._signed(real.body, now, other), self._signed(real.body, now - 5 * 24 * 3600)]
        wrong.append(Post(real.path, real.body.replace(b"Ana", b"Eve"), real.headers))
        for name, value in (("Signature", "%%%"), ("Signature", ""), ("Timestamp", str(int(now) - 1)),
                            ("Timestamp", "soon"), ("Signature", "AAAA")):  # fmt: skip
            changed = {**real.headers, f"X-Twilio-Email-Event-Webhook-{name}": value}
            wrong.append(Post(real.path, real.body, changed))
        return [*wrong, Post(real.path, real.body, FORM)]

    def garbage(self, content: bytes, now: float) -> Post:
        names = ("headers", "text", "charsets", "attachment-info")
        return self._signed(self._form([(name, content) for name in names]), now)

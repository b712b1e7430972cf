"""One frozen Settings, read once from the environment. What a community decides about itself (its
name, postal address, window) is not here but in `store/community.py`."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit


class SettingsError(Exception):
    """A setting is wrong; the text says which, what is wrong, and how to mend it."""


@dataclass(frozen=True)
class Settings:
    """Where things are and how to reach them. Every field is documented in docs/settings.md."""

    data: Path  # PORCHLIGHT_DATA: the embedded database, the pretend post office, the pushed clock
    key_file: Path  # PORCHLIGHT_KEY_FILE: beside the data folder, never in it
    database_url: str  # DATABASE_URL
    redis_url: str | None  # REDIS_URL
    host: str  # PORCHLIGHT_HOST: the address the web server listens on
    port: int  # PORCHLIGHT_PORT
    public_url: str  # PORCHLIGHT_PUBLIC_URL: what members' links start with, without a final slash
    mail_domain: str  # PORCHLIGHT_MAIL_DOMAIN: the domain of our reply addresses and Message-IDs
    sms_number: str  # PORCHLIGHT_SMS_NUMBER: ours, E.164
    smtp_url: str | None = field(repr=False)  # SMTP_URL: a real mail gateway
    twilio: "TwilioSettings | None"  # a real text gateway
    imap_url: str | None = field(repr=False)  # IMAP_URL: a mailbox that members' mail arrives in
    lmtp: tuple[str, int] | None  # PORCHLIGHT_LMTP: where a mail server hands mail over
    mail_hook_secret: str | None = field(repr=False)  # PORCHLIGHT_MAIL_HOOK_SECRET: opens /hooks/mail
    authserv_id: str | None  # PORCHLIGHT_AUTHSERV_ID: how our mail server signs what it checked
    dns: tuple[str, int] | None  # PORCHLIGHT_DNS: asked by `doctor` instead of the system's
    dkim_selector: str | None  # PORCHLIGHT_DKIM_SELECTOR
    mail_forms: "MailForms"  # mail services that post members' mail in a form of their own
    trusted_proxies: int  # PORCHLIGHT_TRUSTED_PROXIES: how many stand before the web server
    templates: Path  # PORCHLIGHT_TEMPLATES
    sequences: Path  # PORCHLIGHT_SEQUENCES

    @property
    def embedded(self) -> bool:
        """Nothing outside this machine is configured: the pretend post office may exist."""
        return self.smtp_url is None and self.twilio is None

    @property
    def listens(self) -> bool:
        """Whether mail comes in by a door that `porchlight listen` keeps open."""
        return self.imap_url is not None or self.lmtp is not None

    @property
    def clock_file(self) -> Path:
        return self.data / "clock.json"

    @property
    def postoffice(self) -> Path:
        return self.data / "postoffice"


@dataclass(frozen=True)
class MailForms:
    """What proves that a form is the mail service's own. Of a secret there may be two, while it changes."""

    mailgun: tuple[str, ...] = field(default=(), repr=False)  # MAILGUN_SIGNING_KEY: opens /hooks/mailgun
    postmark: tuple[str, ...] = field(default=(), repr=False)  # POSTMARK_HOOK_SECRET: opens /hooks/postmark
    sendgrid: tuple[str, ...] = field(default=(), repr=False)  # SENDGRID_HOOK_SECRET: opens /hooks/sendgrid
    sendgrid_keys: tuple[str, ...] = ()  # SENDGRID_PUBLIC_KEY: likewise, each as base64 of its DER form

    @property
    def any(self) -> bool:
        return bool(self.mailgun or self.postmark or self.sendgrid or self.sendgrid_keys)


@dataclass(frozen=True)
class TwilioSettings:
    """An account whose sender is a number or a Messaging Service."""

    account: str  # TWILIO_ACCOUNT_SID
    token: str = field(repr=False)  # TWILIO_AUTH_TOKEN
    sender: str  # TWILIO_MESSAGING_SERVICE_SID, or PORCHLIGHT_SMS_NUMBER
    api: str  # TWILIO_API_URL


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Raises SettingsError for the first setting that is wrong."""
    env = os.environ if environment is None else environment
    data = Path(env.get("PORCHLIGHT_DATA") or "data").absolute()
    host, port = env.get("PORCHLIGHT_HOST") or "127.0.0.1", _port(env.get("PORCHLIGHT_PORT") or "8425")
    public_url = _url(
        "PORCHLIGHT_PUBLIC_URL", env.get("PORCHLIGHT_PUBLIC_URL") or f"http://{_shown(host)}:{port}"
    )
    twilio = _twilio(env)
    smtp_url = _like(_SMTP, env.get("SMTP_URL"))
    _require_own_names(env, email=smtp_url is not None, sms=twilio is not None)
    return Settings(
        data=data,
        key_file=Path(env.get("PORCHLIGHT_KEY_FILE") or data.with_name(data.name + ".keys.json")).absolute(),
        database_url=_like(_DATABASE, env.get("DATABASE_URL")) or f"sqlite:///{data / 'porchlight.db'}",
        redis_url=_like(_REDIS, env.get("REDIS_URL")),
        host=host,
        port=port,
        public_url=public_url,
        mail_domain=(_like(_DOMAIN, env.get("PORCHLIGHT_MAIL_DOMAIN")) or "porchlight.example").lower(),
        sms_number=_like(_NUMBER, env.get("PORCHLIGHT_SMS_NUMBER")) or "+15555550100",
        smtp_url=smtp_url,
        twilio=twilio,
        imap_url=_like(_IMAP, env.get("IMAP_URL")),
        lmtp=_address("PORCHLIGHT_LMTP", env.get("PORCHLIGHT_LMTP")),
        mail_hook_secret=_like(_SECRET, env.get("PORCHLIGHT_MAIL_HOOK_SECRET")),
        authserv_id=_like(_AUTHSERV, env.get("PORCHLIGHT_AUTHSERV_ID")),
        dns=_address("PORCHLIGHT_DNS", env.get("PORCHLIGHT_DNS")),
        dkim_selector=_like(_SELECTOR, env.get("PORCHLIGHT_DKIM_SELECTOR")),
        mail_forms=_mail_forms(env),
        trusted_proxies=int(_like(_COUNT, env.get("PORCHLIGHT_TRUSTED_PROXIES")) or 0),
        templates=_folder("PORCHLIGHT_TEMPLATES", env.get("PORCHLIGHT_TEMPLATES"), "templates"),
        sequences=_folder("PORCHLIGHT_SEQUENCES", env.get("PORCHLIGHT_SEQUENCES"), "sequences"),
    )


@dataclass(frozen=True)
class _Form:
    """What a setting must look like, and an example of it."""

    name: str
    pattern: str
    example: str


_DATABASE = _Form(
    "DATABASE_URL",
    r"sqlite:///(?!:memory:).+|postgresql(\+psycopg)?://.*",
    "postgresql://user@host/porchlight",
)
_REDIS = _Form("REDIS_URL", r"(rediss?|unix)://.+", "redis://127.0.0.1:6379/0")
_DOMAIN = _Form("PORCHLIGHT_MAIL_DOMAIN", r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", "porch.example.org")
_NUMBER = _Form("PORCHLIGHT_SMS_NUMBER", r"\+[1-9][0-9]{6,14}", "+15555550100")
_SMTP = _Form(
    "SMTP_URL", r"smtps?://[^/?\s]+(:\d+)?/?(\?tls=(on|off))?", "smtp://user:password@mail.example.org:587"
)
_IMAP = _Form("IMAP_URL", r"imaps?://[^/\s]+@[^/\s]+(/\S*)?", "imaps://user:password@mail.example.org/INBOX")
_ACCOUNT = _Form("TWILIO_ACCOUNT_SID", r"AC[0-9a-fA-F]{32}", "AC0123456789abcdef0123456789abcdef")
_SERVICE = _Form("TWILIO_MESSAGING_SERVICE_SID", r"MG[0-9a-fA-F]{32}", "MG0123456789abcdef0123456789abcdef")
_SECRET = _Form("PORCHLIGHT_MAIL_HOOK_SECRET", r"\S{24,}", "a word of at least 24 letters and digits")
_AUTHSERV = _Form("PORCHLIGHT_AUTHSERV_ID", r"[A-Za-z0-9._/-]+", "mx.example.org")
_SELECTOR = _Form("PORCHLIGHT_DKIM_SELECTOR", r"[A-Za-z0-9._-]+", "s1")
_MAILGUN = _Form(
    "MAILGUN_SIGNING_KEY", r"[^\s,]{16,}(,[^\s,]{16,})?", "the HTTP webhook signing key of Mailgun"
)
_POSTMARK = _Form(
    "POSTMARK_HOOK_SECRET", r"[^\s,:@/]{24,}(,[^\s,:@/]{24,})?", "a word of at least 24 letters and digits"
)
_SENDGRID = _Form(
    "SENDGRID_HOOK_SECRET", r"[^\s,:@/]{24,}(,[^\s,:@/]{24,})?", "a word of at least 24 letters and digits"
)
_SENDGRID_KEY = _Form(
    "SENDGRID_PUBLIC_KEY", r"[A-Za-z0-9+/]{60,}=*(,[A-Za-z0-9+/]{60,}=*)?", "the public_key of the policy"
)
_COUNT = _Form("PORCHLIGHT_TRUSTED_PROXIES", r"[0-9]", "1")


def _like(form: _Form, text: str | None) -> str | None:
    if text and not (re.fullmatch(form.pattern, text) and _is_whole(text)):
        # Never the value itself: it may hold a password.
        raise SettingsError(f"{form.name} is not understood. Write it like {form.example}.")
    return text or None


def _is_whole(text: str) -> bool:
    """An address of the network names a port that there can be, and its brackets close."""
    if "://" not in text:
        return True
    try:
        parts = urlsplit(text)
        mail = parts.scheme.startswith(("smtp", "imap"))  # a database may be behind a socket without a host
        return parts.port != 0 and not (mail and not parts.hostname)
    except ValueError:
        return False


def _mail_forms(env: Mapping[str, str]) -> MailForms:
    return MailForms(
        mailgun=_words(_like(_MAILGUN, env.get("MAILGUN_SIGNING_KEY"))),
        postmark=_words(_like(_POSTMARK, env.get("POSTMARK_HOOK_SECRET"))),
        sendgrid=_words(_like(_SENDGRID, env.get("SENDGRID_HOOK_SECRET"))),
        sendgrid_keys=_words(_like(_SENDGRID_KEY, env.get("SENDGRID_PUBLIC_KEY"))),
    )


def _words(text: str | None) -> tuple[str, ...]:
    return tuple(text.split(",")) if text else ()


def _twilio(env: Mapping[str, str]) -> TwilioSettings | None:
    account = _like(_ACCOUNT, env.get("TWILIO_ACCOUNT_SID"))
    if account is None:
        return None
    token = env.get("TWILIO_AUTH_TOKEN")
    sender = _like(_SERVICE, env.get("TWILIO_MESSAGING_SERVICE_SID")) or env.get("PORCHLIGHT_SMS_NUMBER")
    if not token:
        raise SettingsError("TWILIO_ACCOUNT_SID is set, but TWILIO_AUTH_TOKEN is not. Set both.")
    if not sender:
        raise SettingsError(
            "TWILIO_ACCOUNT_SID is set, but no sender. Set PORCHLIGHT_SMS_NUMBER or "
            "TWILIO_MESSAGING_SERVICE_SID."
        )
    api = _url("TWILIO_API_URL", env.get("TWILIO_API_URL") or "https://api.twilio.com")
    return TwilioSettings(account, token, sender, api)


def _require_own_names(env: Mapping[str, str], *, email: bool, sms: bool) -> None:
    """What reaches real people must not bear the names of the sample town."""
    needed = [("PORCHLIGHT_PUBLIC_URL", email or sms, "the links in letters lead there")]
    needed.append(("PORCHLIGHT_MAIL_DOMAIN", email, "members answer there"))
    for name, wanted, why in needed:
        if wanted and not env.get(name):
            raise SettingsError(f"A real gateway is set, but {name} is not: {why}.")


def _address(name: str, text: str | None) -> tuple[str, int] | None:
    if not text:
        return None
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise SettingsError(f"{name} is “{text}”: give an address and a port, such as 127.0.0.1:8424.")
    return host.strip("[]"), int(port)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise SettingsError(f"PORCHLIGHT_PORT is “{text}”: give a number from 1 to 65535, such as 8425.")
    return int(text)


def _url(name: str, text: str) -> str:
    parts = urlsplit(text if _is_whole(text) else "")
    spare = bool(parts.query or parts.fragment or parts.username or re.search(r"\s", text))
    if parts.scheme not in ("http", "https") or not parts.hostname or spare:
        raise SettingsError(f"{name} is “{text}”: give a whole address, such as https://porch.example.org.")
    return text.rstrip("/")


def _shown(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104 (compared, not bound)
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _folder(name: str, text: str | None, shipped: str) -> Path:
    """The folder a setting names; else the one beside the packages (a checkout) or in the wheel."""
    if text:
        folder = Path(text).absolute()
        if not folder.is_dir():
            raise SettingsError(f"{name} is “{text}”, which is not a folder. Name an existing folder.")
        return folder
    package = Path(__file__).parent
    beside = package.parent / shipped
    return beside if beside.is_dir() else package / "shipped" / shipped

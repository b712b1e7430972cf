"""One frozen Settings, read once from the environment. What a community decides about itself (its
name, postal address, window) is not here but in `store/community.py`."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

Gateway = Literal["postoffice", "smtp", "twilio"]


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
    smtp_url: str | None  # SMTP_URL: a real mail gateway
    twilio_account: str | None  # TWILIO_ACCOUNT_SID: a real text gateway
    templates: Path  # PORCHLIGHT_TEMPLATES
    sequences: Path  # PORCHLIGHT_SEQUENCES

    @property
    def embedded(self) -> bool:
        """Nothing outside this machine is configured: the pretend post office may exist."""
        return self.smtp_url is None and self.twilio_account is None

    @property
    def clock_file(self) -> Path:
        return self.data / "clock.json"

    @property
    def postoffice(self) -> Path:
        return self.data / "postoffice"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Raises SettingsError for the first setting that is wrong."""
    env = os.environ if environment is None else environment
    data = Path(env.get("PORCHLIGHT_DATA") or "data").absolute()
    host, port = env.get("PORCHLIGHT_HOST") or "127.0.0.1", _port(env.get("PORCHLIGHT_PORT") or "8425")
    public_url = _url(
        "PORCHLIGHT_PUBLIC_URL", env.get("PORCHLIGHT_PUBLIC_URL") or f"http://{_shown(host)}:{port}"
    )
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
        smtp_url=env.get("SMTP_URL") or None,
        twilio_account=env.get("TWILIO_ACCOUNT_SID") or None,
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
    "DATABASE_URL", r"(sqlite|postgresql(\+psycopg)?)://.*", "postgresql://user@host/porchlight"
)
_REDIS = _Form("REDIS_URL", r"(rediss?|unix)://.+", "redis://127.0.0.1:6379/0")
_DOMAIN = _Form("PORCHLIGHT_MAIL_DOMAIN", r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", "porch.example.org")
_NUMBER = _Form("PORCHLIGHT_SMS_NUMBER", r"\+[1-9][0-9]{6,14}", "+15555550100")


def _like(form: _Form, text: str | None) -> str | None:
    if text and not re.fullmatch(form.pattern, text):
        # Never the value itself: it may hold a password.
        raise SettingsError(f"{form.name} is not understood. Write it like {form.example}.")
    return text or None


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise SettingsError(f"PORCHLIGHT_PORT is “{text}”: give a number from 1 to 65535, such as 8425.")
    return int(text)


def _url(name: str, text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(f"{name} is “{text}”: give a whole address, such as https://porch.example.org.")
    return text.rstrip("/")


def _shown(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 (compared, not bound)


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

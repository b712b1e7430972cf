"""Servers the doctor knocks at: the gateways, the doors for mail, Redis."""

import smtplib
from collections.abc import Iterator
from functools import partial

from redis import Redis
from redis.exceptions import RedisError, ResponseError

from engine.gateways.base import Gateway
from engine.runtime import Runtime
from engine.store import marks
from inbound.sources.imap import ImapDoor, read_mailbox
from webapp.cli.doctor.finding import Finding, guarded

_KNOCK = 5  # seconds a server has to answer


def gateways(rt: Runtime) -> Iterator[Finding]:
    """Each by its own answer. A community that once wrote to people must not pretend."""
    with rt.reading() as session:
        real_before = marks.mark(session, marks.REACHES_PEOPLE) is not None
    if real_before and not rt.doors.real:
        mend = "Set SMTP_URL or the Twilio settings for every process, as docs/going-live.md shows."
        yield Finding("Gateways", "this community wrote to people and now only pretends to", mend, wrong=True)
    for name, gateway in (("Email gateway", rt.doors.email), ("Text gateway", rt.doors.sms)):
        yield guarded(name, partial(_gateway, name, gateway))


def _gateway(name: str, gateway: Gateway) -> Finding:
    return Finding(name, gateway.check())


def doors(rt: Runtime) -> Iterator[Finding]:
    """The ways in. A real gateway without one can send, and never hear an answer."""
    settings = rt.settings
    if settings.imap_url:
        yield guarded("Mailbox", partial(_mailbox, rt, settings.imap_url))
    if settings.lmtp:
        yield guarded("LMTP", partial(_lmtp, *settings.lmtp))
    if settings.smtp_url and not (settings.listens or settings.mail_hook_secret or settings.mail_forms.any):
        mend = "Set IMAP_URL, PORCHLIGHT_LMTP or the secret of a webhook: members must be able to answer."
        yield Finding("Incoming mail", "there is no door for it", mend, wrong=True)
    if rt.doors.real and not settings.public_url.startswith("https://"):
        mend = "Put a web server with TLS before it and set PORCHLIGHT_PUBLIC_URL to its https address."
        yield Finding("Public address", f"{settings.public_url} is not https", mend, wrong=True)


def _mailbox(rt: Runtime, url: str) -> Finding:
    mailbox = read_mailbox(url)
    with ImapDoor(rt, mailbox).connected() as client:
        found = client.select_folder(mailbox.folder, readonly=True)
    return Finding("Mailbox", f"{mailbox.host} lets us in; {int(found[b'EXISTS'])} mails in {mailbox.folder}")


def _lmtp(host: str, port: int) -> Finding:
    where = f"{host}:{port}"
    try:
        with smtplib.LMTP(host, port, timeout=_KNOCK) as door:
            code, _ = door.ehlo("doctor")
    except ConnectionRefusedError:
        return Finding("LMTP", f"nobody takes mail on {where} now", "`porchlight listen` does.")
    except (OSError, smtplib.SMTPException) as problem:
        mend = "Another program may have this port: choose another in PORCHLIGHT_LMTP."
        return Finding("LMTP", f"{where} does not speak it ({type(problem).__name__})", mend, wrong=True)
    if code >= 400:
        mend = "Another program has this port: choose another in PORCHLIGHT_LMTP."
        return Finding("LMTP", f"{where} answers {code}", mend, wrong=True)
    return Finding("LMTP", f"{where} takes mail")


def redis(url: str) -> Finding:
    try:
        server = Redis.from_url(url, socket_connect_timeout=_KNOCK, socket_timeout=_KNOCK)
        server.set("porchlight:doctor", 1, ex=1)  # one that is full answers, and takes no ring
    except ValueError:
        mend = "See docs/settings.md; options behind a question mark must be those of the redis package."
        return Finding("Redis", "REDIS_URL has an option that cannot be read", mend, wrong=True)
    except ResponseError as problem:
        mend = "Give it more memory, or let the user of REDIS_URL write."
        return Finding("Redis", f"answers, but takes no ring ({type(problem).__name__})", mend, wrong=True)
    except RedisError as problem:
        mend = "Start it, or mend REDIS_URL. Until then everything works, up to 30 seconds later."
        return Finding("Redis", f"does not answer ({type(problem).__name__})", mend, wrong=True)
    return Finding("Redis", "answers")

"""A community on real connections: its parts run in threads, its clock is moved by the test."""

import smtplib
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from threading import Event, Thread
from typing import Literal

from flask import Flask
from sqlalchemy import func, select

from engine import jobs
from engine.actions import community, conversations, members, on_call, organizers, sequences
from engine.actions.conversations import ReplyDraft
from engine.actions.forms import address_hash
from engine.actions.members import MemberForm
from engine.actions.on_call import CareForm, Turn
from engine.actions.organizers import OrganizerForm
from engine.clock import SimulatedClock
from engine.privacy.sealed import KeyRing
from engine.ringing import listen
from engine.runtime import Runtime
from engine.settings import read_settings
from engine.store import conversations as talks
from engine.store import holds, reach
from engine.store.addresses import Address
from engine.store.conversations import Conversation
from engine.store.deliveries import Delivery
from engine.store.migrations import migrate
from engine.store.organizers import active_hashes as organizers_of
from engine.store.raw import Raw
from engine.vocabulary.ids import MemberId, OrganizerId
from engine.vocabulary.words import (
    Channel,
    ConsentState,
    DeliveryState,
    HoldReason,
    RawState,
    Role,
    SuppressionReason,
)
from inbound.sources.imap import ImapDoor, read_mailbox
from inbound.sources.lmtp import LmtpDoor
from tests.servers.dovecot import Dovecot, free_ports
from tests.servers.smtpd import Kept, Sink
from tests.servers.twilio import Text, Twilio, through
from tests.servers.twilio_messages import Message
from webapp.app import create_app
from webapp.town.simulated import BEGINS, RIVER_NEIGHBORS
from webapp.town.writing import Pen, read_letter, reply_target, write_reply
from webapp.wiring import HANDS, build_runtime

DOMAIN, PUBLIC = "porch.example", "https://porch.example.org"
OURS, SECRET = "+15555550100", "s" * 32
PATIENCE = 30.0  # seconds until something must have happened

Door = Literal["imap", "lmtp", "webhook"]


def until(true: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Waits for it. Raises AssertionError."""
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, f"It did not happen: {what}"
        time.sleep(0.02)


@dataclass
class Servers:
    """What the world consists of."""

    sink: Sink
    twilio: Twilio
    imap: Dovecot | None = None
    mailbox: str = ""
    lmtp_port: int = field(default_factory=lambda: free_ports(1)[0])
    mta_port: int | None = None  # a Postfix before our LMTP door


@dataclass
class Porch:
    """The community, its servers, and what people do."""

    rt: Runtime
    clock: SimulatedClock
    servers: Servers
    app: Flask
    stack: ExitStack
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    # --- people -----------------------------------------------------------------------------------

    def organizer(self, name: str) -> OrganizerId:
        return organizers.add(self.rt, OrganizerForm(name, f"{name.split()[0].lower()}@{DOMAIN}", Role.ADMIN))

    def joins(self, first_name: str, email: str = "", phone: str = "") -> MemberId:
        with self.rt.reading() as session:
            first = next(iter(organizers_of(session)), None)
        form = MemberForm(first_name=first_name, email=email, phone=phone, organizer_id=first)
        return members.add(self.rt, form, how="sign-up")

    def publishes(self, files: Mapping[str, str]) -> None:
        self._has_two_on_call()
        done = sequences.publish(self.rt, files)
        assert done.sequence_id, done.mistakes

    def _has_two_on_call(self) -> None:
        """Whoever was here first, and as many others as it takes."""
        with self.rt.reading() as session:
            here = list(organizers_of(session))[:2]
        for name in ("noor", "sam")[: 2 - len(here)]:
            here.append(organizers.add(self.rt, OrganizerForm(name.title(), f"{name}@{DOMAIN}")))
        on_call.edit(self.rt, CareForm(tuple(Turn(each) for each in here)), by="cli")

    def talk(self, member: MemberId) -> Conversation | None:
        with self.rt.reading() as session:
            return talks.not_closed(session, member)

    def answers(self, organizer: OrganizerId, member: MemberId, words: str, channel: Channel) -> None:
        talk = self.talk(member)
        assert talk is not None
        conversations.reply(self.rt, ReplyDraft(talk.id, organizer, channel, words, talk.version))

    # --- time -------------------------------------------------------------------------------------

    def passes(self, **span: float) -> None:
        """Moves the clock, lets it tick once, and waits until the workers have nothing left to do now."""
        self.clock.advance(timedelta(**span))
        self.settles()

    def works(self, address: str, **span: float) -> Delivery:
        """Without a worker of its own: time passes, the clock ticks, letters are carried here; the newest
        delivery to this address after that."""
        self.clock.advance(timedelta(**span))
        jobs.tick(self.rt)
        while jobs.deliver(self.rt):
            pass
        return self.delivery(address)

    def held(self) -> dict[Channel, HoldReason]:
        with self.rt.reading() as session:
            return {each.channel: each.reason for each in holds.standing(session)}

    def suppressed(self, address: str) -> set[SuppressionReason]:
        delivery = self.delivery(address)
        assert delivery.address_id
        with self.rt.reading() as session:
            return set(reach.suppressed(session, [delivery.address_id]).get(delivery.address_id, ()))

    def settles(self) -> None:
        jobs.tick(self.rt)
        until(lambda: not self.pending(), "the workers come to rest")

    def pending(self) -> int:
        """Mail not read, letters due or leaving."""
        ready = Delivery.state.in_((DeliveryState.READY, DeliveryState.DEFERRED))
        leaving = Delivery.state.in_((DeliveryState.CLAIMED, DeliveryState.IN_FLIGHT))
        due = (ready & (Delivery.due_at <= self.clock.now())) | leaving
        with self.rt.reading() as session:
            unread = session.execute(
                select(func.count(Raw.id)).where(Raw.state == RawState.KEPT)
            ).scalar_one()
            return unread + session.execute(select(func.count(Delivery.id)).where(due)).scalar_one()

    # --- mail and texts ---------------------------------------------------------------------------

    def letters(self, address: str) -> list[Kept]:
        return [mail for mail in list(self.servers.sink.messages) if address in mail.recipients]

    def letter(self, address: str, number: int = 1) -> EmailMessage:
        """The n-th letter that reached this address, once it has."""
        until(lambda: len(self.letters(address)) >= number, f"letter {number} reaches {address}")
        return read_letter(self.letters(address)[number - 1].raw)

    def text(self, phone: str, number: int = 1) -> Message:
        sent_to = self.servers.twilio.sent_to
        until(lambda: len(sent_to(phone)) >= number, f"text {number} reaches {phone}")
        return sent_to(phone)[number - 1]

    def replies(self, address: str, letter: EmailMessage, words: str, door: Door) -> None:
        """A member's mail program answers, and their mail server brings it here by that door."""
        at = self.clock.now()
        raw = write_reply(letter, words, Pen("Ana", address, at, f"reply{next(self.numbers)}"))
        before = self.kept()
        self.deliver(raw, address, reply_target(letter), door)
        until(lambda: self.kept() > before, f"the reply is kept by {door}")
        self.settles()

    def deliver(self, raw: bytes, sender: str, recipient: str, door: Door) -> None:
        if door == "imap":
            assert self.servers.imap is not None
            head = f"Return-Path: <{sender}>\r\nDelivered-To: {recipient}\r\n".encode()
            self.servers.imap.deliver(self.servers.mailbox, head + raw)
        elif door == "webhook":
            client = self.app.test_client()
            where, secret = {"from": sender, "to": recipient}, {"Authorization": f"Bearer {SECRET}"}
            said = client.post("/hooks/mail", base_url=PUBLIC, query_string=where, data=raw, headers=secret)
            assert said.status_code == 200, said.status
        elif self.servers.mta_port:
            with smtplib.SMTP("127.0.0.1", self.servers.mta_port) as mta:
                mta.sendmail(sender, [recipient], raw)
        else:
            with smtplib.LMTP("127.0.0.1", self.servers.lmtp_port) as door_itself:
                door_itself.sendmail(sender, [recipient], raw)

    def texts(self, phone: str, words: str, *media: tuple[str, str]) -> int:
        """A member's text comes in; the HTTP status we answer."""
        said = self.servers.twilio.send_in(f"{PUBLIC}/hooks/twilio/texts", Text(phone, OURS, words, media))
        self.settles()
        return said.status

    def kept(self) -> int:
        with self.rt.reading() as session:
            return session.execute(select(func.count(Raw.id))).scalar_one()

    def delivery(self, address: str) -> Delivery:
        """The newest delivery to an address."""
        query = (
            select(Delivery)
            .join(Address, Address.id == Delivery.address_id)
            .where(Address.value_hash == self.hash_of(address))
            .order_by(Delivery.id.desc())
        )
        with self.rt.reading() as session:
            return session.execute(query).scalars().first() or _nothing(address)

    def hash_of(self, address: str) -> str:
        return address_hash(self.rt.keys, address)

    def consent(self, member: MemberId) -> set[ConsentState]:
        with self.rt.reading() as session:
            return set(reach.consented(session, [member]).values())


def _nothing(address: str) -> Delivery:
    raise AssertionError(f"Nothing was ever queued for {address}.")


def environment(folder: Path, servers: Servers, more: Mapping[str, str]) -> dict[str, str]:
    """The settings of a community on these servers."""
    mailbox = {"IMAP_URL": servers.imap.url(servers.mailbox)} if servers.imap else {}
    return {
        "PORCHLIGHT_DATA": str(folder / "porch"),
        "PORCHLIGHT_PUBLIC_URL": PUBLIC,
        "PORCHLIGHT_MAIL_DOMAIN": DOMAIN,
        "PORCHLIGHT_SMS_NUMBER": OURS,
        "PORCHLIGHT_LMTP": f"127.0.0.1:{servers.lmtp_port}",
        "PORCHLIGHT_MAIL_HOOK_SECRET": SECRET,
        "SMTP_URL": f"smtp://127.0.0.1:{servers.sink.port}?tls=off",
        "TWILIO_ACCOUNT_SID": servers.twilio.sid,
        "TWILIO_AUTH_TOKEN": servers.twilio.token,
        "TWILIO_API_URL": servers.twilio.url,
        **mailbox,
        **more,
    }


def build(folder: Path, servers: Servers, stack: ExitStack, more: Mapping[str, str]) -> Porch:
    """An empty community with one clock that stands still; no part of it runs yet."""
    settings = read_settings(environment(folder, servers, more))
    settings.data.mkdir(parents=True)
    KeyRing.fresh().save(settings.key_file)
    clock = SimulatedClock(BEGINS)
    rt = build_runtime(settings, clock)
    stack.callback(rt.database.dispose)
    migrate(rt.database)
    community.found(rt, RIVER_NEIGHBORS)
    app = create_app(rt)
    app.config["RATELIMIT_ENABLED"] = False
    servers.twilio.now = clock.now
    servers.twilio.post = through(app.test_client())
    return Porch(rt, clock, servers, app, stack)


def start_worker(porch: Porch) -> Callable[[], None]:
    """The worker that the settings ask for, in threads. What is returned stops it and waits for its end."""
    rt = replace(porch.rt, stopping=Event())
    redis = rt.settings.redis_url

    def work(stop: Event) -> None:
        if redis:
            with jobs.Worker(rt, HANDS, jobs.LOOK_EVERY_WHERE_RUNG).at_work():
                listen(redis, lambda _: rt.queue.bell.ring(), stop)
        else:
            jobs.Worker(rt, HANDS).run()

    return _in_thread(porch, work, rt.stopping)


def open_door(porch: Porch, door: Door) -> None:
    """The listener's doors, in threads."""
    settings = porch.rt.settings
    if door == "imap" and settings.imap_url:
        _in_thread(porch, ImapDoor(porch.rt, read_mailbox(settings.imap_url)).run, Event())
    if door == "lmtp" and settings.lmtp:
        lmtp = LmtpDoor(porch.rt, *settings.lmtp)
        lmtp.open()
        porch.stack.callback(lmtp.close)


def _in_thread(porch: Porch, run: Callable[[Event], None], stop: Event) -> Callable[[], None]:
    thread = Thread(target=run, args=(stop,), daemon=True)
    thread.start()

    def end() -> None:
        stop.set()
        thread.join(10)

    porch.stack.callback(end)
    return end

"""Claimed rows become bytes: a skeleton per step and language, filled per person, frozen before it leaves.

What goes into `deliveries.slots` is everything the bytes are rebuilt from besides the skeleton and the
Date, so that a second attempt, after a restart or under newer templates, is the same letter.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engine.actions.scripts import script_of
from engine.content import compose as content
from engine.content import safe
from engine.content.compose import Layout, Skeleton, compile_letter, compile_personal, read_skeleton
from engine.content.mime import Headers
from engine.privacy import tokens
from engine.rules.hours import closing_moment
from engine.runtime import Runtime
from engine.store.claims import Claimed, Frozen, Verdict
from engine.store.community import Community, the_community, window_of
from engine.store.deliveries import Delivery, skeleton_content
from engine.store.members import Member
from engine.store.messages import Message, last_inbound_id
from engine.store.organizers import Organizer
from engine.vocabulary.ids import DeliveryId, OrganizerId
from engine.vocabulary.messages import Outgoing
from engine.vocabulary.script import Script
from engine.vocabulary.words import Author, Channel, DeliveryState, Refusal

log = logging.getLogger("porchlight")

TEST_CAUSE = "test:"  # an organizer's own copy of a letter


@dataclass(frozen=True)
class Composed:
    """One letter: what to freeze in the ledger, and what goes on the wire."""

    frozen: Frozen
    skeleton: tuple[str, str]  # its hash and content
    outgoing: Outgoing


@dataclass(frozen=True)
class Batch:
    ready: list[Composed]
    unsendable: list[Verdict]


def compose(rt: Runtime, claimed: Sequence[Claimed]) -> Batch:
    """Composes every row; one that cannot be composed is set aside as unsendable and stops no other."""
    batch = Batch([], [])
    with rt.reading() as session:
        desk = _Desk(rt, session, the_community(session))
        for row in claimed:
            try:
                batch.ready.append(desk.again(row) if row.skeleton_hash else desk.compose(row))
            except Exception as problem:
                log.error("Delivery %s cannot be composed: %s", row.id, type(problem).__name__)
                batch.unsendable.append(_set_aside(row))
    return batch


def _set_aside(row: Claimed) -> Verdict:
    """A person's words wait for a person; a letter is passed by, and its ledger row says why."""
    state = DeliveryState.HELD if row.message_id else DeliveryState.SKIPPED
    return Verdict(row.id, row.attempt, state, Refusal.UNSENDABLE)


@dataclass(frozen=True)
class _Desk:
    """One batch's reading session, and the community whose name every letter bears."""

    rt: Runtime
    session: Session
    community: Community

    def compose(self, row: Claimed) -> Composed:
        """Composes a row for the first time, at this moment."""
        skeleton, values, envelope = self._letter(row) if row.step else self._message(row)
        frozen = Frozen(
            id=row.id,
            attempt=row.attempt,
            skeleton_hash=skeleton.hash,
            slots=json.dumps({"values": values, "envelope": envelope}, ensure_ascii=False, sort_keys=True),
            composed_at=self.rt.clock.now().replace(microsecond=0),
            rfc_message_id=f"<{row.id}@{self.rt.settings.mail_domain}>",
        )
        return self._finished(row, frozen, skeleton)

    def again(self, row: Claimed) -> Composed:
        """The same bytes once more, from what was frozen before the first attempt."""
        stored = skeleton_content(self.session, row.skeleton_hash or "")
        if stored is None or not (row.skeleton_hash and row.slots and row.composed_at and row.rfc_message_id):
            raise LookupError("The skeleton of a frozen letter is gone.")
        frozen = Frozen(
            row.id, row.attempt, row.skeleton_hash, row.slots, row.composed_at, row.rfc_message_id
        )
        return self._finished(row, frozen, read_skeleton(stored))

    def _finished(self, row: Claimed, frozen: Frozen, skeleton: Skeleton) -> Composed:
        outgoing = Outgoing(
            delivery_id=row.id,
            attempt=row.attempt,
            channel=row.channel,
            to=row.to,
            sender=self._sender(row),
            payload=payload_of(skeleton, frozen),
            rfc_message_id=frozen.rfc_message_id,
            first_tried=frozen.composed_at,
            valid_until=self._valid_until(row),
        )
        return Composed(frozen, (skeleton.hash, skeleton.to_json()), outgoing)

    def _valid_until(self, row: Claimed) -> datetime | None:
        """A letter by text must not wait at the provider until it is night."""
        if row.channel is not Channel.SMS or not row.step or row.cause.startswith(TEST_CAUSE):
            return None
        zone = row.zone or self.community.zone
        return closing_moment(window_of(self.community), zone, self.rt.clock.now())

    def _sender(self, row: Claimed) -> str:
        if row.channel is Channel.SMS:
            return self.rt.settings.sms_number
        token = tokens.make(self.rt.keys, tokens.BOUNCE, row.id)
        return f"b-{token}@{self.rt.settings.mail_domain}"

    def _letter(self, row: Claimed) -> tuple[Skeleton, dict[str, str], dict[str, str]]:
        """A step of a sequence, in the member's language."""
        assert row.revision_id is not None
        script = script_of(self.session, row.revision_id, row.language)
        step = script.step(row.step or "")
        if step is None:
            raise LookupError("The Revision has no such step.")
        values = self._values(row)
        link = f"{self.rt.settings.public_url}/u/{tokens.make(self.rt.keys, tokens.UNSUBSCRIBE, row.id)}"
        skeleton = compile_letter(step, row.channel, layout_of(self.rt, self.community, script.language))
        envelope = self._envelope(row, safe.fill(script.sender, values))
        return skeleton, values | {"unsubscribe": link}, envelope | {"list_unsubscribe": link}

    def _message(self, row: Claimed) -> tuple[Skeleton, dict[str, str], dict[str, str]]:
        """One person's words: an organizer's answer, or a short answer of the machine."""
        message = self.session.get(Message, row.message_id)
        if message is None:
            raise LookupError("The message of this delivery is gone.")
        writer = self.session.get(Organizer, message.organizer_id) if message.organizer_id else None
        signed = writer if message.author is Author.ORGANIZER else None
        values = content.personal_values(message.body) | {
            "subject": message.subject or self.community.name,
            "signature": (signed.signature or signed.name) if signed else "",
        }
        skeleton = compile_personal(layout_of(self.rt, self.community, row.language), row.channel)
        name = f"{signed.name} · {self.community.name}" if signed else self.community.name
        return skeleton, values, self._envelope(row, name) | self._thread(message)

    def _values(self, row: Claimed) -> dict[str, str]:
        if row.cause.startswith(TEST_CAUSE):
            reader = self.session.get_one(Organizer, OrganizerId(row.cause.split(":")[1]))
            return values_for(self.session, self.community, _Reader(reader.name.split()[0], "", reader.id))
        known = _Reader(row.first_name, row.neighborhood, row.organizer_id)
        return values_for(self.session, self.community, known)

    def _envelope(self, row: Claimed, sender_name: str) -> dict[str, str]:
        domain = self.rt.settings.mail_domain
        return {
            "to": row.to,
            "sender_name": sender_name,
            "sender_address": f"hello@{domain}",
            "reply_to": f"r-{tokens.make(self.rt.keys, tokens.REPLY, row.id)}@{domain}",
            "auto": "yes" if row.auto else "",
        }

    def _thread(self, message: Message) -> dict[str, str]:
        """Threaded under what it answers, else under the conversation's newest email that came in."""
        if message.channel is not Channel.EMAIL:
            return {}
        answered = message.in_reply_to
        if answered is None and message.conversation_id is not None:
            answered = last_inbound_id(self.session, message.conversation_id)
        return {"in_reply_to": answered} if answered else {}


@dataclass(frozen=True)
class _Reader:
    """Who a letter is filled for."""

    first_name: str
    neighborhood: str
    organizer_id: OrganizerId | None


def values_for(session: Session, community: Community, reader: _Reader) -> dict[str, str]:
    """The variables an author may use; `organizer` is a first name, or the community where there is none."""
    organizer = session.get(Organizer, reader.organizer_id) if reader.organizer_id else None
    return {
        "first_name": reader.first_name,
        "neighborhood": reader.neighborhood,
        "organizer": organizer.name.split()[0] if organizer else community.name,
        "community": community.name,
    }


def layout_of(rt: Runtime, community: Community, language: str) -> Layout:
    return Layout(community.name, community.postal_address, language, rt.settings.templates)


def payload_of(skeleton: Skeleton, frozen: Frozen) -> bytes:
    """The bytes of a frozen letter: the same for the same skeleton and frozen values, for ever."""
    slots = json.loads(frozen.slots)
    values, envelope = slots["values"], slots["envelope"]
    if skeleton.channel is Channel.SMS:
        return content.fill_sms(skeleton, values).encode()
    return content.fill_email(skeleton, values, _headers(envelope, frozen))


def _headers(envelope: dict[str, str], frozen: Frozen) -> Headers:
    answered = envelope.get("in_reply_to")
    return Headers(
        sender_name=envelope["sender_name"],
        sender_address=envelope["sender_address"],
        to=envelope["to"],
        reply_to=envelope["reply_to"],
        rfc_message_id=frozen.rfc_message_id,
        date=frozen.composed_at,
        list_unsubscribe=envelope.get("list_unsubscribe"),
        in_reply_to=answered,
        references=(answered,) if answered else (),
        auto_submitted=bool(envelope.get("auto")),
    )


@dataclass(frozen=True)
class Shown:
    """A letter as its reader sees it."""

    subject: str
    text: str  # the plain-text part, or the text message
    html: str  # empty for a text message


def words_of(rt: Runtime, delivery_id: DeliveryId) -> Shown | None:
    """What a delivery said, rebuilt from what was frozen; None when it never left."""
    with rt.reading() as session:
        row = session.get(Delivery, delivery_id)
        stored = skeleton_content(session, row.skeleton_hash) if row and row.skeleton_hash else None
        if row is None or stored is None or row.slots is None:
            return None
        return _shown(read_skeleton(stored), json.loads(row.slots)["values"])


def show(rt: Runtime, session: Session, script: Script, member: Member) -> dict[tuple[str, Channel], Shown]:
    """Every step of a script as this member would see it; a step without a text form has no SMS."""
    community = the_community(session)
    reader = _Reader(member.first_name, member.neighborhood, member.organizer_id)
    values = values_for(session, community, reader) | {"unsubscribe": f"{rt.settings.public_url}/u/…"}
    layout = layout_of(rt, community, script.language)
    return {
        (step.name, channel): _shown(compile_letter(step, channel, layout), values)
        for step in script.steps
        for channel in Channel
        if channel is Channel.EMAIL or step.text is not None
    }


def _shown(skeleton: Skeleton, values: dict[str, str]) -> Shown:
    if skeleton.channel is Channel.SMS:
        return Shown("", content.fill_sms(skeleton, values), "")
    return Shown(
        content.subject_of(skeleton, values),
        content.text_of(skeleton, values),
        content.html_of(skeleton, values),
    )

"""The link that keeps what came with a message, in the transaction that files it."""

import json
import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from engine.store.attachments import Attachment, message_of, put
from engine.vocabulary.ids import AttachmentId, MessageId
from engine.vocabulary.words import AttachmentState, Job, RawKind
from inbound.attachments.kinds import REMADE, kind_of
from inbound.attachments.names import cleaned
from inbound.attachments.parts import Found, files_in
from inbound.mail import Mail, Noted, Outcome, Pass

MOST_FILES: Final = 20  # of one message
MOST_BYTES: Final = 15 * 1024 * 1024  # of one file
MOST_TOGETHER: Final = 25 * 1024 * 1024  # of the files of one message

log = logging.getLogger("porchlight")


def keep_files(mail: Mail) -> Outcome:
    """Keeps the files of a filed message, within the caps. Pictures wait to be made anew, and what a provider
    holds waits to be fetched; a job does both."""
    message_id = message_of(mail.session, mail.raw_id)
    if message_id is None or not mail.reading.incoming.parts:
        return Pass()
    if mail.kept.kind is RawKind.SMS:
        rows = list(_to_fetch(mail, message_id))
    else:
        rows = list(_in_mail(mail, message_id))
    mail.session.add_all(rows)
    if any(each.state is AttachmentState.WAITING for each in rows):
        mail.rt.ring(Job.ATTACHMENTS)
    return Noted() if rows else Pass()


def _to_fetch(mail: Mail, message_id: MessageId) -> Iterator[Attachment]:
    form = json.loads(mail.kept.content)
    for place, part in enumerate(mail.reading.incoming.parts[:MOST_FILES]):
        row = _row(mail, message_id, place, part.filename)
        row.source, row.due_at = str(form.get(f"MediaUrl{place}", "")), mail.rt.clock.now()
        yield row


def _in_mail(mail: Mail, message_id: MessageId) -> Iterator[Attachment]:
    together = 0
    for place, found in enumerate(_found(mail)):
        row = _row(mail, message_id, place, found.name)
        row.size = len(found.content)
        if place == MOST_FILES:
            row.state = AttachmentState.TOO_MANY
            yield row
            return
        together += len(found.content)
        if len(found.content) > MOST_BYTES or together > MOST_TOGETHER:
            together -= len(found.content)
            row.state, row.kind = AttachmentState.TOO_LARGE, kind_of(found.content)
        else:
            _keep(mail, row, found.content, mail.rt.clock.now())
        yield row


def _found(mail: Mail) -> Iterator[Found]:
    """What can be found: files that cannot be read never hold the words of a message back."""
    try:
        yield from files_in(mail.kept.content)
    except Exception as problem:
        log.error("The files of mail %s could not be read: %s", mail.raw_id, type(problem).__name__)


def _keep(mail: Mail, row: Attachment, content: bytes, now: datetime) -> None:
    row.kind, row.blob_id = kind_of(content), put(mail.session, mail.rt.keys, content)
    if row.kind in REMADE:
        row.due_at = now
    else:
        row.state = AttachmentState.KEPT


def _row(mail: Mail, message_id: MessageId, place: int, name: str) -> Attachment:
    return Attachment(
        id=AttachmentId(mail.rt.ids.new()),
        message_id=message_id,
        place=place,
        name=cleaned(name),
        state=AttachmentState.WAITING,
        kind="",
        size=0,
        remade=False,
        tries=0,
    )

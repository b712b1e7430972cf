"""An organizer says how a mail should have been cut."""

from sqlalchemy import select

from engine.actions import auditing
from engine.actions.conversations import preview_of
from engine.runtime import Runtime
from engine.store import examples
from engine.store.conversations import Conversation
from engine.store.examples import Example
from engine.store.messages import Message, newest_inbound
from engine.vocabulary.ids import OrganizerId, RawId

_CHARACTERS = 20_000


def cut_right(rt: Runtime, raw_id: RawId, wanted: str, *, by: OrganizerId) -> None:
    """The words that count become these, in the conversation too, and stay on this machine as an example.
    What the machine did because of the old words stands."""
    words = wanted.replace("\r\n", "\n").strip()[:_CHARACTERS]
    with rt.transaction() as session:
        example = Example(raw_id=raw_id, wanted=words, organizer_id=by, at=rt.clock.now())
        examples.put(session, example)
        message = session.execute(select(Message).where(Message.raw_id == raw_id)).scalar()
        if message is not None:
            message.body = words
            talk = session.get(Conversation, message.conversation_id) if message.conversation_id else None
            if talk is not None and newest_inbound(session, talk.id) == message.id:
                talk.last_preview = preview_of(words or message.subject)
        auditing.note(rt, "mail.cut_right", raw_id, by=by)

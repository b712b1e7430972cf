"""Conversations: a reply is filed, routed to a person, answered, and closed."""

from dataclasses import dataclass
from datetime import datetime

from engine.runtime import Runtime
from engine.vocabulary.ids import ConversationId, MemberId, MessageId, NoteId, OrganizerId
from engine.vocabulary.words import Channel, Outcome


class ConversationError(Exception):
    """What was asked cannot be done now; the text says why and what to do instead."""


class Changed(ConversationError):
    """Somebody else changed the conversation since this page was read; nothing was done."""


@dataclass(frozen=True)
class ReplyDraft:
    """`seen_version`: the conversation's version when the page was read."""

    conversation_id: ConversationId
    organizer_id: OrganizerId
    channel: Channel
    body: str  # plain text or light Markdown; what the organizer typed
    seen_version: int
    close: bool = False


def reply(rt: Runtime, draft: ReplyDraft) -> MessageId:
    """Queues the words to the member in that channel, threaded under what is answered; the
    conversation waits for the member, belongs to who answered, and closes three days later.
    Raises ConversationError (no usable address, suppressed, empty, not matched yet), Changed."""
    raise NotImplementedError


def note(rt: Runtime, conversation_id: ConversationId, organizer_id: OrganizerId, body: str) -> NoteId:
    """A private note. It can never be sent."""
    raise NotImplementedError


def assign(
    rt: Runtime, conversation_id: ConversationId, organizer_id: OrganizerId | None, *, by: OrganizerId
) -> None:
    """Gives it to an organizer, or back to the queue."""
    raise NotImplementedError


def claim(rt: Runtime, conversation_id: ConversationId, *, by: OrganizerId) -> bool:
    """Takes an unassigned one; False when somebody was faster."""
    raise NotImplementedError


def claim_next(rt: Runtime, *, by: OrganizerId) -> ConversationId | None:
    """The one to help next: mine that waits longest, else the unassigned that waits longest, claimed."""
    raise NotImplementedError


def snooze(rt: Runtime, conversation_id: ConversationId, until: datetime, *, by: OrganizerId) -> None:
    """It comes back at that moment, or when the member writes."""
    raise NotImplementedError


def close(rt: Runtime, conversation_id: ConversationId, outcome: Outcome, *, by: OrganizerId | None) -> None:
    """Ends it; the member's walks resume."""
    raise NotImplementedError


def reopen(rt: Runtime, conversation_id: ConversationId, *, by: OrganizerId) -> None:
    """Raises ConversationError when the member has another one open by now."""
    raise NotImplementedError


def match(rt: Runtime, conversation_id: ConversationId, member_id: MemberId, *, by: OrganizerId) -> ConversationId:
    """Says who a stranger is: the messages move to the member's open conversation (which is returned),
    the address is linked without consent (it may be answered, not written to by sequences)."""
    raise NotImplementedError

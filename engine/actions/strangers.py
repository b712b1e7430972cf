"""Strangers: words from an address we did not know, and saying whose they are."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.actions import auditing, conversations, enrollments
from engine.actions.conversations import Changed, ConversationError
from engine.runtime import Runtime
from engine.store import conversations as store
from engine.store import messages, reach, timers
from engine.store.addresses import Address, AddressMember
from engine.store.conversations import Conversation, Note
from engine.store.members import Member
from engine.store.messages import Message
from engine.vocabulary.ids import AddressId, ConversationId, MemberId, OrganizerId
from engine.vocabulary.sentences import say
from engine.vocabulary.words import Author, Channel, ConversationState, Direction, Outcome, TimerKind


def match(
    rt: Runtime, conversation_id: ConversationId, member_id: MemberId, *, by: OrganizerId
) -> ConversationId:
    """Says who a stranger is: the messages move to the member's open conversation (which is returned),
    the address is linked without consent (it may be answered, not written to by sequences)."""
    with rt.transaction() as session:
        stranger = conversations.changing(session, conversation_id)
        if stranger.member_id is not None:
            raise ConversationError(say("This conversation is matched already."))
        member = session.get(Member, member_id)
        if member is None:
            raise ConversationError(
                say("There is no such member. Choose one from the list, or add them first.")
            )
        _link_addresses(session, stranger, member_id)
        auditing.note(rt, "conversation.matched", stranger.id, by=by)
        theirs = store.not_closed(session, member_id)
        if theirs is None:
            stranger.member_id, stranger.sender_hash = member_id, None
            _name_author(session, stranger, stranger.id, member_id)
            conversations.route_to_person(rt, session, stranger)
        else:
            _pour(rt, session, stranger, theirs)
        session.flush()
        enrollments.stand(rt, member_id)
        return theirs.id if theirs is not None else stranger.id


def _link_addresses(session: Session, stranger: Conversation, member_id: MemberId) -> None:
    """An email is one person's: with two owners, an answer to one would reach the other."""
    for address_id in messages.addresses_written_from(session, stranger.id):
        _refuse_another_members(session, address_id, member_id)
        link = {"address_id": address_id, "member_id": member_id}
        if session.get(AddressMember, (address_id, member_id)) is None:
            session.add(AddressMember(**link))


def _refuse_another_members(session: Session, address_id: AddressId, member_id: MemberId) -> None:
    owners = [owner for owner in reach.members_of(session, address_id) if owner != member_id]
    if owners and session.get_one(Address, address_id).channel is Channel.EMAIL:
        owner = session.get_one(Member, owners[0])
        raise ConversationError(
            say(
                "This came from the address of %(name)s. Choose %(name)s, or close it if it is not for us.",
                name=owner.first_name or say("another member"),
            )
        )


def _pour(rt: Runtime, session: Session, stranger: Conversation, theirs: Conversation) -> None:
    """Moves a stranger's messages and notes into the member's own conversation."""
    if not store.change(session, theirs):
        raise Changed(say("That member's conversation changed just now. Try again."))
    assert theirs.member_id is not None
    _name_author(session, stranger, theirs.id, theirs.member_id)
    session.execute(update(Note).where(Note.conversation_id == stranger.id).values(conversation_id=theirs.id))
    theirs.state = ConversationState.OPEN
    theirs.waiting_since = theirs.waiting_since or stranger.waiting_since
    theirs.last_activity_at = max(theirs.last_activity_at, stranger.last_activity_at)
    theirs.last_preview = stranger.last_preview
    theirs.last_channel = stranger.last_channel
    theirs.need = min(theirs.need, stranger.need)
    timers.clear_timer(session, TimerKind.CLOSE_CONVERSATION, theirs.id)
    conversations.end(rt, session, stranger, Outcome.NO_REPLY_NEEDED)


def _name_author(
    session: Session, stranger: Conversation, conversation_id: ConversationId, member_id: MemberId
) -> None:
    session.execute(
        update(Message)
        .where(Message.conversation_id == stranger.id, Message.direction == Direction.IN)
        .values(conversation_id=conversation_id, member_id=member_id, author=Author.MEMBER)
    )

"""Ana and Ben on one street, and whoever pretends to be them."""

from dataclasses import dataclass, replace

from sqlalchemy import func, select

from engine.store.addresses import AddressMember
from engine.store.consents import Consent
from engine.store.conversations import Conversation
from engine.store.deliveries import Delivery
from engine.store.members import Member
from engine.store.messages import Message
from engine.store.organizers import Organizer
from engine.vocabulary.ids import MemberId
from engine.vocabulary.words import Channel, ConversationState, Trust
from inbound.sources.keeping import Envelope
from inbound.sources.postoffice import receive_email
from webapp.town import writing
from webapp.town.simulated import Town
from webapp.town.writing import Pen

DOOR = "hello@porchlight.example"  # ours, and no reply address of anybody


@dataclass(frozen=True)
class Street:
    """Ana and Ben, who both got the first letter."""

    town: Town
    ana: MemberId
    ben: MemberId

    def pen(self, who: MemberId) -> Pen:
        person = self.town.person(who)
        fresh = self.town.rt.ids.new()
        return Pen(person.name, person.address(Channel.EMAIL), self.town.clock.now(), fresh)

    def answers_letter(self, of: MemberId, words: str, pen: Pen, to: str | None = None) -> bytes:
        """`pen` answers the letter that `of` got, at its reply address unless another is named."""
        letter = self.town.mailbox(of)[-1].message
        target = writing.reply_target(letter)
        written = writing.write_reply(letter, words, pen)
        return self.arrives(written.replace(target.encode(), (to or target).encode()), pen, to or target)

    def writes(self, words: str, pen: Pen) -> bytes:
        return self.arrives(writing.write_email(words, DOOR, words, pen), pen, DOOR)

    def arrives(self, written: bytes, pen: Pen, to: str) -> bytes:
        receive_email(self.town.rt, written, Envelope(pen.address, (to,)))
        self.town.settle()
        return written

    def last(self) -> tuple[Trust | None, MemberId | None]:
        """How sure we are of the newest words, and whose they are."""
        with self.town.rt.reading() as session:
            newest = select(Message.trust, Message.member_id).where(Message.trust.is_not(None))
            trust, member = session.execute(newest.order_by(Message.id.desc()).limit(1)).one()
        return trust, member

    def sent(self) -> int:
        """How many letters have left, to anybody."""
        with self.town.rt.reading() as session:
            left = select(func.count()).where(Delivery.accepted_at.is_not(None))
            return session.execute(left).scalar_one()

    def belong(self) -> list[int]:
        """How many rows say who belongs here, and where they are written to."""
        with self.town.rt.reading() as session:
            rows = (
                select(func.count()).select_from(each) for each in (Member, AddressMember, Organizer, Consent)
            )
            return [session.execute(each).scalar_one() for each in rows]

    def under(self, border: str) -> "Street":
        """The same street behind a mail server that signs what it checked with this name."""
        rt = replace(self.town.rt, settings=replace(self.town.rt.settings, authserv_id=border))
        return replace(self, town=replace(self.town, rt=rt))

    def unmatched(self) -> list[Conversation]:
        with self.town.rt.reading() as session:
            waiting = select(Conversation).where(
                Conversation.member_id.is_(None), Conversation.state == ConversationState.OPEN
            )
            return list(session.execute(waiting).scalars())

"""What a member agreed to: append-only; the row without `ended_at` is the one that holds."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import ID, Base, Moment, words
from engine.vocabulary.ids import AddressId, MemberId
from engine.vocabulary.words import ConsentState


class Consent(Base):
    __tablename__ = "consents"
    __table_args__ = (
        Index(
            "uq_consents_standing",
            "address_id",
            "member_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    member_id: Mapped[MemberId] = mapped_column(ForeignKey("members.id"), index=True)
    address_id: Mapped[AddressId] = mapped_column(ForeignKey("addresses.id"))
    state: Mapped[ConsentState] = mapped_column(words(ConsentState))
    how: Mapped[str] = mapped_column(String(40))  # sign_up, import, added, reply, preference_page
    wording: Mapped[str] = mapped_column(Text, default="")  # the words they agreed to, where we know them
    at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

"""What the community decided about people in danger: one row, or none where the defaults hold."""

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.store.base import Base, words
from engine.vocabulary.words import Rotation


class Care(Base):
    """`holding_on`: a text the community wrote goes at once to whoever is in danger."""

    __tablename__ = "care"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    rotation: Mapped[Rotation] = mapped_column(words(Rotation), default=Rotation.WEEKLY)
    holding_on: Mapped[bool] = mapped_column(default=False)
    holding_en: Mapped[str] = mapped_column(Text, default="")
    holding_es: Mapped[str] = mapped_column(Text, default="")

    def holding(self, language: str) -> str:
        """Its words in this language, else in the other; empty: there are none, or it is off."""
        if not self.holding_on:
            return ""
        own, other = self.holding_en, self.holding_es
        return (other or own) if language == "es" else (own or other)


def the_care(session: Session) -> Care:
    row = session.get(Care, 1)
    return row or Care(id=1, rotation=Rotation.WEEKLY, holding_on=False, holding_en="", holding_es="")

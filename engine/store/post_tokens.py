"""What a mail service says in one post only, and the mail that came with it: a post that somebody has
overheard brings no other mail in."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.store.base import HASH, Base, Moment, insert_new, table_of

KEPT_FOR = timedelta(hours=24)  # longer than any service's own word counts


class PostToken(Base):
    __tablename__ = "post_tokens"

    id: Mapped[str] = mapped_column(HASH, primary_key=True)  # a keyed hash of the word
    digest: Mapped[str] = mapped_column(HASH)  # sha256 of the mail
    at: Mapped[datetime] = mapped_column(Moment, index=True)


def take(session: Session, said: str, digest: str, now: datetime) -> bool:
    """Whether this word comes for the first time, or once more with the same mail. Forgets old ones."""
    session.execute(delete(PostToken).where(PostToken.at < now - KEPT_FOR))
    if insert_new(session, table_of(PostToken), [{"id": said, "digest": digest, "at": now}]):
        return True
    return session.execute(select(PostToken.digest).where(PostToken.id == said)).scalar() == digest

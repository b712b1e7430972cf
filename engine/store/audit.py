"""Who did what, when: append-only. Ids and names of acts only, never addresses or words."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import ID, Base, Moment


class AuditEntry(Base):
    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_subject_at", "subject", "at"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str] = mapped_column(String(40))  # an organizer's id, `member`, `machine`, `cli`
    act: Mapped[str] = mapped_column(String(40))  # `member.edited`, `address.suppressed`
    subject: Mapped[str] = mapped_column(String(40))  # the id it was done to
    detail: Mapped[str] = mapped_column(String(200), default="")

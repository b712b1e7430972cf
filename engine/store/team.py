"""Who answers here: organizers and admins as the team page shows them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.store.organizers import Organizer
from engine.vocabulary.ids import OrganizerId
from engine.vocabulary.words import Role


@dataclass(frozen=True)
class Teammate:
    id: OrganizerId
    name: str
    email: str
    role: Role
    language: str
    zone: str
    signature: str
    active: bool
    invited: bool  # has not chosen a password yet
    created_at: datetime


def everyone(session: Session, limit: int = 500) -> list[Teammate]:
    """Active ones first, by name."""
    query = select(Organizer).order_by(Organizer.active.desc(), Organizer.name, Organizer.id).limit(limit)
    return [_teammate(row) for row in session.execute(query).scalars()]


def active(session: Session) -> list[Teammate]:
    return [teammate for teammate in everyone(session) if teammate.active]


def teammate(session: Session, organizer_id: OrganizerId) -> Teammate | None:
    row = session.get(Organizer, organizer_id)
    return None if row is None else _teammate(row)


def _teammate(row: Organizer) -> Teammate:
    return Teammate(
        id=row.id,
        name=row.name,
        email=row.email,
        role=row.role,
        language=row.language,
        zone=row.zone,
        signature=row.signature,
        active=row.active,
        invited=row.password_hash is None,
        created_at=row.created_at,
    )

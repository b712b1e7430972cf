"""Imports every table, so that `Base.metadata` is whole. For migrations and tests."""

from engine.store import (  # noqa: F401
    addresses,
    attachments,
    audit,
    community,
    consents,
    conversations,
    deliveries,
    enrollments,
    examples,
    heartbeats,
    holds,
    marks,
    members,
    messages,
    organizers,
    post_tokens,
    provider_events,
    raw,
    sequences,
    timers,
    tokens,
)
from engine.store.base import Base

metadata = Base.metadata

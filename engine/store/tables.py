"""Imports every table, so that `Base.metadata` is whole. For migrations and tests."""

from engine.store import (  # noqa: F401
    addresses,
    alerts,
    attachments,
    audit,
    care,
    community,
    consents,
    conversations,
    deliveries,
    enrollments,
    examples,
    heartbeats,
    holds,
    marks,
    meanings,
    members,
    messages,
    on_call,
    organizers,
    pauses,
    post_tokens,
    provider_events,
    raw,
    sequences,
    timers,
    tokens,
)
from engine.store.base import Base

metadata = Base.metadata

"""A line in the audit for acts that change nothing else, such as an export."""

from engine.runtime import Runtime
from engine.store.audit import AuditEntry
from engine.vocabulary.ids import OrganizerId


def note(rt: Runtime, act: str, subject: str, *, by: OrganizerId) -> None:
    with rt.transaction() as session:
        session.add(AuditEntry(id=rt.ids.new(), at=rt.clock.now(), actor=by, act=act, subject=subject))

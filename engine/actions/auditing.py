"""A line in the audit: who did what to whom. Joins the transaction of the act."""

from engine.runtime import Runtime
from engine.store.audit import AuditEntry


def note(rt: Runtime, act: str, subject: str, *, by: str, detail: str = "") -> None:
    """`by` is an organizer's id, or `member`, `organizer`, `machine`, `cli`."""
    with rt.transaction() as session:
        entry = AuditEntry(
            id=rt.ids.new(), at=rt.clock.now(), actor=by, act=act, subject=subject, detail=detail
        )
        session.add(entry)

"""Members walk: enrolled, advanced, held while a person talks, ended."""

from collections.abc import Sequence

from engine.runtime import Runtime
from engine.vocabulary.ids import EnrollmentId, MemberId, SequenceId
from engine.vocabulary.words import Ending


def enroll(rt: Runtime, sequence_id: SequenceId, member_ids: Sequence[MemberId]) -> int:
    """Begins the walk of each who never walked it; returns how many were new. Raises LookupError when
    the sequence has no published Revision."""
    raise NotImplementedError


def enroll_audiences(rt: Runtime) -> int:
    """Enrolls whoever the `For:` of each running sequence names and who never walked it. Called by the tick."""
    raise NotImplementedError


def advance(rt: Runtime, limit: int = 500) -> int:
    """Moves everyone who is due one move on: `rules.walk.next_move`, then ledger rows and places in
    one transaction. Returns how many were due. Called by the tick until 0."""
    raise NotImplementedError


def pause(rt: Runtime, enrollment_id: EnrollmentId) -> None:
    raise NotImplementedError


def resume(rt: Runtime, enrollment_id: EnrollmentId) -> None:
    raise NotImplementedError


def end(rt: Runtime, enrollment_id: EnrollmentId, ending: Ending) -> None:
    """Ends the walk; letters of it that have not left are skipped."""
    raise NotImplementedError

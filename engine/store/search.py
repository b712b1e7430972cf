"""How members are found without their names standing readable in the database: by keyed hashes of words."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from engine.privacy.sealed import KeyRing
from engine.rules.folding import words_of
from engine.store.base import table_of
from engine.store.members import MemberWord
from engine.vocabulary.ids import MemberId


def word_hashes(keys: KeyRing, *texts: str) -> tuple[str, ...]:
    """The keyed hashes of every whole word in these texts; what is searched for goes through here too."""
    return tuple(sorted(keys.blind("word", word) for word in words_of(*texts)))


def index_words(session: Session, found_by: Iterable[tuple[MemberId, Sequence[str]]]) -> None:
    """Adds the words new members are found by."""
    rows = [{"member_id": member_id, "word_hash": word} for member_id, hashes in found_by for word in hashes]
    if rows:
        session.execute(insert(table_of(MemberWord)), rows)


def reindex(session: Session, member_id: MemberId, hashes: Sequence[str]) -> None:
    """Replaces the words one member is found by."""
    session.execute(delete(MemberWord).where(MemberWord.member_id == member_id))
    index_words(session, [(member_id, hashes)])

"""Members from and to CSV."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from engine.actions.members import MemberForm
from engine.runtime import Runtime


@dataclass(frozen=True)
class RowProblem:
    line: int  # in the file, from 1
    field: str
    text: str  # what is wrong and how to mend it


@dataclass(frozen=True)
class ReadRows:
    """`forms` with the line each stood on; columns may be named in English or Spanish."""

    forms: tuple[tuple[int, MemberForm], ...]
    problems: tuple[RowProblem, ...]
    unknown_columns: tuple[str, ...]


def read_csv(text: str) -> ReadRows:
    """Never raises: an unreadable file is one problem. Commas, semicolons or tabs; at most 100,000 rows."""
    raise NotImplementedError


@dataclass(frozen=True)
class Imported:
    added: int
    known: int
    problems: tuple[RowProblem, ...]


def import_members(
    rt: Runtime, rows: Iterable[tuple[int, MemberForm]], progress: Callable[[int], None] | None = None
) -> Imported:
    """Adds members in batches of 500; a bad row is a problem, not an end. The same file twice adds nobody."""
    raise NotImplementedError


def export_csv(rt: Runtime) -> Iterator[str]:
    """The members as CSV lines, the same columns as the import reads, formulas defused (trust T36)."""
    raise NotImplementedError

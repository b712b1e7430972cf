"""Members from and to CSV."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from engine.actions import joining
from engine.actions.forms import House, MemberError, MemberForm, Profile, check
from engine.actions.joining import Shares, Terms
from engine.content.sheet import COLUMNS, Row, RowProblem, read_sheet, to_line
from engine.rules.folding import fold
from engine.runtime import Runtime
from engine.store.export import Exported, members_after
from engine.vocabulary.ids import MemberId
from engine.vocabulary.sentences import say
from engine.vocabulary.words import Channel

__all__ = ["Imported", "ReadRows", "RowProblem", "check_rows", "export_csv", "import_members", "read_csv"]

AT_ONCE = 500  # members to a transaction
_LANGUAGES = {
    "english": "en", "ingles": "en", "spanish": "es", "espanol": "es", "castellano": "es",
    "french": "fr", "frances": "fr", "portuguese": "pt", "portugues": "pt",
}  # fmt: skip
_CHANNELS = {
    "email": Channel.EMAIL, "e-mail": Channel.EMAIL, "mail": Channel.EMAIL, "correo": Channel.EMAIL,
    "correo electronico": Channel.EMAIL, "sms": Channel.SMS, "text": Channel.SMS, "texts": Channel.SMS,
    "text message": Channel.SMS, "texto": Channel.SMS, "mensaje": Channel.SMS,
    "mensaje de texto": Channel.SMS,
}  # fmt: skip


@dataclass(frozen=True)
class ReadRows:
    """`forms` with the line each stood on; columns may be named in English or Spanish."""

    forms: tuple[tuple[int, MemberForm], ...]
    problems: tuple[RowProblem, ...]
    unknown_columns: tuple[str, ...]


def read_csv(text: str) -> ReadRows:
    """Never raises: an unreadable file is one problem. Commas, semicolons or tabs; at most 100,000 rows."""
    sheet = read_sheet(text)
    forms, problems = [], list(sheet.problems)
    for row in sheet.rows:
        try:
            forms.append((row.line, _form(row)))
        except MemberError as error:
            problems.append(RowProblem(row.line, error.field, error.sentence))
    return ReadRows(tuple(forms), tuple(sorted(problems, key=lambda each: each.line)), sheet.unknown_columns)


def check_rows(rt: Runtime, rows: ReadRows) -> ReadRows:
    """The rows that can be kept; the others become problems at their lines. Writes nothing."""
    with rt.reading() as session:
        house = joining.house_of(rt, session)
    problems = list(rows.problems)
    _checked(list(rows.forms), house, problems)
    bad = {problem.line for problem in problems}
    forms = tuple((line, form) for line, form in rows.forms if line not in bad)
    return ReadRows(forms, tuple(sorted(problems, key=lambda each: each.line)), rows.unknown_columns)


def _form(row: Row) -> MemberForm:
    """Raises MemberError."""
    cells = row.cells
    language = fold(cells.get("language", ""))
    return MemberForm(
        first_name=cells.get("first_name", ""),
        last_name=cells.get("last_name", ""),
        email=cells.get("email", ""),
        phone=cells.get("phone", ""),
        neighborhood=cells.get("neighborhood", ""),
        language=_LANGUAGES.get(language, language) or "en",
        zone=cells.get("zone", ""),
        channel=_channel(cells.get("channel", "")),
        tags=tuple(tag.strip() for tag in cells.get("tags", "").replace(",", ";").split(";") if tag.strip()),
        organizer_email=cells.get("organizer", ""),
    )


def _channel(cell: str) -> Channel | None:
    if not cell:
        return None
    if fold(cell) not in _CHANNELS:
        raise MemberError(
            "channel",
            say("“%(cell)s” is not a way to write to them. Put email or text, or nothing.", cell=cell),
        )
    return _CHANNELS[fold(cell)]


@dataclass(frozen=True)
class Imported:
    added: int
    known: int
    problems: tuple[RowProblem, ...]


def import_members(
    rt: Runtime, rows: Iterable[tuple[int, MemberForm]], progress: Callable[[int], None] | None = None
) -> Imported:
    """Adds members in batches of 500; a bad row is a problem, not an end. The same file twice adds nobody.
    `progress` is told how many rows are done."""
    with rt.reading() as session:
        house, shares = joining.house_of(rt, session), Shares.counted(session)
    added = known = done = 0
    problems: list[RowProblem] = []
    waiting = iter(rows)
    while batch := list(islice(waiting, AT_ONCE)):
        profiles = _checked(batch, house, problems)
        joined = joining.join(rt, profiles, Terms("import"), shares)
        added += sum(each.new for each in joined)
        known += sum(not each.new for each in joined)
        done += len(batch)
        if progress is not None:
            progress(done)
    return Imported(added, known, tuple(problems))


def _checked(batch: list[tuple[int, MemberForm]], house: House, problems: list[RowProblem]) -> list[Profile]:
    profiles = []
    for line, form in batch:
        try:
            profiles.append(check(form, house))
        except MemberError as error:
            problems.append(RowProblem(line, error.field, error.sentence))
    return profiles


def export_csv(rt: Runtime) -> Iterator[str]:
    """The members as CSV lines, the same columns as the import reads, formulas defused (trust T36)."""
    yield to_line(COLUMNS)
    last: MemberId | None = None
    while True:
        with rt.reading() as session:
            some = members_after(session, last, AT_ONCE)
        yield from (to_line(_cells(each)) for each in some)
        if len(some) < AT_ONCE:
            return
        last = some[-1].id


def _cells(member: Exported) -> tuple[str, ...]:
    """In the order of COLUMNS."""
    return (
        member.first_name,
        member.last_name,
        member.email,
        member.phone,
        member.language,
        member.zone,
        member.neighborhood,
        member.channel,
        "; ".join(sorted(member.tags)),
        member.organizer,
    )

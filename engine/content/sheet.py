"""Sheets of members as CSV text: read whatever spreadsheets write, written so that they stay harmless."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.rules.folding import fold
from engine.vocabulary.sentences import Sentence, say

MOST_ROWS = 100_000
LONGEST_CELL = 2_000  # characters
_NAMES = {  # field -> how its column may be called, folded
    "first_name": ("first name", "first", "given name", "nombre"),
    "last_name": ("last name", "last", "surname", "family name", "apellido", "apellidos"),
    "email": ("email", "e-mail", "email address", "correo", "correo electronico"),
    "phone": ("phone", "mobile", "cell", "phone number", "telefono", "movil", "celular"),
    "language": ("language", "idioma", "lengua"),
    "zone": ("zone", "time zone", "timezone", "zona", "zona horaria", "huso horario"),
    "neighborhood": ("neighborhood", "neighbourhood", "barrio", "colonia", "vecindario"),
    "channel": ("channel", "canal"),
    "tags": ("tags", "tag", "etiquetas", "etiqueta"),
    "organizer": ("organizer", "organiser", "organizador", "organizadora"),
}
COLUMNS = tuple(names[0] for names in _NAMES.values())  # what the export calls them, in its order
_FIELD_OF = {name: field for field, names in _NAMES.items() for name in names}
_RISKY = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet takes what begins so for a formula


@dataclass(frozen=True)
class RowProblem:
    line: int  # in the file, from 1
    field: str
    text: Sentence  # what is wrong and how to mend it


@dataclass(frozen=True)
class Row:
    line: int  # where it begins
    cells: Mapping[str, str]  # by field; fields without a column are left out


@dataclass(frozen=True)
class Sheet:
    rows: tuple[Row, ...]
    problems: tuple[RowProblem, ...] = ()
    unknown_columns: tuple[str, ...] = ()


def read_sheet(text: str) -> Sheet:
    """Never raises: an unreadable file is one problem. Commas, semicolons or tabs; at most 100,000 rows."""
    clean = text.removeprefix("\ufeff").replace("\0", "")
    delimiter = _delimiter(clean.lstrip().partition("\n")[0])
    reader = csv.reader(io.StringIO(clean, newline=""), delimiter=delimiter, skipinitialspace=True)
    rows: list[Row] = []
    problems: list[RowProblem] = []
    lines = _lines(reader, problems)
    _, header = next(lines, (1, []))
    fields = [_FIELD_OF.get(fold(name.replace("_", " "))) for name in header]
    if "email" not in fields and "phone" not in fields:
        return Sheet((), (RowProblem(1, "", _NO_HEADER), *problems))
    for line, cells in lines:
        if len(rows) == MOST_ROWS:
            problems.append(RowProblem(line, "", _TOO_MANY))
            break
        _take(line, cells, fields, (rows, problems))
    unknown = [name for name, field in zip(header, fields, strict=True) if field is None and name.strip()]
    return Sheet(tuple(rows), tuple(problems), tuple(unknown))


_NO_HEADER = say(
    "The first line names no column “email” or “phone”. Put the names of the columns there, "
    "such as first name, email, phone."
)
_UNREADABLE = say("This line cannot be read. Save the file as CSV again.")
_ENDLESS = say("A cell is far too long. Is a quotation mark missing above it?")
_TOO_MANY = say(
    "A file may have %(most)s people. Put those from this line on into a file of their own.",
    most=f"{MOST_ROWS:,}",
)


def _delimiter(header: str) -> str:
    """Whichever stands most often in the header; a comma among equals."""
    return max(",;\t", key=header.count)


def _lines(reader: Iterator[list[str]], problems: list[RowProblem]) -> Iterator[tuple[int, list[str]]]:
    """The lines that are not blank, each with the number it begins at; ends where the file is broken."""
    start = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            problems.append(RowProblem(start, "", _UNREADABLE))
            return
        begun, start = start, getattr(reader, "line_num", start) + 1
        if any(cell.strip() for cell in cells):
            yield begun, cells


def _take(
    line: int, cells: list[str], fields: Sequence[str | None], into: tuple[list[Row], list[RowProblem]]
) -> None:
    rows, problems = into
    if len(cells) > len(fields) and any(cell.strip() for cell in cells[len(fields) :]):
        problems.append(
            RowProblem(line, "", say("This line has more cells than columns. Quote cells with commas."))
        )
    elif any(len(cell) > LONGEST_CELL for cell in cells):
        problems.append(RowProblem(line, "", _ENDLESS))
    else:
        known = zip(fields, cells, strict=False)
        rows.append(Row(line, {field: _disarmed(cell.strip()) for field, cell in known if field}))


def _disarmed(cell: str) -> str:
    """Without the apostrophe that `to_line`, or a spreadsheet, put before a formula's first character."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _RISKY else cell


def to_line(cells: Sequence[str]) -> str:
    """One CSV line, every cell quoted, and none of them a formula (trust T36)."""
    line = io.StringIO()
    safe = [f"'{cell}" if cell.startswith(_RISKY) else cell for cell in cells]
    csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(safe)
    return line.getvalue()

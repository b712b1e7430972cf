"""Members come from a file and leave in one."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.actions import importing, members
from engine.actions.importing import read_csv
from engine.actions.members import MemberForm
from engine.content.sheet import to_line
from engine.store.members import Member
from engine.vocabulary.words import Channel
from tests.actions.conftest import House

SPANISH = """\
Nombre;Apellido;Correo electrónico;Teléfono;Idioma;Barrio;Canal;Etiquetas;Organizadora;Talla
José;Peña;jose@post.example;212 555 0123;Español;Vieja Colonia;texto;coro, huerto;ben@river.example;M
"""


def brought(house: House, text: str) -> importing.Imported:
    return importing.import_members(house.rt, read_csv(text).forms)


def test_columns_may_be_named_in_spanish_and_unknown_ones_are_listed() -> None:
    read = read_csv(SPANISH)
    assert read.problems == ()
    assert read.unknown_columns == ("Talla",)
    assert read.forms == (
        (
            2,
            MemberForm(
                "José", "Peña", "jose@post.example", "212 555 0123", "Vieja Colonia", "es",
                channel=Channel.SMS, tags=("coro", "huerto"), organizer_email="ben@river.example",
            ),
        ),
    )  # fmt: skip


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_commas_semicolons_and_tabs_and_every_line_end_are_read(delimiter: str, end: str) -> None:
    lines = [["first name", "email"], ["Ana", "ana@post.example"], ["", ""], ["Mo", "mo@post.example"]]
    text = "\ufeff" + end.join(delimiter.join(cells) for cells in lines)
    assert [(line, form.first_name) for line, form in read_csv(text).forms] == [(2, "Ana"), (4, "Mo")]


def test_a_row_over_several_lines_is_named_by_its_first() -> None:
    text = 'email,neighborhood\na@post.example,"two\nlines"\nb@post.example,"more, here"\n'
    assert [line for line, _ in read_csv(text).forms] == [2, 4]


def test_each_bad_row_is_a_problem_with_its_line_and_the_rest_come_in(house: House) -> None:
    text = (
        "first name,email,phone,channel\n"
        "Ana,ana@post.example,,\n"
        "Bad,not an address,,\n"
        "Mo,,911,\n"
        "Cy,cy@post.example,,pigeon\n"
        "Di,di@post.example,,,too many\n"
        "Eli,eli@post.example,,email\n"
    )
    read = read_csv(text)
    done = importing.import_members(house.rt, read.forms)
    assert (done.added, done.known) == (2, 0)
    problems = sorted((*read.problems, *done.problems), key=lambda problem: problem.line)
    assert [(problem.line, problem.field) for problem in problems] == [
        (3, "email"), (4, "phone"), (5, "channel"), (6, ""),
    ]  # fmt: skip
    assert all(problem.text.endswith(".") for problem in problems)


def test_a_file_without_a_column_for_an_address_is_one_problem() -> None:
    for text in ("", "\n\n", "name\nAna\n", "\0\0", "%PDF-1.7 \x93\x8c"):
        read = read_csv(text)
        assert (read.forms, len(read.problems)) == ((), 1)


def test_the_same_file_twice_adds_nobody(house: House) -> None:
    assert brought(house, SPANISH).added == 1
    again = brought(house, SPANISH)
    assert (again.added, again.known) == (0, 1)


def test_a_person_twice_in_one_file_is_one_member(house: House) -> None:
    done = brought(house, "email\nana@post.example\nANA@post.example\n")
    assert (done.added, done.known, house.count(Member)) == (1, 1, 1)


def test_the_members_are_shared_out_and_progress_is_told(house: House) -> None:
    rows = [(number, MemberForm(email=f"m{number}@post.example")) for number in range(1100)]
    told: list[int] = []
    assert importing.import_members(house.rt, rows, told.append).added == 1100
    assert told == [500, 1000, 1100]
    with house.rt.reading() as session:
        with_ana = session.query(Member).filter_by(organizer_id=house.ana).count()
    assert with_ana == 550


def test_what_is_exported_can_be_imported(house: House) -> None:
    brought(house, SPANISH)
    lines = list(importing.export_csv(house.rt))
    read = read_csv("".join(lines))
    assert (read.problems, read.unknown_columns) == ((), ())
    assert importing.import_members(house.rt, read.forms).known == 1
    _, form = read.forms[0]
    assert (form.phone, form.tags, form.channel) == ("+12125550123", ("coro", "huerto"), Channel.SMS)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_trust_T36_no_cell_of_an_export_is_a_formula(start: str) -> None:
    line = to_line([f"{start}HYPERLINK(1)", "Ana"])
    assert next(csv.reader(io.StringIO(line, newline=""))) == [f"'{start}HYPERLINK(1)", "Ana"]


def test_trust_T36_a_name_that_is_a_formula_comes_back_as_it_was(house: House) -> None:
    members.add(house.rt, MemberForm("=cmd|' /C calc'!A0", email="ana@post.example"), how="added")
    text = "".join(importing.export_csv(house.rt))
    assert "\"'=cmd" in text
    assert read_csv(text).forms[0][1].first_name == "=cmd|' /C calc'!A0"


@given(st.text(max_size=200))
def test_reading_survives_any_text(text: str) -> None:
    read = read_csv("email,first name\n" + text)
    assert all(line > 1 for line, _ in read.forms)
    read_csv(text)

"""`porchlight import`: members from a CSV file."""

from pathlib import Path

import click

from engine.actions import importing
from engine.actions.importing import RowProblem
from webapp.cli.house import open_house
from webapp.cli.progress import progress
from webapp.cli.sentences import Unable


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would be added.")
def import_people(file: Path, *, dry_run: bool) -> None:
    """Add members from a CSV FILE. The same file twice adds nobody."""
    rows = importing.read_csv(_text_of(file))
    if rows.unknown_columns:
        click.echo(f"Left out, because no such column is known: {', '.join(rows.unknown_columns)}.", err=True)
    if dry_run:
        _show(rows.problems)
        click.echo(f"{len(rows.forms)} rows can be added.")
        return
    rt = open_house()
    with progress("Adding members") as step:
        done = importing.import_members(rt, rows.forms, lambda count: step(count, len(rows.forms)))
    _show((*rows.problems, *done.problems))
    bad = len(rows.problems) + len(done.problems)
    if not rows.forms:
        raise Unable(f"{file} holds nobody who can be added. Its first line must name the columns.")
    click.echo(f"{done.added} added, {done.known} known already, {bad} not added.")


def _text_of(file: Path) -> str:
    content = file.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        if b"\0" in content:
            raise Unable(f"{file} is not a CSV file. Save the sheet as CSV first.") from None
        return content.decode("cp1252", "replace")  # what spreadsheets save where UTF-8 is not chosen


def _show(problems: tuple[RowProblem, ...]) -> None:
    for problem in problems:
        click.echo(f"line {problem.line}, {problem.field}: {problem.text}", err=True)

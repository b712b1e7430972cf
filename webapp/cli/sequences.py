"""`porchlight sequences`: the files and the published texts."""

from collections.abc import Mapping
from pathlib import Path

import click

from engine.actions import sequences as actions
from engine.store import progress
from engine.store.sequences import SequenceKind
from engine.vocabulary.script import Gravity, Mistake
from webapp.cli.house import open_house
from webapp.cli.sentences import Unable

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_COLORS = {Gravity.ERROR: "red", Gravity.ADVICE: "yellow"}


@click.group()
def sequences() -> None:
    """Check, import and export sequences."""


@sequences.command()
@click.argument("files", nargs=-1, required=True, type=_FILE)
def check(files: tuple[Path, ...]) -> None:
    """Read FILES, an original and its translations, and say what to mend. Exit code 1: unpublishable."""
    checked = actions.check(read_files(files))
    show_mistakes(checked.mistakes)
    if not checked.publishable or checked.original is None:
        raise Unable("This sequence cannot be published yet; the lines above say what to mend.")
    click.echo(f"“{checked.original.title}” can be published: {len(checked.original.steps)} steps.")


@sequences.command("import")
@click.argument("files", nargs=-1, required=True, type=_FILE)
def import_files(files: tuple[Path, ...]) -> None:
    """Publish FILES, one original and its translations. Sends nothing by itself."""
    published = actions.publish(open_house(), read_files(files))
    show_mistakes(published.mistakes)
    if published.sequence_id is None:
        raise Unable("Nothing was published; the lines above say what to mend.")
    click.echo("Published." if published.changed else "These very texts were published already.")


@sequences.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(folder: Path) -> None:
    """Write every published text into FOLDER, one file for each language."""
    rt = open_house()
    folder.mkdir(parents=True, exist_ok=True)
    with rt.reading() as session:
        for line in progress.sequences(session, SequenceKind.SEQUENCE):
            for text in progress.published_texts(session, line.id):
                ending = ".md" if text.original else f".{text.language}.md"
                (folder / f"{line.name}{ending}").write_text(text.text, encoding="utf-8")
                click.echo(folder / f"{line.name}{ending}")


def read_files(files: tuple[Path, ...]) -> dict[str, str]:
    """File name without ending -> text. Raises Unable for what is not UTF-8 text."""
    texts = {}
    for path in files:
        try:
            texts[path.stem] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as problem:
            raise Unable(f"{path} is not UTF-8 text. Save it as UTF-8 in your editor.") from problem
    return texts


def show_mistakes(mistakes: Mapping[str, tuple[Mistake, ...]]) -> None:
    for name, found in mistakes.items():
        for mistake in found:
            place = click.style(f"{name}.md:{mistake.line}", fg=_COLORS[mistake.gravity])
            click.echo(f"{place} {mistake.what} {mistake.mend}", err=True)

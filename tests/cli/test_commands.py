"""Commands that do something: play, sequences, import."""

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from webapp.cli import COMMANDS, porchlight
from webapp.cli.play import duration
from webapp.cli.sentences import Unable

SEQUENCES = Path(__file__).parents[2] / "sequences"
INIT = [
    "init", "--name", "Porch", "--postal-address", "1 Hill Road", "--admin-name", "Robin",
    "--admin-email", "robin@porch.example",
]  # fmt: skip


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("PORCHLIGHT_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("PORCHLIGHT_KEY_FILE", raising=False)
    return CliRunner()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(run: CliRunner, name: str) -> None:
    explained = run.invoke(porchlight, [name, "--help"], catch_exceptions=False)
    assert explained.exit_code == 0
    assert f"porchlight {name}" in explained.output
    assert f"  {name} " in run.invoke(porchlight, ["--help"], catch_exceptions=False).output


@pytest.mark.parametrize(("language", "channel"), [("en", "email"), ("es", "sms")])
def test_a_whole_sequence_is_played_to_its_end(run: CliRunner, language: str, channel: str) -> None:
    arguments = ["play", str(SEQUENCES / "welcome.md"), "--language", language, "--channel", channel]
    shown = run.invoke(porchlight, arguments, catch_exceptions=False).output
    assert "Day 1 ·" in shown
    assert {"email": "· email ·", "sms": "segment"}[channel] in shown
    assert "The walk ends: the last letter was sent." in shown


def test_a_reply_is_played_and_what_was_understood_is_said(run: CliRunner) -> None:
    arguments = [
        "play",
        str(SEQUENCES / "welcome.md"),
        "--reply",
        "what's a buddy?",
        "--reply-after",
        "2 hours",
    ]
    shown = run.invoke(porchlight, arguments, catch_exceptions=False).output
    assert "Ana replies" in shown
    assert "understood as: question" in shown
    assert "a person answers, and the walk goes on" in shown


@pytest.mark.parametrize(
    ("words", "length"),
    [("90 minutes", timedelta(minutes=90)), ("1 day", timedelta(days=1)), (" 2 hours ", timedelta(hours=2))],
)
def test_lengths_of_time_are_read_as_people_write_them(words: str, length: timedelta) -> None:
    assert duration(words) == length


def test_what_is_no_length_of_time_is_said() -> None:
    with pytest.raises(Unable, match="90 minutes"):
        duration("soon")


def test_published_texts_come_back_as_they_went_in(run: CliRunner, tmp_path: Path) -> None:
    run.invoke(porchlight, INIT, catch_exceptions=False)
    files = [str(SEQUENCES / name) for name in ("welcome.md", "welcome.es.md")]
    assert "Published." in run.invoke(porchlight, ["sequences", "import", *files]).output
    assert "already" in run.invoke(porchlight, ["sequences", "import", *files]).output
    run.invoke(porchlight, ["sequences", "export", str(tmp_path / "out")], catch_exceptions=False)
    for name in ("welcome.md", "welcome.es.md"):
        assert (tmp_path / "out" / name).read_text() == (SEQUENCES / name).read_text()


def test_members_are_imported_once(run: CliRunner, tmp_path: Path) -> None:
    run.invoke(porchlight, INIT, catch_exceptions=False)
    sheet = tmp_path / "people.csv"
    sheet.write_text("first name,email\nAna,ana@correorio.example\nNobody,not an address\n")
    first = run.invoke(porchlight, ["import", str(sheet)], catch_exceptions=False)
    again = run.invoke(porchlight, ["import", str(sheet)], catch_exceptions=False)
    assert "1 added, 0 known already, 1 not added." in first.output
    assert "line 3, email:" in first.output
    assert "0 added, 1 known already" in again.output


def test_the_sample_town_is_seeded_ticked_and_its_people_listed(run: CliRunner) -> None:
    assert run.invoke(porchlight, ["seed"], catch_exceptions=False).exit_code == 0
    assert run.invoke(porchlight, ["tick"], catch_exceptions=False).exit_code == 0
    listed = run.invoke(porchlight, ["organizers", "list"], catch_exceptions=False)
    assert listed.exit_code == 0
    assert "Rosa Delgado" in listed.output
    again = run.invoke(porchlight, ["seed"])
    assert again.exit_code != 0  # a town is never seeded over another

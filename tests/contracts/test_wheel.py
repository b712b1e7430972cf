"""The wheel carries all it needs: installed elsewhere and run from a foreign folder, it works."""

import os
import subprocess
import sys
import venv
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = (sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    built = subprocess.run(build, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def porchlight(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs the installed command. What it stands on is lent by this environment; the project is not."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home / "env", with_pip=False)
    python = home / "env" / "bin" / "python"
    site = next((home / "env" / "lib").glob("python*/site-packages"))
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(site)
    (site / "lent.pth").write_text(next(path for path in sys.path if path.endswith("site-packages")) + "\n")
    foreign = home / "elsewhere"
    foreign.mkdir()

    def run(*words: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        kept = {"PATH": os.environ["PATH"], "HOME": str(home), **(env or {})}
        command = (str(python), "-c", "from webapp.cli import main; main()", *words)
        return subprocess.run(command, cwd=foreign, env=kept, capture_output=True, text=True, timeout=60)

    return run


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as packed:
        return set(packed.namelist())


def test_the_wheel_carries_letters_pages_migrations_and_front_end_packages(wheel: Path) -> None:
    assert {
        "engine/shipped/sequences/welcome.md",
        "engine/shipped/templates/answers.es.md",
        "engine/store/migrations/env.py",
        "inbound/understand/rules/stop.toml",
        "inbound/understand/model.json",
        "webapp/town/people.csv",
        "webapp/static/app.css",
        "webapp/static/packages/htmx.min.js",
        "webapp/i18n/es/LC_MESSAGES/messages.mo",
    } <= names_in(wheel)


def test_the_wheel_carries_its_licence_and_no_tests(wheel: Path) -> None:
    names = names_in(wheel)
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    assert not [name for name in names if name.startswith("tests/")]


def test_the_installed_command_says_what_it_can_do(porchlight: Run) -> None:
    asked = porchlight("--help")
    assert asked.returncode == 0, asked.stderr
    assert "doctor" in asked.stdout


def test_the_installed_command_finds_what_it_was_shipped_with(porchlight: Run) -> None:
    asked = porchlight("doctor")
    assert "engine/shipped/templates" in asked.stdout, asked.stderr
    assert "there is none yet" in asked.stdout
    assert asked.returncode == 1  # no community yet: doctor says how to begin
    assert "Traceback" not in asked.stderr


def test_a_wrong_setting_is_one_sentence(porchlight: Run) -> None:
    asked = porchlight("tick", env={"PORCHLIGHT_PORT": "front door"})
    assert asked.returncode == 1
    assert asked.stderr.startswith("porchlight: PORCHLIGHT_PORT")
    assert len(asked.stderr.strip().splitlines()) == 1

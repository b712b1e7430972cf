"""`porchlight backup` and `porchlight restore`, as a person runs them."""

import shutil
from pathlib import Path

import pytest

from engine.privacy.sealed import KeyRing
from tests.cli.test_sentences import INIT, porchlight, said

COUNTED = "1 person, 1 message, 1 delivery"


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a community of one member in it, and its backup."""
    folder = tmp_path_factory.mktemp("begun")
    people = folder / "people.csv"
    people.write_text("first_name,last_name,email\nAna,Ruiz,ana@river.example\n")
    for words in (INIT, ("import", str(people)), ("backup", str(folder / "porch.backup"))):
        done = porchlight(folder, *words)
        assert done.returncode == 0, done.stderr
    (folder / "said").write_text(done.stdout)
    return folder


@pytest.fixture
def porch(begun: Path, tmp_path: Path) -> Path:
    """Such a folder, a test's own."""
    return Path(shutil.copytree(begun, tmp_path / "porch"))


@pytest.fixture
def file(porch: Path) -> Path:
    """The backup in it."""
    return porch / "porch.backup"


@pytest.fixture
def elsewhere(porch: Path) -> Path:
    """A folder of another machine, with nothing in it but the key file."""
    (porch / "elsewhere").mkdir()
    (porch / "elsewhere" / "data.keys.json").write_bytes((porch / "data.keys.json").read_bytes())
    return porch / "elsewhere"


def test_a_backup_says_what_is_in_it_and_what_is_not(begun: Path) -> None:
    counted, keys = (begun / "said").read_text().strip().splitlines()
    assert counted == f"{COUNTED} in {begun / 'porch.backup'}"
    assert f"keep a copy of {begun / 'data.keys.json'}, apart" in keys
    assert (begun / "porch.backup").stat().st_mode & 0o777 == 0o600


def test_there_and_back_again(file: Path, elsewhere: Path) -> None:
    done = porchlight(elsewhere, "restore", str(file))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{COUNTED} restored from {file}\n")
    assert "Robin <robin@porch.example>" in porchlight(elsewhere, "organizers", "list").stdout
    held = porchlight(elsewhere, "sending", "list").stdout.splitlines()
    assert [line.split()[0] for line in held] == ["email", "sms"]
    assert all("restored from a backup" in line for line in held)


def test_from_sqlite_to_postgresql_and_back(file: Path, elsewhere: Path, postgres_url: str) -> None:
    there = porchlight(elsewhere, "restore", str(file), DATABASE_URL=postgres_url)
    assert there.returncode == 0, there.stderr
    again = file.with_name("again.backup")
    assert porchlight(elsewhere, "backup", str(again), DATABASE_URL=postgres_url).returncode == 0
    back = porchlight(elsewhere, "restore", str(again))
    assert back.returncode == 0, back.stderr
    assert "Robin <robin@porch.example>" in porchlight(elsewhere, "organizers", "list").stdout


def test_without_the_key_file_nothing_is_made(file: Path, elsewhere: Path) -> None:
    (elsewhere / "data.keys.json").unlink()
    assert "key file" in said(porchlight(elsewhere, "restore", str(file)))
    assert list(elsewhere.iterdir()) == []


def test_with_another_key_file_nothing_is_restored(file: Path, elsewhere: Path) -> None:
    (elsewhere / "data.keys.json").unlink()
    KeyRing.fresh().save(elsewhere / "data.keys.json")
    assert "another community" in said(porchlight(elsewhere, "restore", str(file)))
    assert "no community here yet" in said(porchlight(elsewhere, "organizers", "list"))


def test_a_community_is_never_restored_over_another(file: Path, porch: Path) -> None:
    assert "not empty" in said(porchlight(porch, "restore", str(file)))


def test_a_backup_never_replaces_a_file(file: Path, porch: Path) -> None:
    before = file.read_bytes()
    assert "exists already" in said(porchlight(porch, "backup", str(file)))
    assert file.read_bytes() == before


def test_a_backup_where_one_may_not_write(porch: Path) -> None:
    assert "cannot be written" in said(porchlight(porch, "backup", str(porch / "nowhere" / "porch.backup")))


def test_a_backup_of_nothing(tmp_path: Path) -> None:
    assert "no community here yet" in said(porchlight(tmp_path, "backup", str(tmp_path / "porch.backup")))
    assert list(tmp_path.iterdir()) == []


def test_restoring_what_is_no_backup(elsewhere: Path, file: Path) -> None:
    file.write_bytes(b"not a backup" * 1000)
    assert "is no backup" in said(porchlight(elsewhere, "restore", str(file)))
    assert "There is no backup file" in said(porchlight(elsewhere, "restore", str(file.with_name("none"))))

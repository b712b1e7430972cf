"""What a person can cause on the command line is one sentence on stderr, exit code 1, no traceback."""

import os
import random
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from engine.privacy.sealed import KeyRing
from engine.store.base import open_database

INIT = (
    "init", "--name", "Porch", "--postal-address", "1 Hill Road", "--admin-name", "Robin",
    "--admin-email", "robin@porch.example",
)  # fmt: skip


def porchlight(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    known = {name: value for name, value in os.environ.items() if not name.startswith("PORCHLIGHT_")}
    env = known | {"PORCHLIGHT_DATA": str(folder / "data")} | settings
    command = [sys.executable, "-m", "webapp.cli", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)


def said(done: subprocess.CompletedProcess[str]) -> str:
    """The one sentence, after making sure that it is one."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("porchlight: ")
    return line


@pytest.fixture
def porch(tmp_path: Path) -> Path:
    """A folder with an empty community in it."""
    begun = porchlight(tmp_path, *INIT)
    assert begun.returncode == 0, begun.stderr
    return tmp_path


def test_a_command_before_there_is_a_community(tmp_path: Path) -> None:
    assert "porchlight init" in said(porchlight(tmp_path, "tick"))


def test_init_begins_a_community_and_says_the_way_in(tmp_path: Path) -> None:
    done = porchlight(tmp_path, *INIT)
    assert "http://127.0.0.1:8425/" in done.stdout
    assert (
        "Robin <robin@porch.example>  (admin, has no password yet)"
        in porchlight(tmp_path, "organizers", "list").stdout
    )


def test_a_community_is_begun_only_once(porch: Path) -> None:
    assert "already" in said(porchlight(porch, *INIT))
    assert "already" in said(porchlight(porch, "seed"))


def test_a_taken_port(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        sentence = said(porchlight(tmp_path, "up", PORCHLIGHT_PORT=port))
    assert f"127.0.0.1:{port} is taken" in sentence
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("port", ["http", "0", "70000"])
def test_a_port_that_is_none(tmp_path: Path, port: str) -> None:
    assert "PORCHLIGHT_PORT" in said(porchlight(tmp_path, "up", PORCHLIGHT_PORT=port))


def test_a_data_folder_that_cannot_be_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    sentence = said(porchlight(tmp_path, "up", PORCHLIGHT_DATA=str(tmp_path / "file" / "data")))
    assert "PORCHLIGHT_DATA" in sentence


def test_a_missing_key_file_is_never_made_anew(porch: Path) -> None:
    (porch / "data.keys.json").unlink()
    assert "key file" in said(porchlight(porch, "up")).lower()
    assert not (porch / "data.keys.json").exists()


def test_a_database_of_a_newer_version(porch: Path) -> None:
    database = open_database(f"sqlite:///{porch / 'data' / 'porchlight.db'}")
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.dispose()
    assert "newer" in said(porchlight(porch, "up"))


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "porchlight.db").write_text("not a database" * 100)
    said(porchlight(tmp_path, "up"))


@pytest.mark.parametrize("command", ["tick", "serve", "organizers"])
def test_a_database_that_was_overwritten(porch: Path, command: str) -> None:
    (porch / "data" / "porchlight.db").write_bytes(random.Random(1).randbytes(50_000))  # noqa: S311  # noise, no secret
    words = ("organizers", "list") if command == "organizers" else (command,)
    assert "doctor" in said(porchlight(porch, *words))


def test_an_empty_database_is_no_community(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    assert porchlight(tmp_path / "elsewhere", *INIT).returncode == 0
    keys = (tmp_path / "elsewhere" / "data.keys.json").read_text()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "porchlight.db").touch()
    (tmp_path / "data.keys.json").write_text(keys)
    assert "no community here yet" in said(porchlight(tmp_path, "tick"))


def test_the_keys_of_another_community(porch: Path, tmp_path: Path) -> None:
    KeyRing.fresh().save(tmp_path / "other.json")
    other = {"PORCHLIGHT_KEY_FILE": str(tmp_path / "other.json")}
    assert "another community" in said(porchlight(porch, "tick", **other))
    assert "✗ Keys" in porchlight(porch, "doctor", **other).stdout


@pytest.mark.parametrize("name", ["PORCHLIGHT_SEQUENCES", "PORCHLIGHT_TEMPLATES"])
def test_a_sample_town_without_letters_or_answers_is_not_begun(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    done = porchlight(tmp_path, "seed", **{name: str(tmp_path / "empty")})
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert name in done.stderr.splitlines()[-1]
    assert "no community here yet" in said(porchlight(tmp_path, "tick"))


def test_the_doctor_knocks_at_redis(porch: Path, redis_url: str) -> None:
    assert "✓ Redis" in porchlight(porch, "doctor", REDIS_URL=redis_url).stdout
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"redis://127.0.0.1:{nobody.getsockname()[1]}/0"
        assert "✗ Redis" in porchlight(porch, "doctor", REDIS_URL=url).stdout


def test_the_doctor_knocks_at_the_database(porch: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"postgresql+psycopg://nobody@127.0.0.1:{nobody.getsockname()[1]}/none"
        done = porchlight(porch, "doctor", DATABASE_URL=url)
    assert "✗ Database" in done.stdout
    assert "Traceback" not in done.stderr


def test_the_doctor_says_that_a_database_is_empty(porch: Path) -> None:
    (porch / "data" / "porchlight.db").unlink()
    (porch / "data" / "porchlight.db").touch()
    done = porchlight(porch, "doctor")
    assert "✗ Database: is empty" in done.stdout
    assert "Traceback" not in done.stderr


def test_the_doctor_remembers_that_a_community_wrote_to_people(porch: Path) -> None:
    with sqlite3.connect(porch / "data" / "porchlight.db") as database:
        database.execute("INSERT INTO marks (name, value) VALUES ('reaches people', 'yes')")
    assert "✗ Gateways: this community wrote to people" in porchlight(porch, "doctor").stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORCHLIGHT_PUBLIC_URL", "https://porch.example "),
        ("PORCHLIGHT_PUBLIC_URL", "https://porch.example/?x=1"),
        ("PORCHLIGHT_PUBLIC_URL", "https://maya:pw@porch.example"),
        ("SMTP_URL", "smtp://user:pw@:587"),
        ("IMAP_URL", "imaps://user:pw@:993/INBOX"),
        ("DATABASE_URL", "sqlite://"),
    ],
)
def test_a_setting_on_which_nothing_would_work_is_refused(porch: Path, name: str, value: str) -> None:
    done = porchlight(porch, "doctor", **{name: value})
    assert f"✗ Settings: {name}" in done.stdout
    assert "Traceback" not in done.stderr


def test_the_doctor_says_when_its_dns_server_is_none_and_when_only_a_form_brings_mail(porch: Path) -> None:
    key = "key-0123456789abcdef0123456789"
    done = porchlight(porch, "doctor", **REAL, PORCHLIGHT_DNS="localhost:53", MAILGUN_SIGNING_KEY=key)
    assert "✗ Mail records: DNS does not answer" in done.stdout
    assert "there is no door" not in done.stdout
    assert "Traceback" not in done.stderr


REAL = {
    "SMTP_URL": "smtp://relay.example",
    "PORCHLIGHT_PUBLIC_URL": "https://porch.example",
    "PORCHLIGHT_MAIL_DOMAIN": "porch.example",
}


@pytest.mark.parametrize("command", ["up", "seed"])
def test_no_sample_town_beside_a_real_gateway(tmp_path: Path, command: str) -> None:
    assert "porchlight init" in said(porchlight(tmp_path, command, **REAL))
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("missing", ["PORCHLIGHT_PUBLIC_URL", "PORCHLIGHT_MAIL_DOMAIN"])
def test_a_real_gateway_under_a_name_of_the_sample_town_is_refused(tmp_path: Path, missing: str) -> None:
    rest = {name: value for name, value in REAL.items() if name != missing}
    assert missing in said(porchlight(tmp_path, *INIT, **rest))


@pytest.mark.parametrize("missing", ["TWILIO_AUTH_TOKEN", "PORCHLIGHT_SMS_NUMBER"])
def test_a_twilio_account_without_token_or_sender_is_refused(tmp_path: Path, missing: str) -> None:
    twilio = {
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": "secret",
        "PORCHLIGHT_SMS_NUMBER": "+15555550100",
        "PORCHLIGHT_PUBLIC_URL": "https://porch.example",
    }
    del twilio[missing]
    assert missing in said(porchlight(tmp_path, *INIT, **twilio))


def test_a_sequence_with_a_mistake_says_the_line(tmp_path: Path) -> None:
    (tmp_path / "odd.md").write_text(
        "---\nTitle: Odd\n---\n\n## hello\nWen: right away\nSubject: Hi\n\nHello.\n"
    )
    done = porchlight(tmp_path, "sequences", "check", str(tmp_path / "odd.md"))
    assert done.returncode == 1
    assert "odd.md:6" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_doctor_finds_a_house_in_order(porch: Path) -> None:
    done = porchlight(porch, "doctor")
    assert done.returncode == 0, done.stdout
    assert "✗" not in done.stdout


def test_the_doctor_says_what_is_wrong_and_how_to_mend_it(porch: Path) -> None:
    (porch / "data.keys.json").unlink()
    done = porchlight(porch, "doctor")
    assert done.returncode == 1
    assert "✗ Key file" in done.stdout
    assert "backup" in done.stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "mysql://x/y"),
        ("DATABASE_URL", "postgresql+psycopg://u:p@127.0.0.1:xx/porch"),
        ("REDIS_URL", "nonsense"),
        ("REDIS_URL", "redis://127.0.0.1:99999"),
        ("REDIS_URL", "redis://[x"),
        ("SMTP_URL", "smtp://h:99999"),
        ("SMTP_URL", "smtp://[::1"),
        ("IMAP_URL", "imaps://u:p@h:99999/INBOX"),
        ("IMAP_URL", "imaps://u@[x/INBOX"),
        ("TWILIO_ACCOUNT_SID", "mine"),
        ("PORCHLIGHT_MAIL_HOOK_SECRET", "short"),
        ("PORCHLIGHT_TRUSTED_PROXIES", "many"),
        ("PORCHLIGHT_MAIL_DOMAIN", "a b"),
        ("PORCHLIGHT_SMS_NUMBER", "12"),
    ],
)
@pytest.mark.parametrize("command", ["doctor", "serve"])
def test_a_setting_that_cannot_be_meant_is_named(tmp_path: Path, name: str, value: str, command: str) -> None:
    said = porchlight(tmp_path, command, **{name: value})
    assert said.returncode != 0
    words = said.stdout + said.stderr
    assert f"{name} is not understood. Write it like " in words
    assert "Traceback" not in words

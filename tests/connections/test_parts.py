"""The parts as a server runs them: the lines of the Procfile, the doctor, the listener."""

import os
import re
import signal
import smtplib
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import requests
from sqlalchemy import func, select, update

from engine.settings import read_settings
from engine.store.base import open_database
from engine.store.heartbeats import Heartbeat
from engine.store.raw import Raw
from tests.cli.test_sentences import INIT, porchlight, said
from tests.connections.porch import DOMAIN, OURS, SECRET, until
from tests.connections.test_doors import LETTER
from tests.servers.dns import Dns, Records
from tests.servers.dovecot import Dovecot, free_ports
from tests.servers.smtpd import Sink
from tests.servers.twilio import Twilio, error

SERVICE = "MG" + "0" * 32
RECORDS: Records = {
    (DOMAIN, "MX"): ["10 mx.porch.example."],
    (DOMAIN, "TXT"): ['"v=spf1 include:relay.example -all"', '"another=thing"'],
    (f"s1._domainkey.{DOMAIN}", "TXT"): ['"v=DKIM1; k=rsa; p=MII" "BIj"'],
    (f"_dmarc.{DOMAIN}", "TXT"): ['"v=DMARC1; p=none"'],
}
ROOT = Path(__file__).parents[2]


@pytest.fixture
def letterbox(imap_server: Dovecot, mailbox: str) -> str:
    return imap_server.url(mailbox)


@pytest.fixture
def real(
    tmp_path: Path, sink: Sink, twilio_server: Twilio, dns_server: Dns, letterbox: str
) -> dict[str, str]:
    """The settings of a community with every connection there is, begun."""
    web, lmtp = free_ports(2)
    twilio_server.senders = {OURS, SERVICE}
    dns_server.records = dict(RECORDS)
    settings = {
        "PORCHLIGHT_DATA": str(tmp_path / "data"),
        "PORCHLIGHT_PORT": str(web),
        "PORCHLIGHT_PUBLIC_URL": "https://porch.example.org",
        "PORCHLIGHT_MAIL_DOMAIN": DOMAIN,
        "PORCHLIGHT_SMS_NUMBER": OURS,
        "PORCHLIGHT_LMTP": f"127.0.0.1:{lmtp}",
        "PORCHLIGHT_MAIL_HOOK_SECRET": SECRET,
        "SMTP_URL": f"smtp://127.0.0.1:{sink.port}?tls=off",
        "IMAP_URL": letterbox,
        "TWILIO_ACCOUNT_SID": twilio_server.sid,
        "TWILIO_AUTH_TOKEN": twilio_server.token,
        "TWILIO_API_URL": twilio_server.url,
        "PORCHLIGHT_DNS": dns_server.address,
        "PORCHLIGHT_DKIM_SELECTOR": "s1",
    }
    begun = porchlight(tmp_path, *INIT, **settings)
    assert begun.returncode == 0, begun.stderr
    return settings


def lines_of_the_procfile() -> dict[str, str]:
    text = (ROOT / "Procfile").read_text()
    return dict(line.split(": ", 1) for line in text.splitlines())


@contextmanager
def running(command: str, settings: dict[str, str], folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A line of the Procfile, as a process manager runs it."""
    here = command.replace(".venv/bin/", f"{Path(sys.executable).parent}/")
    process = subprocess.Popen(
        ["bash", "-c", f"exec {here}"], env=os.environ | settings, cwd=folder, start_new_session=True
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) in (0, -signal.SIGTERM), command


def beats(settings: dict[str, str]) -> set[str]:
    database = open_database(read_settings(settings).database_url)
    with database.connect() as connection:
        found = set(connection.execute(select(Heartbeat.name)).scalars())
    database.dispose()
    return found


def kept(settings: dict[str, str]) -> int:
    database = open_database(read_settings(settings).database_url)
    with database.connect() as connection:
        found = connection.execute(select(func.count(Raw.id))).scalar_one()
    database.dispose()
    return found


def test_the_procfile_names_every_part_once() -> None:
    assert list(lines_of_the_procfile()) == ["release", "web", "worker", "clock", "listen"]


@pytest.mark.parametrize("name", ["worker", "clock", "listen"])
def test_a_part_shows_a_sign_of_life_and_ends_when_asked(
    real: dict[str, str], name: str, tmp_path: Path
) -> None:
    with running(lines_of_the_procfile()[name], real, tmp_path):
        until(lambda: name in beats(real), f"{name} shows a sign of life")


def test_release_brings_the_database_up_to_date(real: dict[str, str], tmp_path: Path) -> None:
    release = lines_of_the_procfile()["release"].split()[1:]
    done = porchlight(tmp_path, *release, **real)
    assert (done.returncode, done.stdout.strip()) == (0, "The database is up to date.")


def test_gunicorn_serves_the_pages_and_the_webhooks(real: dict[str, str], tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{real['PORCHLIGHT_PORT']}"
    with running(lines_of_the_procfile()["web"], real, tmp_path):
        until(lambda: status(f"{url}/sign-in") == 200, "the door is there")
        assert status(f"{url}/hooks/mail", LETTER, {"Authorization": f"Bearer {SECRET}"}) == 200
        assert status(f"{url}/hooks/twilio/texts", b"From=1") == 403
    assert kept(real) == 1


def status(url: str, data: bytes | None = None, headers: dict[str, str] | None = None) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers or {}), timeout=10) as said:
            return int(said.status)
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return 0


@pytest.mark.parametrize("line", ["web by gunicorn", "web by waitress"])
@pytest.mark.parametrize(("proxies", "let_in"), [("1", 12), ("0", 10)])
def test_visitors_behind_a_trusted_proxy_have_a_limit_each(
    real: dict[str, str], tmp_path: Path, line: str, proxies: str, let_in: int
) -> None:
    own = ".venv/bin/porchlight web"
    command = lines_of_the_procfile()["web"] if "gunicorn" in line else own
    url = f"http://127.0.0.1:{real['PORCHLIGHT_PORT']}"
    settings = real | {
        "PORCHLIGHT_TRUSTED_PROXIES": proxies,
        "PORCHLIGHT_PUBLIC_URL": url,  # not https, so that the cookie travels here
        "WEB_CONCURRENCY": "1",
    }
    with running(command, settings, tmp_path):
        until(lambda: status(f"{url}/join") == 200, "the sign-up page is there")
        visitor = requests.Session()
        token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', visitor.get(f"{url}/join").text)[0]
        said = [
            visitor.post(
                f"{url}/join",
                data={"csrf_token": token, "email": "nobody"},
                headers={"X-Forwarded-For": f"203.0.113.{number}"},
            ).status_code
            for number in range(12)
        ]
    assert said.count(429) == 12 - let_in


def test_release_before_there_is_a_community_is_no_failure(tmp_path: Path) -> None:
    done = porchlight(tmp_path, "migrate")
    assert (done.returncode, "porchlight init" in done.stdout) == (0, True)
    assert not (tmp_path / "data").exists()


def test_the_listener_opens_every_door_that_is_set(
    real: dict[str, str], imap_server: Dovecot, tmp_path: Path
) -> None:
    user = re.findall(r"//(user\d+):", real["IMAP_URL"])[0]
    port = int(real["PORCHLIGHT_LMTP"].rpartition(":")[2])
    with running(lines_of_the_procfile()["listen"], real, tmp_path):
        until(lambda: "listen" in beats(real), "the listener is there")
        imap_server.deliver(user, LETTER)
        with smtplib.LMTP("127.0.0.1", port) as client:
            client.sendmail("ana@riverbend.example", [f"hello@{DOMAIN}"], LETTER.replace(b"Hello", b"Again"))
        until(lambda: kept(real) == 2, "both mails are kept")


def test_the_listener_says_when_there_is_no_door(tmp_path: Path) -> None:
    assert porchlight(tmp_path, *INIT).returncode == 0
    assert "IMAP_URL" in said(porchlight(tmp_path, "listen"))


def test_the_listener_says_when_its_port_is_taken(real: dict[str, str], sink: Sink, tmp_path: Path) -> None:
    taken = {**real, "PORCHLIGHT_LMTP": f"127.0.0.1:{sink.port}"}
    assert "PORCHLIGHT_LMTP" in said(porchlight(tmp_path, "listen", **taken))


def test_the_doctor_connects_to_everything_and_finds_it_in_order(
    real: dict[str, str], tmp_path: Path
) -> None:
    told = porchlight(tmp_path, "doctor", **real)
    assert told.returncode == 0, told.stdout
    for name in (
        "Email gateway: 127.0.0.1",
        "Text gateway: the account",
        "Mailbox: 127.0.0.1 lets us in",
        "LMTP: nobody takes mail on",
        "MX of porch.example: mx.porch.example",
        "SPF of porch.example: v=spf1",
        "DKIM at s1._domainkey.porch.example: v=DKIM1; k=rsa; p=MIIBIj",
        "DMARC of porch.example: v=DMARC1",
    ):
        assert f"✓ {name}" in told.stdout, name
    service = porchlight(tmp_path, "doctor", **real, TWILIO_MESSAGING_SERVICE_SID=SERVICE)
    assert service.returncode == 0, service.stdout


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({(DOMAIN, "MX"): []}, "✗ MX of porch.example: there is none, so answers go nowhere"),
        ({(DOMAIN, "MX"): ["0 ."]}, "✗ MX of porch.example: there is none, so answers go nowhere"),
        ({(DOMAIN, "TXT"): ['"another=thing"']}, "✗ SPF of porch.example: there is none"),
        ({(DOMAIN, "TXT"): ['"v=spf1 -all"', '"v=spf1 mx -all"']}, "✗ SPF of porch.example: there are 2"),
        ({(f"s1._domainkey.{DOMAIN}", "TXT"): []}, "✗ DKIM at s1._domainkey.porch.example: there is none"),
        ({(f"_dmarc.{DOMAIN}", "TXT"): []}, "✗ DMARC of porch.example: there is none"),
    ],
)
def test_trust_E1_the_doctor_misses_a_mail_record(
    real: dict[str, str], dns_server: Dns, tmp_path: Path, changed: Records, says: str
) -> None:
    dns_server.records |= changed
    told = porchlight(tmp_path, "doctor", **real)
    assert told.returncode == 1
    assert says in told.stdout


def test_the_doctor_says_when_dns_does_not_answer(
    real: dict[str, str], dns_server: Dns, tmp_path: Path
) -> None:
    dns_server.silent = True
    told = porchlight(tmp_path, "doctor", **real)
    assert told.returncode == 1
    assert "✗ Mail records: DNS does not answer" in told.stdout


def test_the_doctor_looks_whether_our_sender_is_ours(
    real: dict[str, str], twilio_server: Twilio, tmp_path: Path
) -> None:
    twilio_server.senders.clear()
    told = porchlight(tmp_path, "doctor", **real)
    assert f"✗ Text gateway: The account has no number {OURS}" in told.stdout
    told = porchlight(tmp_path, "doctor", **real, TWILIO_MESSAGING_SERVICE_SID=SERVICE)
    assert "✗ Text gateway: The account has no Messaging Service" in told.stdout


def test_the_doctor_knocks_at_the_lmtp_door(real: dict[str, str], sink: Sink, tmp_path: Path) -> None:
    door = real["PORCHLIGHT_LMTP"]
    with running(lines_of_the_procfile()["listen"], real, tmp_path):
        told = partial(porchlight, tmp_path, "doctor", **real)
        until(lambda: f"✓ LMTP: {door} takes mail" in told().stdout, "the door is open")
    taken = real | {"PORCHLIGHT_LMTP": f"127.0.0.1:{sink.port}"}
    assert f"✗ LMTP: 127.0.0.1:{sink.port} answers" in porchlight(tmp_path, "doctor", **taken).stdout


def test_a_part_that_fell_silent_is_wrong(real: dict[str, str], tmp_path: Path) -> None:
    with running(lines_of_the_procfile()["clock"], real, tmp_path):
        until(lambda: "clock" in beats(real), "clock shows a sign of life")
    database = open_database(read_settings(real).database_url)
    with database.begin() as connection:
        hour_ago = datetime.now(UTC) - timedelta(hours=1)
        connection.execute(update(Heartbeat).values(at=hour_ago))
    database.dispose()
    assert "✗ Clock: is not at work now" in porchlight(tmp_path, "doctor", **real).stdout


def test_the_doctor_says_which_connection_is_wrong_and_how_to_mend_it(
    real: dict[str, str], twilio_server: Twilio, tmp_path: Path
) -> None:
    (nobody,) = free_ports(1)
    twilio_server.next_looks.append(error(401, 20003))
    wrong = real | {
        "SMTP_URL": f"smtp://127.0.0.1:{nobody}?tls=off",
        "IMAP_URL": real["IMAP_URL"].replace("secret", "wrong"),
        "PORCHLIGHT_PUBLIC_URL": "http://porch.example.org",
    }
    told = porchlight(tmp_path, "doctor", **wrong)
    assert told.returncode == 1
    assert "Traceback" not in told.stdout + told.stderr
    for name in ("Email gateway", "Text gateway", "Mailbox", "Public address"):
        assert f"✗ {name}" in told.stdout
    assert "wrong" not in told.stdout.replace("wrong with", "")  # no password is ever shown


def test_a_community_without_a_way_in_is_told_so(tmp_path: Path, sink: Sink) -> None:
    settings = {
        "SMTP_URL": f"smtp://127.0.0.1:{sink.port}?tls=off",
        "PORCHLIGHT_PUBLIC_URL": "https://porch.example.org",
        "PORCHLIGHT_MAIL_DOMAIN": DOMAIN,
    }
    assert porchlight(tmp_path, *INIT, **settings).returncode == 0
    told = porchlight(tmp_path, "doctor", **settings)
    assert "✗ Incoming mail" in told.stdout
    assert "closed (TWILIO_ACCOUNT_SID is not set)" in told.stdout


def test_sending_is_held_and_released_on_the_command_line(tmp_path: Path) -> None:
    assert porchlight(tmp_path, *INIT).returncode == 0
    assert porchlight(tmp_path, "sending", "hold", "email").returncode == 0
    assert "email is held since" in porchlight(tmp_path, "sending", "list").stdout
    assert "✗ Sending email" in porchlight(tmp_path, "doctor").stdout
    assert porchlight(tmp_path, "sending", "release", "email").returncode == 0
    assert porchlight(tmp_path, "sending", "list").stdout == "Nothing is held.\n"

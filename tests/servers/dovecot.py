"""A throwaway Dovecot: IMAP in plain and over TLS on loopback, one Maildir for each of its users.

As root it runs wholly as the unprivileged user that owns its folder, and so does each mailbox.
"""

import fcntl
import grp
import imaplib
import os
import pwd
import shutil
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.servers.certificates import certificate, trusting
from tests.servers.keeper import folder_for, keep, unprivileged

PASSWORD = "secret"
NAMED = 20  # user0 … user19 are for tests to name; the rest is handed out by `next_user`
_USERS = 2000
_READY_WITHIN = 30  # seconds
_SBIN = "/usr/sbin"  # not on everybody's PATH

_CONFIG = """\
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 1
auth_mechanisms = plain login
auth_failure_delay = 0
disable_plaintext_auth = no
login_trusted_networks =
mail_location = maildir:~/Maildir
mailbox_list_index = no
mail_max_userip_connections = 200
mail_fsync = never
ssl = yes
ssl_cert = <{cert}
ssl_key = <{key}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """A running Dovecot. Every user's password is `secret`."""

    port: int
    tls_port: int
    folder: Path

    @classmethod
    def at(cls, url: str) -> "Dovecot":
        """The server that `start` gave this URL."""
        parts = urlsplit(url)
        also = parse_qs(parts.query)
        return cls(parts.port or 0, int(also["tls"][0]), Path(also["folder"][0]))

    @property
    def certificate(self) -> Path:
        return self.folder / "certificate.pem"

    def url(self, user: str, *, tls: bool = False) -> str:
        """Where the user's inbox is; with TLS by name, as the certificate has it."""
        where = f"imaps://{user}:{PASSWORD}@localhost:{self.tls_port}"
        return f"{where if tls else f'imap://{user}:{PASSWORD}@127.0.0.1:{self.port}'}/INBOX"

    def next_user(self) -> str:
        """A user whom no other test of this run was given."""
        with (self.folder / "given").open("a+") as given:
            fcntl.flock(given, fcntl.LOCK_EX)
            number = NAMED + given.seek(0, os.SEEK_END)
            given.write(".")
        if number >= _USERS:
            raise RuntimeError(f"All {_USERS} users of the test's Dovecot are given out: raise _USERS.")
        return f"user{number}"

    def deliver(self, user: str, raw: bytes) -> int:
        """Appends the mail to the user's inbox; its UID."""
        with self.session(user) as session:
            session.append("INBOX", "", "", raw)
            session.select(readonly=True)
            return int(session.uid("SEARCH", "ALL")[1][0].split()[-1])

    def mails(self, user: str) -> list[bytes]:
        """What is in the user's inbox, byte for byte as IMAP gives it, in order of UIDs."""
        with self.session(user) as session:
            session.select(readonly=True)
            _, found = session.uid("FETCH", "1:*", "(BODY.PEEK[])")
        return [each[1] for each in found if isinstance(each, tuple)]

    def uidvalidity(self, user: str) -> int:
        with self.session(user) as session:
            session.select(readonly=True)
            told = session.response("UIDVALIDITY")[1]
        assert told
        return int(told[0] or 0)

    def change_uidvalidity(self, user: str) -> int:
        """The inbox forgets its numbers but no mail; its new UIDVALIDITY, surely another than before."""
        before, kept = self.uidvalidity(user), sorted(self.mails(user))
        maildir = self.folder / "mail" / user / "Maildir"
        for each in (maildir / "dovecot-uidlist", *maildir.glob("dovecot.index*")):
            each.unlink(missing_ok=True)
        after = self.uidvalidity(user)
        if after == before:
            raise RuntimeError(f"Dovecot kept the UIDVALIDITY {before} of {user}.")
        if sorted(self.mails(user)) != kept:
            raise RuntimeError(f"Dovecot lost mails of {user} with the UIDVALIDITY.")
        return after

    def expunge_all(self, user: str) -> None:
        with self.session(user) as session:
            session.select()
            for number in session.search(None, "ALL")[1][0].split():
                session.store(number.decode(), "+FLAGS.SILENT", r"(\Deleted)")
            session.expunge()

    def session(self, user: str, *, tls: bool = False) -> imaplib.IMAP4:
        """A signed-in session; `with` ends it."""
        if tls:
            session: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                "localhost", self.tls_port, ssl_context=trusting(self.certificate)
            )
        else:
            session = imaplib.IMAP4("127.0.0.1", self.port)
        session.login(user, PASSWORD)
        return session


def start() -> str:
    """The URL of a running Dovecot, for `Dovecot.at`; it stops with the run. Raises RuntimeError."""
    program = program_of("dovecot", "dovecot-imapd")
    folder = folder_for("dovecot")
    port, tls_port = free_ports(2)
    _furnish(folder, port, tls_port)
    keep([program, "-F", "-c", str(folder / "dovecot.conf")], folder)
    _wait_for(folder, port)
    return f"imap://user0:{PASSWORD}@127.0.0.1:{port}/INBOX?tls={tls_port}&folder={folder}"


def program_of(name: str, package: str) -> str:
    """Where a server's program is. Raises RuntimeError that names the Debian package."""
    found = shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), _SBIN)))
    if found is None:
        raise RuntimeError(f"`{name}` is missing (Debian, Ubuntu: apt-get install {package}).")
    return found


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listens on just now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _furnish(folder: Path, port: int, tls_port: int) -> None:
    """The configuration, the users and the certificate, all owned by the server's user."""
    who = unprivileged()
    cert, key = certificate(folder)
    users = "".join(f"user{number}:{PASSWORD}\n" for number in range(_USERS))
    (folder / "users").write_text(f"porch:{PASSWORD}\n{users}")
    filled = _CONFIG.format(
        folder=folder, port=port, tls_port=tls_port, cert=cert, key=key,
        user=_user_name(), group=_group_name(),
    )  # fmt: skip
    (folder / "dovecot.conf").write_text(filled)
    (folder / "mail").mkdir()
    for each in (folder / "mail", folder / "users", folder / "dovecot.conf", cert, key):
        if who:
            os.chown(each, who["user"], who["group"])


def _user_name() -> str:
    return pwd.getpwuid(unprivileged().get("user", os.getuid())).pw_name


def _group_name() -> str:
    return grp.getgrgid(unprivileged().get("group", os.getgid())).gr_name


def _wait_for(folder: Path, port: int) -> None:
    until = time.monotonic() + _READY_WITHIN
    while True:
        try:
            with imaplib.IMAP4("127.0.0.1", port, timeout=5) as session:
                session.login("porch", PASSWORD)
            return
        except (OSError, imaplib.IMAP4.error) as problem:
            if time.monotonic() > until:
                told = "".join(_text(folder / each) for each in ("log", "dovecot.log"))
                raise RuntimeError(f"Dovecot did not start ({problem}): {told[-2000:]}") from problem
            time.sleep(0.05)


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""

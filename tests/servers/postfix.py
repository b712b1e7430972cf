"""A throwaway Postfix that takes mail for one domain and hands it over by LMTP, and does nothing else.

    python -m tests.servers.postfix PID FOLDER

runs what is furnished in FOLDER for as long as PID lives. Postfix's master has to be root: its programs
then become the user `postfix`. It logs to its folder, looks up no name and delivers nowhere outside.
"""

import grp
import json
import os
import pwd
import shutil
import signal
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.servers.dovecot import free_ports, program_of
from tests.servers.keeper import lives

_LOOK_EVERY = 0.1  # seconds
_READY_WITHIN = 30  # seconds
_PATIENCE = 10  # seconds to stop by itself
_OWNED = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private",
          "saved", "trace")  # fmt: skip
_DROPPED = {"public": 0o710, "maildrop": 0o730}

_SETTINGS = {
    "compatibility_level": "3.6",
    "queue_directory": "{folder}/queue",
    "data_directory": "{folder}/lib",
    "maillog_file": "{folder}/postfix.log",
    "maillog_file_prefixes": "{folder}",
    "myhostname": "postfix.example",
    "mydestination": "",
    "mynetworks": "",
    "inet_protocols": "ipv4",
    "inet_interfaces": "loopback-only",
    "alias_maps": "",
    "alias_database": "",
    "local_recipient_maps": "",
    "notify_classes": "",
    "smtpd_peername_lookup": "no",
    "smtpd_relay_restrictions": "reject_unauth_destination",
    "smtp_dns_support_level": "disabled",
    "lmtp_dns_support_level": "disabled",
    "smtp_host_lookup": "native",
    "lmtp_host_lookup": "native",
    "local_transport": "error:nothing is local here",
    "mailbox_transport": "lmtp:inet:127.0.0.1:{lmtp_port}",
    "virtual_transport": "lmtp:inet:127.0.0.1:{lmtp_port}",
    "virtual_mailbox_domains": "{domain}",
    "default_transport": "error:nothing leaves this machine",
    "relay_transport": "error:nothing leaves this machine",
    "lmtp_connection_cache_on_demand": "no",
    "lmtp_connect_timeout": "5s",
    "minimal_backoff_time": "1s",
    "maximal_backoff_time": "1s",
    "queue_run_delay": "1s",
    "in_flow_delay": "0",
    "smtpd_client_connection_count_limit": "0",
    "smtpd_error_sleep_time": "0",
}

_SERVICES = """\
127.0.0.1:{smtp_port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class PostfixServer:
    """A running Postfix; it stops at `stop`, and at the latest with this process."""

    smtp_port: int
    folder: Path
    _keeper: "subprocess.Popen[bytes]"

    def flush(self) -> None:
        """Everything in the queue is tried now, whatever its backoff."""
        self._postqueue("-f")

    def queued(self) -> int:
        """How many mails it has taken and not handed over."""
        return len(self.queue())

    def queue(self) -> list[dict[str, object]]:
        """The queued mails as `postqueue -j` tells them: sender, recipients, delay_reason, …"""
        return [json.loads(line) for line in self._postqueue("-j").splitlines()]

    def log(self) -> str:
        path = self.folder / "postfix.log"
        return path.read_text() if path.exists() else ""

    def stop(self) -> None:
        """Ends every process it started and clears its folder. A second time it is nothing."""
        self._keeper.terminate()
        self._keeper.wait(2 * _PATIENCE)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _postqueue(self, what: str) -> str:
        asked = (program_of("postqueue", "postfix"), "-c", str(self.folder), what)
        told = subprocess.run(asked, capture_output=True, text=True)
        if told.returncode:
            raise RuntimeError(f"postqueue {what} failed: {told.stderr.strip()} {self.log()[-2000:]}")
        return told.stdout


def start(lmtp_port: int, domain: str, settings: Mapping[str, str] | None = None) -> PostfixServer:
    """Takes mail for `domain`, whoever the recipient, and hands it over to that LMTP port. `settings`
    are added to main.cf. Raises RuntimeError."""
    program_of("postfix", "postfix")
    if os.geteuid() != 0:
        raise RuntimeError("Postfix has to be started by root: run the tests as root.")
    folder = Path(tempfile.mkdtemp(prefix="porchlight-postfix-"))
    folder.chmod(0o711)  # the user `postfix` passes through
    (smtp_port,) = free_ports(1)
    filling = {"folder": folder, "lmtp_port": lmtp_port, "domain": domain, "smtp_port": smtp_port}
    chosen = {name: value.format(**filling) for name, value in _SETTINGS.items()} | dict(settings or {})
    (folder / "main.cf").write_text("".join(f"{name} = {value}\n" for name, value in chosen.items()))
    (folder / "master.cf").write_text(_SERVICES.format(**filling))
    for each in ("main.cf", "master.cf"):
        os.utime(folder / each, (0, 0))  # Postfix waits for seconds beside a file that is just being written
    _furnish(folder)
    with (folder / "log").open("wb") as log:
        keeper = subprocess.Popen(
            (sys.executable, "-m", "tests.servers.postfix", str(os.getpid()), str(folder)),
            cwd=Path(__file__).parents[2], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
    server = PostfixServer(smtp_port, folder, keeper)
    _wait_for(server)
    return server


def _furnish(folder: Path) -> None:
    """The folders that Postfix expects, owned as it expects."""
    owner = pwd.getpwnam("postfix").pw_uid
    dropping = grp.getgrnam("postdrop").gr_gid
    (folder / "lib").mkdir(mode=0o700)
    os.chown(folder / "lib", owner, -1)
    queue = folder / "queue"
    queue.mkdir()
    (queue / "pid").mkdir()
    for name in _OWNED:
        (queue / name).mkdir(mode=0o700)
        os.chown(queue / name, owner, -1)
    for name, mode in _DROPPED.items():
        (queue / name).mkdir()
        os.chown(queue / name, owner, dropping)
        (queue / name).chmod(mode)


def _wait_for(server: PostfixServer) -> None:
    until = time.monotonic() + _READY_WITHIN
    while True:
        try:
            with smtplib.SMTP("127.0.0.1", server.smtp_port, "localhost", timeout=5) as session:
                session.noop()
            return
        except (OSError, smtplib.SMTPException) as problem:
            if time.monotonic() > until or server._keeper.poll() is not None:
                told = (server.folder / "log").read_text() if server.folder.exists() else ""
                said = f"Postfix did not start ({problem}): {told[-1000:]} {server.log()[-2000:]}"
                server.stop()
                raise RuntimeError(said) from problem
            time.sleep(0.05)


def main(run: int, folder: Path) -> None:
    """Keeps the master until the run is over or somebody terminates us."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    master = Path(_setting(folder, "daemon_directory")) / "master"
    server = subprocess.Popen((master, "-c", folder, "-d"), cwd=folder, start_new_session=True)
    try:
        while lives(run) and server.poll() is None:
            time.sleep(_LOOK_EVERY)
    finally:
        _end(server)
    if not lives(run):
        shutil.rmtree(folder, ignore_errors=True)


def _end(server: "subprocess.Popen[bytes]") -> None:
    """The master, and the programs of its own session."""
    server.terminate()
    try:
        server.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    try:
        os.killpg(server.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _setting(folder: Path, name: str) -> str:
    asked = (program_of("postconf", "postfix"), "-c", str(folder), "-h", name)
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))

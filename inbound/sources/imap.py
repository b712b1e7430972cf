"""The IMAP door: one mailbox, read as mail arrives (IDLE), at the latest every half minute, from where we
stopped.

How far was read is written in the same transaction as the mail. It holds for one UIDVALIDITY; when the
server changes that, everything is read again, and what was kept before is recognised by its bytes.
Nothing on the server is deleted or moved; what was kept is marked as seen.
"""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event
from time import monotonic
from urllib.parse import unquote, urlsplit

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from engine.runtime import Runtime
from engine.store import marks
from inbound.sources.keeping import MOST_BYTES, Envelope, Progress, keep_email

SOURCE = "imap"
_PATIENCE = 60.0  # seconds a server may take for one answer
_POLL_EVERY = 30.0  # seconds between looks where there is no IDLE
# Seconds; after that a look, and IDLE anew. Not minutes: news that comes in one piece with the server's
# "+ idling" stays in imaplib's buffer, and imapclient, which watches the socket, never sees it.
_IDLE_FOR = 20.0
_IDLE_SHORTLY = 1.0  # after mail was found: where one came, the next may be coming
_LOOK_AT_STOP = 1.0
_PAUSES = (1.0, 5.0, 15.0, 60.0)  # seconds before a new connection, growing with each failure
_FETCHED_TOGETHER = 50  # mails by one command, if they are small
_TOGETHER_BYTES = 8 * 1024 * 1024  # held in memory at once; a larger mail comes alone
_SIZES = 500  # mails whose size is asked by one command
_BODY = f"BODY.PEEK[]<0.{MOST_BYTES}>"
_FETCHED = b"BODY[]<0>"
_SIZE = b"RFC822.SIZE"

log = logging.getLogger("porchlight")


@dataclass(frozen=True)
class Mailbox:
    """Where mail arrives."""

    host: str
    port: int
    tls: bool
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"

    @property
    def mark(self) -> str:
        """The name under which it is kept how far this mailbox was read."""
        who = f"{self.user}@{self.host}:{self.port}/{self.folder}"
        return f"{SOURCE}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"


def read_mailbox(url: str) -> Mailbox:
    """`imaps://user:password@host/INBOX`, or `imap://` without TLS. Raises ValueError."""
    parts = urlsplit(url)
    if parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username:
        raise ValueError("not an IMAP address")
    tls = parts.scheme == "imaps"
    user, password = unquote(parts.username), unquote(parts.password or "")
    folder = unquote(parts.path.lstrip("/")) or "INBOX"
    return Mailbox(parts.hostname, parts.port or (993 if tls else 143), tls, user, password, folder)


@dataclass(frozen=True)
class ImapDoor:
    """Reads one mailbox until told to stop."""

    rt: Runtime
    mailbox: Mailbox
    poll_every: float = _POLL_EVERY

    def run(self, stop: Event) -> None:
        """Connects again, ever more patiently, when the line drops."""
        failures = 0
        while not stop.is_set():
            try:
                with self.connected() as client:
                    failures = 0
                    self._watch(client, stop)
            except Exception as problem:  # the database may be away as well as the mailbox
                pause = _PAUSES[min(failures, len(_PAUSES) - 1)]
                failures += 1
                log.warning("The mailbox: %s; again in %.0f s.", type(problem).__name__, pause)
                stop.wait(pause)

    @contextmanager
    def connected(self) -> Iterator[IMAPClient]:
        """Signed in. Raises OSError, IMAPClientError."""
        where = self.mailbox
        client = IMAPClient(where.host, where.port, ssl=where.tls, timeout=_PATIENCE, use_uid=True)
        try:
            client.login(where.user, where.password)
            yield client
        finally:
            with suppress(OSError, IMAPClientError):  # the line may be gone
                client.logout()

    def read_new(self, client: IMAPClient) -> int:
        """Keeps what came since the last look; returns how many mails it read."""
        validity = int(client.select_folder(self.mailbox.folder)[b"UIDVALIDITY"])
        last = self._last(validity)
        found = sorted(uid for uid in client.search(["UID", f"{last + 1}:*"]) if uid > last)
        for together in _by_size(client, found):
            self._keep(client, validity, together)
        return len(found)

    def _keep(self, client: IMAPClient, validity: int, uids: list[int]) -> None:
        fetched = client.fetch(uids, [_BODY])
        kept = []
        for uid in uids:
            message = fetched.get(uid, {}).get(_FETCHED)
            if message is None:  # somebody expunged it in the meantime
                continue
            progress = Progress(self.mailbox.mark, f"{validity}:{uid}")
            keep_email(self.rt, SOURCE, message, Envelope(), progress)
            kept.append(uid)
        if kept:
            client.add_flags(kept, [b"\\Seen"], silent=True)

    def _last(self, validity: int) -> int:
        with self.rt.reading() as session:
            mark = marks.mark(session, self.mailbox.mark) or "0:0"
        known, _, uid = mark.partition(":")
        return int(uid) if int(known) == validity else 0

    def _watch(self, client: IMAPClient, stop: Event) -> None:
        idles, quiet = client.has_capability("IDLE"), False
        while not stop.is_set():
            found = self.read_new(client)
            if idles:
                _idle(client, stop, _IDLE_FOR if quiet and not found else _IDLE_SHORTLY)
            else:
                stop.wait(self.poll_every)
            quiet = not found


def _by_size(client: IMAPClient, uids: list[int]) -> Iterator[list[int]]:
    """The same mails in the same order, in groups that are fetched together."""
    for start in range(0, len(uids), _SIZES):
        some = uids[start : start + _SIZES]
        sizes = {uid: said.get(_SIZE, 0) for uid, said in client.fetch(some, [_SIZE]).items()}
        group: list[int] = []
        total = 0
        for uid in some:
            size = min(sizes.get(uid, 0), MOST_BYTES)
            if group and (len(group) == _FETCHED_TOGETHER or total + size > _TOGETHER_BYTES):
                yield group
                group, total = [], 0
            group.append(uid)
            total += size
        if group:
            yield group


def _idle(client: IMAPClient, stop: Event, seconds: float) -> None:
    """Returns when the server has something to say, at the latest after so many seconds."""
    client.idle()
    until = monotonic() + seconds
    try:
        while not stop.is_set() and (began := monotonic()) < until:
            if client.idle_check(timeout=_LOOK_AT_STOP):
                return
            if monotonic() - began < _LOOK_AT_STOP / 2:  # imapclient returns at once when the line is closed
                raise OSError("The line was closed.")
    finally:
        client.idle_done()

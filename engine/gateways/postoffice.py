"""The pretend post office: carries mail into folders that stand for members' mailboxes and phones.

Layout under the root, all file names safe on any system:
    mail/<sha256 of address, 16 hex>/<nanoseconds>-<delivery id>-<attempt>.eml   and   address.txt
    phones/<sha256 of number, 16 hex>/<nanoseconds>-<delivery id>-<attempt>.json  and  address.txt
What the member wrote there lies beside it as <nanoseconds>-sent-<number>, and an empty <name>.read says
that a letter was opened. Nanoseconds are the clock's, 20 digits, so names sort as time does.
Above a letter stands the Return-Path that a mail server writes when it delivers.
A file is written beside, flushed to the disk and renamed into place, so that a reader never sees half
a letter and a letter that was accepted is there after a power cut.
"""

import hashlib
import json
import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from engine.clock import Clock, SystemClock
from engine.vocabulary.messages import Outgoing, Receipt, ReceiptKind
from engine.vocabulary.words import Channel

_FOLDER = {Channel.EMAIL: "mail", Channel.SMS: "phones"}
_ENDING = {Channel.EMAIL: ".eml", Channel.SMS: ".json"}
_SENT = "sent"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_ADDRESS = 320  # characters


@dataclass(frozen=True)
class Postoffice:
    """A Gateway that reaches nobody."""

    root: Path
    channel: Channel
    real: bool = False
    clock: Clock = field(default_factory=SystemClock)

    def carry(self, batch: Sequence[Outgoing]) -> Iterator[Receipt]:
        for letter in batch:
            yield self._carry_one(letter)

    def look_up(self, letter: Outgoing) -> tuple[str, ...] | None:
        found = (self.root / _FOLDER[self.channel]).glob(f"*/*-{letter.delivery_id}-*{_ENDING[self.channel]}")
        return tuple(sorted(f"po-{path.stem}" for path in found))

    def check(self) -> str:
        return "the pretend post office: nothing reaches anybody"

    def _carry_one(self, letter: Outgoing) -> Receipt:
        if not _is_address(letter.to, self.channel):
            detail = "There is no such mailbox."
            return Receipt(letter.delivery_id, letter.attempt, ReceiptKind.REFUSED, detail)
        try:
            box = Mailbox.of(self.root, self.channel, letter.to)
            name = box.put(self.clock.now(), f"{letter.delivery_id}-{letter.attempt}", self._content(letter))
        except OSError as problem:
            detail = f"The post office's folder cannot be written: {problem.strerror}."
            return Receipt(letter.delivery_id, letter.attempt, ReceiptKind.DEFERRED, detail)
        return Receipt(letter.delivery_id, letter.attempt, ReceiptKind.ACCEPTED, provider_id=f"po-{name}")

    def _content(self, letter: Outgoing) -> bytes:
        if self.channel is Channel.EMAIL:
            return b"Return-Path: <" + letter.sender.encode() + b">\r\n" + letter.payload
        return text_form(letter.sender, letter.to, letter.payload.decode())


def text_form(sender: str, to: str, body: str) -> bytes:
    """A text message as its file holds it."""
    return json.dumps({"from": sender, "to": to, "body": body}, ensure_ascii=False).encode()


def _is_address(address: str, channel: Channel) -> bool:
    if not 3 <= len(address) <= _LONGEST_ADDRESS or not address.isprintable() or " " in address:
        return False
    if channel is Channel.SMS:
        return address.startswith("+") and address[1:].isdecimal()
    local, _, domain = address.rpartition("@")
    return bool(local and domain)


@dataclass(frozen=True)
class Letter:
    """One letter or text as it lies in a mailbox. `name` finds it again."""

    name: str
    at: datetime
    path: Path
    sent: bool  # by the member; else to them
    read: bool

    def content(self) -> bytes:
        return self.path.read_bytes()

    @property
    def number(self) -> str:
        """The delivery's id, or what the sender called it."""
        return self.name.split("-")[1]


@dataclass(frozen=True)
class Mailbox:
    """One member's mailbox or phone. `key` finds it again; it is made when the first letter comes."""

    folder: Path
    channel: Channel
    address: str

    @classmethod
    def of(cls, root: Path, channel: Channel, address: str) -> "Mailbox":
        key = hashlib.sha256(address.encode()).hexdigest()[:16]
        return cls(root / _FOLDER[channel] / key, channel, address)

    @property
    def key(self) -> str:
        return self.folder.name

    def letters(self) -> list[Letter]:
        """What came and what the member wrote, newest first."""
        names = sorted(_names(self.folder), reverse=True)
        read = {name.removesuffix(".read") for name in names if name.endswith(".read")}
        ending = _ENDING[self.channel]
        stems = [name.removesuffix(ending) for name in names if name.endswith(ending)]
        return [self._letter(stem, read=stem in read) for stem in stems]

    def letter(self, name: str) -> Letter | None:
        return next((letter for letter in self.letters() if letter.name == name), None)

    def put(self, at: datetime, label: str, content: bytes) -> str:
        """Writes one letter; returns its name. The same moment and label is the same letter."""
        name = f"{_nanoseconds(at):020d}-{label}"
        address = self.folder / "address.txt"
        if not address.exists():  # asked of the file: a crash may have left the folder without it
            self.folder.mkdir(parents=True, exist_ok=True)
            _write(address, self.address.encode())
        _write(self.folder / f"{name}{_ENDING[self.channel]}", content)
        return name

    def put_sent(self, at: datetime, content: bytes) -> str:
        """Keeps the member's own copy of what they wrote."""
        digest = hashlib.sha256(content).hexdigest()[:12]
        return self.put(at, f"{_SENT}-{digest}", content)

    def mark_read(self, name: str) -> None:
        if self.letter(name) is not None:
            (self.folder / f"{name}.read").touch()

    def _letter(self, name: str, *, read: bool) -> Letter:
        nanoseconds, label, _ = name.split("-", 2)
        at = _EPOCH + timedelta(microseconds=int(nanoseconds) // 1000)
        path = self.folder / f"{name}{_ENDING[self.channel]}"
        return Letter(name, at, path, label == _SENT, read or label == _SENT)


def mailboxes(root: Path, channel: Channel) -> list[Mailbox]:
    """Every mailbox, or every phone, by address."""
    found = (mailbox(root, channel, key) for key in _names(root / _FOLDER[channel]))
    return sorted((box for box in found if box is not None), key=lambda box: box.address)


def mailbox(root: Path, channel: Channel, key: str) -> Mailbox | None:
    """One mailbox by its key; None when no letter ever came there."""
    if len(key) != 16 or not key.isalnum():
        return None
    folder = root / _FOLDER[channel] / key
    try:
        return Mailbox(folder, channel, (folder / "address.txt").read_text(encoding="utf-8"))
    except OSError:
        return None


def _names(folder: Path) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            yield from [entry.name for entry in entries]
    except FileNotFoundError:
        return


def _nanoseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1) * 1000


def _write(path: Path, content: bytes) -> None:
    """All of it, on the disk, or nothing: written beside under a name of this writer's own."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.new")
    with open(fresh, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
    _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    if os.name != "posix":  # other systems cannot open a folder
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

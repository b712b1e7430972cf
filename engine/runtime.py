"""Runtime: everything that touches the world, in one small value that actions and jobs take first."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event
from time import monotonic, sleep

from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from engine.clock import Clock, Ids
from engine.gateways.base import Gateway
from engine.privacy.sealed import KeyRing
from engine.queues import Queue
from engine.settings import Settings
from engine.vocabulary.words import Channel


@dataclass(frozen=True)
class Doors:
    """The ways to the outside. Pager and blobs come when their nouns arrive."""

    email: Gateway
    sms: Gateway

    def gateway(self, channel: Channel) -> Gateway:
        return self.email if channel is Channel.EMAIL else self.sms

    @property
    def real(self) -> bool:
        return self.email.real or self.sms.real


@dataclass
class _Open:
    """A transaction under way: its session and what is to happen once it is committed."""

    session: Session
    afterwards: list[Callable[[], None]] = field(default_factory=list)


@dataclass(frozen=True)
class Runtime:
    settings: Settings
    database: Engine
    clock: Clock
    ids: Ids
    keys: KeyRing
    queue: Queue
    doors: Doors
    stopping: Event = field(default_factory=Event)  # set: this process ends; finish what is on the wire
    _open: ContextVar[_Open | None] = field(default_factory=lambda: ContextVar("transaction", default=None))

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session in a write transaction. Inside another one it joins it: only the outermost
        commits, and an exception that reaches it rolls everything back."""
        outer = self._open.get()
        if outer is not None:
            yield outer.session
            return
        with Session(self.database, expire_on_commit=False) as session:
            mine = _Open(session)
            mark = self._open.set(mine)
            try:
                with session.begin():
                    yield session
            finally:
                self._open.reset(mark)
        for act in mine.afterwards:
            act()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that takes no write lock and keeps nothing; inside a transaction, that one's."""
        outer = self._open.get()
        if outer is not None:
            yield outer.session
            return
        with (
            self.database.connect().execution_options(reading=True) as connection,
            Session(connection, expire_on_commit=False, autoflush=False) as session,
        ):
            yield session

    def insist(self, act: Callable[[], None], *, within: timedelta) -> None:
        """Does `act` (one transaction), again and again while the database is away or refuses it for
        others' sake (a deadlock, a restart), for so long; then raises what it raised last."""
        until = monotonic() + within.total_seconds()
        pause = 0.1
        while True:
            try:
                return act()
            except (OperationalError, InterfaceError):
                if monotonic() + pause > until:
                    raise
            sleep(pause)
            pause = min(pause * 2, 5.0)

    def after_commit(self, act: Callable[[], None]) -> None:
        """Runs `act` once the outermost transaction is committed, never if it is rolled back; at
        once when none is open."""
        outer = self._open.get()
        if outer is None:
            act()
        else:
            outer.afterwards.append(act)

    def ring(self, job: str) -> None:
        """Rings the queue after the commit."""
        self.after_commit(lambda: self.queue.ring(job))

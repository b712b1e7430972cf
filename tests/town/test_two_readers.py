"""Two workers take up the same mail at the same moment: it is read once, and it is not stuck."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.store.messages import Message
from engine.store.raw import Raw
from engine.vocabulary.words import RawState
from inbound import reading, receive
from webapp.town import hands
from webapp.town.hands import Writer
from webapp.town.simulated import Town


def test_the_slower_of_two_readers_leaves_the_mail_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = Town.at(tmp_path)
    both_have_read = threading.Barrier(2, timeout=10)
    read = reading.read

    def read_together(*mail: object) -> object:
        done = read(*mail)  # type: ignore[arg-type]
        both_have_read.wait()
        return done

    monkeypatch.setattr(receive, "read", read_together)
    hands.send_text(town.rt, Writer("Carol", "+18025550199"), "may I come too?")
    readers = [threading.Thread(target=receive.receive_kept, args=(town.rt,)) for _ in range(2)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    with town.rt.reading() as session:
        assert session.execute(select(Raw.state)).scalars().all() == [RawState.DONE]
        assert len(session.execute(select(Message.id)).all()) == 1

"""Three hundred real and broken messages through receiving: every one is kept, none raises, each ends
somewhere a person can find it. The corpora lie beside the repository; without them this prints so."""

import json
from collections import Counter
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.runtime import Runtime
from engine.store.base import table_of
from engine.store.conversations import Conversation
from engine.store.messages import Message
from engine.store.raw import KeptRaw, Raw, keep
from engine.vocabulary.ids import RawId
from engine.vocabulary.words import ConversationState, RawKind, RawState
from inbound.receive import receive_kept

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
HOW_MANY = {"bounces": 115, "malformed": 120, "replies": 65}
ENDINGS = {
    "bounce", "complaint", "auto_reply", "loop", "list", "receipt", "calendar",
    "needs matching", "conversation",
    "unreadable, kept for a person", "stopped",
}  # fmt: skip


def corpus() -> list[bytes]:
    letters = []
    for folder, how_many in HOW_MANY.items():
        lines = (CORPORA / folder / "cases.jsonl").read_text().splitlines()[:how_many]
        letters += [as_letter(CORPORA / folder, json.loads(line)) for line in lines]
    return letters


def as_letter(folder: Path, case: dict[str, str]) -> bytes:
    raw = (folder / case["raw_path"]).read_bytes()
    if case["input"] == "message":
        return raw
    letter = EmailMessage()
    letter["From"] = "Ana <ana@riverbend.example>"
    letter["To"] = "hello@porchlight.example"
    letter["Subject"] = case.get("subject") or "Re: hello"
    letter.set_content(raw.decode("utf-8", "replace"), cte="base64")
    return bytes(letter)


@pytest.mark.skipif(not CORPORA.is_dir(), reason=f"{sum(HOW_MANY.values())} messages: no ../shared/corpora")
def test_every_message_is_kept_and_none_raises(
    rt: Runtime, record_property: Callable[[str, object], None]
) -> None:
    letters = corpus()
    with rt.transaction() as session:
        for number, letter in enumerate(letters):
            kept = KeptRaw(f"corpus:{number}", RawKind.EMAIL, "corpus", letter, rt.clock.now())
            assert keep(session, RawId(rt.ids.new()), kept)

    assert sum(iter(lambda: receive_kept(rt), 0)) == len(letters) == 300

    with rt.reading() as session:
        rows = list(session.execute(select(table_of(Raw).c.state, table_of(Raw).c.outcome)))
        stuck = session.execute(select(Raw.problem).where(Raw.state == RawState.STUCK)).scalars().all()
        open_now = Conversation.state == ConversationState.OPEN
        waiting = session.execute(select(Conversation.id).where(open_now)).scalars().all()
        messages = session.execute(select(Message.id)).scalars().all()
    endings = Counter(outcome for _, outcome in rows)
    record_property("said", f"300 messages received: {dict(endings.most_common())}")
    assert stuck == []
    assert set(endings) <= ENDINGS
    assert len(waiting) > 0
    assert len(messages) >= endings["needs matching"] + endings["conversation"]
    assert endings["bounce"] >= 80

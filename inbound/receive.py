"""The table: what happens to an inbound message, link by link.

`obey_stop` and `raise_alert` come first, need only the address and commit by themselves, so that nothing
after them can lose a STOP or a cry for help. The rest is one transaction. A message whose reading raises
is rolled back, kept as stuck and shown in the dashboard, where a button tries it again.
"""

import logging
import traceback
from collections.abc import Callable

from engine.runtime import Runtime
from engine.store import raw
from engine.store.raw import KeptRaw, Raw
from engine.vocabulary.ids import RawId
from engine.vocabulary.words import Job, RawState
from inbound import machines, people
from inbound.attachments.keeping import keep_files
from inbound.care import raise_alert
from inbound.commands import table as commands
from inbound.commands.stop import obey_stop
from inbound.mail import Done, Mail, Outcome
from inbound.reading import read

Link = Callable[[Mail], Outcome]

TABLE: tuple[Link, ...] = (
    machines.drop_noise,  # our own mail coming back, lists, receipts
    machines.record_bounce,
    machines.record_complaint,
    people.find_member,
    machines.note_out_of_office,  # kept beside the member's messages; nobody is asked
    people.file,  # in the one conversation; nobody is asked yet
    keep_files,  # that came with it
    machines.note_calendar,  # yes or no to an invitation
    machines.show_to_a_person,  # challenges, and what came through a list: nothing of it is obeyed
    people.a_person_first,  # distress, an unsure wish to stop: whatever else the words say
    people.follow_step_reply,  # what the letter's `### replies` promised
    commands.obey_command,  # HELP, START
    people.route,  # everything else: a person answers
)

log = logging.getLogger("porchlight")


def receive_kept(rt: Runtime, limit: int = 100) -> int:
    """Reads what was kept and not read yet; returns how many. Call until 0."""
    with rt.reading() as session:
        waiting = raw.waiting_to_be_read(session, limit)
    for raw_id in waiting:
        receive(rt, raw_id)
    return len(waiting)


def receive(rt: Runtime, raw_id: RawId) -> None:
    """Reads one kept message. Never raises for what the message is: it becomes stuck instead."""
    with rt.reading() as session:
        row = session.get(Raw, raw_id)
        if row is None or row.state is not RawState.KEPT:
            return
        kept = raw.kept_of(row)
    try:
        _walk_the_table(rt, raw_id, kept)
    except Exception as problem:
        log.error("Mail %s is stuck: %s", raw_id, _where(problem))
        _set_state(rt, raw_id, RawState.STUCK, problem=_where(problem))


def retry(rt: Runtime, raw_id: RawId) -> None:
    """Tries a stuck message once more."""
    _set_state(rt, raw_id, RawState.KEPT)
    receive(rt, raw_id)


def _walk_the_table(rt: Runtime, raw_id: RawId, kept: KeptRaw) -> None:
    reading = read(rt, kept)
    with rt.transaction() as session:
        if not raw.still_kept(session, raw_id):  # another worker was faster
            return
        urgent = Mail(rt, session, raw_id, kept, reading)
        obey_stop(urgent)
        raise_alert(urgent)
    with rt.transaction() as session:
        if not raw.still_kept(session, raw_id):
            return
        mail = Mail(rt, session, raw_id, kept, reading)
        outcome = next(said.outcome for link in TABLE if isinstance(said := link(mail), Done))
        _set_state(rt, raw_id, RawState.DONE, outcome=outcome)


def _set_state(
    rt: Runtime, raw_id: RawId, state: RawState, *, problem: str | None = None, outcome: str | None = None
) -> None:
    with rt.transaction() as session:
        row = session.get_one(Raw, raw_id)
        row.state, row.problem, row.outcome = state, problem, outcome
        if state is RawState.KEPT:
            rt.ring(Job.RECEIVE)
        else:
            row.tries += 1
            row.read_at = rt.clock.now()


def _where(problem: Exception) -> str:
    """The kind of error and the line of ours it came from; never its text, which may quote the mail."""
    frames = traceback.extract_tb(problem.__traceback__)
    last = frames[-1] if frames else None
    return f"{type(problem).__name__} in {last.name}, line {last.lineno}" if last else type(problem).__name__

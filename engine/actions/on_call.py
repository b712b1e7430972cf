"""Who is on call, and what may not happen while too few are: letters that ask for answers reach people who
may answer with a cry for help."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.actions import auditing
from engine.actions.scripts import script_of
from engine.content.typed import TypedError, phone_of
from engine.rules.alarm import ENOUGH, Watch, turned
from engine.runtime import Runtime
from engine.store import on_call, organizers, team
from engine.store.care import Care, the_care
from engine.store.on_call import OnCall
from engine.vocabulary.ids import OrganizerId, RevisionId
from engine.vocabulary.sentences import Said, Sentence, say
from engine.vocabulary.words import Rotation

_LONGEST_HOLDING = 600  # characters


class OnCallError(Said):
    """What was typed about who is on call; the text says what is wrong and how to mend it."""


class OnCallNeeded(Said):
    """A sequence asks for answers, and too few people are on call to hear a cry for help."""

    def __init__(self) -> None:
        super().__init__(needed())


def needed() -> Sentence:
    return say(
        "Letters that ask for answers may only go to real people once %(enough)s organizers are on call: "
        "somebody may answer in despair. Choose who is on call in the settings.",
        enough=ENOUGH,
    )


def enough(session: Session) -> bool:
    return on_call.size(session) >= ENOUGH


def unattended(
    rt: Runtime, session: Session, revision_ids: Sequence[RevisionId | None]
) -> frozenset[RevisionId]:
    """Of these published texts, those that ask for answers and may not go out now."""
    if not rt.doors.real or enough(session):
        return frozenset()
    return frozenset(each for each in set(revision_ids) if each is not None and _two_way(session, each))


def _two_way(session: Session, revision_id: RevisionId) -> bool:
    try:
        return script_of(session, revision_id, "").two_way
    except LookupError:  # it cannot be read, so nothing of it leaves
        return True


def insist(rt: Runtime, session: Session, revision_id: RevisionId) -> None:
    """Raises OnCallNeeded."""
    if unattended(rt, session, [revision_id]):
        raise OnCallNeeded


@dataclass(frozen=True)
class Turn:
    """One organizer on call, as an admin types it. `phone` may be empty."""

    organizer_id: OrganizerId
    phone: str = ""
    by_email: bool = True


@dataclass(frozen=True)
class CareForm:
    turns: tuple[Turn, ...]  # who is called first stands first
    rotation: Rotation = Rotation.WEEKLY
    holding_on: bool = False
    holding_en: str = ""
    holding_es: str = ""


def edit(rt: Runtime, form: CareForm, *, by: OrganizerId | str) -> None:
    """Writes the whole roster and what goes with it. Raises OnCallError."""
    _check(form)
    with rt.transaction() as session:
        active = {each.id: each.name for each in team.active(session)}
        rows = [_row(rt, active, place, turn) for place, turn in enumerate(form.turns)]
        on_call.replace(session, rows)
        session.merge(
            Care(
                id=1,
                rotation=form.rotation,
                holding_on=form.holding_on,
                holding_en=form.holding_en.strip(),
                holding_es=form.holding_es.strip(),
            )
        )
        auditing.note(rt, "on_call.edited", "on_call", by=by, detail=f"{len(rows)} on call")


def _check(form: CareForm) -> None:
    if len({turn.organizer_id for turn in form.turns}) != len(form.turns):
        raise OnCallError(say("Somebody stands on the list twice. Name each organizer once."))
    holdings = (form.holding_en.strip(), form.holding_es.strip())
    if form.holding_on and not any(holdings):
        raise OnCallError(say("Write the words of the text first, then turn it on."))
    if any(len(each) > _LONGEST_HOLDING for each in holdings):
        raise OnCallError(say("Keep the text under %(most)s characters.", most=_LONGEST_HOLDING))


def _row(rt: Runtime, active: dict[OrganizerId, str], place: int, turn: Turn) -> OnCall:
    if turn.organizer_id not in active:
        raise OnCallError(say("Only active organizers can be on call."))
    try:
        phone = phone_of(turn.phone) if turn.phone.strip() else ""
    except TypedError as error:
        raise OnCallError(error.sentence) from error
    if not phone and not turn.by_email:
        raise OnCallError(
            say("Say how %(name)s is called: by email, by text, or both.", name=active[turn.organizer_id])
        )
    return OnCall(
        organizer_id=turn.organizer_id,
        place=place,
        phone=phone,
        by_email=turn.by_email,
        since=rt.clock.now(),
    )


def watch(rt: Runtime, session: Session) -> Watch:
    """Who is called now, the first one first."""
    order = [each.organizer_id for each in on_call.roster(session)]
    rotation = the_care(session).rotation
    return Watch(turned(order, rotation, rt.clock.now()), tuple(organizers.active_admins(session)))


def had_a_turn(session: Session, organizer_id: OrganizerId) -> None:
    """After a claim, where the community turns the list so."""
    if the_care(session).rotation is Rotation.AFTER_CLAIM:
        on_call.move_last(session, organizer_id)

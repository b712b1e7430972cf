"""The community is founded and describes itself; the sample town is left behind."""

from dataclasses import dataclass
from datetime import time

from sqlalchemy.orm import Session

from engine.actions import auditing, enrollments
from engine.actions.forms import zones
from engine.actions.scripts import script_of
from engine.runtime import Runtime
from engine.store import sample_town, sequences
from engine.store.community import Community, the_community
from engine.vocabulary.ids import OrganizerId
from engine.vocabulary.sentences import Said, Sentence, say
from engine.vocabulary.words import Ending

LANGUAGES = ("en", "es")  # those we have answers in
_LONGEST_NAME = 120  # characters
_LONGEST_ADDRESS = 500


class CommunityError(Said):
    """`field` names the input; the text says what is wrong and how to mend it."""

    def __init__(self, field: str, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True)
class CommunityForm:
    name: str
    postal_address: str
    language: str = "en"
    zone: str = "America/New_York"
    opens: str = "09:00"
    closes: str = "20:00"
    sign_up_open: bool = True


def found(rt: Runtime, form: CommunityForm, *, sample: bool = False) -> None:
    """Writes the one row. Raises CommunityError, also when there is a community already."""
    _check(form)
    with rt.transaction() as session:
        if session.get(Community, 1) is not None:
            raise CommunityError("name", say("There is a community here already. Its settings have a page."))
        row = Community(id=1, sample=sample, created_at=rt.clock.now())
        _write(row, form)
        session.add(row)
        session.flush()


def edit(rt: Runtime, form: CommunityForm, *, by: OrganizerId) -> None:
    """Raises CommunityError."""
    _check(form)
    with rt.transaction() as session:
        _write(the_community(session), form)
        auditing.note(rt, "community.edited", "community", by=by)


def _check(form: CommunityForm) -> None:
    if not 1 <= len(form.name.strip()) <= _LONGEST_NAME or not form.name.isprintable():
        raise CommunityError(
            "name",
            say("Give the community a name of 1 to %(most)s characters.", most=_LONGEST_NAME),
        )
    if not 1 <= len(form.postal_address.strip()) <= _LONGEST_ADDRESS:
        raise CommunityError(
            "postal_address", say("Every letter must show a postal address: give one where mail reaches you.")
        )
    if form.language not in LANGUAGES:
        raise CommunityError(
            "language", say("Choose one of these languages: %(languages)s.", languages=", ".join(LANGUAGES))
        )
    if form.zone not in zones():
        raise CommunityError(
            "zone", say("“%(zone)s” is not a time zone; choose one such as America/New_York.", zone=form.zone)
        )
    if _wall_time("opens", form.opens) >= _wall_time("closes", form.closes):
        raise CommunityError("closes", say("The day must end after it begins, such as from 09:00 to 20:00."))


def _wall_time(field: str, typed: str) -> time:
    try:
        return time.fromisoformat(typed.strip())
    except ValueError as error:
        raise CommunityError(
            field, say("“%(typed)s” is not a time of day. Write it like 09:00.", typed=typed)
        ) from error


def _write(row: Community, form: CommunityForm) -> None:
    row.name, row.postal_address = form.name.strip(), form.postal_address.strip()
    row.language, row.zone = form.language, form.zone
    row.opens = f"{_wall_time('opens', form.opens):%H:%M}"
    row.closes = f"{_wall_time('closes', form.closes):%H:%M}"
    row.sign_up_open = form.sign_up_open


def leave_sample_town(rt: Runtime, *, by: OrganizerId) -> None:
    """Removes every sample member and all that was said to and by them, the sample organizers except
    `by`, and ends whoever still walks a sample sequence; keeps the community's settings, and the people
    and organizers who came since. What strangers wrote goes too: in a pretend town they were pretend."""
    with rt.transaction() as session:
        _end_sample_walks(rt, session)
        sample_town.remove_words(session)
        sample_town.remove_members(session)
        sample_town.remove_organizers(session, keep=by)
        sample_town.remove_stray_addresses(session)
        the_community(session).sample = False
        auditing.note(rt, "community.left_sample_town", "community", by=by)


def _end_sample_walks(rt: Runtime, session: Session) -> None:
    for sequence in sequences.running(session):
        if sequence.revision_id and script_of(session, sequence.revision_id, "").sample:
            for enrollment_id in sample_town.real_walks(session, sequence.id):
                enrollments.end(rt, enrollment_id, Ending.BY_ORGANIZER)

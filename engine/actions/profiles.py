"""An organizer's own profile."""

from dataclasses import dataclass
from zoneinfo import available_timezones

from engine.actions.organizers import OrganizerError
from engine.runtime import Runtime
from engine.store.organizers import Organizer
from engine.vocabulary.ids import OrganizerId
from engine.vocabulary.sentences import say

LONGEST_NAME = 120
LONGEST_SIGNATURE = 1000


@dataclass(frozen=True)
class ProfileForm:
    name: str
    zone: str
    language: str = "en"
    signature: str = ""


def edit(rt: Runtime, organizer_id: OrganizerId, form: ProfileForm) -> None:
    """Raises OrganizerError."""
    _check(form)
    with rt.transaction() as session:
        row = session.get(Organizer, organizer_id)
        if row is None:
            raise OrganizerError(say("This organizer is not here any more."))
        row.name, row.zone, row.language, row.signature = (
            form.name,
            form.zone,
            form.language,
            form.signature,
        )


def _check(form: ProfileForm) -> None:
    if not form.name or len(form.name) > LONGEST_NAME:
        raise OrganizerError(say("Give a name of 1 to %(most)s characters.", most=LONGEST_NAME))
    if form.zone not in available_timezones():
        raise OrganizerError(
            say("“%(zone)s” is not a time zone; choose one such as America/New_York.", zone=form.zone)
        )
    if len(form.signature) > LONGEST_SIGNATURE:
        raise OrganizerError(
            say(
                "Keep the signature under %(most)s characters.",
                most=LONGEST_SIGNATURE,
            )
        )

"""The community is founded and describes itself; the sample town is left behind."""

from dataclasses import dataclass

from engine.runtime import Runtime
from engine.vocabulary.ids import OrganizerId


class CommunityError(Exception):
    """`field` names the input; the text says what is wrong and how to mend it."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
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
    raise NotImplementedError


def edit(rt: Runtime, form: CommunityForm, *, by: OrganizerId) -> None:
    """Raises CommunityError."""
    raise NotImplementedError


def leave_sample_town(rt: Runtime, *, by: OrganizerId) -> None:
    """Removes every sample member and all that was said to and by them, the sample organizers except
    `by` and the sample sequences' enrollments; keeps the community's settings and organizers invited since."""
    raise NotImplementedError

"""Mail services that post a member's mail in a form of their own: each proves that a form is the service's,
and turns it back into the mail. A new service is one module here and one line in FORMS."""

from collections.abc import Mapping
from typing import Final, Protocol

from engine.settings import MailForms
from inbound.sources.forms import mailgun, postmark, sendgrid
from inbound.sources.forms.posted import Came, Posted


class Form(Protocol):
    """What each of the modules keeps to: the form in which one service posts."""

    @property
    def MOST_BYTES(self) -> int:
        """Of one post: the form with the mail in it."""

    def knows(self, settings: MailForms, headers: Mapping[str, str]) -> bool:
        """Whether what stands in the headers is right; asked before the body is read."""

    def signed(self, settings: MailForms, posted: Posted, now: float) -> bool:
        """Whether the service itself has posted this, lately. `now`: seconds since 1970."""

    def mail_of(self, posted: Posted) -> Came | None:
        """The mail; None when there is none in the form. Never raises."""


FORMS: Final[Mapping[str, Form]] = {"mailgun": mailgun, "postmark": postmark, "sendgrid": sendgrid}

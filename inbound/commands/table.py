"""Every command, in the order it is looked for. A new one is a file beside this, and a row here."""

from collections.abc import Callable

from inbound.commands import stop
from inbound.mail import Done, Mail, Outcome, Pass

COMMANDS: tuple[Callable[[Mail], Outcome], ...] = (stop.stopped, stop.start, stop.help)


def obey_command(mail: Mail) -> Outcome:
    """The first command that has something to say ends the message's way."""
    for command in COMMANDS:
        said = command(mail)
        if isinstance(said, Done):
            return said
    return Pass()

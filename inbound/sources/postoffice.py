"""The pretend post office as a source: what a pretend member wrote comes in by the very same door as
mail and texts of the outside world. It refuses to exist when a real gateway is configured."""

from collections.abc import Mapping

from engine.runtime import Runtime
from inbound.sources.keeping import Envelope, keep_email, keep_text

SOURCE = "postoffice"


class PostofficeClosed(Exception):
    """A real gateway is configured, so nobody may pretend."""

    def __init__(self) -> None:
        super().__init__("The pretend post office is closed, because a real gateway is configured.")


def receive_email(rt: Runtime, message: bytes, envelope: Envelope) -> bool:
    """Keeps one email; False when the same one was kept before. Raises PostofficeClosed."""
    require_open(rt)
    return keep_email(rt, SOURCE, message, envelope)


def receive_text(rt: Runtime, form: Mapping[str, str]) -> bool:
    """Keeps one text, as Twilio posts it; False when it was kept before. Raises PostofficeClosed."""
    require_open(rt)
    return keep_text(rt, SOURCE, form)


def require_open(rt: Runtime) -> None:
    """Raises PostofficeClosed unless everything here is pretended."""
    if not rt.settings.embedded or rt.doors.real:
        raise PostofficeClosed

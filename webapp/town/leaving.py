"""The sample town is left: its pretend post office goes too."""

import shutil

from engine.settings import Settings


def sweep_postoffice(settings: Settings) -> None:
    """Removes every pretend mailbox and phone. Nothing to do with a real gateway."""
    if settings.embedded:
        shutil.rmtree(settings.postoffice, ignore_errors=True)

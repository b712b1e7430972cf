"""The composition root: the one place that knows every room."""

from engine.clock import Clock, PushedClock, SystemClock, SystemIds
from engine.gateways.postoffice import Postoffice
from engine.privacy.sealed import KeyRing, give_keys
from engine.queues import ThreadQueue
from engine.runtime import Doors, Runtime
from engine.settings import Settings, SettingsError
from engine.store.base import open_database
from engine.vocabulary.words import Channel


def build_runtime(settings: Settings, clock: Clock | None = None) -> Runtime:
    """Opens the database with its keys and chooses clock, queue and gateways.

    Raises SettingsError, KeyFileError.
    """
    if not settings.embedded:
        raise SettingsError(
            "SMTP_URL or TWILIO_ACCOUNT_SID is set, but this release carries mail only in the pretend "
            "post office. Remove the setting, or wait for the release with real connections."
        )
    keys = KeyRing.load(settings.key_file)
    database = open_database(settings.database_url)
    give_keys(database, keys)
    return Runtime(
        settings=settings,
        database=database,
        clock=clock or (PushedClock(settings.clock_file) if settings.embedded else SystemClock()),
        ids=SystemIds(),
        keys=keys,
        queue=ThreadQueue(),
        doors=Doors(
            email=Postoffice(settings.postoffice, Channel.EMAIL),
            sms=Postoffice(settings.postoffice, Channel.SMS),
        ),
    )

"""The composition root: the one place that knows every room."""

from collections.abc import Callable, Mapping

from engine import jobs
from engine.clock import Clock, PushedClock, SystemClock, SystemIds
from engine.gateways.postoffice import Postoffice
from engine.privacy.sealed import KeyRing, give_keys
from engine.queues import ThreadQueue
from engine.runtime import Doors, Runtime
from engine.settings import Settings, SettingsError
from engine.store.base import open_database
from engine.vocabulary.words import Channel, Job
from inbound.receive import receive_kept

Drain = Callable[[Runtime], int]

# What a worker does. Ticking is not here: one clock does it, however many workers there are.
HANDS: Mapping[Job, Drain] = {Job.RECEIVE: receive_kept, Job.DELIVER: jobs.deliver}


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
    clock = clock or (PushedClock(settings.clock_file) if settings.embedded else SystemClock())
    return Runtime(
        settings=settings,
        database=database,
        clock=clock,
        ids=SystemIds(),
        keys=keys,
        queue=ThreadQueue(),
        doors=Doors(
            email=Postoffice(settings.postoffice, Channel.EMAIL, clock=clock),
            sms=Postoffice(settings.postoffice, Channel.SMS, clock=clock),
        ),
    )

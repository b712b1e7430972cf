"""The composition root: the one place that knows every room."""

from collections.abc import Callable, Mapping

from engine import jobs
from engine.clock import Clock, PushedClock, SystemClock, SystemIds
from engine.gateways.base import Closed, Gateway
from engine.gateways.postoffice import Postoffice
from engine.privacy import tokens
from engine.privacy.sealed import KeyRing, give_keys
from engine.queues import Queue, RqQueue, ThreadQueue
from engine.runtime import Doors, Runtime
from engine.settings import Settings
from engine.store.base import open_database
from engine.vocabulary.messages import Outgoing
from engine.vocabulary.words import Channel
from inbound.attachments.work import look_after
from inbound.receive import receive_kept

# What a worker does. Ticking is not here: one clock does it, however many workers there are.
HANDS: Mapping[str, jobs.Drain] = {
    "read replies": receive_kept,
    "carry texts": jobs.deliver_texts,
    "carry email": jobs.deliver_email,
    "look after files": look_after,
}


def build_runtime(settings: Settings, clock: Clock | None = None) -> Runtime:
    """Opens the database with its keys and chooses clock, queue and gateways. Connects to nothing else.

    Raises SettingsError, KeyFileError.
    """
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
        queue=_queue(settings),
        doors=Doors(email=_email(settings, clock), sms=_sms(settings, keys, clock)),
    )


def _queue(settings: Settings) -> Queue:
    return RqQueue(settings.redis_url) if settings.redis_url else ThreadQueue()


def _email(settings: Settings, clock: Clock) -> Gateway:
    if settings.embedded:
        return Postoffice(settings.postoffice, Channel.EMAIL, clock=clock)
    if settings.smtp_url is None:
        return Closed(Channel.EMAIL, "SMTP_URL")
    from engine.gateways.smtp import SmtpGateway
    from engine.gateways.wire import read_relay

    return SmtpGateway(read_relay(settings.smtp_url, helo=settings.mail_domain))


def _sms(settings: Settings, keys: KeyRing, clock: Clock) -> Gateway:
    if settings.embedded:
        return Postoffice(settings.postoffice, Channel.SMS, clock=clock)
    if settings.twilio is None:
        return Closed(Channel.SMS, "TWILIO_ACCOUNT_SID")
    from engine.gateways.twilio import TwilioAccount, TwilioGateway  # takes half a second

    theirs = settings.twilio
    account = TwilioAccount(
        theirs.account, theirs.token, theirs.sender, _reports_address(settings, keys), theirs.api
    )
    return TwilioGateway(account, clock)


def _reports_address(settings: Settings, keys: KeyRing) -> Callable[[Outgoing], str]:
    """Where the provider reports on one attempt: whoever knows the address was told it by us."""

    def address(letter: Outgoing) -> str:
        token = tokens.make(keys, tokens.REPORT, letter.delivery_id)
        return f"{settings.public_url}/hooks/twilio/reports/{token}/{letter.attempt}"

    return address

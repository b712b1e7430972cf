"""What a wish to stop covers: which addresses it closes, why, and whether a person must see it."""

import logging

from engine.actions.pauses import Whose
from engine.store.addresses import linked
from engine.vocabulary.ids import AddressId
from engine.vocabulary.meanings import Mark
from engine.vocabulary.words import Channel, Intent, SuppressionReason, Trust
from inbound.addresses import TokenKind
from inbound.authentication import Authentication
from inbound.mail import Mail
from inbound.people import find_member

log = logging.getLogger("porchlight")

_EVERYTHING = (Mark.DEATH, Mark.ERASE)
_REASONS = {Mark.DEATH: SuppressionReason.DEATH, Mark.WRONG_NUMBER: SuppressionReason.WRONG_NUMBER}
_SILENT = (Mark.DEATH, Mark.WRONG_NUMBER)  # who is left, and who never asked for us, hears no more
_NO_QUESTION = frozenset({Intent.OPT_OUT, Intent.THANKS, Intent.COMMAND})


def is_certain(mail: Mail) -> bool:
    """The member alone can have written this: a phone of theirs alone, or our token from its own address."""
    if len(mail.owners) != 1:
        return False
    if mail.reading.incoming.channel is Channel.SMS:
        return True
    token = mail.reading.token
    if token is None or token.kind is not TokenKind.REPLY:
        return False
    if mail.reading.authentication is Authentication.FAILED:
        return False
    return _came_to_its_own_token(mail)


def _came_to_its_own_token(mail: Mail) -> bool:
    """A look-up that fails must not lose the STOP of the address it came by: then we are not sure."""
    try:
        with mail.session.begin_nested():
            find_member(mail)
    except Exception as problem:
        log.error("Mail %s: whose token it is cannot be told: %s", mail.raw_id, type(problem).__name__)
        return False
    return mail.place is not None and mail.place.trust is Trust.TOKEN


def covered(mail: Mail) -> tuple[AddressId, ...]:
    """The addresses that the words are about. More than the one they came by only where the member alone can
    have written them."""
    assert mail.address_id is not None
    own = (mail.address_id,)
    understood = mail.reading.understood
    everything = bool(understood.marks.intersection(_EVERYTHING))
    if not (everything or understood.channels) or not is_certain(mail):
        return own
    theirs = linked(mail.session, mail.owners[0])
    named = tuple(each.id for each in theirs if everything or each.channel in understood.channels)
    return named or own


def reaches_further(mail: Mail) -> bool:
    """Another channel is named than the one it came by, by somebody who may be another."""
    others = mail.reading.understood.channels - {mail.reading.incoming.channel}
    return bool(others) and not is_certain(mail)


def reason(mail: Mail) -> SuppressionReason:
    marks = mail.reading.understood.marks
    return next((why for mark, why in _REASONS.items() if mark in marks), SuppressionReason.STOP)


def is_confirmed(mail: Mail) -> bool:
    """One plain word that it is done: unless the provider has said it, and not to strangers' mail."""
    silent = mail.reading.understood.marks.intersection(_SILENT)
    return bool(mail.owners) and not silent and not mail.reading.incoming.headers.get("optouttype")


def is_all(mail: Mail) -> bool:
    """Nothing is left that a person should read."""
    understood = mail.reading.understood
    if understood.crisis is not None or understood.marks or reaches_further(mail):
        return False
    return understood.reserved is not None or understood.intents <= {each.value for each in _NO_QUESTION}


def whose(mail: Mail) -> Whose:
    assert mail.address_id is not None
    return Whose(mail.raw_id, mail.address_id, tuple(mail.owners), covered(mail))

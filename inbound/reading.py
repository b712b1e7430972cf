"""From what was kept to what it says: parsed, classified, trimmed, understood. Looks nothing up but the
letter that is being answered, whose words help to trim."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from engine.actions.composing import words_of
from engine.runtime import Runtime
from engine.store.raw import KeptRaw
from engine.vocabulary.ids import DeliveryId
from engine.vocabulary.messages import Incoming, Trimmed
from engine.vocabulary.words import RawKind
from inbound.addresses import FoundToken, TokenKind, find_token, normalise
from inbound.authentication import authenticate
from inbound.classify import Verdict, classify
from inbound.filing import reference_ids
from inbound.mail import Reading
from inbound.parse import read_email, read_sms
from inbound.trim import trim
from inbound.understand import understand

_PARENTS_MOST: Final = 3


def read(rt: Runtime, kept: KeptRaw) -> Reading:
    """Never raises for what a message is."""
    incoming = _parse(kept)
    token = find_token(rt.keys, incoming.recipients, rt.settings.mail_domain)
    about_ours = token is not None and token.kind is TokenKind.BOUNCE
    verdict = classify(incoming, kept.content, ours=_is_ours(rt), about_ours=about_ours)
    parent = _sent_words(rt, incoming, token)
    trimmed = _with_answer(trim(incoming.text, incoming.html, parent, incoming.subject), verdict)
    return Reading(
        incoming=incoming,
        verdict=verdict,
        trimmed=trimmed,
        understood=understand(trimmed.reply or incoming.subject),
        sender=normalise(incoming.senders[0].address) if len(incoming.senders) == 1 else None,
        token=token,
        authentication=authenticate(incoming, rt.settings.authserv_id),
    )


def _with_answer(trimmed: Trimmed, verdict: Verdict) -> Trimmed:
    """What a calendar answered, where its program wrote no words beside it."""
    answer = verdict.calendar
    if answer is None or trimmed.reply:
        return trimmed
    said = "\n\n".join(filter(None, (f"{answer.status}: {answer.summary}", answer.comment)))
    return replace(trimmed, reply=said, reply_full=said, method="calendar")


def _sent_words(rt: Runtime, incoming: Incoming, token: FoundToken | None) -> str | None:
    """What we had said in the letter that this answers: the token's, else the newest one it names. Whoever
    names a letter falsely only loses words of that letter from their own."""
    ids = reference_ids(incoming, rt.settings.mail_domain)[:_PARENTS_MOST]
    if token is not None and token.kind is TokenKind.REPLY:
        ids = [DeliveryId(token.id), *ids]
    sent = (words_of(rt, each) for each in ids)
    return next((found.text for found in sent if found is not None), None)


def _parse(kept: KeptRaw) -> Incoming:
    if kept.kind is RawKind.SMS:
        form = json.loads(kept.content)
        return read_sms({str(name): str(value) for name, value in form.items()})
    return read_email(kept.content, kept.envelope_sender, kept.envelope_recipients)


def _is_ours(rt: Runtime) -> Callable[[str], bool]:
    ending = f"@{rt.settings.mail_domain}"
    return lambda address: address.endswith(ending) or address == rt.settings.sms_number

"""The job that makes pictures anew and fetches the files of texts, each until it is done or given up."""

import logging
from datetime import timedelta
from typing import Final

from engine.gateways.media import Media, MediaAway, MediaGone, MediaTooLarge, fetch
from engine.runtime import Runtime
from engine.store import attachments
from engine.store.attachments import Claimed, Settled
from engine.vocabulary.words import AttachmentState
from inbound.attachments.keeping import MOST_BYTES
from inbound.attachments.kinds import PICTURE, REMADE, kind_of
from inbound.attachments.pictures import made_anew

_AT_ONCE: Final = 4  # their bytes are in memory
_MOST_REMAKES: Final = 3  # a picture that our worker died of thrice is left as it came
_AGAIN_AFTER: Final = tuple(timedelta(minutes=each) for each in (1, 5, 30, 120, 480, 1440))

log = logging.getLogger("porchlight")


def look_after(rt: Runtime) -> int:
    """Does what is due, at most a few; returns how many. Call until 0."""
    with rt.transaction() as session:
        claimed = attachments.claim(session, rt.clock.now(), _AT_ONCE)
    for each in claimed:
        settled = _looked_at(rt, each)
        with rt.transaction() as session:
            attachments.settle(session, rt.keys, each, settled)
    return len(claimed)


def _looked_at(rt: Runtime, claimed: Claimed) -> Settled:
    """With no transaction open: a picture may take seconds, a provider longer."""
    if claimed.content is not None:
        return _kept(claimed.content, remake=claimed.tries <= _MOST_REMAKES)
    theirs = rt.settings.twilio
    if theirs is None or not claimed.source:
        return Settled(AttachmentState.MISSING)
    try:
        content = fetch(Media(theirs.account, theirs.token, theirs.api, MOST_BYTES), claimed.source)
    except MediaTooLarge:
        return Settled(AttachmentState.TOO_LARGE)
    except MediaGone as gone:
        log.warning("The file %s of a text is not to be had: %s", claimed.id, gone)
        return Settled(AttachmentState.MISSING)
    except MediaAway as away:
        return _again(rt, claimed, away)
    return _kept(content, remake=True)


def _kept(content: bytes, *, remake: bool) -> Settled:
    kind = kind_of(content)
    picture = made_anew(content) if remake and kind in REMADE else None
    if picture is None:
        return Settled(AttachmentState.KEPT, kind, content, len(content))
    return Settled(AttachmentState.KEPT, PICTURE, picture, len(content), remade=True)


def _again(rt: Runtime, claimed: Claimed, away: MediaAway) -> Settled:
    log.warning("The file %s of a text could not be fetched: %s", claimed.id, away)
    if claimed.tries > len(_AGAIN_AFTER):
        return Settled(AttachmentState.MISSING)
    return Settled(AttachmentState.WAITING, due_at=rt.clock.now() + _AGAIN_AFTER[claimed.tries - 1])

"""Words of somebody we are not sure of: who it may be, and why we think so."""

from dataclasses import dataclass

from flask import render_template, request

from engine.rules.meanings import Sense
from engine.store import meanings, pauses, people, talks
from engine.store.people import PersonRow
from engine.store.search import word_hashes
from engine.store.talks import Candidate, Talk
from engine.vocabulary.ids import MemberId
from inbound.authentication import Authentication
from inbound.matching import Because, suggestions
from inbound.reading import read
from webapp.attachments import files_of
from webapp.auth import runtime
from webapp.closed import messages_for_me

_FOUND_MOST = 10


@dataclass(frozen=True)
class _Guess:
    who: Candidate
    because: Because | None  # None: of old, before reasons were looked for


def page_of_stranger(talk: Talk) -> str:
    """No reply box before we know who it is."""
    guesses, forged = _guesses(talk)
    looked_for = request.args.get("q", "").strip()
    with runtime().reading() as session:
        messages = messages_for_me(talks.inbound(session, talk.id))
        open_ones = [each.id for each in messages if each.raw_id is not None]
        files, read = files_of(session, open_ones), meanings.of_messages(session, open_ones)
        wishes = pauses.wishes_in(session, talk.id, talk.member_id)
    return render_template(
        "web/matching.html",
        talk=talk,
        messages=messages,
        files=files,
        wishes=wishes,
        meanings=read,
        senses=list(Sense),
        guesses=guesses,
        forged=forged,
        people=_people(looked_for),
        looked_for=looked_for,
    )


def _guesses(talk: Talk) -> tuple[list[_Guess], bool]:
    """From the newest message, read once more; and whether our mail server calls its sender false."""
    rt = runtime()
    with rt.reading() as session:
        kept = talks.newest_kept(session, talk.id)
    reading = read(rt, kept) if kept is not None else None
    with rt.reading() as session:
        why: dict[MemberId, Because | None] = {}
        if reading is not None:
            why = {one.member_id: one.because for one in suggestions(rt, session, reading)}
        if talk.candidate_id is not None:
            why.setdefault(talk.candidate_id, None)
        found = [(talks.candidate(session, member_id), because) for member_id, because in why.items()]
    guesses = [_Guess(who, because) for who, because in found if who is not None]
    return guesses, reading is not None and reading.authentication is Authentication.FAILED


def _people(looked_for: str) -> list[PersonRow]:
    if not looked_for:
        return []
    which = people.PeopleFilter(word_hashes=word_hashes(runtime().keys, looked_for))
    with runtime().reading() as session:
        return people.people(session, which, limit=_FOUND_MOST)

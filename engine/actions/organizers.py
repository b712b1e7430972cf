"""Organizers are invited, choose a password, sign in and out."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.actions import answers, auditing, conversations, links
from engine.actions.answers import Answer
from engine.actions.forms import zones
from engine.actions.joining import Shares
from engine.content.typed import TypedError, email_of
from engine.runtime import Runtime
from engine.store import members, organizers, tokens
from engine.store.base import insert_new, table_of
from engine.store.organizers import Organizer, SignIn
from engine.store.tokens import Purpose
from engine.vocabulary.ids import MemberId, OrganizerId
from engine.vocabulary.sentences import Said, say
from engine.vocabulary.words import Role

SHORTEST_PASSWORD = 12  # characters
LONGEST_PASSWORD = 256
IDLE = timedelta(days=14)  # a sign-in not seen for so long is over
_SEEN_AGAIN = timedelta(minutes=5)  # how old "seen" may grow before it is written anew
_LONGEST_NAME = 120
_LONGEST_SIGNATURE = 1000


class OrganizerError(Said):
    """The text says what is wrong and how to mend it."""


@dataclass(frozen=True)
class OrganizerForm:
    name: str
    email: str
    role: Role = Role.ORGANIZER
    language: str = "en"
    zone: str = "America/New_York"
    signature: str = ""


def add(rt: Runtime, form: OrganizerForm, *, sample: bool = False) -> OrganizerId:
    """Adds an organizer without a password and without any mail. Raises OrganizerError."""
    email = _checked_email(form)
    organizer_id = OrganizerId(rt.ids.new())
    row = {
        "id": organizer_id,
        "name": " ".join(form.name.split()),
        "email": email,
        "email_hash": _email_hash(rt, email),
        "role": form.role,
        "language": form.language,
        "zone": form.zone,
        "signature": form.signature.strip(),
        "sample": sample,
        "created_at": rt.clock.now(),
    }
    with rt.transaction() as session:
        if not insert_new(session, table_of(Organizer), [row]):
            raise OrganizerError(say("Somebody with this email is in the team already."))
        auditing.note(rt, "organizer.added", organizer_id, by="machine")
        return organizer_id


def _checked_email(form: OrganizerForm) -> str:
    if not 1 <= len(form.name.strip()) <= _LONGEST_NAME:
        raise OrganizerError(say("Give a name of 1 to %(most)s characters.", most=_LONGEST_NAME))
    if form.zone not in zones():
        raise OrganizerError(
            say("“%(zone)s” is not a time zone; choose one such as America/New_York.", zone=form.zone)
        )
    if len(form.signature) > _LONGEST_SIGNATURE:
        raise OrganizerError(
            say(
                "Keep the signature under %(most)s characters.",
                most=_LONGEST_SIGNATURE,
            )
        )
    try:
        return email_of(form.email)
    except TypedError as error:
        raise OrganizerError(error.sentence) from error


def _email_hash(rt: Runtime, email: str) -> str:
    return rt.keys.blind("organizer", email.strip().lower())


def invite(rt: Runtime, form: OrganizerForm, *, sample: bool = False) -> str:
    """Adds an organizer without a password, mails the invitation, and returns its link (7 days, once).
    A `sample` one leaves with the sample town. Raises OrganizerError."""
    with rt.transaction():
        return invite_again(rt, add(rt, form, sample=sample))


def invite_again(rt: Runtime, organizer_id: OrganizerId) -> str:
    """Mails a fresh invitation; the links before it open nothing any more. Raises OrganizerError for
    somebody who has chosen a password already, or is not active."""
    with rt.transaction() as session:
        organizer = session.get(Organizer, organizer_id)
        if organizer is None or not organizer.active:
            raise OrganizerError(say("This organizer is not active here any more."))
        if organizer.password_hash is not None:
            raise OrganizerError(
                say("They have chosen a password already; they can ask for a new one themselves.")
            )
        tokens.void(session, organizer_id, rt.clock.now())
        return _mail_link(rt, organizer, Purpose.INVITE, "invitation")


def _mail_link(rt: Runtime, organizer: Organizer, purpose: Purpose, key: str) -> str:
    link = links.for_organizer(rt, purpose, organizer.id)
    answers.send(
        rt,
        Answer(
            key=key,
            cause=f"{key}:{rt.ids.new()}",
            language=organizer.language,
            organizer_id=organizer.id,
            slots={"name": organizer.name, "link": link},
        ),
    )
    return link


def ask_reset(rt: Runtime, email: str) -> None:
    """Mails a reset link (1 hour, once) if the address is an active organizer's; else does the same work
    for a stand-in, and takes it back (trust T49)."""
    with rt.transaction() as session:
        found = organizers.by_email(session, _email_hash(rt, email))
        savepoint = session.begin_nested()
        known = found is not None and found.active
        organizer = found if found is not None and known else _stand_in(rt, session)
        _mail_link(rt, organizer, Purpose.RESET, "password_reset")
        session.flush()
        if known:
            savepoint.commit()
        else:
            savepoint.rollback()
        auditing.note(rt, "organizer.reset_asked", organizer.id if known else "nobody", by="organizer")


def _stand_in(rt: Runtime, session: Session) -> Organizer:
    secret = rt.ids.secret()
    organizer = Organizer(
        id=OrganizerId(rt.ids.new()),
        name=secret,
        email=secret,
        email_hash=_email_hash(rt, secret),
        role=Role.ORGANIZER,
        language="en",
        created_at=rt.clock.now(),
    )
    session.add(organizer)
    session.flush()
    return organizer


def choose_password(rt: Runtime, secret: str, password: str) -> OrganizerId:
    """Uses up an invitation or reset link; ends all sign-ins of that organizer and every other link of
    theirs. A password that cannot be taken leaves the link unused. Raises OrganizerError."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise OrganizerError(
            say(
                "A password has %(least)s to %(most)s characters. "
                "Four or five words that only you would put together are easy to remember.",
                least=SHORTEST_PASSWORD,
                most=LONGEST_PASSWORD,
            )
        )
    hashed = _hasher().hash(password)
    with rt.transaction() as session:
        token = links.spend(rt, secret, Purpose.INVITE, Purpose.RESET)
        organizer = session.get(Organizer, token.organizer_id) if token else None
        if organizer is None or not organizer.active:
            raise OrganizerError(say("This link was used already or is too old. Ask for a new one."))
        if password.strip().lower() == organizer.email:
            raise OrganizerError(say("Your own address is easy to guess. Choose another password."))
        organizer.password_hash = hashed
        _shut_out(rt, session, organizer.id)
        auditing.note(rt, "organizer.password_chosen", organizer.id, by=organizer.id)
        return organizer.id


def _shut_out(rt: Runtime, session: Session, organizer_id: OrganizerId) -> None:
    """Ends their sign-ins and every link they could still use."""
    organizers.end_sign_ins(session, organizer_id, rt.clock.now())
    tokens.void(session, organizer_id, rt.clock.now())


def check_password(rt: Runtime, email: str, password: str) -> OrganizerId | None:
    """The same time and answer for a wrong password, an unknown address and an inactive organizer."""
    with rt.reading() as session:
        organizer = organizers.by_email(session, _email_hash(rt, email))
    known = organizer if organizer is not None and organizer.active else None
    hashed = known.password_hash if known is not None else None
    right = _is_right(hashed or _nobodys_hash(), password[:LONGEST_PASSWORD])
    return known.id if known is not None and hashed is not None and right else None


@lru_cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@lru_cache
def _nobodys_hash() -> str:
    """Checked where there is no password to check, so that it takes as long."""
    return _hasher().hash("nobody has this password")


def _is_right(hashed: str, password: str) -> bool:
    try:
        return _hasher().verify(hashed, password)
    except (Argon2Error, InvalidHashError):
        return False


def first_link(rt: Runtime, organizer_id: OrganizerId) -> str:
    """The one-time sign-in link of the embedded default (15 minutes). With a real gateway: OrganizerError."""
    if rt.doors.real:
        raise OrganizerError(
            say("With a real gateway there is no sign-in link. Use an invitation or a password.")
        )
    return links.for_organizer(rt, Purpose.SIGN_IN, organizer_id)


def use_link(rt: Runtime, secret: str) -> OrganizerId | None:
    """Uses up a sign-in link. None: unknown, used, expired, of somebody inactive, or with a real gateway."""
    if rt.doors.real:
        return None
    with rt.transaction() as session:
        token = links.spend(rt, secret, Purpose.SIGN_IN)
        organizer = session.get(Organizer, token.organizer_id) if token else None
        return organizer.id if organizer is not None and organizer.active else None


def sign_in(rt: Runtime, organizer_id: OrganizerId) -> str:
    """Opens a signed-in session and returns its secret for the cookie."""
    secret, now = rt.ids.secret(), rt.clock.now()
    with rt.transaction() as session:
        session.add(
            SignIn(
                id=rt.ids.new(),
                organizer_id=organizer_id,
                secret_hash=rt.keys.blind("secret", secret),
                created_at=now,
                seen_at=now,
            )
        )
        auditing.note(rt, "organizer.signed_in", organizer_id, by=organizer_id)
    return secret


def signed_in(rt: Runtime, secret: str) -> OrganizerId | None:
    """Whose session this is, if it stands (not ended, organizer active, seen in the last 14 days)."""
    now = rt.clock.now()
    with rt.reading() as session:
        found = organizers.open_sign_in(session, rt.keys.blind("secret", secret))
    if found is None or now - found.seen_at > IDLE:
        return None
    if now - found.seen_at >= _SEEN_AGAIN:
        with rt.transaction() as session:
            session.execute(update(SignIn).where(SignIn.id == found.id).values(seen_at=now))
    return found.organizer_id


def sign_out(rt: Runtime, secret: str) -> None:
    with rt.transaction() as session:
        found = organizers.open_sign_in(session, rt.keys.blind("secret", secret))
        if found is not None:
            found.ended_at = rt.clock.now()


def deactivate(rt: Runtime, organizer_id: OrganizerId, *, by: OrganizerId) -> None:
    """Ends their sessions; their conversations return to the queue and their members are shared out among
    the others. The last admin cannot go: OrganizerError."""
    with rt.transaction() as session:
        organizer = session.get(Organizer, organizer_id)
        if organizer is None:
            raise LookupError("There is no such organizer.")
        if organizers.active_admins(session) == [organizer_id]:
            raise OrganizerError(say("This is the last admin. Invite another admin first."))
        organizer.active = False
        _shut_out(rt, session, organizer_id)
        for conversation_id in organizers.conversations_of(session, organizer_id):
            conversations.assign(rt, conversation_id, None, by=by)
        _share_out(session, organizer_id)
        auditing.note(rt, "organizer.deactivated", organizer_id, by=by)


def _share_out(session: Session, organizer_id: OrganizerId) -> None:
    """Every member has an organizer who is here."""
    shares = Shares.counted(session)
    given: dict[OrganizerId | None, list[MemberId]] = defaultdict(list)
    for member_id in members.members_with(session, organizer_id):
        given[shares.take(None)].append(member_id)
    for to, member_ids in given.items():
        members.give_to(session, member_ids, to)

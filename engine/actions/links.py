"""One-time links: made, and used up."""

from datetime import timedelta

from engine.runtime import Runtime
from engine.store import tokens
from engine.store.tokens import Purpose, Token
from engine.vocabulary.ids import AddressId, MemberId, OrganizerId

LASTS = {
    Purpose.INVITE: timedelta(days=7),
    Purpose.RESET: timedelta(hours=1),
    Purpose.SIGN_IN: timedelta(minutes=15),
    Purpose.CONFIRM: timedelta(days=7),
}
_PAGE = {  # of the dashboard, before the secret
    Purpose.INVITE: "invitation",
    Purpose.RESET: "reset",
    Purpose.SIGN_IN: "first",
    Purpose.CONFIRM: "confirm",
}


def for_organizer(rt: Runtime, purpose: Purpose, organizer_id: OrganizerId) -> str:
    """The whole address of a fresh link for an organizer."""
    return _link(rt, Token(purpose=purpose, organizer_id=organizer_id))


def to_confirm(rt: Runtime, member_id: MemberId, address_id: AddressId) -> str:
    """The link by which a person says that they asked to hear from us at this address."""
    return _link(rt, Token(purpose=Purpose.CONFIRM, member_id=member_id, address_id=address_id))


def _link(rt: Runtime, token: Token) -> str:
    secret, now = rt.ids.secret(), rt.clock.now()
    token.id, token.secret_hash = rt.ids.new(), rt.keys.blind("secret", secret)
    token.created_at, token.expires_at = now, now + LASTS[token.purpose]
    with rt.transaction() as session:
        session.add(token)
        session.flush()
    return f"{rt.settings.public_url}/{_PAGE[token.purpose]}/{secret}"


def spend(rt: Runtime, secret: str, *purposes: Purpose) -> Token | None:
    """Uses a link up. None: unknown, used or expired."""
    with rt.transaction() as session:
        return tokens.spend(session, rt.keys.blind("secret", secret), purposes, rt.clock.now())

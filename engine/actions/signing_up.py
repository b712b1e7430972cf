"""The public form: a person signs up, and says by a link that it was them.

Whether an address is known, unknown or suppressed can be told neither from the answer nor from the work
(trust T49): the work for a newcomer is always done, and taken back where there is none.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy.orm import Session

from engine.actions import answers, auditing, joining, links
from engine.actions.answers import Answer
from engine.actions.forms import MemberForm, Profile, TypedAddress, check
from engine.actions.joining import Newcomer, Shares, Terms
from engine.content.answers import answer_text
from engine.runtime import Runtime
from engine.store import addresses, consents
from engine.store.addresses import Address
from engine.store.consents import Consent
from engine.store.members import Member
from engine.store.tokens import Purpose, Token
from engine.vocabulary.ids import AddressId, MemberId, OrganizerId
from engine.vocabulary.words import ConsentState

HOW = "sign_up"
ASK, ALREADY, THANKS = "confirm_sign_up", "already_member", "sign_up_thanks"


def sign_up(rt: Runtime, form: MemberForm) -> None:
    """The public form: adds the person with pending consent and asks each address to confirm.

    Known, unknown and suppressed addresses look alike from outside; one address gets at most one
    confirmation, ever, until it confirms. Raises MemberError for what cannot be an address.
    """
    with rt.transaction() as session:
        profile = check(form, joining.house_of(rt, session))
        joining.one_at_a_time(session)
        owners = addresses.owners_by_hash(session, [typed.value_hash for typed in profile.addresses])
        unknown = tuple(typed for typed in profile.addresses if typed.value_hash not in owners)
        with _kept(session, keep=bool(unknown)):
            _begin(rt, session, _reached_at(profile, unknown or profile.addresses))
        for owner in sorted({owner for found in owners.values() for owner in found}):
            _tell_member(rt, session, owner, list(owners))


@contextmanager
def _kept(session: Session, *, keep: bool) -> Iterator[None]:
    """What is written inside is taken back unless it is to be kept."""
    savepoint = session.begin_nested()
    yield
    session.flush()
    if keep:
        savepoint.commit()
    else:
        savepoint.rollback()


def _reached_at(profile: Profile, typed: tuple[TypedAddress, ...]) -> Profile:
    channels = [each.channel for each in typed]
    return replace(
        profile,
        addresses=typed,
        channel=profile.channel if profile.channel in channels else channels[0],
    )


def _begin(rt: Runtime, session: Session, profile: Profile) -> None:
    newcomer = Newcomer(MemberId(rt.ids.new()), profile, Shares.counted(session).take(None))
    words = answer_text(rt.settings.templates, profile.language, ASK).words(profile.channel)
    found = joining.write(rt, session, [newcomer], Terms(HOW, ConsentState.PENDING, words))
    for typed in profile.addresses:
        _ask(rt, session, newcomer, typed, found[typed.value_hash])


def _ask(
    rt: Runtime, session: Session, newcomer: Newcomer, typed: TypedAddress, address_id: AddressId
) -> None:
    """Nothing that was typed is in the words: else our mail would carry anybody's words to anybody."""
    before = consents.times_given(session, address_id)
    answers.send(
        rt,
        Answer(
            key=ASK,
            cause=f"confirm:{address_id}:{before}",
            language=newcomer.profile.language,
            channel=typed.channel,
            address_id=address_id,
            member_id=newcomer.id,
            slots={"link": links.to_confirm(rt, newcomer.id, address_id)},
        ),
    )


def _tell_member(rt: Runtime, session: Session, member_id: MemberId, hashes: Sequence[str]) -> None:
    """Somebody who agreed long ago is told so, at most once a month. Who has not confirmed yet is told
    nothing more."""
    member = session.get(Member, member_id)
    if member is None or not consents.has_given(session, member_id):
        return
    for address in addresses.linked(session, member_id):
        if address.value_hash in hashes:
            answers.send(
                rt,
                Answer(
                    key=ALREADY,
                    cause=f"already:{address.id}:{rt.clock.now():%Y-%m}",
                    language=member.language,
                    channel=address.channel,
                    address_id=address.id,
                    member_id=member_id,
                ),
            )


def confirm(rt: Runtime, secret: str) -> MemberId | None:
    """Consent given by the link. None: unknown, used or expired."""
    with rt.transaction() as session:
        token = links.spend(rt, secret, Purpose.CONFIRM)
        if token is None or token.member_id is None or token.address_id is None:
            return None
        pending = consents.standing(session, token.member_id, token.address_id)
        member, address = session.get(Member, token.member_id), session.get(Address, token.address_id)
        if pending is None or member is None or address is None:
            return None
        if not consents.has_given(session, member.id):
            member.joined_at = rt.clock.now()
        address.verified_at = rt.clock.now()
        _give(rt, session, pending)
        _thank(rt, token, member, address)
        return member.id


def vouch(rt: Runtime, member_id: MemberId, address_id: AddressId, *, by: OrganizerId) -> bool:
    """An organizer heard from the member's own mouth that they agree, such as when the one letter that
    asks (E11) was missed. False when nothing waits for a yes."""
    with rt.transaction() as session:
        pending = consents.standing(session, member_id, address_id)
        if pending is None or pending.state is not ConsentState.PENDING:
            return False
        _give(rt, session, pending, how="added")
        auditing.note(rt, "consent.told", address_id, by=by)
        return True


def _give(rt: Runtime, session: Session, pending: Consent, how: str = HOW) -> None:
    """The row that held is ended, and one that says "given" takes its place."""
    now = rt.clock.now()
    pending.ended_at = now
    session.flush()
    session.add(
        Consent(
            id=rt.ids.new(),
            member_id=pending.member_id,
            address_id=pending.address_id,
            state=ConsentState.GIVEN,
            how=how,
            wording=pending.wording,
            at=now,
        )
    )
    session.flush()


def _thank(rt: Runtime, token: Token, member: Member, address: Address) -> None:
    answers.send(
        rt,
        Answer(
            key=THANKS,
            cause=f"thanks:{token.id}",
            language=member.language,
            channel=address.channel,
            address_id=address.id,
            member_id=member.id,
        ),
    )

"""Members come, are edited, are tagged."""

from sqlalchemy.orm import Session

from engine.actions import auditing, joining
from engine.actions.forms import MemberError, MemberForm, Profile, check, fold_tag, tag_of
from engine.actions.joining import Terms
from engine.actions.signing_up import confirm, sign_up
from engine.runtime import Runtime
from engine.store import addresses, consents, search
from engine.store.base import table_of, upsert
from engine.store.members import Member, MemberTag, replace_tags
from engine.vocabulary.ids import AddressId, MemberId, OrganizerId
from engine.vocabulary.sentences import say
from engine.vocabulary.words import Channel

__all__ = ["MemberError", "MemberForm", "add", "ask_erasure", "confirm", "edit", "sign_up", "tag", "untag"]


def add(
    rt: Runtime, form: MemberForm, *, how: str, consent_wording: str = "", sample: bool = False
) -> MemberId:
    """Adds a member with given consent for each address (an organizer or an import says they agreed).

    A known email, or a known phone with the same first name, belongs to that member: their id is
    returned and nothing is changed. Raises MemberError.
    """
    with rt.transaction() as session:
        profile = check(form, joining.house_of(rt, session))
        terms = Terms(how, wording=consent_wording, sample=sample)
        return joining.join(rt, [profile], terms)[0].id


def edit(rt: Runtime, member_id: MemberId, form: MemberForm, *, by: OrganizerId) -> None:
    """Replaces what is known; addresses that are gone are unlinked, never deleted. An address that is
    new gets given consent: the organizer says they agreed. Raises MemberError, LookupError."""
    with rt.transaction() as session:
        member = _existing(session, member_id)
        profile = check(form, joining.house_of(rt, session))
        _refuse_taken_email(session, member_id, profile)
        _relink(rt, session, member_id, profile)
        member.first_name, member.last_name = profile.first_name, profile.last_name
        member.neighborhood, member.language = profile.neighborhood, profile.language
        member.zone, member.channel = profile.zone, profile.channel
        member.organizer_id = profile.organizer_id or member.organizer_id
        replace_tags(session, member_id, profile.tags)
        search.reindex(session, member_id, joining.words_for(rt, profile))
        auditing.note(rt, "member.edited", member_id, by=by)


def _existing(session: Session, member_id: MemberId) -> Member:
    member = session.get(Member, member_id)
    if member is None:
        raise LookupError("There is no such member.")
    return member


def _refuse_taken_email(session: Session, member_id: MemberId, profile: Profile) -> None:
    emails = [typed.value_hash for typed in profile.addresses if typed.personal]
    for owners in addresses.owners_by_hash(session, emails).values():
        if any(owner != member_id for owner in owners):
            raise MemberError(
                "email", say("This email is another member's. Look them up, or give a different one.")
            )


def _relink(rt: Runtime, session: Session, member_id: MemberId, profile: Profile) -> None:
    """The form shows the newest address of each kind: another one replaces it, none unlinks all."""
    typed = joining.address_ids(rt, session, profile.addresses)
    fresh, gone = set(typed.values()), set[AddressId]()
    for channel in Channel:
        linked = [each for each in addresses.linked(session, member_id) if each.channel is channel]
        if any(each.id in fresh for each in linked):
            fresh -= {each.id for each in linked}
        else:
            kept = any(each.channel is channel for each in profile.addresses)
            gone |= {each.id for each in (linked[-1:] if kept else linked)}
    addresses.unlink(session, member_id, sorted(gone))
    consents.end_standing(session, member_id, sorted(gone), rt.clock.now())
    joining.link(rt, session, [(member_id, each) for each in sorted(fresh)], Terms("added"))


def ask_erasure(rt: Runtime, member_id: MemberId) -> None:
    """They want us to forget them: a person must see to it. The first time they asked counts."""
    with rt.transaction() as session:
        member = _existing(session, member_id)
        if member.erase_asked_at is None:
            member.erase_asked_at = rt.clock.now()
            auditing.note(rt, "member.erasure_asked", member_id, by="member")


def tag(rt: Runtime, member_id: MemberId, name: str) -> None:
    """Puts a tag on; names are folded to lower case, at most 60 characters. Twice is once."""
    row = {"member_id": member_id, "tag": tag_of(name)}
    with rt.transaction() as session:
        upsert(session, table_of(MemberTag), ["member_id", "tag"], row)


def untag(rt: Runtime, member_id: MemberId, name: str) -> None:
    """Takes a tag off; one that is not there is no error."""
    with rt.transaction() as session:
        found = session.get(MemberTag, (member_id, fold_tag(name)))
        if found is not None:
            session.delete(found)

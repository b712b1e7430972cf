"""Links for what people wrote: who they are, where it belongs, and what the letter promised."""

from engine.actions import addresses, answers, enrollments, filing, members
from engine.actions.answers import Answer
from engine.actions.filing import Arrived
from engine.actions.scripts import script_of
from engine.rules.replies import Chosen, Said, choose_reply
from engine.store import pauses, reach
from engine.store.community import the_community
from engine.store.deliveries import Answered
from engine.store.enrollments import Enrollment
from engine.store.members import Member
from engine.store.sequences import Revision, Sequence, SequenceKind
from engine.vocabulary.ids import MemberId
from engine.vocabulary.meanings import Crisis, Stop
from engine.vocabulary.script import Act, Finish, GoTo, RememberAs
from engine.vocabulary.words import Channel, Ending, MailKind, Trust
from inbound import filing as conversations
from inbound.addresses import TokenKind
from inbound.authentication import Authentication
from inbound.mail import Done, Mail, Noted, Outcome, Pass


def find_member(mail: Mail) -> Outcome:
    """Whose address this is, and which conversation the message belongs to."""
    token = mail.reading.token
    know_sender(mail)
    mail.place = conversations.place(
        mail.session,
        conversations.Clues(
            incoming=mail.reading.incoming,
            address_id=mail.address_id,
            token=token.id if token is not None and token.kind is TokenKind.REPLY else None,
            domain=mail.rt.settings.mail_domain,
            now=mail.rt.clock.now(),
            forged=mail.reading.authentication is Authentication.FAILED,
        ),
    )
    return Noted()


def know_sender(mail: Mail) -> None:
    """The address row of the one sender, made where there is none, so that even a stranger's STOP holds."""
    if mail.reading.sender is None:
        return
    mail.address_id = addresses.ensure(mail.rt, mail.reading.incoming.channel, mail.reading.sender)
    mail.owners = reach.members_of(mail.session, mail.address_id)


def arrived_of(mail: Mail) -> Arrived:
    assert mail.place is not None
    reading, place = mail.reading, mail.place
    sender = reading.incoming.senders[0] if reading.incoming.senders else None
    return Arrived(
        raw_id=mail.raw_id,
        at=mail.kept.received_at,
        incoming=reading.incoming,
        trimmed=reading.trimmed,
        kind=reading.verdict.kind,
        trust=place.trust,
        sender=f"{sender.name} <{sender.address}>" if sender else "",
        address_id=mail.address_id,
        member_id=place.member_id,
        candidate_id=place.candidate_id,
        answers=place.answers.id if place.answers else None,
        step=_step_label(mail, place.answers),
        understood=reading.understood,
        closed=reading.understood.crisis is Crisis.ACUTE,
    )


def _step_label(mail: Mail, answered: Answered | None) -> str | None:
    """ "Title · step" of the letter being answered; the title alone of a one-off letter."""
    if answered is None or answered.revision_id is None:
        return None
    revision = mail.session.get_one(Revision, answered.revision_id)
    sequence = mail.session.get_one(Sequence, revision.sequence_id)
    return sequence.title if sequence.kind is SequenceKind.LETTER else f"{sequence.title} · {answered.step}"


def file(mail: Mail) -> Outcome:
    mail.arrived = arrived_of(mail)
    mail.conversation_id = filing.file(mail.rt, mail.arrived)
    place = mail.place
    if place and place.answers and place.answers.enrollment_id and place.member_id and not _reserved(mail):
        enrollments.heard(mail.rt, place.answers.enrollment_id)
    return Noted()


def _reserved(mail: Mail) -> bool:
    """STOP, START and HELP are said to the machine: they are no reply to a letter."""
    understood = mail.reading.understood
    return understood.reserved is not None or understood.stop is Stop.CERTAIN


def a_person_first(mail: Mail) -> Outcome:
    """Words of distress, what may be a wish to stop or is more than one, and whatever somebody paused says go
    to a person at once: no branch, no answer of the machine. A sure wish to stop is done already."""
    understood = mail.reading.understood
    unsure = understood.stop in (Stop.LIKELY, Stop.UNCLEAR)
    first = understood.crisis or unsure or understood.marks
    return to_a_person(mail) if first or (understood.stop is None and _is_paused(mail)) else Pass()


def _is_paused(mail: Mail) -> bool:
    """Nothing automatic is theirs until a person says so."""
    known = [mail.address_id] if mail.address_id is not None else []
    found = pauses.paused(mail.session, mail.owners, known)
    return bool(found.members or found.addresses)


def follow_step_reply(mail: Mail) -> Outcome:
    """Does what the step's `### replies` says, if the member alone can have written this: a reply token
    from the bound address, or a bound phone. Words left over wait for a person, and so does the branch."""
    place = mail.place
    if place is None or place.member_id is None or place.answers is None or not _may_act(mail):
        return Pass()
    if mail.reading.understood.stop is not None:  # whoever leaves is taken at no other word
        return Pass()
    answered = place.answers
    if answered.enrollment_id is None or answered.revision_id is None or answered.step is None:
        return Pass()
    step = script_of(mail.session, answered.revision_id, answered.language).step(answered.step)
    if step is None or not _is_current(mail, answered):
        return Pass()
    understood = mail.reading.understood
    said = Said(mail.reading.trimmed.reply, understood.intents, understood.covered)
    chosen = choose_reply(step.replies, said)
    for act in chosen.acts:
        _do(mail, answered, place.member_id, act)
    return _acted(mail, chosen) if chosen.wholly else Pass()


def _may_act(mail: Mail) -> bool:
    """Design 9.4. A phone shared by two never acts for one of them."""
    assert mail.place is not None
    if mail.reading.incoming.channel is Channel.SMS:
        return len(mail.owners) == 1
    return mail.place.trust is Trust.TOKEN


def _is_current(mail: Mail, answered: Answered) -> bool:
    """A walk that is over, or has gone on to a later branch, is not steered by an old letter."""
    walk = mail.session.get(Enrollment, answered.enrollment_id)
    return walk is not None and (walk.branch is None or walk.last_step == answered.step)


def _do(mail: Mail, answered: Answered, member_id: MemberId, act: Act) -> None:
    assert answered.enrollment_id is not None
    match act:
        case GoTo(step):
            enrollments.branch_to(mail.rt, answered.enrollment_id, step)
        case Finish():
            enrollments.end(mail.rt, answered.enrollment_id, Ending.REPLY)
        case RememberAs(tag):
            members.tag(mail.rt, member_id, tag)
        case _:
            mail.person_needed = True  # a person answers; a verb not built yet does too


def _acted(mail: Mail, chosen: Chosen) -> Outcome:
    if mail.person_needed:
        return Pass()
    if any(isinstance(act, Finish) for act in chosen.acts):
        echo(mail, "walk_finished")
    return Done("acted")


def route(mail: Mail) -> Outcome:
    return to_a_person(mail)


def to_a_person(mail: Mail) -> Outcome:
    assert mail.conversation_id is not None
    assert mail.arrived is not None
    filing.ask_a_person(mail.rt, mail.conversation_id, mail.arrived)
    if mail.reading.verdict.kind is MailKind.UNREADABLE:
        return Done("unreadable, kept for a person")
    return Done("conversation" if mail.arrived.member_id else "needs matching")


def echo(mail: Mail, key: str, *, cause: str | None = None) -> None:
    """The machine's short answer, to the address the words came from and in the member's language."""
    if mail.address_id is None:
        return
    member_id = mail.place.member_id if mail.place else (mail.owners[0] if mail.owners else None)
    member = mail.session.get(Member, member_id) if member_id else None
    answers.send(
        mail.rt,
        Answer(
            key=key,
            cause=cause or f"answer:{mail.raw_id}:{key}",
            language=member.language if member else the_community(mail.session).language,
            channel=mail.reading.incoming.channel,
            address_id=mail.address_id,
            member_id=member_id,
            slots={"first_name": member.first_name if member else ""},
            in_reply_to=mail.reading.incoming.rfc_message_id or None,
        ),
    )

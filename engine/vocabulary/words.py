"""The closed lists: states, kinds and reasons. The value of each is what the database stores."""

from enum import StrEnum


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class Role(StrEnum):
    """What an organizer may do. An admin may do all that an organizer may."""

    ORGANIZER = "organizer"
    ADMIN = "admin"


class Author(StrEnum):
    """Who wrote a message."""

    MEMBER = "member"
    ORGANIZER = "organizer"
    MACHINE = "machine"  # a short answer of the machine: HELP, STOP, sign-up
    STRANGER = "stranger"  # somebody we cannot match yet


class ConsentState(StrEnum):
    PENDING = "pending"  # asked, not confirmed: gets at most the confirmation itself
    GIVEN = "given"
    WITHDRAWN = "withdrawn"


class SuppressionReason(StrEnum):
    STOP = "stop"  # the member's own words, by email or text
    UNSUBSCRIBED = "unsubscribed"  # the link or the one-click POST
    HARD_BOUNCE = "hard_bounce"
    COMPLAINT = "complaint"
    WRONG_NUMBER = "wrong_number"
    BY_ORGANIZER = "by_organizer"  # asked for by voice, written down by an organizer
    DEATH = "death"  # the member has died


class PauseReason(StrEnum):
    """Why nothing automatic goes to a member until a person says so."""

    STOP_LIKELY = "stop_likely"  # the words sound like a wish to stop; a day without an answer is one
    STOP_UNCLEAR = "stop_unclear"
    ACUTE = "acute"  # life or body in danger
    DISTRESS = "distress"


class PauseEnd(StrEnum):
    """How a pause was lifted."""

    STOPPED = "stopped"  # they wanted to stop
    STAYED = "stayed"  # they wanted to stay
    BY_TIME = "by_time"  # nobody decided in time: a stop
    RESUMED = "resumed"  # after an alert, by who was on call


class Rotation(StrEnum):
    """How it changes who is called first."""

    WEEKLY = "weekly"
    AFTER_CLAIM = "after_claim"


class EnrollmentState(StrEnum):
    WALKING = "walking"
    STANDING = "standing"  # a person is talking; no letter leaves until the conversation closes
    PAUSED = "paused"  # an organizer paused it
    ENDED = "ended"


class Ending(StrEnum):
    """Why a walk ended."""

    LAST_STEP = "last_step"
    GOAL = "goal"
    REPLY = "reply"  # a reply said `finish`
    STOPPED = "stopped"  # no address left that we may use
    BY_ORGANIZER = "by_organizer"
    REMOVED_STEP = "removed_step"


class DeliveryState(StrEnum):
    """The ledger's states; design section 4 says which may follow which."""

    READY = "ready"
    CLAIMED = "claimed"
    IN_FLIGHT = "in_flight"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    HELD = "held"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


class Refusal(StrEnum):
    """Why a member may not be reached now. Stored as the reason of a skip or a hold."""

    SUPPRESSED = "suppressed"
    NO_CONSENT = "no_consent"
    NO_ADDRESS = "no_address"
    NO_TEXT_FORM = "no_text_form"
    NOT_FOR_THEM = "not_for_them"  # the step's `Only for:` does not fit
    HAS_REPLIED = "has_replied"  # a person is talking with this member
    WALK_ENDED = "walk_ended"
    CANCELLED = "cancelled"  # a one-off letter was cancelled, or a sequence paused
    UNSENDABLE = "unsendable"  # the letter could not be composed for this member
    PAUSED = "paused"  # nothing automatic goes to this member until a person says so
    UNATTENDED = "unattended"  # a letter that asks for answers, and too few people are on call


class HoldReason(StrEnum):
    """Why nothing of a channel is sent until a person releases it."""

    RESTORED = "restored"  # from a backup: what members said since is not known here
    REFUSED_STREAM = "refused_stream"  # a receiver refuses all our mail (5.7.x): authentication, reputation
    REFUSED_LOGIN = "refused_login"  # our own relay or provider does not let us in
    NOT_APPROVED = "not_approved"  # the number is not registered for what we send
    FILTERED = "filtered"  # carriers filter our texts as spam
    BY_ADMIN = "by_admin"


class ConversationState(StrEnum):
    OPEN = "open"  # somebody owes the member an answer
    WAITING = "waiting"  # it is the member's turn
    SNOOZED = "snoozed"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a conversation was closed."""

    ANSWERED = "answered"
    NO_REPLY_NEEDED = "no_reply_needed"
    BY_TIME = "by_time"  # three days after our last answer
    SPAM = "spam"


class Trust(StrEnum):
    """How an inbound message was matched to its conversation, strongest first."""

    TOKEN = "token"  # noqa: S105 (not a secret)  our reply token, from the address it was sent to
    REFERENCES = "references"  # answers a Message-ID we sent to this very address
    SENDER = "sender"  # one known address with one open conversation, or a bound phone
    UNMATCHED = "unmatched"  # a person must say who this is


class RawKind(StrEnum):
    EMAIL = "email"  # RFC 5322 bytes
    SMS = "sms"  # a form post, kept as JSON


class RawState(StrEnum):
    KEPT = "kept"  # committed, not yet read
    DONE = "done"
    STUCK = "stuck"  # reading raised; a person sees it and can retry


class AttachmentState(StrEnum):
    """What became of a file that came with a message."""

    WAITING = "waiting"  # a picture to be made anew, or a file of a text to be fetched
    KEPT = "kept"
    TOO_LARGE = "too_large"  # it stands in the raw mail only
    TOO_MANY = "too_many"  # the rest of the files: they stand in the raw mail only
    MISSING = "missing"  # the provider did not give it


class MailKind(StrEnum):
    """What an inbound message is (inbound/classify.py)."""

    PERSON = "person"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    OUT_OF_OFFICE = "out_of_office"
    RECEIPT = "receipt"  # it was delivered, or opened
    CALENDAR = "calendar"  # the answer to an invitation
    CHALLENGE = "challenge"  # a server wants proof that we are people
    LIST = "list"  # what a mailing list sends, and what goes to many
    LOOP = "loop"  # our own mail coming back, machines
    ENCRYPTED = "encrypted"  # for a key that we do not have
    UNREADABLE = "unreadable"  # kept and shown as such


class Intent(StrEnum):
    """What a reply can mean. The value is also the word for it in a sequence's `### replies`."""

    OPT_OUT = "opt_out"
    CRISIS = "crisis"
    ANGER = "anger"
    SPAM = "spam"
    QUESTION = "question"
    YES = "yes"
    NO = "no"
    MAYBE = "maybe"
    STORY = "story"
    OFFER = "offer"
    INVITE = "invite"
    NUMBER = "number"
    CHOICE = "choice"
    RANK = "rank"
    SCALE = "scale"
    COMMAND = "command"
    THANKS = "thanks"
    OTHER = "other"


class TimerKind(StrEnum):
    CLOSE_CONVERSATION = "close_conversation"
    END_SNOOZE = "end_snooze"
    DECIDE_PAUSE = "decide_pause"
    PAGE = "page"  # the next round of an alert
    FOLLOW_UP = "follow_up"  # how is somebody who was in distress
    REDACT = "redact"  # the words of an alert


class Job(StrEnum):
    """The kinds of work a queue can be rung for."""

    DELIVER = "deliver"
    RECEIVE = "receive"
    ATTACHMENTS = "attachments"

"""Twilio's form fields to Incoming."""

from collections.abc import Mapping

from engine.vocabulary.messages import Incoming, Mailbox, Part
from engine.vocabulary.words import Channel
from inbound.parse import limits

_MEDIA_MOST = 10


def read_sms(form: Mapping[str, str]) -> Incoming:
    """What a text message says. Never raises; missing fields are empty.

    `headers` keeps `optouttype` (STOP, START or HELP when the provider has already answered). Pictures
    are parts with a type; they are fetched elsewhere, from the provider only.
    """
    text, cut = limits.shortened(form.get("Body", "").replace("\r\n", "\n").replace("\0", ""))
    opt_out = form.get("OptOutType", "").strip()[:20]
    sender = form.get("From", "").strip()[:100]
    receiver = form.get("To", "").strip()[:100]
    return Incoming(
        channel=Channel.SMS,
        senders=(Mailbox("", sender),) if sender else (),
        recipients=(receiver,) if receiver else (),
        subject="",
        text=text,
        html="",
        date=None,
        rfc_message_id=(form.get("MessageSid") or form.get("SmsSid") or "").strip()[:100],
        references=(),
        headers={"optouttype": opt_out} if opt_out else {},
        parts=_media(form),
        warnings=("text_cut",) if cut else (),
    )


def _media(form: Mapping[str, str]) -> tuple[Part, ...]:
    count = form.get("NumMedia", "0").strip()
    number = min(int(count), _MEDIA_MOST) if count.isascii() and count.isdigit() and len(count) < 5 else 0
    return tuple(Part("", form.get(f"MediaContentType{index}", "")[:100], 0) for index in range(number))

"""Raw mail and form posts to Incoming, within caps, never raising."""

from inbound.parse.mail import read_email
from inbound.parse.texts import read_sms

__all__ = ["read_email", "read_sms"]

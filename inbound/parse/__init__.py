"""Raw mail and form posts to Incoming, within caps, never raising."""

from inbound.parse.mail import read_email
from inbound.parse.texts import read_sms

__all__ = ["parse_for_score", "read_email", "read_sms"]


def parse_for_score(raw: bytes) -> dict[str, object]:
    """What inbound.parse.scoring says; loaded late, since it needs the rooms that need this one."""
    from inbound.parse.scoring import parse_for_score as scored

    return scored(raw)

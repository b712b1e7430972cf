"""What people type becomes what we keep: email addresses and phone numbers.

Each raises TypedError with a sentence for whoever typed it: what is wrong and how to mend it.
"""

from functools import lru_cache
from importlib.resources import files

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from engine.vocabulary.sentences import Said, say

_DEFAULT_REGION = "US"


class TypedError(Said):
    """What was typed is no address; nothing is kept."""


def email_of(typed: str) -> str:
    """The address in lower case. Never asks the network."""
    try:
        # Names reserved for examples pass: the sample town lives there, and nothing is ever sent to them.
        found = validate_email(typed.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise TypedError(
            say("This does not read as an email address. Write one like ana@example.org.")
        ) from error
    return found.normalized.lower()


def phone_of(typed: str, region: str = _DEFAULT_REGION) -> str:
    """The number in E.164 form, `+12125550123`. `region` reads numbers without a country code."""
    try:
        number = phonenumbers.parse(typed.strip(), region)
    except NumberParseException as error:
        raise TypedError(say("This is not a phone number. Write one like +1 212 555 0123.")) from error
    if number.extension:
        raise TypedError(say("A number with an extension cannot get texts. Leave the extension out."))
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        raise TypedError(
            say(
                "This number is too short or too long to be a phone. Write it with its area code, "
                "and with + and the country code if it is from abroad."
            )
        )
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


@lru_cache
def region_of(zone: str) -> str:
    """The country a zone lies in (`Europe/Madrid` -> `ES`), by the table of the tz database."""
    table = files("tzdata").joinpath("zoneinfo/zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return next((row[0] for row in rows if row[2] == zone), _DEFAULT_REGION)

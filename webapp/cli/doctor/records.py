"""The DNS records without which large receivers refuse our mail, or answers get lost (trust.md, E1)."""

from collections.abc import Iterator
from contextlib import suppress

from dns.exception import DNSException
from dns.resolver import NXDOMAIN, NoAnswer, Resolver

from engine.settings import Settings
from webapp.cli.doctor.finding import Finding

_WITHIN = 5.0  # seconds for one question
_SEE = "docs/going-live.md, section 3, shows how it looks."


def records(settings: Settings) -> Iterator[Finding]:
    """Nothing where mail only pretends to leave. Stops when DNS does not answer."""
    if settings.smtp_url is None:
        return
    domain = settings.mail_domain
    try:
        resolver = _resolver(settings)
        yield _mx(resolver, domain)
        yield _only(f"SPF of {domain}", _texts(resolver, domain, "v=spf1"))
        if settings.dkim_selector:
            name = f"{settings.dkim_selector}._domainkey.{domain}"
            yield _only(f"DKIM at {name}", _texts(resolver, name, ""))
        else:
            yield Finding("DKIM", "is not looked at", "Name its selector in PORCHLIGHT_DKIM_SELECTOR.")
        yield _only(f"DMARC of {domain}", _dmarc(resolver, domain))
    except (DNSException, ValueError) as problem:
        said = f"DNS does not answer ({type(problem).__name__})"
        yield Finding("Mail records", said, "Name another server in PORCHLIGHT_DNS.", wrong=True)


def _resolver(settings: Settings) -> Resolver:
    resolver = Resolver(configure=settings.dns is None)
    if settings.dns is not None:
        host, resolver.port = settings.dns
        resolver.nameservers = [host]
    resolver.lifetime = _WITHIN
    return resolver


def _mx(resolver: Resolver, domain: str) -> Finding:
    what = f"MX of {domain}"
    with suppress(NXDOMAIN, NoAnswer):
        hosts = sorted(str(each.exchange).rstrip(".") for each in resolver.resolve(domain, "MX"))
        if any(hosts):  # a lone "." says that the domain takes no mail
            return Finding(what, ", ".join(hosts))
    return Finding(what, "there is none, so answers go nowhere", _SEE, wrong=True)


def _dmarc(resolver: Resolver, domain: str) -> list[str]:
    """Its own, or that of the domains above it (RFC 9989 walks the same way)."""
    labels = domain.split(".")
    for start in range(len(labels) - 1):
        found = _texts(resolver, "_dmarc." + ".".join(labels[start:]), "v=DMARC1")
        if found:
            return found
    return []


def _texts(resolver: Resolver, name: str, begins: str) -> list[str]:
    with suppress(NXDOMAIN, NoAnswer):
        answers = [b"".join(each.strings) for each in resolver.resolve(name, "TXT")]
        texts = [answer.decode("utf-8", "replace") for answer in answers]
        return [text for text in texts if text.lower().startswith(begins.lower())]
    return []


def _only(what: str, found: list[str]) -> Finding:
    """Two records count as none: receivers take neither."""
    if len(found) == 1:
        return Finding(what, found[0][:80])
    said = "there is none" if not found else f"there are {len(found)}, and so it counts as none"
    return Finding(what, said, _SEE, wrong=True)

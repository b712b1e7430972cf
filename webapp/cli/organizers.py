"""`porchlight organizers`: who helps, who is invited, and a way in for who lost theirs."""

import click

from engine.actions import organizers as actions
from engine.actions.organizers import OrganizerForm
from engine.runtime import Runtime
from engine.store import organizers as store
from engine.store import team
from engine.store.team import Teammate
from engine.vocabulary.ids import OrganizerId
from engine.vocabulary.words import Role
from webapp.cli.house import open_house
from webapp.cli.sentences import Unable


@click.group()
def organizers() -> None:
    """List and invite organizers, or make a sign-in link."""


@organizers.command("list")
def list_all() -> None:
    """Everybody who may sign in."""
    for each in _everyone(open_house()):
        marks = [each.role.value, *([] if each.active else ["inactive"])]
        marks += ["has no password yet"] if each.invited else []
        click.echo(f"{each.name} <{each.email}>  ({', '.join(marks)})")


@organizers.command()
@click.option("--name", prompt=True, help="As members will see it.")
@click.option("--email", prompt=True)
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.ORGANIZER.value)
@click.option("--language", default="en", help="Of the dashboard: en or es.")
@click.option("--zone", default="America/New_York", help="Such as America/Chicago.")
def invite(name: str, email: str, role: str, language: str, zone: str) -> None:
    """Invite somebody; prints the link by which they choose a password."""
    form = OrganizerForm(name=name, email=email, role=Role(role), language=language, zone=zone)
    link = actions.invite(open_house(), form)
    click.echo(f"{name} is invited. The link works once, within seven days:\n{link}")


@organizers.command()
@click.argument("email")
def link(email: str) -> None:
    """A one-time sign-in link for EMAIL (embedded default only)."""
    rt = open_house()
    wanted = email.strip().lower()
    found = next((each for each in _everyone(rt) if each.email == wanted and each.active), None)
    if found is None:
        raise Unable(f"No active organizer has the address {email}. See `porchlight organizers list`.")
    click.echo(actions.first_link(rt, found.id))


def first_admin(rt: Runtime) -> OrganizerId | None:
    """The active admin who was here first."""
    with rt.reading() as session:
        return min(store.active_admins(session), default=None)


def _everyone(rt: Runtime) -> list[Teammate]:
    with rt.reading() as session:
        return team.everyone(session)

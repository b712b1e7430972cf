"""A community begins: empty with `init`, or as the sample town with `seed`."""

import click

from engine.actions import community, organizers
from engine.actions.community import CommunityForm
from engine.actions.organizers import OrganizerForm
from engine.settings import read_settings
from engine.vocabulary.words import Role
from webapp.cli.house import build_house, community_of, require_pretending
from webapp.cli.progress import LIVED, progress
from webapp.cli.sentences import Unable
from webapp.town.sweeping import sweep_half_made


@click.command()
@click.option("--name", prompt="The community's name", help="As members know it.")
@click.option("--postal-address", prompt="Its postal address (stands in every letter)")
@click.option("--language", default="en", show_default=True, help="Of answers and new members: en or es.")
@click.option("--zone", default="America/New_York", show_default=True, help="Its time zone.")
@click.option("--admin-name", prompt="Your name")
@click.option("--admin-email", prompt="Your email")
def init(  # noqa: PLR0913 (one argument an option)
    name: str, postal_address: str, language: str, zone: str, admin_name: str, admin_email: str
) -> None:
    """Begin an empty community; prints the link by which its first admin chooses a password."""
    rt = build_house()
    if community_of(rt) is not None:
        raise Unable(
            "There is a community here already. Set PORCHLIGHT_DATA to another folder to begin a new one."
        )
    form = CommunityForm(name=name, postal_address=postal_address, language=language, zone=zone)
    admin = OrganizerForm(admin_name, admin_email, Role.ADMIN, language, zone)
    with rt.transaction():
        community.found(rt, form)
        link = organizers.invite(rt, admin)
    click.echo(
        f"{name} begins. `porchlight serve` starts it; then choose your password here, within seven days:"
    )
    click.echo(link)


@click.command()
def seed() -> None:
    """Fill an empty database with the sample town."""
    from webapp.town.seed import seed as seed_town

    settings = read_settings()
    require_pretending(settings)
    sweep_half_made(settings)
    rt = build_house()
    if community_of(rt) is not None:
        raise Unable(
            "There is a community here already. Set PORCHLIGHT_DATA to another folder for the sample town."
        )
    with progress(LIVED) as step:
        seed_town(rt.settings, rt.clock.now(), step)
    click.echo("River Neighbors is here. `porchlight serve` starts it.")

"""`porchlight sending`: what is held, and letting it go."""

import click

from engine.actions import receipts
from engine.store import holds
from engine.vocabulary.words import Channel, HoldReason
from webapp.cli.house import open_house

WHY = {
    HoldReason.RESTORED: "this database was restored from a backup",
    HoldReason.REFUSED_STREAM: "receivers refuse all our mail",
    HoldReason.REFUSED_LOGIN: "the gateway does not let us in",
    HoldReason.NOT_APPROVED: "the number is not registered for these texts",
    HoldReason.FILTERED: "carriers take our texts for spam",
    HoldReason.BY_ADMIN: "somebody asked for it",
}
_CHANNELS = click.Choice([channel.value for channel in Channel])


@click.group()
def sending() -> None:
    """Say what is held, hold a channel, or release it."""


@sending.command("list")
def show() -> None:
    """What is held, since when and why."""
    with open_house().reading() as session:
        standing = holds.standing(session)
    for each in standing:
        detail = f" ({each.detail})" if each.detail else ""
        click.echo(f"{each.channel} is held since {each.at:%Y-%m-%d %H:%M} UTC: {WHY[each.reason]}{detail}")
    if not standing:
        click.echo("Nothing is held.")


@sending.command()
@click.argument("channel", type=_CHANNELS)
def hold(channel: str) -> None:
    """Send nothing on CHANNEL until it is released."""
    receipts.hold(open_house(), Channel(channel), HoldReason.BY_ADMIN)
    click.echo(f"{channel} is held. `porchlight sending release {channel}` lets it go.")


@sending.command()
@click.argument("channel", type=_CHANNELS)
def release(channel: str) -> None:
    """Let CHANNEL send again; every permission is asked anew."""
    receipts.release(open_house(), Channel(channel), by="machine")
    click.echo(f"{channel} is released.")

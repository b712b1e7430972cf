"""`porchlight`: one file per noun, loaded when its command is called, so that each starts fast."""

import sys
from collections.abc import Sequence
from importlib import import_module

import click

from webapp.cli.sentences import sentence_for

# command: (module, name of the command in it, what it does)
COMMANDS = {
    "up": ("tree", "up", "Make the sample town on first run, and start everything."),
    "serve": ("tree", "serve", "Start everything for a community that exists."),
    "init": ("community", "init", "Begin an empty community."),
    "seed": ("community", "seed", "Fill an empty database with the sample town."),
    "doctor": ("doctor", "doctor", "Check every setting and say how to mend what is wrong."),
    "play": ("play", "play", "Walk a sequence here, in simulated time."),
    "sequences": ("sequences", "sequences", "Check, import and export sequences."),
    "import": ("people", "import_people", "Add members from a CSV file."),
    "read": ("reading", "read", "Say what our reader makes of a mail in a file."),
    "examples": ("reading", "examples", "Write mails that were cut wrong to a folder, put right."),
    "organizers": ("organizers", "organizers", "List and invite organizers, or make a sign-in link."),
    "web": ("work", "web", "Run only the web server."),
    "worker": ("work", "worker", "Run only a worker."),
    "clock": ("work", "clock", "Run only the clock."),
    "listen": ("listen", "listen", "Run only the doors for incoming mail."),
    "migrate": ("work", "migrate", "Bring the database up to date."),
    "sending": ("sending", "sending", "Say what is held, hold a channel, or release it."),
    "backup": ("backup", "backup", "Write a safe copy of everything but the keys."),
    "restore": (
        "backup",
        "restore",
        "Fill an empty database from a backup; sending is held until you release it.",
    ),
    "tick": ("work", "tick", "Look at the clock once, and do what is due."),
}


class Lazy(click.Group):
    """Knows its commands by name, and imports a command's module only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name, _ = COMMANDS[cmd_name]
        command = getattr(import_module(f"webapp.cli.{module}"), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, what) for name, (_, _, what) in COMMANDS.items()])


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="porchlight")
def porchlight() -> None:
    """An email and SMS engine for hopeful, relational communities."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command. What a person can cause is one sentence on stderr and exit code 1."""
    try:
        porchlight.main(arguments, prog_name="porchlight", standalone_mode=True)
    except Exception as problem:
        sentence = sentence_for(problem)
        if sentence is None:
            raise
        click.echo(f"porchlight: {sentence}", err=True)
        sys.exit(1)

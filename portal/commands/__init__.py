"""The command line: `juanzong`. Each command lives in a file of its own and is loaded when it is called."""

from __future__ import annotations

from importlib import import_module

import click

from documents.quiet_logs import keep_words_out
from portal.waste import unsearched

# name → module:attribute. Loaded late, so that `doctor` runs where WeasyPrint's libraries are still missing.
COMMANDS = {
    "archive": "portal.commands.archive:archive",
    "audit": "portal.commands.audit:audit",
    "backup": "portal.commands.backup:backup",
    "backup-key": "portal.commands.backup:backup_key",
    "clock": "portal.commands.clock:clock",
    "copies": "portal.commands.copies:copies",
    "demo": "portal.commands.demo:demo",
    "doctor": "portal.commands.doctor:doctor",
    "due": "portal.commands.due:due",
    "keys": "portal.commands.keys:keys",
    "let-in": "portal.commands.rescue:let_in",
    "mail-sink": "portal.commands.mail_sink:mail_sink",
    "migrate": "portal.commands.demo:migrate",
    "policy": "portal.commands.policy:policy",
    "restore": "portal.commands.restore:restore",
    "simulate-year": "portal.commands.simulate:simulate_year",
    "up": "portal.commands.run:up",
    "verify": "portal.commands.verify:verify",
    "worker": "portal.commands.worker:worker",
}


class LateGroup(click.Group):
    """A group of commands that imports a command only when it is asked for (命令行)."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in alphabetical order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name].split(":")
        with unsearched():
            command: click.Command = getattr(import_module(module), attribute)
        return command


@click.command(cls=LateGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """卷宗：投诉处理门户。 Juanzong: a portal for complaints."""
    keep_words_out()

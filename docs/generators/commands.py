"""docs/commands.md, from the commands."""

from __future__ import annotations

import inspect

import click

from auditor.cli import sellby
from auditor.cli.exit_codes import ExitCode

COMMANDS = """\
# Commands

Data goes to stdout, talk and progress to stderr; every command that reads has `--format json`.
Global options stand in front of the command: `sellby -c other.yaml findings`. Each option can
also come from the environment: `SELLBY_CONFIG_PATH`, `SELLBY_FINDINGS_LIMIT`.

{exit_codes}

This page is generated from the commands by `docs/generate.py`.
"""


def commands() -> str:
    """docs/commands.md as it should be."""
    codes = inspect.cleandoc(ExitCode.__doc__ or "").splitlines()
    rows = [line.split(None, 1) for line in codes if line[:1].isdigit()]
    head = ["| exit code | meaning |", "|---|---|"]
    table = "\n".join(head + [f"| {number} | {meaning} |" for number, meaning in rows])
    parts = [COMMANDS.format(exit_codes=table), _help("sellby", sellby)]
    context = click.Context(sellby)
    for name in sellby.list_commands(context):
        command = sellby.get_command(context, name)
        assert command is not None
        parts.append(_help(f"sellby {name}", command))
        if isinstance(command, click.Group):
            subs = sorted(command.commands.items())
            parts += [_help(f"sellby {name} {sub}", each) for sub, each in subs]
    return "\n".join(parts)


def _help(name: str, command: click.Command) -> str:
    context = click.Context(
        command, info_name=name, terminal_width=90, max_content_width=90, color=False
    )
    return f"## {name}\n\n```text\n{command.get_help(context)}\n```\n"

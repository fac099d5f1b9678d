"""The ``sellby`` command itself: global options, its commands, and what becomes of an error."""

from __future__ import annotations

import importlib
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor import __version__
from auditor.cli.failures import fail
from auditor.cli.session import Session

if TYPE_CHECKING:
    from types import FrameType

# Name → module under auditor.cli, in the order of a working day; each holds one click command.
COMMANDS = {
    "init": "init",
    "check": "check",
    "run": "run",
    "crawl": "crawl",
    "ingest": "ingest",
    "feeds": "feeds",
    "audit": "audit",
    "report": "report",
    "notify": "notify",
    "findings": "findings",
    "show": "show",
    "impact": "impact",
    "popularity": "popularity",
    "contacts": "contacts",
    "case": "case",
    "claims": "claims",
    "profile": "profile",
    "review": "review",
    "serve": "serve",
    "token": "token",
    "confirm": "confirm",
    "ack": "ack",
    "reject": "reject",
    "waive": "waive",
    "assign": "assign",
    "reopen": "reopen",
    "undo": "undo",
    "flag": "flag",
    "questions": "questions",
    "rules": "rules",
    "import": "import_",
    "export": "export",
    "prune": "prune",
    "demo": "demo",
}
HIDDEN = {"eval": "evaluate"}

_SECTIONS = {
    "Set up": ("init", "check", "profile", "demo"),
    "Every night": ("run", "crawl", "ingest", "audit", "report", "notify"),
    "Every morning": (
        "findings",
        "show",
        "feeds",
        "impact",
        "popularity",
        "contacts",
        "case",
        "claims",
    ),
    "Decide": ("review", "confirm", "ack", "reject", "waive", "assign", "reopen", "undo"),
    "Move data": ("import", "export", "prune"),
    "People": ("flag", "questions", "rules", "serve", "token"),
}


class SellbyGroup(click.Group):
    """Loads a command when it is called for, and turns errors into one paragraph and a code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands people see, in the order of a working day."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's file and take the command out of it."""
        module_name = COMMANDS.get(cmd_name) or HIDDEN.get(cmd_name)
        if module_name is None:
            return None
        module = importlib.import_module(f"auditor.cli.{module_name}")
        found: click.Command = getattr(module, "command", None) or getattr(module, module_name)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a suggestion for a misspelt command."""
        if args and args[0] not in COMMANDS and args[0] not in HIDDEN and args[0][:1] != "-":
            from difflib import get_close_matches

            close = get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            ctx.fail(f"No such command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what it raises on purpose ends as a message and an exit code."""
        try:
            return super().invoke(ctx)
        except click.exceptions.Exit:
            raise
        except (click.ClickException, click.Abort, BrokenPipeError):
            raise
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # the outermost seam: every failure becomes a message and a code
            session = ctx.find_object(Session) or Session()
            ctx.exit(fail(error, session))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands by the hour of the day they are needed at."""
        width = max(len(name) for name in COMMANDS)
        for title, names in _SECTIONS.items():
            rows = []
            for name in names:
                command = self.get_command(ctx, name)
                if command is not None:
                    limit = formatter.width - width - 6
                    rows.append((name.ljust(width), command.get_short_help_str(limit)))
            with formatter.section(title):
                formatter.write_dl(rows)


@click.group(
    cls=SellbyGroup,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
        "auto_envvar_prefix": "SELLBY",
    },
    epilog="Exit codes: 0 done · 1 --fail-on met · 2 usage or configuration · 3 part could not be "
    "judged · 4 failed, nothing lost · 75 another run is at work.",
)
@click.option(
    "-c",
    "--config",
    "config_path",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("config.yaml"),
    show_default=True,
    help="The configuration file.",
)
@click.option(
    "--db",
    "database",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The database; else as the configuration says.",
)
@click.option("-v", "--verbose", count=True, help="Say more; -vv with tracebacks.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors and data.")
@click.option("--no-color", is_flag=True, help="No colours; NO_COLOR does the same.")
@click.version_option(__version__, prog_name="sellby")
@click.pass_context
def sellby(ctx: click.Context, /, **options: Any) -> None:
    """Find the facts on your website and in your knowledge base that are no longer true.

    Sellby crawls pages, reads what they say of your products, compares it with your feeds, and
    ranks what is wrong by how many customers meet it. New here? Try `sellby demo`.
    """
    ctx.obj = Session(
        config_path=options["config_path"],
        config_given=ctx.get_parameter_source("config_path") is not _default_source(),
        database_path=options["database"],
        verbosity=-1 if options["quiet"] else options["verbose"],
        color=not options["no_color"],
    )


def main() -> None:
    """The entry point: a SIGTERM stops as gently as Ctrl-C does."""
    signal.signal(signal.SIGTERM, _stop)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
    sellby(prog_name="sellby")


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _default_source() -> Any:
    from click.core import ParameterSource

    return ParameterSource.DEFAULT

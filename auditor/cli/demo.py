"""``sellby demo``: the bundled company, from the first crawl to a fix that is verified."""

from __future__ import annotations

from pathlib import Path

import click

from auditor.cli.session import Session


@click.command("demo", context_settings={"ignore_unknown_options": True})
@click.option(
    "--dir",
    "directory",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("sellby-demo"),
    show_default=True,
    help="Where the demo puts its configuration, database and report.",
)
@click.option("--fix", default="", metavar="FINDING", help="First correct that finding's page.")
@click.argument("words", metavar="[COMMAND]...", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def command(ctx: click.Context, directory: Path, fix: str, words: tuple[str, ...]) -> None:
    """See it work: an invented company, served on loopback, audited end to end.

    With COMMAND, run that sellby command on the demo while the company is online.
    """
    from auditor.demo import run_demo

    session: Session = ctx.obj
    ctx.exit(run_demo(directory, session.talk.line, fix=fix, command=words))

"""``sellby review``: through a personal list, one finding at a time, a key each."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.filters import filter_options, is_filtered, wanted
from auditor.cli.session import Session

if TYPE_CHECKING:
    from auditor.desk import Desk
    from auditor.model import Finding


@click.command("review")
@filter_options
@click.option("--as", "who", metavar="WHO", help="Who decides; else identity.as or login.")
@click.option("--everything", is_flag=True, help="All that is mine, not only what I am asked for.")
@click.pass_obj
def command(session: Session, /, **options: Any) -> None:
    """Go through your list one finding at a time, with one key for each decision.

    The list is what you are asked for (see `asking` in config.yaml), most urgent first; filters
    choose from everybody's. Nothing is decided without a key, and `u` takes the last one back.
    """
    from auditor.cli.keys import keys
    from auditor.cli.review_loop import Review

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError(
            "review needs a terminal; in scripts use `sellby findings --format json` and "
            "`sellby confirm`, `reject`, `waive` …"
        )
    who = session.who(options["who"])
    if not who.strip():
        raise click.UsageError("a decision needs a name; say --as WHO or set identity.as")
    with session.desk() as desk:
        found, left = _list(session, desk, who, options)
        if not found:
            session.talk.line("Nothing waits for you.")
            return
        with keys() as typed:
            Review(session, desk, who, found, typed).run()
    if left:
        session.talk.hint(f"{left} more of yours are not asked for yet: --everything shows them.")


def _list(
    session: Session, desk: Desk, who: str, options: dict[str, Any]
) -> tuple[list[Finding], int]:
    """What to go through, and how many of mine that leaves out."""
    from dataclasses import replace

    from auditor.asking import WAITING
    from auditor.store import Filter

    if is_filtered(options):
        found = desk.findings(wanted(session, options))
        if options["states"] or options["every_state"]:
            return found, 0
        return [finding for finding in found if finding.state in WAITING], 0
    late = [finding for finding in desk.escalated(who) if finding.state in WAITING]
    mine = [f for f in desk.findings(replace(Filter(), owner=who)) if f.state in WAITING]
    if options["everything"]:
        return [*late, *mine], 0
    asked = set(desk.asked(who))
    found = [finding for finding in mine if finding.task in asked]
    return [*late, *found], len(mine) - len(found)

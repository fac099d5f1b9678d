"""``sellby run``: the nightly command."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import click

from auditor.cli.audit import FAIL_ON, as_data, audit_stored, exit_code
from auditor.cli.crawl import chosen, crawl_sources
from auditor.cli.exit_codes import ExitCode
from auditor.cli.ingest import ingest_feeds
from auditor.cli.notify import tell
from auditor.cli.output import Format, print_json, print_table
from auditor.cli.report import write
from auditor.cli.session import Session

if TYPE_CHECKING:
    from pathlib import Path

# Pieces of work named at the end of a run: what somebody can do before the coffee is cold.
FIRST = 5
# What two machines' clocks may differ by without a word.
CLOCK_TOLERANCE = timedelta(hours=1)


@click.command("run")
@click.option(
    "--fail-on",
    type=click.Choice(FAIL_ON),
    default="never",
    show_default=True,
    help="Exit with 1 if any finding is open, any is new, or an incident is open.",
)
@click.option("--no-crawl", is_flag=True, help="Leave the network alone; judge what is stored.")
@click.option("--notify/--no-notify", default=True, help="Tell people what is new, or nobody.")
@click.option("--format", "output", type=click.Choice(["table", "json"]), default="table")
@click.pass_context
def command(ctx: click.Context, fail_on: str, no_crawl: bool, notify: bool, output: str) -> None:
    """Crawl, ingest, audit, report, notify: the nightly command.

    A source or feed that fails is an incident; the others go on. Run it from cron, systemd or
    Kubernetes: it holds a lock, and it goes on where it was stopped.
    """
    session: Session = ctx.obj
    names = chosen(session, ())
    with session.writing("sellby run"):
        if not no_crawl:
            crawl_sources(session, names)
        ingest_feeds(session, list(session.config.feeds))
        _doubt_clock(session)
        summary = audit_stored(session, session.now())
        report = write(session)
        told = tell(session) if notify and session.config.notify.is_on else None
    if output == Format.JSON:
        notices = {"sent": len(told.sent), "waiting": len(told.waiting)} if told else None
        print_json(as_data(summary) | {"report": str(report), "notices": notices})
    else:
        _close(session, report, judged=bool(summary.matches + summary.wrong))
    code = exit_code(session, summary, fail_on)
    ctx.exit(code or (ExitCode.PARTIAL if told is not None and told.waiting else ExitCode.DONE))


def _doubt_clock(session: Session) -> None:
    """Say so where the newest audit lies ahead: a clock that went back orders nights wrongly."""
    with session.audit_store() as store:
        newest = store.audits.latest()
    now = session.now()
    if newest is not None and newest.as_of - now > CLOCK_TOLERANCE:
        session.talk.warn(
            f"the newest audit is as of {newest.as_of:%Y-%m-%d %H:%M} UTC, but the clock says "
            f"{now:%Y-%m-%d %H:%M}: is it right?"
        )


def _close(session: Session, report: Path, *, judged: bool) -> None:
    """What to do first, and what to type next."""
    from auditor.cli.words import count
    from auditor.store import Filter
    from auditor.tasks import tasks

    talk = session.talk
    with session.audit_store() as store:
        found = store.findings.matching(Filter())
    bundles = tasks(found)
    if not found:
        nothing = "Nothing is wrong that Sellby could judge." if judged else "Nothing was judged."
        talk.line(f"\n{nothing}")
    elif not talk.quiet:
        from auditor.cli.tables import tasks_table

        work = count(len(bundles), "task")
        talk.title(f"\n{count(len(found), 'finding')} in {work}, most urgent first")
        print_table(tasks_table(bundles[:FIRST]), color=session.color)
    talk.good(f"Report: {report}")
    if found:
        first = bundles[0].id
        talk.hint(
            f"Next: sellby show {first} · sellby findings --tasks · "
            f"sellby confirm {first} --recheck"
        )

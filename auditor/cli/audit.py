"""``sellby audit``: judge what is stored; no network."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from auditor.cli.exit_codes import ExitCode
from auditor.cli.output import Format, print_json
from auditor.cli.session import Session

if TYPE_CHECKING:
    from auditor.audit import AuditSummary

FAIL_ON = ("never", "open", "new", "incident")


@click.command("audit")
@click.option(
    "--as-of",
    metavar="INSTANT",
    help="Judge as if it were then: 2026-11-22, or with a time; else now.",
)
@click.option(
    "--fail-on",
    type=click.Choice(FAIL_ON),
    default="never",
    show_default=True,
    help="Exit with 1 if any finding is open, any is new or reopened, or an incident is open.",
)
@click.option("--format", "output", type=click.Choice(["table", "json"]), default="table")
@click.pass_context
def command(ctx: click.Context, as_of: str | None, fail_on: str, output: str) -> None:
    """Judge the stored pages against the feeds; no network.

    The same database, configuration and --as-of give the same findings.
    """
    session: Session = ctx.obj
    at = instant_of(session, as_of)
    with session.writing("sellby audit"):
        summary = audit_stored(session, at)
    if output == Format.JSON:
        print_json(as_data(summary))
    ctx.exit(exit_code(session, summary, fail_on))


def instant_of(session: Session, text: str | None) -> datetime:
    """An instant as given, in the configuration's time zone where it names none; else now.

    Raises click.BadParameter.
    """
    if text is None:
        return session.now()
    from dateutil import tz

    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(
            f"{text!r} is no instant like 2026-11-22 or 2026-11-22T02:00:00Z", param_hint="--as-of"
        ) from error
    if at.tzinfo is None:
        at = at.replace(tzinfo=tz.gettz(session.reading_config.timezone))
    return at.astimezone(UTC)


def audit_stored(session: Session, as_of: datetime) -> AuditSummary:
    """Audit everything stored and say what came out. Raises Stopped where interrupted."""
    from auditor.audit import run_audit
    from auditor.cli.failures import Stopped

    session.talk.title("Audit")
    with session.stores() as (snapshots, store):
        total = sum(state.pages for state in snapshots.sources())
        try:
            with session.talk.progress("judging", "pages") as step:
                summary = run_audit(
                    session.reading_config,
                    snapshots,
                    store,
                    as_of=as_of,
                    progress=lambda done, url: step(done, max(total, done), url),
                )
        except KeyboardInterrupt:
            raise Stopped("what was judged so far is kept; run it again to finish.") from None
    _say(session, summary)
    return summary


def _say(session: Session, summary: AuditSummary) -> None:
    from auditor.cli.words import STATES, count
    from auditor.model import State
    from auditor.report.wording import percent, percent_of

    talk = session.talk
    judged = summary.matches + summary.wrong
    met = judged + summary.not_judged
    if not summary.pages:
        talk.warn("no page could be read: `sellby crawl` fetches them and says what kept it")
    elif not met:
        talk.warn(
            f"{count(summary.pages, 'page')} read, but no fact of a known product on them: "
            "do the feeds name these products?"
        )
    else:
        right = percent_of(summary.matches, judged) if judged else "nothing"
        talk.good(
            f"{count(summary.pages, 'page')}: {right} right of the "
            f"{percent(judged, met)} of {count(met, 'fact')} that could be judged"
        )
    steps = ", ".join(
        f"{number:,} {STATES[State(state)]}" for state, number in summary.steps.items()
    )
    talk.line(f"  {summary.wrong:,} wrong{'; this time ' + steps if steps else ''}")
    for incident in summary.incidents:
        talk.alarm(f"{incident.kind.replace('_', ' ')}: {incident.message}")
    for remark in summary.remarks:
        talk.line(f"  {remark.kind.replace('_', ' ')}: {remark.message}")


def exit_code(session: Session, summary: AuditSummary, fail_on: str) -> ExitCode:
    """What an audit ends with."""
    with session.audit_store() as store:
        counts = store.findings.counts()
    work = sum(counts.get(state, 0) for state in ("open", "acknowledged", "not_observed"))
    work += counts.get("reopened", 0)
    new = summary.steps.get("open", 0) + summary.steps.get("reopened", 0)
    met = {"never": 0, "open": work, "new": new, "incident": len(summary.incidents)}[fail_on]
    if met:
        return ExitCode.CONDITION_MET
    return ExitCode.PARTIAL if summary.incidents else ExitCode.DONE


def as_data(summary: AuditSummary) -> dict[str, object]:
    """An audit's summary as JSON data."""
    judged = summary.matches + summary.wrong
    met = judged + summary.not_judged
    return {
        "as_of": summary.as_of,
        "pages": summary.pages,
        "right": summary.matches,
        "wrong": summary.wrong,
        "not_judged": summary.not_judged,
        "skipped": summary.skipped,
        "coverage": round(judged / met, 4) if met else None,
        "steps": summary.steps,
        "incidents": [
            {
                "kind": incident.kind,
                "subject": incident.subject,
                "message": incident.message,
                "opened_at": incident.opened_at,
            }
            for incident in summary.incidents
        ],
        "remarks": [
            {
                "kind": remark.kind,
                "subject": remark.subject,
                "count": remark.count,
                "message": remark.message,
                "examples": [
                    {"url": url, "sku": sku, "text": text} for url, sku, text in remark.examples
                ],
            }
            for remark in summary.remarks
        ],
    }

"""``sellby crawl``: take snapshots."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from auditor.cli.exit_codes import ExitCode
from auditor.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crawler.summary import CrawlSummary

INCIDENT = "source_incomplete"


@click.command("crawl")
@click.argument("sources", metavar="[SOURCE]...", nargs=-1)
@click.pass_context
def command(ctx: click.Context, sources: tuple[str, ...]) -> None:
    """Take snapshots of the sources (all, or those named); only what changed is fetched again."""
    session: Session = ctx.obj
    names = chosen(session, sources)
    with session.writing("sellby crawl"):
        summaries = crawl_sources(session, names)
    ctx.exit(ExitCode.PARTIAL if any(s.problems for s in summaries) else ExitCode.DONE)


def chosen(session: Session, names: Sequence[str]) -> list[str]:
    """The sources named, or all. Raises NotFound for a name that is not configured."""
    from auditor.config.mistakes import suggestion
    from auditor.errors import NotFound

    known = list(session.config.sources)
    for name in names:
        if name not in known:
            raise NotFound(f"there is no source {name!r}{suggestion(name, known)}")
    if not known:
        raise NotFound(f"{session.config_path} names no sources; nothing to crawl")
    return list(dict.fromkeys(names)) or known


def crawl_sources(session: Session, names: Sequence[str]) -> list[CrawlSummary]:
    """Crawl sources, say how it went, and open or close their incidents.

    Raises Stopped where somebody interrupts; what was fetched stays.
    """
    from auditor.cli.failures import Stopped
    from auditor.cli.words import count
    from crawler.run import crawl_all

    config, talk = session.config, session.talk
    started = session.now()
    talk.title("Crawl")
    try:
        with talk.progress("crawling", "pages") as step:
            summaries = crawl_all(
                config.crawl,
                [config.sources[name] for name in names],
                config.database,
                progress=step,
            )
    except KeyboardInterrupt:
        kept = _kept(session, names, started)
        raise Stopped(
            f"{count(kept, 'page')} kept; run it again to go on where it stopped."
        ) from None
    for summary in summaries:
        say(session, summary)
    note_incidents(session, summaries)
    return list(summaries)


def say(session: Session, summary: CrawlSummary) -> None:
    """One crawl in a line, and its problems."""
    from auditor.cli.words import count

    talk = session.talk
    seconds = (summary.finished_at - summary.started_at).total_seconds()
    rate = f", {summary.visits / seconds:.0f} pages/s" if seconds >= 1 else ""
    unchanged = summary.counts.get("unchanged", 0)
    changed = summary.counts.get("ok", 0)
    others = ", ".join(
        f"{number:,} {name.replace('_', ' ')}"
        for name, number in sorted(summary.counts.items())
        if name not in ("ok", "unchanged") and number
    )
    readable = f"{count(summary.readable, 'article')} readable, " if summary.readable else ""
    text = (
        f"{summary.source}: {readable}{count(summary.pages, 'page')} read, "
        f"{changed:,} new or changed, "
        f"{unchanged:,} unchanged{', ' + others if others else ''} "
        f"({_size(summary.bytes_received)} in {seconds:.0f} s{rate})"
    )
    if summary.complete and not summary.problems:
        talk.good(text)
    else:
        talk.warn(text)
    for problem in summary.problems:
        talk.warn(f"{summary.source}: {problem.message}")
    for note in summary.notes:
        talk.line(f"  {note}")


def _size(number: int) -> str:
    """Bytes in words.

    >>> _size(900), _size(2_500_000)
    ('900 B', '2.5 MB')
    """
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if number >= size:
            return f"{number / size:.1f} {unit}"
    return f"{number} B"


def note_incidents(session: Session, summaries: Sequence[CrawlSummary]) -> None:
    """One incident per crawled source that could not be seen whole; closed when it can again."""
    from auditor.looks import BROKEN
    from auditor.model import Incident
    from auditor.store import AuditStore

    # The audit tells these of the pages that it could not read: once is enough.
    said_of_pages = {str(outcome) for outcome in BROKEN}
    with AuditStore(session.database) as store:
        crawled = {summary.source for summary in summaries}
        kept = [
            incident
            for incident in store.audits.open_incidents()
            if incident.kind == INCIDENT
            and incident.subject not in crawled
            and incident.subject in session.config.sources
        ]
        new = [
            Incident(INCIDENT, summary.source, " ".join(p.message for p in told))
            for summary in summaries
            if (told := [p for p in summary.problems if p.kind not in said_of_pages])
        ]
        store.audits.set_incidents([INCIDENT], [*kept, *new], session.now())


def _kept(session: Session, names: Sequence[str], since: datetime) -> int:
    """Pages fetched since an instant."""
    from crawler.store import SnapshotStore

    if not session.database.exists():
        return 0
    with SnapshotStore(session.database) as store:
        return sum(visit.fetched_at >= since for name in names for visit in store.last_visits(name))

"""Looking at a page again right after somebody said that it is fixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from auditor.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.cli.session import Session
    from auditor.model import Finding


def recheck(session: Session, findings: Sequence[Finding]) -> list[Finding]:
    """Fetch the pages of ``findings`` now, judge them anew, say and return what became of them.

    Ends the command with exit code 75 while another run is at work; decisions made before stay.
    """
    from auditor.errors import Locked

    try:
        with session.writing("sellby confirm --recheck"):
            return _recheck(session, findings)
    except Locked as error:
        session.talk.error("Decided, but not looked at again", str(error))
        raise click.exceptions.Exit(ExitCode.LOCKED) from None


def _recheck(session: Session, findings: Sequence[Finding]) -> list[Finding]:
    from auditor.audit import audit_pages
    from crawler.run import crawl

    pages = sorted({(f.judgement.source, f.judgement.url) for f in findings})
    config = session.config
    with session.stores() as (snapshots, store):
        for source in sorted({name for name, _ in pages}):
            urls = [url for name, url in pages if name == source]
            if source not in config.sources:
                session.talk.warn(f"{source} is no longer configured; its pages were not fetched")
                continue
            summary = crawl(config.crawl, config.sources[source], snapshots, only=urls)
            for problem in summary.problems:
                session.talk.warn(f"{source}: {problem.message}")
        audit_pages(config, snapshots, store, pages, as_of=session.now())
        after = [store.findings.by_id(finding.id) for finding in findings]
        told = {
            f.fingerprint: step.why
            for f in after
            if (history := store.findings.history(f.fingerprint))
            for step in history[-1:]
        }
    for finding in after:
        _say(session, finding, told.get(finding.fingerprint, ""))
    return after


def _say(session: Session, finding: Finding, why: str) -> None:
    from auditor.cli.words import STATES
    from auditor.model import State

    text = f"{finding.id} {STATES[finding.state]}: {why}"
    if finding.state is State.VERIFIED:
        session.talk.good(text)
    elif finding.state is State.CLAIMED_FIXED:
        session.talk.warn(f"{finding.id}: the page could not be judged now; the next run will")
    else:
        session.talk.bad(text)

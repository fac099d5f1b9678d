"""Looking at a page again right after somebody said that it is fixed: here, or on the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from auditor.cli.exit_codes import ExitCode
from auditor.errors import Locked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.cli.session import Session
    from auditor.model import Finding
    from auditor.recheck import Rechecked

# How long a server's look at a page is waited for; it goes on looking after that.
PATIENCE_SECONDS = 600.0


def recheck(session: Session, findings: Sequence[Finding]) -> list[Finding]:
    """Fetch the pages of ``findings`` now, judge them anew, say and return what became of them.

    Ends the command with exit code 75 while another run is at work; decisions made before stay.
    """
    if not findings:
        return []
    try:
        found = _there(session, findings) if session.is_remote else _here(session, findings)
    except Locked as error:
        session.talk.error("Decided, but not looked at again", str(error))
        raise click.exceptions.Exit(ExitCode.LOCKED) from None
    if found is None:
        session.talk.warn(
            f"The server is still looking; `sellby show {findings[0].id}` says later what it saw."
        )
        return list(findings)
    for warning in found.warnings:
        session.talk.warn(warning)
    for finding, why in found.findings:
        _say(session, finding, why)
    return [finding for finding, _ in found.findings]


def _here(session: Session, findings: Sequence[Finding]) -> Rechecked:
    from auditor.recheck import recheck

    return recheck(session.config, session.database, findings, session.now)


def _there(session: Session, findings: Sequence[Finding]) -> Rechecked | None:
    with session.server() as there:
        return there.recheck(findings, seconds=PATIENCE_SECONDS)


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

"""``sellby confirm``: Say that it is fixed; the next look at the page proves it."""

from __future__ import annotations

from typing import Any

import click

from auditor.cli.deciding import decision_options, run_decision
from auditor.cli.session import Session


@click.command("confirm")
@decision_options
@click.pass_obj
def command(session: Session, /, **options: Any) -> None:
    """Say that it is fixed; the next look at the page proves it.

    Only evidence closes a finding: the next crawl (or --recheck, now) ends verified or
    not_observed.
    """
    from auditor.decide import Wish
    from auditor.model import DecisionKind

    run_decision(
        session,
        options,
        lambda who, _: Wish(DecisionKind.CONFIRM, who, note=options["note"]),
    )

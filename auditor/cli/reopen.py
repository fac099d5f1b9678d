"""``sellby reopen``: Put it back on the list."""

from __future__ import annotations

from typing import Any

import click

from auditor.cli.deciding import decision_options, run_decision
from auditor.cli.session import Session


@click.command("reopen")
@decision_options
@click.pass_obj
def command(session: Session, /, **options: Any) -> None:
    """Put it back on the list.

    For what was verified, waived, rejected or said to be fixed.
    """
    from auditor.decide import Wish
    from auditor.model import DecisionKind

    run_decision(
        session,
        options,
        lambda who, _: Wish(DecisionKind.REOPEN, who, note=options["note"]),
    )

"""``sellby assign``: hand it to somebody."""

from __future__ import annotations

from typing import Any

import click

from auditor.cli.deciding import decision_options, run_decision
from auditor.cli.session import Session


@click.command("assign")
@click.option("--to", "assignee", required=True, metavar="WHO", help="Who gets it.")
@decision_options
@click.pass_obj
def command(session: Session, /, **options: Any) -> None:
    """Hand it to somebody; that beats the owner rules from then on."""
    from auditor.decide import Wish
    from auditor.model import DecisionKind

    run_decision(
        session,
        options,
        lambda who, _: Wish(
            DecisionKind.ASSIGN, who, note=options["note"], assignee=options["assignee"]
        ),
    )

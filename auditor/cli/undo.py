"""``sellby undo``: Take back what you decided last."""

from __future__ import annotations

from typing import Any

import click

from auditor.cli.deciding import decision_options, run_decision
from auditor.cli.session import Session


@click.command("undo")
@decision_options
@click.pass_obj
def command(session: Session, /, **options: Any) -> None:
    """Take back what you decided last on it.

    The log keeps the decision and that it was taken back. Not possible once an audit has judged
    the finding anew.
    """
    from auditor.decide import Wish
    from auditor.model import DecisionKind

    run_decision(
        session, options, lambda who, _: Wish(DecisionKind.UNDO, who, note=options["note"])
    )

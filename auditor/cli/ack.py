"""``sellby ack``: Say that you have seen it and are on it."""

from __future__ import annotations

from typing import Any

import click

from auditor.cli.deciding import decision_options, run_decision
from auditor.cli.session import Session


@click.command("ack")
@decision_options
@click.pass_obj
def command(session: Session, /, **options: Any) -> None:
    """Say that you have seen it and are on it.

    It stays on the list until the page is right.
    """
    from auditor.decide import Wish
    from auditor.model import DecisionKind

    run_decision(
        session,
        options,
        lambda who, _: Wish(DecisionKind.ACK, who, note=options["note"]),
    )

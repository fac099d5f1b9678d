"""``sellby reject``: it is not an error, and why."""

from __future__ import annotations

from typing import Any

import click

from auditor.cli.deciding import decision_options, run_decision
from auditor.cli.session import Session

REASONS = (
    "page_right_feed_wrong", "false_alarm", "other_product", "other_market", "accepted",
    "wont_fix", "duplicate",
)  # fmt: skip


@click.command("reject")
@click.option("--reason", required=True, type=click.Choice(REASONS), help="Why it is none.")
@decision_options
@click.pass_obj
def command(session: Session, /, **options: Any) -> None:
    """Say that it is not an error, and why.

    It stays rejected as long as page and truth say what they say now; when either changes, it is
    judged anew.
    """
    from auditor.decide import Wish
    from auditor.model import DecisionKind

    run_decision(
        session,
        options,
        lambda who, _: Wish(
            DecisionKind.REJECT, who, reason=options["reason"], note=options["note"]
        ),
    )

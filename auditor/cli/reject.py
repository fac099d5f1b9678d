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
@click.option(
    "--reason",
    required=True,
    metavar="REASON",
    type=click.Choice(REASONS),
    help="Why it is none; one of those above.",
)
@decision_options
@click.pass_obj
def command(session: Session, /, **options: Any) -> None:
    """Say that it is not an error, and why.

    It stays rejected as long as page and truth say what they say now; when either changes, it is
    judged anew. REASON is one of:

    \b
      page_right_feed_wrong   the page is right and the feed is wrong
      false_alarm             the page does not say what Sellby read
      other_product           the statement is about another product
      other_market            the statement is for another market
      accepted                known and accepted as it is
      wont_fix                true, but it will not be fixed
      duplicate               the same work as another finding
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

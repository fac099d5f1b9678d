"""``sellby waive``: leave it alone for a while."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.deciding import decision_options, run_decision
from auditor.cli.session import Session

if TYPE_CHECKING:
    from datetime import datetime, tzinfo


@click.command("waive")
@click.option(
    "--until",
    metavar="DATE",
    help="Last day, like 2026-12-24, or a span, like 14d; without it, until a value changes.",
)
@decision_options
@click.pass_obj
def command(session: Session, /, until: str | None, **options: Any) -> None:
    """Leave it alone until a date, or until page or truth change.

    A waiver ends by itself: on its date, or as soon as one of the two values is another.
    """
    from dateutil import tz

    from auditor.decide import Wish
    from auditor.model import DecisionKind

    zone = tz.gettz(session.reading_config.timezone) or UTC
    run_decision(
        session,
        options,
        lambda who, now: Wish(
            DecisionKind.WAIVE, who, note=options["note"], until=end_of(until, now, zone)
        ),
    )


def end_of(until: str | None, now: datetime, zone: tzinfo) -> datetime | None:
    """As ``auditor.until.end_of``; a mistake is one of the option ``--until``."""
    from auditor import until as spoken

    try:
        return spoken.end_of(until, now, zone)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--until") from error

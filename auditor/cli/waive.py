"""``sellby waive``: leave it alone for a while."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.deciding import decision_options, run_decision
from auditor.cli.session import Session

if TYPE_CHECKING:
    from datetime import tzinfo


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
    """When a waiver ends (aware UTC): after the whole last day, as ``zone`` counts days.

    Raises click.BadParameter for anything but a date, a span or None.

    >>> now = datetime(2026, 11, 22, 9, tzinfo=UTC)
    >>> end_of("2026-12-24", now, UTC)
    datetime.datetime(2026, 12, 25, 0, 0, tzinfo=datetime.timezone.utc)
    >>> end_of("2w", now, UTC)
    datetime.datetime(2026, 12, 7, 0, 0, tzinfo=datetime.timezone.utc)
    """
    if until is None:
        return None
    spans = {"d": 1, "w": 7}
    if until[-1:].lower() in spans and until[:-1].isdecimal() and len(until) <= 5:
        days = int(until[:-1]) * spans[until[-1].lower()]
        last = now.astimezone(zone).date() + timedelta(days=days)
    else:
        try:
            last = datetime.strptime(until, "%Y-%m-%d").date()  # noqa: DTZ007  # a day, not an instant
        except ValueError as error:
            raise click.BadParameter(
                f"{until!r} is no date like 2026-12-24 and no span like 14d", param_hint="--until"
            ) from error
    start_of_next = datetime.combine(last + timedelta(days=1), time(), tzinfo=zone)
    return start_of_next.astimezone(UTC)

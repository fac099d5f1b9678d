"""Instants as the database keeps them: ISO 8601 UTC with ``Z``, so that they sort as text."""

from __future__ import annotations

from datetime import UTC, datetime


def to_text(instant: datetime | None) -> str | None:
    """An aware instant as text, None as None. Raises ValueError for a naive one.

    >>> to_text(datetime(2026, 11, 22, 2, 30, tzinfo=UTC))
    '2026-11-22T02:30:00.000000Z'
    """
    if instant is None:
        return None
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no time zone")
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def from_text(text: str | None) -> datetime | None:
    """What ``to_text`` wrote, as an aware instant.

    >>> from_text("2026-11-22T02:30:00.000000Z")
    datetime.datetime(2026, 11, 22, 2, 30, tzinfo=datetime.timezone.utc)
    """
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)


def instant(text: str) -> datetime:
    """What ``to_text`` wrote of an instant that is always there."""
    return datetime.fromisoformat(text).astimezone(UTC)

"""Instants as the database holds them: ISO 8601 UTC, six decimals and Z, sortable as text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import overload


@overload
def to_text(at: datetime) -> str: ...
@overload
def to_text(at: None) -> None: ...
def to_text(at: datetime | None) -> str | None:
    """The stored form of an aware instant; None stays None.

    >>> to_text(datetime(2026, 11, 22, 7, 30, tzinfo=UTC))
    '2026-11-22T07:30:00.000000Z'
    >>> to_text(datetime(2026, 11, 22))
    Traceback (most recent call last):
    ValueError: an instant needs a time zone: 2026-11-22 00:00:00
    """
    if at is None:
        return None
    if at.tzinfo is None:
        raise ValueError(f"an instant needs a time zone: {at}")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


@overload
def from_text(text: str) -> datetime: ...
@overload
def from_text(text: None) -> None: ...
def from_text(text: str | None) -> datetime | None:
    """The aware UTC instant of a stored form; None stays None.

    >>> from_text('2026-11-22T07:30:00.000000Z')
    datetime.datetime(2026, 11, 22, 7, 30, tzinfo=datetime.timezone.utc)
    """
    return None if text is None else datetime.fromisoformat(text)

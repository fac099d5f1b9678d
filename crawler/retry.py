"""Whether and when to ask again."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# Answers that may be different next time.
RETRIED_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
# Answers whose Retry-After holds for the whole site.
THROTTLES = frozenset({429, 503})
# Backoff where the server does not say: doubles with every try, up to the cap.
_FIRST_WAIT_SECONDS = {429: 2.0}
_OTHER_FIRST_WAIT_SECONDS = 0.5
_LONGEST_WAIT_SECONDS = 60.0


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds a Retry-After header asks for; None where it is absent or says nothing sensible.

    Both forms of RFC 9110, 10.2.3. ``now`` is aware. A date in the past means at once.

    >>> now = datetime(2026, 11, 22, 7, 0, 0, tzinfo=UTC)
    >>> retry_after("120", now), retry_after("Sun, 22 Nov 2026 07:02:00 GMT", now)
    (120.0, 120.0)
    >>> retry_after("Sun, 22 Nov 2020 07:02:00 GMT", now), retry_after("soon", now)
    (0.0, None)
    >>> retry_after("-5", now), retry_after("1e400", now)
    (None, None)
    """
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(min(int(value[:12]), 10**9))
    try:
        at = parsedate_to_datetime(value)
        if at.tzinfo is None:
            at = at.replace(tzinfo=UTC)
        wait = (at - now) / timedelta(seconds=1)
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0.0, wait) if math.isfinite(wait) else None


def backoff(status: int | None, tries: int) -> float:
    """Seconds to wait before the next try where the server does not say; ``tries`` so far, ≥ 1.

    >>> backoff(500, 1), backoff(500, 2), backoff(429, 1), backoff(None, 30)
    (0.5, 1.0, 2.0, 60.0)
    """
    first = _FIRST_WAIT_SECONDS.get(status or 0, _OTHER_FIRST_WAIT_SECONDS)
    return min(first * 2.0 ** min(tries - 1, 16), _LONGEST_WAIT_SECONDS)

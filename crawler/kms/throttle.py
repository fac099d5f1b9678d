"""How vendors say "slow down", in one table: `DIALECTS`.

Most send 429 with ``Retry-After``. The others say when the limit is lifted (in seconds, in
milliseconds, at an instant), answer 200 or 403 with a code of their own, or mean "not today".
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from crawler.retry import retry_after

if TYPE_CHECKING:
    from crawler.kms.interface import Response

# Until tomorrow: no wait is long enough, the source ends for this run.
QUOTA = math.inf
# Where the vendor does not say: doubles with every time, up to the cap.
UNTOLD_SECONDS = 30.0
LONGEST_UNTOLD_SECONDS = 900.0
# As much of a body as is looked at for a code; bodies that report a limit are small.
_LOOKED_AT = 4096


class Unit(StrEnum):
    """What the number in a reset header means."""

    SECONDS = "seconds from now"
    MILLISECONDS = "milliseconds from now"
    EPOCH = "seconds since 1970"
    INSTANT = "ISO 8601"


@dataclass(frozen=True, slots=True)
class Throttle:
    """One vendor's way of throttling.

    ``statuses`` always mean it; 503 else only with a time to wait. ``resets`` are headers that
    say when, tried after Retry-After. ``codes`` are words in the body (or in ``code_header``) of
    an answer with that status that mean it, with the seconds to wait where nothing else says.
    """

    statuses: frozenset[int] = frozenset({429})
    resets: tuple[tuple[str, Unit], ...] = ()
    codes: Mapping[tuple[int, str], float] = field(default_factory=dict)
    code_header: str = ""

    def wait(self, response: Response, now: datetime, times: int = 0) -> float | None:
        """Seconds to wait before asking again; None where the answer is no throttle.

        ``now`` is aware, ``times`` how often this request was told so already.
        """
        code = self._code(response)
        if code == QUOTA:
            return QUOTA
        told = self._told(response, now)
        if response.status not in self.statuses and code is None:
            return told if response.status == 503 else None
        if told is not None:
            return told
        untold = UNTOLD_SECONDS if code is None else code
        return min(untold * 2.0 ** min(times, 16), LONGEST_UNTOLD_SECONDS)

    def _code(self, response: Response) -> float | None:
        """What the answer's own code means; None where it has none that is a throttle."""
        for (status, word), seconds in self.codes.items():
            if status != response.status:
                continue
            if self.code_header:
                if response.headers.get(self.code_header) == word:
                    return seconds
            elif f'"{word}"'.encode() in response.body[:_LOOKED_AT]:
                return seconds
        return None

    def _told(self, response: Response, now: datetime) -> float | None:
        found = retry_after(response.headers.get("retry-after"), now)
        if found is not None:
            return found
        for header, unit in self.resets:
            found = _seconds(response.headers.get(header, ""), unit, now)
            if found is not None:
                return found
        return None


def _seconds(text: str, unit: Unit, now: datetime) -> float | None:
    """A reset header in seconds from now.

    >>> now = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
    >>> _seconds("12", Unit.SECONDS, now), _seconds("1500", Unit.MILLISECONDS, now)
    (12.0, 1.5)
    >>> _seconds(str(now.timestamp() + 9), Unit.EPOCH, now)
    9.0
    >>> _seconds("2026-11-22T07:00:05Z", Unit.INSTANT, now), _seconds("soon", Unit.SECONDS, now)
    (5.0, None)
    """
    try:
        if unit is Unit.INSTANT:
            at = datetime.fromisoformat(text)
            return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds())
        number = float(text)
    except ValueError:
        return None
    if not math.isfinite(number):
        return None
    if unit is Unit.EPOCH:
        number -= now.timestamp()
    return max(0.0, number / 1000 if unit is Unit.MILLISECONDS else number)


PLAIN = Throttle()

DIALECTS: Mapping[str, Throttle] = {
    "retry_after": PLAIN,
    "mediawiki": Throttle(
        statuses=frozenset({429, 503}),
        code_header="mediawiki-api-error",
        codes={(200, "maxlag"): 5.0, (200, "ratelimited"): 30.0, (200, "readonly"): 30.0},
    ),
    "confluence": Throttle(resets=(("x-ratelimit-reset", Unit.INSTANT),)),
    "intercom": Throttle(resets=(("x-ratelimit-reset", Unit.EPOCH),)),
    "servicenow": Throttle(resets=(("x-ratelimit-reset", Unit.EPOCH),)),
    "helpscout": Throttle(resets=(("x-ratelimit-reset", Unit.SECONDS),)),
    "hubspot": Throttle(resets=(("x-hubspot-ratelimit-interval-milliseconds", Unit.MILLISECONDS),)),
    "salesforce": Throttle(codes={(403, "REQUEST_LIMIT_EXCEEDED"): QUOTA}),
}
"""By the name presets and ``api.throttle`` in config.yaml use."""

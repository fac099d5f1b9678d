"""How vendors say "slow down"."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import pytest

from crawler.kms.interface import Request, Response
from crawler.kms.throttle import DIALECTS, LONGEST_UNTOLD_SECONDS

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
SOON = str(int(NOW.timestamp()) + 8)


def waited(dialect: str, status: int, body: bytes = b"", times: int = 0, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = Response(Request("https://kb.example/", "list"), status, named, body)
    return DIALECTS[dialect].wait(response, NOW, times)


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_answers_that_are_no_throttle_are_none_in_any_dialect(dialect: str) -> None:
    for status, body in ((200, b'{"maxlag": 5}'), (403, b"no"), (404, b""), (500, b"")):
        assert waited(dialect, status, body, x_ratelimit_reset="60") is None


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_retry_after_is_understood_in_every_dialect(dialect: str) -> None:
    assert waited(dialect, 429, retry_after="7", x_ratelimit_reset="999999") == 7.0
    assert waited(dialect, 503, retry_after="Sun, 22 Nov 2026 07:00:09 GMT") == 9.0


@pytest.mark.parametrize(
    ("dialect", "headers", "seconds"),
    [
        ("helpscout", {"x_ratelimit_reset": "12"}, 12.0),
        ("intercom", {"x_ratelimit_reset": SOON}, 8.0),
        ("servicenow", {"x_ratelimit_reset": SOON}, 8.0),
        ("confluence", {"x_ratelimit_reset": "2026-11-22T07:00Z"}, 0.0),
        ("hubspot", {"x_hubspot_ratelimit_interval_milliseconds": "10000"}, 10.0),
        ("intercom", {"x_ratelimit_reset": "nan"}, 30.0),
        ("retry_after", {"x_ratelimit_reset": "12"}, 30.0),
    ],
)
def test_resets_are_read_in_the_vendors_unit(
    dialect: str, headers: dict[str, str], seconds: float
) -> None:
    assert waited(dialect, 429, **headers) == seconds


def test_a_used_up_quota_is_not_waited_for() -> None:
    body = b'[{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]'
    assert waited("salesforce", 403, body) == math.inf
    assert waited("salesforce", 403, b'[{"errorCode": "INSUFFICIENT_ACCESS"}]') is None


def test_lag_comes_with_status_200() -> None:
    assert waited("mediawiki", 200, mediawiki_api_error="maxlag") == 5.0
    assert waited("mediawiki", 200, mediawiki_api_error="maxlag", retry_after="2") == 2.0


def test_a_vendor_that_does_not_say_is_given_more_time_each_time() -> None:
    assert [waited("retry_after", 429, times=n) for n in (0, 1, 2)] == [30.0, 60.0, 120.0]
    assert waited("retry_after", 429, times=99) == LONGEST_UNTOLD_SECONDS

"""robots.txt and Retry-After in all their forms, and what a crawl's figures say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.problems import problems_of
from crawler.retry import backoff, retry_after
from crawler.robots import RobotsOf, read_robots

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
ANY = "https://a.example/x"


@pytest.mark.parametrize("status", [500, 502, 503, 599, 429, 301, 100])
def test_robots_that_cannot_be_had_allow_nothing(status):
    robots = read_robots(status, b"User-agent: *\nAllow: /", "Sellby")

    assert not robots.allows(ANY)
    assert str(status) in (robots.unavailable or "")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_a_4xx_means_that_there_are_no_rules(status):
    assert read_robots(status, b"User-agent: *\nDisallow: /", "Sellby").allows(ANY)


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe\x00", b"\x00" * 100, b"<html>Disallow: /", b"x" * 10**6]
)
def test_rules_that_are_none_allow_everything(body):
    assert read_robots(200, body, "Sellby").allows(ANY)


def test_the_rules_for_us_beat_those_for_all():
    robots = read_robots(
        200, b"User-agent: *\nDisallow: /\n\nUser-agent: sellby\nDisallow: /no", "Sellby"
    )

    assert robots.allows(ANY)
    assert not robots.allows("https://a.example/no/x")


def test_wildcards_and_the_longest_rule_hold():
    rules = b"User-agent: *\nDisallow: /*?sort=\nDisallow: /p\nAllow: /p/ok$\nCrawl-delay: 7200"
    robots = read_robots(200, b"\xef\xbb\xbf" + rules, "Sellby")

    assert not robots.allows("https://a.example/list?sort=price")
    assert not robots.allows("https://a.example/p/1")
    assert robots.allows("https://a.example/p/ok")
    assert robots.delay_seconds == 60.0, "a Crawl-delay of hours is cut"


def test_an_origin_never_asked_allows_nothing_unless_robots_are_ignored():
    assert not RobotsOf().allows(ANY, "https://a.example")
    assert RobotsOf(ignore=True).allows(ANY, "https://a.example")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [(None, None), ("", None), ("soon", None), ("-1", None), ("1.5", None), ("٣", None), ("0", 0.0),
     ("120", 120.0), ("9" * 400, 10.0**9), ("Sun, 22 Nov 2026 07:00:30 GMT", 30.0),
     ("Sun, 22 Nov 2026 08:00:30 +0100", 30.0), ("Sun, 22 Nov 1999 07:00:00 GMT", 0.0),
     ("Sunday, 22-Nov-26 07:00:30 GMT", 30.0), ("Sun, 99 Nov 2026 07:00:00 GMT", None)],
)  # fmt: skip
def test_retry_after_is_read_in_seconds_and_dates(value, seconds):
    assert retry_after(value, NOW) == seconds


def test_backoff_grows_and_ends():
    waits = [backoff(500, tries) for tries in range(1, 40)]

    assert waits == sorted(waits)
    assert max(waits) == 60.0


@pytest.mark.parametrize(
    ("counts", "before", "kinds"),
    [
        ({"ok": 10}, None, []),
        ({"ok": 10}, 12, []),
        ({"ok": 4, "unchanged": 2, "gone": 30}, 20, ["content_dropped"]),
        ({}, None, ["nothing_fetched"]),
        ({"refused": 3}, None, ["nothing_fetched"]),
        ({"ok": 1, "login_wall": 9}, None, ["login_wall"]),
        ({"ok": 1, "blocked": 9}, None, ["blocked"]),
        ({"server_error": 9}, None, ["server_error", "nothing_fetched"]),
        ({"ok": 1, "login_wall": 1}, None, []),
        ({"ok": 6, "login_wall": 5}, None, []),
    ],
)
def test_the_figures_of_a_crawl_show_its_problems(counts, before, kinds):
    found = problems_of(counts, complete=True, before=before, min_content_share=0.5)

    assert [problem.kind for problem in found] == kinds


def test_a_crawl_that_was_cut_short_has_not_lost_pages():
    assert problems_of({"ok": 1}, complete=False, before=100, min_content_share=0.5) == []

"""Exports of analytics and other tools, read as they come."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from auditor.errors import FeedError
from auditor.feeds import FeedConfig, read_feed
from auditor.feeds.interface import Signal
from auditor.model import RejectedRow

GA4 = """# ----------------------------------------
# Pages and screens: Page path and screen class
# Account: Brightwater
# ----------------------------------------
#
# All Users
# Start date: 20261101
# End date: 20261130
Nth day,Views
0000,210
0001,190

Page path and screen class,Views,Active users
/products/bw-px-8,"1,240",300
/item/bw-hb-30.html,88,20
(other),40,9
,1368,Grand total
"""


def read(tmp_path: Path, kind: str, text: str | bytes, **more: object) -> list[object]:
    path = tmp_path / "export.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    feed = FeedConfig.model_validate({"format": kind, "path": "export.csv", **more})
    return list(read_feed("views", feed, tmp_path))


def counts(records: list[object]) -> dict[tuple[str, str, str], Decimal]:
    return {(r.about, r.subject, r.signal): r.value for r in records if isinstance(r, Signal)}


def refused(records: list[object]) -> list[str]:
    return [f"{r.line}: {r.reason}" for r in records if isinstance(r, RejectedRow)]


def test_a_foreign_file_is_refused_with_what_it_has_and_what_is_wanted(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="it has seitenpfad, aufrufe, wanted is one of 'page loc"):
        read(tmp_path, "ga4", "Seitenpfad,Aufrufe\n/a,1\n")


def test_an_html_page_is_no_export(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="HTML page"):
        read(tmp_path, "ga4", "<!doctype html><title>Sign in</title>")


def test_google_analytics_pages_with_their_comments_window_and_second_table(
    tmp_path: Path,
) -> None:
    records = read(tmp_path, "ga4", GA4)
    assert counts(records) == {
        ("url", "/products/bw-px-8", "pageviews"): Decimal(1240),
        ("url", "/item/bw-hb-30.html", "pageviews"): Decimal(88),
    }
    spans = {(r.day, r.window_days) for r in records if isinstance(r, Signal)}
    assert spans == {(date(2026, 11, 30), 30)}
    (reason,) = refused(records)
    assert reason.startswith("16: '(other)' is what Google Analytics 4 lumps together")


def test_google_analytics_items_count_views_and_orders(tmp_path: Path) -> None:
    text = (
        "# x\nItem name,Item ID,Items viewed,Items purchased,Item revenue\nPump,BX-1,500,12,9.5\n"
    )
    assert counts(read(tmp_path, "ga4", text)) == {
        ("sku", "BX-1", "pageviews"): Decimal(500),
        ("sku", "BX-1", "orders"): Decimal(12),
    }


def test_google_analytics_days_are_kept_apart(tmp_path: Path) -> None:
    text = "Date,Page path and screen class,Views\n20261101,/a,3\n20261102,/a,4\n20261102,/a,1\n"
    found = [(r.day, r.value) for r in read(tmp_path, "ga4", text) if isinstance(r, Signal)]
    assert found == [(date(2026, 11, 1), 3), (date(2026, 11, 2), 5)]


def test_matomo_writes_utf_16_and_tells_pages_items_and_searches_apart(tmp_path: Path) -> None:
    pages = "label,nb_visits,nb_hits,url\n/a,3,7,https://shop.example/a\n"
    assert counts(read(tmp_path, "matomo", pages.encode("utf-16"))) == {
        ("url", "https://shop.example/a", "pageviews"): Decimal(7)
    }
    assert counts(read(tmp_path, "matomo", "Label,Revenue,Quantity,Orders\nBX-1,9,4,2\n")) == {
        ("sku", "BX-1", "orders"): Decimal(2)
    }
    assert counts(read(tmp_path, "matomo", "label,nb_visits,nb_hits\npump,2,5\n")) == {
        ("term", "pump", "searches"): Decimal(5)
    }


def test_plausible_pages_carry_their_host(tmp_path: Path) -> None:
    text = "date,hostname,page,visits,visitors,pageviews\n2026-11-01,shop.example,/a,2,2,5\n"
    assert counts(read(tmp_path, "plausible", text)) == {
        ("url", "shop.example/a", "pageviews"): Decimal(5)
    }
    assert counts(read(tmp_path, "plausible", "name,visitors,pageviews\n/a,2,5\n")) == {
        ("url", "/a", "pageviews"): Decimal(5)
    }


def test_search_console_clicks_are_searches_of_pages_or_terms(tmp_path: Path) -> None:
    pages = "Top pages,Clicks,Impressions,CTR,Position\nhttps://shop.example/a,10,300,3.3%,5.5\n"
    records = read(tmp_path, "search_console", pages)
    assert counts(records) == {("url", "https://shop.example/a", "searches"): Decimal(10)}
    assert [r.window_days for r in records if isinstance(r, Signal)] == [90]
    queries = "Top queries;Clicks;Impressions\nhex bolt m8;1.234;9.000\n"
    assert counts(read(tmp_path, "search_console", queries)) == {
        ("term", "hex bolt m8", "searches"): Decimal(1234)
    }


def test_order_lines_are_counted_not_their_quantities(tmp_path: Path) -> None:
    text = (
        "Order Date,SKU,Quantity\n2026-11-02,BW-1,5000\n2026-11-02,BW-1,1\n"
        "2026-11-03,BW-2,10\n2026-11-03,9.52E+12,1\nsoon,BW-2,1\n2026-11-04,BW-2\n"
    )
    records = read(tmp_path, "orders", text)
    assert [(r.subject, r.day, r.value) for r in records if isinstance(r, Signal)] == [
        ("BW-1", date(2026, 11, 2), 2),
        ("BW-2", date(2026, 11, 3), 1),
    ]
    assert [line.partition(":")[0] for line in refused(records)] == ["5", "6", "7"]


@pytest.mark.parametrize(
    ("kind", "text", "wanted"),
    [
        ("searches", "date,term,count\n2026-11-01,pump,3\n", ("term", "pump", "searches")),
        ("searches", "term,clicked sku,count\npump,BX-1,3\n", ("sku", "BX-1", "searches")),
        ("tickets", "date,sku\n2026-11-01,BX-1\n2026-11-01,BX-1\n2026-11-01,BX-1\n",
         ("sku", "BX-1", "tickets")),
        ("kms_views", "title,html_url,hits\nHow to,https://kb.example/1,3\n",
         ("url", "https://kb.example/1", "kms_views")),
    ],
)  # fmt: skip
def test_smaller_exports(
    tmp_path: Path, kind: str, text: str, wanted: tuple[str, str, str]
) -> None:
    assert counts(read(tmp_path, kind, text)) == {wanted: Decimal(3)}


def test_a_quoted_line_break_stays_in_its_row(tmp_path: Path) -> None:
    text = 'term,count\n"two\nlines",3\npump,1\n'
    assert counts(read(tmp_path, "searches", text)) == {
        ("term", "two\nlines", "searches"): Decimal(3),
        ("term", "pump", "searches"): Decimal(1),
    }


def test_the_contract_names_a_day_and_one_subject(tmp_path: Path) -> None:
    text = (
        "date,sku,url,signal,count\n2026-11-01,BX-1,,orders,3\n2026-11-01,,/a,pageviews,7\n"
        "2026-11-02,BX-1,,orders,1\n,BX-1,/a,orders,1\n"
    )
    records = read(tmp_path, "popularity_csv", text)
    assert counts(records)["url", "/a", "pageviews"] == 7
    orders = [(r.day, r.value) for r in records if isinstance(r, Signal) and r.subject == "BX-1"]
    assert orders == [(date(2026, 11, 1), 3), (date(2026, 11, 2), 1)]
    assert refused(records) == ["5: a row names exactly one of sku, url, term"]

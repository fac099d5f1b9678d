"""Which column of which tool's export counts what.

Column names are those of the English exports and of the APIs' CSV, folded (case, blanks and
underscores are of no account). Where a tool's own language was exported, map it with `format: csv`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing an export counts: ``signal`` about a "sku", "url" or "term".

    ``subject`` and ``count`` are names of columns, the first there is; ``counts_rows``: where none
    of ``count`` is there, every row counts one (order lines and tickets are exported one by one).
    ``alone`` names columns that must not be there: those of another report.
    """

    signal: str
    about: str
    subject: tuple[str, ...]
    count: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    counts_rows: bool = False


@dataclass(frozen=True, slots=True)
class Preset:
    """How one tool's exports are read; ``window_days`` holds where a file does not say."""

    tool: str
    readings: tuple[Reading, ...]
    date: tuple[str, ...] = ("date",)
    host: tuple[str, ...] = ()
    window_days: int = 30


_SKU = ("sku", "product id", "product sku", "item id", "item", "article", "material", "matnr")
_URL = ("url", "page", "page url", "link", "html url", "article url")

PRESETS: dict[str, Preset] = {
    "ga4": Preset(
        "Google Analytics 4",
        (
            Reading(
                "pageviews",
                "url",
                ("page location", "full page url", "page path + query string",
                 "page path and screen class", "page path", "pagepath", "pagelocation",
                 "pagepathplusquerystring"),
                ("views", "screenpageviews"),
            ),
            Reading("pageviews", "sku", ("item id", "itemid"), ("items viewed", "itemsviewed")),
            Reading(
                "orders", "sku", ("item id", "itemid"), ("items purchased", "itemspurchased")
            ),
            Reading("searches", "term", ("search term", "searchterm"),
                    ("event count", "eventcount")),
        ),
    ),
    "matomo": Preset(
        "Matomo",
        (
            Reading("orders", "sku", ("label", "product sku"), ("orders", "unique purchases")),
            Reading("pageviews", "url", ("url", "metadata: url"),
                    ("nb hits", "pageviews", "page views")),
            Reading("searches", "term", ("label", "keyword"), ("nb hits", "searches"),
                    alone=("url", "metadata: url", "orders")),
        ),
    ),
    "plausible": Preset(
        "Plausible",
        (Reading("pageviews", "url", ("page", "name"), ("pageviews",)),),
        host=("hostname",),
    ),
    "search_console": Preset(
        "Google Search Console",
        (
            Reading("searches", "url", ("top pages", "page", "url"), ("clicks", "url clicks")),
            Reading("searches", "term", ("top queries", "query"), ("clicks",),
                    alone=("top pages", "page", "url")),
        ),
        window_days=90,
    ),
    "orders": Preset(
        "order lines",
        (
            Reading("orders", "sku", (*_SKU, "lineitem sku"),
                    ("order lines", "lines", "orders", "count"), counts_rows=True),
        ),
        date=("date", "order date", "created at", "posting date", "erdat"),
    ),
    "searches": Preset(
        "internal search",
        (
            Reading("searches", "sku", ("clicked sku", *_SKU), ("count", "searches", "hits")),
            Reading("searches", "term", ("term", "query", "search term", "keyword", "keywords"),
                    ("count", "searches", "hits"), alone=("clicked sku", *_SKU)),
        ),
    ),
    "tickets": Preset(
        "tickets",
        (
            Reading("tickets", "sku", _SKU, ("tickets", "count"), counts_rows=True),
            Reading("tickets", "url", _URL, ("tickets", "count"), alone=_SKU, counts_rows=True),
        ),
        date=("date", "created at", "created time"),
    ),
    "kms_views": Preset(
        "views in a knowledge base",
        (
            Reading("kms_views", "url", _URL,
                    ("views", "hits", "view count", "viewcount", "total views", "page views",
                     "sys view count")),
        ),
    ),
}  # fmt: skip
"""The presets, by the ``format`` of the feed."""

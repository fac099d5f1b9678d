"""Feeds: exports of ERP, PIM and shop that say what is true; one file per format."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from pathlib import Path

from auditor.errors import FeedError
from auditor.feeds.bmecat import BMEcat
from auditor.feeds.config import FeedConfig
from auditor.feeds.exports import DESKS, PRESETS, ContactExport, CountExport
from auditor.feeds.files import content_digest
from auditor.feeds.google_merchant import GoogleMerchant
from auditor.feeds.interface import FeedFormat, Record, Signal
from auditor.feeds.places import Exported, fetched
from auditor.feeds.popularity_csv import PopularityCsv
from auditor.feeds.products_csv import ProductsCsv
from auditor.feeds.shops import Shopify, WooCommerce
from auditor.feeds.tabular import READERS, Tabular
from auditor.feeds.tally import Tally
from auditor.feeds.truths_csv import TruthsCsv
from auditor.store.standing import Standing

__all__ = [
    "FORMATS",
    "Exported",
    "FeedConfig",
    "FeedFormat",
    "Record",
    "Signal",
    "content_digest",
    "feed_format",
    "fetched",
    "lists_products",
    "read_exported",
    "read_feed",
]

FORMATS: dict[str, Callable[[str, FeedConfig], FeedFormat]] = {
    "bmecat": BMEcat,
    "google_merchant": GoogleMerchant,
    "popularity_csv": PopularityCsv,
    "products_csv": ProductsCsv,
    "shopify": Shopify,
    "truths_csv": TruthsCsv,
    "woocommerce": WooCommerce,
    **dict.fromkeys(READERS, Tabular),
    **dict.fromkeys(PRESETS, CountExport),
    **dict.fromkeys(DESKS, ContactExport),
}
"""The built-in formats: name → what makes a reader of feed name and configuration."""


_PRODUCT_FORMATS = ("bmecat", "google_merchant", "products_csv", "shopify", "woocommerce")


def lists_products(feed: FeedConfig) -> bool:
    """Whether a feed says which products there are; taken for granted of a plug-in's format."""
    if feed.format in READERS:
        return feed.records == "products"
    return feed.format in _PRODUCT_FORMATS or feed.format not in FORMATS


def read_feed(name: str, feed: FeedConfig, base_dir: Path) -> Iterator[Record]:
    """Yield the records of feed ``name``, streaming; relative paths start at ``base_dir``.

    Raises FeedError where the feed cannot be read at all, possibly after some records: nothing
    of a feed may be applied before its last record.
    """
    feed_format(name, feed)
    with fetched(name, feed, base_dir) as exported:
        yield from read_exported(name, feed, exported)


def read_exported(  # noqa: PLR0913 - the last three are for those who store what is read
    name: str,
    feed: FeedConfig,
    exported: Exported,
    tally: Tally | None = None,
    *,
    to_store: bool = False,
    standing: Standing | None = None,
) -> Iterator[Record]:
    """Yield the records of an export that is here; as ``read_feed`` otherwise.

    ``tally`` counts what is wrong with rows, and is told the columns; ``to_store``: truths may come
    as ``Stated``, and rows that ``standing`` knows are left out.
    An export that was written to meanwhile raises FeedError at its end.
    """
    try:
        reader = feed_format(name, feed)
        read = getattr(reader, "read_stated", reader.read) if to_store else reader.read
        known = () if standing is None else (standing,)
        yield from (tally or Tally()).of(read(exported.path, *known))
    except FeedError:
        exported.verify()  # that it is being written explains the rest
        raise
    except OSError as error:
        reason = error.strerror or error
        raise FeedError(f"{exported.path.name} cannot be read: {reason}") from error
    exported.verify()


def feed_format(name: str, feed: FeedConfig) -> FeedFormat:
    """The reader for ``feed``: a built-in, else the plug-in that config.yaml names.

    Plug-ins are entry points of the group ``sellby.feeds``: a callable that takes the feed's name
    and FeedConfig and returns a FeedFormat. None is loaded unless it is named.

    Raises FeedError where there is no such format.
    """
    make = FORMATS.get(feed.format)
    if make is not None:
        return make(name, feed)
    for plug_in in entry_points(group="sellby.feeds", name=feed.format):
        loaded: FeedFormat = plug_in.load()(name, feed)
        return loaded
    known = ", ".join(sorted(FORMATS))
    raise FeedError(
        f"feed {name}: no format is called {feed.format!r}; built in are {known}, "
        "others come from an installed sellby.feeds plug-in"
    )

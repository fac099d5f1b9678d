"""From what was counted to products: views through the pages' products, terms through names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from auditor.popularity import WEIGHTS, factors, scores

if TYPE_CHECKING:
    from auditor.config import Config
    from auditor.model import Popularity
    from auditor.store.catalogue import CatalogueStore

Shares = tuple[tuple[str, float], ...]
"""Products with their share of something; the shares add up to 1."""

_RATE_DIGITS = Decimal("0.001")


class PageIndex:
    """Whose page is it? Products of a page by its address, as analytics tools write addresses."""

    def __init__(self, pages: Iterable[tuple[str, str, str, bool]]) -> None:
        """``pages`` are (source, URL, sku, is the product's own page)."""
        own: dict[str, list[str]] = defaultdict(list)
        spoken_of: dict[str, list[str]] = defaultdict(list)
        sources: dict[str, set[str]] = defaultdict(set)
        for source, url, sku, is_own in pages:
            page = address(url)
            (own if is_own else spoken_of)[page].append(sku)
            if source:
                sources[page].add(source)
        self._products: dict[str, Shares] = {
            page: _equal(own.get(page) or spoken_of[page]) for page in sorted({*own, *spoken_of})
        }
        self._sources = sources
        self._by_path: dict[str, list[str]] = defaultdict(list)
        for page in self._products:
            self._by_path[page[page.index("/") :]].append(page)

    def products(self, page_address: str, sources: frozenset[str] = frozenset()) -> Shares:
        """The products of the page at an address (a URL, or a path as analytics tools export it).

        A page of its own goes to its products alone, any other page in equal shares to the
        products it makes statements about. Tried with its query, then without. A path that fits
        pages of several hosts belongs to none, unless ``sources`` say which site was counted.
        """
        wanted = address(page_address)
        for page in dict.fromkeys((wanted, wanted.partition("?")[0])):
            if page[0] != "/":
                if page in self._products:
                    return self._products[page]
                continue
            fitting = self._by_path.get(page, [])
            if len(fitting) > 1 and sources:
                fitting = [p for p in fitting if self._sources[p] & sources]
            if len(fitting) == 1:
                return self._products[fitting[0]]
        return ()


@dataclass(slots=True)
class Laid:
    """Rates by product and signal, and what could not be laid at a product's door.

    ``unmatched`` is the monthly rate by (signal, about); ``examples`` its largest subjects.
    """

    rates: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    totals: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    unmatched: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    examples: dict[tuple[str, str], list[tuple[float, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )


def lay(
    rates: Iterable[tuple[str, str, str, str, float]],
    pages: PageIndex,
    names: Mapping[str, str],
    sources: Mapping[str, frozenset[str]],
) -> Laid:
    """Each rate (feed, about, subject, signal, rate) to the products it is of.

    ``names`` maps a folded name or number to its product, ``sources`` a feed to the sites whose
    pages it counts (empty: any).
    """
    laid = Laid()
    for feed, about, subject, signal, rate in rates:
        laid.totals[signal] += rate
        if about == "sku":
            laid.rates[subject, signal] += rate
            continue
        if about == "url":
            shares = pages.products(subject, sources.get(feed, frozenset()))
        else:
            sku = names.get(folded(subject), "")
            shares = ((sku, 1.0),) if sku else ()
        for sku, share in shares:
            laid.rates[sku, signal] += rate * share
        if not shares:
            laid.unmatched[signal, about] += rate
            laid.examples[signal, about].append((rate, subject))
    return laid


def laid_out(
    catalogue: CatalogueStore, sources: Mapping[str, frozenset[str]] | None = None
) -> Laid:
    """What the feeds counted, by product."""
    demand = catalogue.demand
    pages = PageIndex(demand.pages())
    return lay(demand.rates(factors), pages, unique_names(demand.names()), sources or {})


def rescore(
    catalogue: CatalogueStore,
    weights: Mapping[str, float] = WEIGHTS,
    sources: Mapping[str, frozenset[str]] | None = None,
) -> list[Popularity]:
    """Score every product anew from all feeds' signals, and keep the scores."""
    laid = laid_out(catalogue, sources)
    found = scores(
        (
            (sku, signal, Decimal(rate).quantize(_RATE_DIGITS), 30)
            for (sku, signal), rate in laid.rates.items()
        ),
        weights,
    )
    catalogue.save_popularity(found)
    return found


def rescore_products(catalogue: CatalogueStore, config: Config) -> list[Popularity]:
    """``rescore`` with the configuration's weights and the sites that its feeds count."""
    return rescore(catalogue, weights_of(config), sources_of(config))


def weights_of(config: Config) -> dict[str, float]:
    """The weight of every signal, as configured."""
    own = {str(name): weight for name, weight in config.popularity.weights.items()}
    return {**WEIGHTS, **own}


def sources_of(config: Config) -> dict[str, frozenset[str]]:
    """The sites whose pages each feed counts; empty where it does not say."""
    return {name: frozenset({feed.source} - {""}) for name, feed in config.feeds.items()}


def unique_names(names: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Folded name → sku, for names that mean one product only.

    >>> unique_names([("A-1", "A-1"), ("A-1", "Pump"), ("B-1", "pump ")])
    {'a-1': 'A-1'}
    """
    found: dict[str, set[str]] = defaultdict(set)
    for sku, name in names:
        found[folded(name)].add(sku)
    return {name: skus.pop() for name, skus in found.items() if len(skus) == 1}


def folded(text: str) -> str:
    """A name as searches are compared: case and blanks are of no account."""
    return " ".join(text.casefold().split())


def _equal(skus: list[str]) -> Shares:
    several = list(dict.fromkeys(skus))
    return tuple((sku, 1 / len(several)) for sku in several)


def address(url: str) -> str:
    """An address without what does not tell pages apart.

    >>> address("https://www.Shop.example/p/a%20b/?id=1#top"), address("/p/a b")
    ('shop.example/p/a b?id=1', '/p/a b')
    """
    parts = urlsplit(url.strip() if "://" in url or url.startswith("/") else f"//{url.strip()}")
    host = parts.netloc.casefold().rpartition("@")[2].removeprefix("www.")
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}{unquote(parts.path).rstrip('/') or '/'}{query}"

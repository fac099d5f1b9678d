"""What is known of the products: themselves, their truths past and future, their popularity."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from auditor.company_terms import TERMS
from auditor.model import Attribute, Popularity, Product, Truth
from auditor.store.history import succeeded
from auditor.store.instants import from_text
from auditor.store.standing import Standings
from auditor.values.codec import basis_from_json, from_json

if TYPE_CHECKING:
    from sqlite3 import Connection

CACHED_PRODUCTS = 8192
"""Products whose truths are kept decoded; pages ask for the same few over and over."""

_CHUNK = 500
_TRUTH = (
    "select sku, attribute, key, value, basis, valid_from, valid_to, first_seen, feed, row, id "
    "from truth where {where} "
    "and (valid_from is null or valid_to is null or valid_from < valid_to) "
    "order by sku, attribute, key, coalesce(valid_from, ''), id"
)
_TERMS = (
    "select distinct sku, attribute, json_extract(basis, '$.market') from truth t "
    "where attribute in ({0}) and removed_at is null and not exists (select 1 from truth o "
    "where o.sku = t.sku and o.attribute not in ({0}) and o.removed_at is null) "
    "order by sku, attribute"
)


class KnownProducts:
    """The products of one database and what is known of them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._standings = Standings(connection)
        self._cached = lru_cache(maxsize=CACHED_PRODUCTS)(self._read_truths)

    def products(self) -> list[Product]:
        """Every product that some feed still states, by sku.

        Where no feed has ever stated any, the keys of the truths stand for them: a price list
        alone is enough to begin with.
        """
        aliases = self._grouped("select sku, alias from product_alias order by sku, alias")
        urls = self._grouped("select sku, url from product_url order by sku, position")
        stated = [
            Product(
                sku, name, mpn, gtin, aliases.get(sku, ()), group, owner, urls.get(sku, ()), *rest
            )
            for sku, name, mpn, gtin, group, owner, *rest in self._connection.execute(
                "select sku, name, mpn, gtin, product_group, owner, status, superseded_by "
                "from product where removed_at is null order by sku"
            )
        ]
        return stated or self._named_by_truths()

    def _named_by_truths(self) -> list[Product]:
        """A product for each key that truths have, where no feed ever listed products."""
        if self._connection.execute("select 1 from product limit 1").fetchone():
            return []
        skus = "select distinct sku from truth where removed_at is null order by sku"
        return [Product(sku) for (sku,) in self._connection.execute(skus)]

    def truths(self, sku: str) -> Sequence[Truth]:
        """All truths of a product, past and future too, by attribute, key and start."""
        return self._cached(sku)

    def truths_many(self, skus: Iterable[str]) -> dict[str, list[Truth]]:
        """The truths of several products, in few queries; a product without any has an empty
        list."""
        wanted = list(dict.fromkeys(skus))
        found: dict[str, list[Truth]] = {sku: [] for sku in wanted}
        for start in range(0, len(wanted), _CHUNK):
            chunk = wanted[start : start + _CHUNK]
            marks = ",".join("?" * len(chunk))
            for row in self._connection.execute(_TRUTH.format(where=f"sku in ({marks})"), chunk):
                found[row[0]].append(self._truth(row))
        return {sku: succeeded(truths) for sku, truths in found.items()}

    def spec_names(self) -> dict[str, str]:
        """The spec keys that truths use: folded name → key as the feed writes it."""
        keys = self._connection.execute(
            "select key, count(*) from truth where attribute = ? and removed_at is null "
            "group by key order by count(*) desc, key",
            (Attribute.SPEC.value,),
        )
        names: dict[str, str] = {}
        for key, _count in keys:
            names.setdefault(" ".join(key.casefold().split()), key)
        return names

    def terms_stated(self) -> list[tuple[str, Attribute, str | None]]:
        """The sku, attribute and market of every truth of the products that have none but of terms
        of sale."""
        terms = sorted(attribute.value for attribute in TERMS)
        rows = self._connection.execute(_TERMS.format(",".join("?" * len(terms))), terms * 2)
        return [(sku, Attribute(name), market) for sku, name, market in rows]

    def lists_offers(self) -> bool:
        """Whether any feed lists offers, so that one which is not listed can be told."""
        query = "select 1 from truth where attribute = ? and removed_at is null limit 1"
        found = self._connection.execute(query, (Attribute.OFFER.value,)).fetchone()
        return found is not None

    def popularity(self) -> dict[str, Popularity]:
        """Each product's popularity; a product without any signal is not in it."""
        found = self._connection.execute("select sku, score, parts from popularity order by sku")
        return {sku: Popularity(sku, score, _parts(parts)) for sku, score, parts in found}

    def _read_truths(self, sku: str) -> Sequence[Truth]:
        rows = self._connection.execute(_TRUTH.format(where="sku = ?"), (sku,))
        return tuple(succeeded([self._truth(row) for row in rows]))

    def _truth(self, row: Sequence[Any]) -> Truth:
        sku, attribute, key, value, basis, start, end, first_seen, feed, where, id_ = row
        return Truth(
            sku,
            Attribute(attribute),
            key,
            from_json(value),
            basis_from_json(basis),
            from_text(start),
            from_text(end),
            from_text(first_seen),
            feed,
            self._standings.row(feed, id_, where),
        )

    def _grouped(self, query: str) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for sku, text in self._connection.execute(query):
            found.setdefault(sku, []).append(text)
        return {sku: tuple(texts) for sku, texts in found.items()}


def _parts(text: str) -> tuple[tuple[str, Decimal, float], ...]:
    return tuple((signal, Decimal(count), points) for signal, count, points in json.loads(text))

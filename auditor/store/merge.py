"""One product out of what several feeds say of it: the feed read first wins, others fill gaps."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from auditor.model import Product
from auditor.store.instants import to_text

if TYPE_CHECKING:
    from sqlite3 import Connection

_CHUNK = 500
_SAVE = """
insert into product (sku, name, mpn, gtin, product_group, owner, status, superseded_by, feed,
                     first_seen, last_seen, removed_at)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, null)
on conflict (sku) do update set
  name = excluded.name, mpn = excluded.mpn, gtin = excluded.gtin,
  product_group = excluded.product_group, owner = excluded.owner, status = excluded.status,
  superseded_by = excluded.superseded_by, feed = excluded.feed, last_seen = excluded.last_seen,
  removed_at = null
"""


def merged(products: Sequence[Product]) -> Product:
    """One product from at least one: the first that states a field wins; aliases and pages add up.

    >>> merged([Product("A", name="Pump"), Product("A", name="pump!", mpn="7", urls=("u",))])
    ... # doctest: +ELLIPSIS
    Product(sku='A', name='Pump', mpn='7', ..., urls=('u',), status='active', superseded_by='')
    """

    def first(name: str) -> str:
        return next((text for p in products if (text := getattr(p, name))), "")

    def together(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(text for p in products for text in getattr(p, name)))

    stated = [p.status for p in products if p.status != "active"]
    return Product(
        sku=products[0].sku,
        name=first("name"),
        mpn=first("mpn"),
        gtin=first("gtin"),
        aliases=together("aliases"),
        group=first("group"),
        owner=first("owner"),
        urls=together("urls"),
        status=stated[0] if stated else "active",
        superseded_by=first("superseded_by"),
    )


def merge_products(connection: Connection, skus: Iterable[str], feed: str, now: datetime) -> None:
    """Rewrite ``product`` and its aliases and pages for ``skus`` from the feeds' own rows."""
    ranks = {
        name: rank
        for rank, (name,) in enumerate(
            connection.execute("select feed from feed_run group by feed order by min(id)")
        )
    }
    ranks.setdefault(feed, len(ranks))
    wanted = list(skus)
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        marks = ",".join("?" * len(chunk))
        stated: dict[str, list[tuple[int, str, Product]]] = {sku: [] for sku in chunk}
        for name, sku, record in connection.execute(
            f"select feed, sku, record from product_row where sku in ({marks})",
            chunk,
        ):
            stated[sku].append((ranks.get(name, len(ranks)), name, _product(record)))
        _save(connection, stated, now)


def _save(
    connection: Connection,
    stated: dict[str, list[tuple[int, str, Product]]],
    now: datetime,
) -> None:
    at = to_text(now)
    rows, aliases, urls, gone = [], [], [], []
    for sku, entries in stated.items():
        if not entries:
            gone.append((at, sku))
            continue
        entries.sort(key=lambda entry: entry[:2])
        p = merged([product for _rank, _feed, product in entries])
        rows.append(
            (sku, p.name, p.mpn, p.gtin, p.group, p.owner, p.status, p.superseded_by,
             entries[0][1], at, at)
        )  # fmt: skip
        aliases += [(alias, sku) for alias in p.aliases]
        urls += [(url, sku, position) for position, url in enumerate(p.urls)]
    keys = [(sku,) for sku in stated]
    many = connection.executemany
    many(_SAVE, rows)
    many("update product set removed_at = ? where sku = ? and removed_at is null", gone)
    many("delete from product_alias where sku = ?", keys)
    many("delete from product_url where sku = ?", keys)
    many("insert into product_alias (alias, sku) values (?, ?)", aliases)
    many("insert into product_url (url, sku, position) values (?, ?, ?)", urls)


def _product(record: str) -> Product:
    sku, name, mpn, gtin, aliases, group, owner, urls, status, superseded_by = json.loads(record)
    return Product(
        sku, name, mpn, gtin, tuple(aliases), group, owner, tuple(urls), status, superseded_by
    )

"""What people view, order, search for and ask about: rates by subject, and whose pages they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


_COUNTED = (
    "(select feed, about, subject, signal, day, value, window_days from signal union all "
    "select feed, 'sku', product, 'tickets', substr(at, 1, 10), count(*), 1 from contact "
    "where product <> '' group by feed, product, substr(at, 1, 10) union all "
    "select source, 'url', url, 'kms_views', day, cast(views as text), days from kms_viewed)"
)
"""What was counted: the signals, the contacts of each product and day as tickets, and how often
a knowledge base's own articles were viewed since they were counted last."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The figures of one feed and signal that end on one day; ``day`` None: the newest."""

    feed: str
    signal: str
    day: date | None
    window_days: int


Factors = Callable[[list[Batch]], list[float]]
"""What a count of each batch weighs in the rate of its signal."""


class Demand:
    """The table ``signal``, and what is needed to lay it at the products' door."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def rates(self, factors: Factors) -> Iterator[tuple[str, str, str, str, float]]:
        """Every subject's weighted sum: feed, about, subject, signal, Σ count × factor."""
        batches = [
            Batch(feed, signal, date.fromisoformat(day) if day else None, window)
            for feed, signal, day, window in self._db.execute(
                "select distinct feed, signal, day, window_days "
                f"from {_COUNTED} order by 1, 2, 3, 4"
            )
        ]
        self._db.execute(
            "create temp table if not exists weight (feed text, signal text, day text, "
            "window_days integer, factor real, primary key (feed, signal, day, window_days)) "
            "without rowid"
        )
        self._db.execute("delete from temp.weight")
        self._db.conn.executemany(
            "insert into temp.weight values (?, ?, ?, ?, ?)",
            [
                (b.feed, b.signal, b.day.isoformat() if b.day else "", b.window_days, factor)
                for b, factor in zip(batches, factors(batches), strict=True)
            ],
        )
        yield from self._db.execute(
            "select s.feed, s.about, s.subject, s.signal, sum(cast(s.value as real) * w.factor) "
            f"from {_COUNTED} s join temp.weight w using (feed, signal, day, window_days) "
            "group by s.feed, s.about, s.subject, s.signal order by 1, 2, 3, 4"
        )

    def pages(self) -> Iterator[tuple[str, str, str, bool]]:
        """Which product is spoken of where: source ("" for a catalogue's own page), URL, sku, and
        whether it is that product's own page."""
        for url, sku in self._db.execute("select url, sku from product_url order by url, sku"):
            yield "", url, sku, True
        for source, url, sku in self._db.execute(
            "select distinct source, url, sku from judgement where sku <> '' order by 1, 2, 3"
        ):
            yield source, url, sku, False

    def counted_pages(self) -> Iterator[str]:
        """Every address under which views of a page were counted."""
        for row in self._db.execute(
            "select distinct subject from signal where about = 'url' order by subject"
        ):
            yield row[0]

    def series(
        self,
        about: str,
        subjects: Sequence[str],
        signals: Sequence[str],
        feeds: Sequence[str],
    ) -> list[tuple[date | None, int, float]]:
        """What ``feeds`` counted of ``subjects``: last day, days counted, count; oldest first."""
        marks = ",".join("?" * len(subjects))
        names = ",".join("?" * len(signals))
        rows = self._db.execute(
            f"select nullif(day, ''), window_days, cast(value as real) from signal "
            f"where feed in ({','.join('?' * len(feeds))}) and about = ? "
            f"and subject in ({marks}) and signal in ({names}) order by 1, feed, subject",
            [*feeds, about, *subjects, *signals],
        )
        return [(date.fromisoformat(d) if d else None, window, count) for d, window, count in rows]

    def names(self) -> Iterator[tuple[str, str]]:
        """What people may type for a product: sku, and one of its names or numbers."""
        yield from self._db.execute(
            "select sku, sku from product where removed_at is null "
            "union select sku, mpn from product where removed_at is null and mpn <> '' "
            "union select sku, gtin from product where removed_at is null and gtin <> '' "
            "union select sku, name from product where removed_at is null and name <> '' "
            "union select sku, alias from product_alias order by 1, 2"
        )

"""Rows of canonical fields straight to what the database keeps, for exports of a million rows.

In a price list most of a row repeats: currency, price unit, break, tax, market, dates. A row like
none before goes through ``canonical.truth``; what followed from its repeating fields is kept, and a
later row that differs in its product and amount alone costs a look-up, a check of both, and three
digests. The outcome is the same, as a test shows; a plain record costs four times as much.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from auditor.feeds import canonical, fields
from auditor.store.history import SEPARATOR, basis_of, digest_text, series_of
from auditor.store.stated import Stated, basis_text, instant_text, stated
from auditor.values.types import Money

if TYPE_CHECKING:
    from collections.abc import Mapping

    from auditor.feeds.canonical import Defaults
    from auditor.model import Truth

MOST_FRAMES = 50_000
"""Different sets of repeating fields kept; a feed with more gains nothing from them."""

_AMOUNT = re.compile(r"(?:0|[1-9]\d{0,14})(?:\.\d{1,8})?", re.ASCII)
"""Amounts that are written as they are kept; all others go the long way."""


@dataclass(slots=True)
class _Frame:
    """What follows from the repeating fields of a row that states an amount of money."""

    series: bytes
    start_part: bytes
    before: str
    after: str
    currency: str
    attribute: str
    key: str
    basis: str
    start: str | None
    end: str | None


class Stating:
    """Makes ``Stated`` of the canonical fields of truths."""

    def __init__(self, defaults: Defaults) -> None:
        self._defaults = defaults
        self._frames: dict[tuple[str, ...], _Frame | None] = {}

    def state(self, cells: Mapping[str, str], row: str) -> Stated:
        """The truth of one row. Raises ValueError with the reason, as ``canonical.truth`` does."""
        get = cells.get
        rest = (
            cells["attribute"], get("key", ""), get("unit", ""), get("price_per", ""),
            get("price_unit", ""), get("min_qty", ""), get("max_qty", ""), get("pack_size", ""),
            get("tax", ""), get("market", ""), get("channel", ""), get("customer_group", ""),
            get("valid_from", ""), get("valid_to", ""),
        )  # fmt: skip
        frame = self._frames.get(rest)
        text = cells["value"]
        if frame is None or _AMOUNT.fullmatch(text) is None:
            return self._long_way(cells, row, rest)
        number = text.rstrip("0").rstrip(".") if "." in text else text
        if number == "0":
            return self._long_way(cells, row, rest)
        sku = fields.key(cells["sku"])
        identity = blake2b(sku.encode("utf-8", "surrogatepass") + frame.series, digest_size=10)
        series = identity.hexdigest()
        identity.update(frame.start_part)
        content = f"{frame.before}{number}{SEPARATOR}{number}{frame.after}"
        return Stated(
            identity.hexdigest(),
            series,
            blake2b(content.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest(),
            sku,
            frame.attribute,
            frame.key,
            f'{{"is":"money","text":"{text}","readings":[["{text}","{text}"]],'
            f'"currency":"{frame.currency}"}}',
            frame.basis,
            frame.start,
            frame.end,
            row,
        )

    def _long_way(self, cells: Mapping[str, str], row: str, rest: tuple[str, ...]) -> Stated:
        truth = canonical.truth(cells, self._defaults, row)
        if rest not in self._frames and len(self._frames) < MOST_FRAMES:
            self._frames[rest] = _frame(truth)
        return stated(truth)


def _frame(truth: Truth) -> _Frame | None:
    """What other rows with the same repeating fields share; None where their value is no money."""
    if not isinstance(truth.value, Money) or truth.value.currency is None:
        return None
    start, end = instant_text(truth.valid_from), instant_text(truth.valid_to)
    series = series_of(truth)[1:]
    return _Frame(
        series=(SEPARATOR + digest_text(*series)).encode("utf-8", "surrogatepass"),
        start_part=(SEPARATOR + digest_text(start)).encode(),
        before=digest_text("money", truth.value.currency) + SEPARATOR,
        after=SEPARATOR + digest_text(*basis_of(truth.basis), end),
        currency=truth.value.currency,
        attribute=truth.attribute.value,
        key=truth.key,
        basis=basis_text(truth.basis),
        start=start,
        end=end,
    )

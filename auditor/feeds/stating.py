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
from operator import itemgetter
from typing import TYPE_CHECKING

from auditor.feeds import canonical, fields
from auditor.feeds.config import FIELDS
from auditor.store.history import SEPARATOR, basis_of, digest_text, series_of
from auditor.store.stated import Stated, basis_text, instant_text, stated
from auditor.values.types import Money

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from auditor.feeds.canonical import Defaults
    from auditor.model import Truth

MOST_FRAMES = 50_000
"""Different sets of repeating fields kept; a feed with more gains nothing from them."""

_new = tuple.__new__
"""As a named tuple is made, without the call that would check what is known to fit."""

_REPEATING = frozenset(FIELDS["truths"]) - {"sku", "value"}

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
        rest = _rest(cells)
        frame = self._frames.get(rest)
        found = _of_frame(frame, cells["sku"], cells["value"], row, 0, b"") if frame else None
        return found or self._long_way(cells, row, rest)

    def of_line(self, header: Sequence[str]) -> Callable[[list[str], str, int, bytes], Stated]:
        """What makes a truth of the cells of a line, in the order of ``header``."""
        places = {name: place for place, name in enumerate(header)}
        sku_at, value_at = places["sku"], places["value"]
        repeating = [place for name, place in places.items() if name in _REPEATING]
        rest_of = itemgetter(*repeating, repeating[0])  # two at least, so that it gives a tuple
        frames: dict[tuple[str, ...], _Frame | None] = {}

        def state(cells: list[str], row: str, line: int, mark: bytes) -> Stated:
            frame = frames.get(rest_of(cells))
            if frame is not None:
                found = _of_frame(frame, cells[sku_at], cells[value_at], row, line, mark)
                if found is not None:
                    return found
            named = dict(zip(header, cells, strict=True))
            found = self.state(named, row)._replace(line=line, mark=mark)
            if len(frames) < MOST_FRAMES:
                frames[rest_of(cells)] = self._frames.get(_rest(named))
            return found

        return state

    def _long_way(self, cells: Mapping[str, str], row: str, rest: tuple[str, ...]) -> Stated:
        truth = canonical.truth(cells, self._defaults, row)
        if rest not in self._frames and len(self._frames) < MOST_FRAMES:
            self._frames[rest] = _frame(truth)
        return stated(truth)


def _rest(cells: Mapping[str, str]) -> tuple[str, ...]:
    get = cells.get
    return (
        cells["attribute"], get("key", ""), get("unit", ""), get("price_per", ""),
        get("price_unit", ""), get("min_qty", ""), get("max_qty", ""), get("pack_size", ""),
        get("tax", ""), get("market", ""), get("channel", ""), get("customer_group", ""),
        get("valid_from", ""), get("valid_to", ""),
    )  # fmt: skip


def _of_frame(  # noqa: PLR0913 - a call a row, whose cells are not worth an object
    frame: _Frame, sku: str, text: str, row: str, line: int, mark: bytes
) -> Stated | None:
    """The truth of a row whose repeating fields are known; None where it must go the long way."""
    if _AMOUNT.fullmatch(text) is None:
        return None
    number = text.rstrip("0").rstrip(".") if "." in text else text
    if number == "0":
        return None
    sku = fields.key(sku)
    identity = blake2b(sku.encode("utf-8", "surrogatepass") + frame.series, digest_size=10)
    series = identity.hexdigest()
    identity.update(frame.start_part)
    content = f"{frame.before}{number}{SEPARATOR}{number}{frame.after}"
    value = (
        f'{{"is":"money","text":"{text}","readings":[["{text}","{text}"]],'
        f'"currency":"{frame.currency}"}}'
    )
    parts = (
        identity.hexdigest(),
        series,
        blake2b(content.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest(),
        sku,
        frame.attribute,
        frame.key,
        value,
        frame.basis,
        frame.start,
        frame.end,
        row,
        line,
        mark,
    )
    return _new(Stated, parts)


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

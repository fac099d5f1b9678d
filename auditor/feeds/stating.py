"""Rows of canonical fields straight to what the database keeps, for exports of a million rows.

In a price list most of a row repeats: currency, price unit, break, tax, market, dates. A row like
none before goes through ``canonical.truth``; what followed from its repeating fields is kept, and a
later row that differs in its product and amount alone costs a look-up, a check of both, and three
digests, made for a whole block of rows at once. The outcome is the same, as a test shows; a plain
record costs eight times as much.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from itertools import compress
from operator import and_, itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.feeds import canonical, fields
from auditor.feeds.config import FIELDS
from auditor.store.history import SEPARATOR, basis_of, digest_text, series_of
from auditor.store.stated import Stated, StatedBlock, basis_text, instant_text, stated
from auditor.values.types import Money

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from auditor.feeds.blocks import Block
    from auditor.feeds.canonical import Defaults
    from auditor.model import Truth
    from auditor.store.stated import Shared

MOST_FRAMES = 50_000
"""Different sets of repeating fields kept; a feed with more gains nothing from them."""

_REPEATING = frozenset(FIELDS["truths"]) - {"sku", "value"}

_AMOUNT = re.compile(r"(?:0(?=\.\d*[1-9])|[1-9]\d{0,14})(?:\.\d{1,8})?", re.ASCII)
"""Amounts above 0 that are written as they are kept; all others go the long way."""


class Quick(NamedTuple):
    """The truths of those rows of a block that differ from ones before in product and amount alone.

    ``others`` are the positions of the rows that have to go through ``state`` one by one.
    """

    truths: StatedBlock
    others: list[int]


@dataclass(slots=True)
class _Frame:
    """What follows from the repeating fields of a row that states an amount of money."""

    series: bytes
    start_part: bytes
    before: str
    after: str
    currency: str
    shared: Shared


class Stating:
    """Makes ``Stated`` of the canonical fields of truths."""

    def __init__(self, defaults: Defaults) -> None:
        self._defaults = defaults
        self._frames: dict[tuple[str, ...], _Frame | None] = {}

    def state(self, cells: Mapping[str, str], row: str) -> Stated:
        """The truth of one row. Raises ValueError with the reason, as ``canonical.truth`` does."""
        truth = canonical.truth(cells, self._defaults, row)
        rest = _rest(cells)
        if rest not in self._frames and len(self._frames) < MOST_FRAMES:
            self._frames[rest] = _frame(truth)
        return stated(truth)

    def of_cells(
        self,
        cells: Sequence[Mapping[str, str]],
        numbers: Sequence[int],
        marks: Sequence[bytes],
        file: str,
    ) -> Quick:
        """What can be made of canonical fields at once; ``numbers`` and ``marks`` of their rows."""
        rests = list(map(_rest, cells))
        for rest, named in zip(rests, cells, strict=True):
            if rest not in self._frames and len(self._frames) < MOST_FRAMES:
                self._learns(named)
        columns = [self._frames.get(rest) for rest in rests], numbers, marks
        return _quick([c["sku"] for c in cells], [c["value"] for c in cells], *columns, file)

    def of_block(self, header: Sequence[str]) -> Callable[[Block, str], Quick]:
        """What makes truths of the rows of a block under ``header``, told by their file's name."""
        places = {name: place for place, name in enumerate(header)}
        sku_of, value_of = itemgetter(places["sku"]), itemgetter(places["value"])
        repeating = [place for name, place in places.items() if name in _REPEATING]
        rest_of = itemgetter(*repeating, repeating[0])  # two at least, so that it gives a tuple
        frames: dict[tuple[str, ...], _Frame | None] = {}

        def quick(block: Block, file: str) -> Quick:
            rests = list(map(rest_of, block.cells))
            if not frames.keys() >= set(rests):
                for rest, cells in zip(rests, block.cells, strict=True):
                    named = None if rest in frames else dict(zip(header, cells, strict=True))
                    if named and len(frames) < MOST_FRAMES and self._learns(named):
                        frames[rest] = self._frames.get(_rest(named))
            found = list(map(frames.get, rests))
            skus, amounts = list(map(sku_of, block.cells)), list(map(value_of, block.cells))
            return _quick(skus, amounts, found, block.numbers, block.marks, file)

        return quick

    def _learns(self, cells: Mapping[str, str]) -> bool:
        """Learn what rows with the repeating fields of this one share; not from a refused one."""
        try:
            self.state(cells, "")
        except ValueError:
            return False
        return True


def _rest(cells: Mapping[str, str]) -> tuple[str, ...]:
    get = cells.get
    return (
        cells["attribute"], get("key", ""), get("unit", ""), get("price_per", ""),
        get("price_unit", ""), get("min_qty", ""), get("max_qty", ""), get("pack_size", ""),
        get("tax", ""), get("market", ""), get("channel", ""), get("customer_group", ""),
        get("valid_from", ""), get("valid_to", ""),
    )  # fmt: skip


def _quick(  # noqa: PLR0913 - columns of one table
    skus: Sequence[str],
    amounts: Sequence[str],
    frames: Sequence[_Frame | None],
    numbers: Sequence[int],
    marks: Sequence[bytes],
    file: str,
) -> Quick:
    """The truths of rows of which all is known but product and amount, and which those are."""
    keys = _keys(skus)
    fits = [key is not None and frame is not None for key, frame in zip(keys, frames, strict=True)]
    fits = list(map(and_, fits, map(bool, map(_AMOUNT.fullmatch, amounts))))
    columns: list[Any] = [frames, keys, amounts, numbers, marks]
    if not all(fits):
        columns = [list(compress(column, fits)) for column in columns]
    found, skus, texts, lines, own = columns
    others = [at for at, fit in enumerate(fits) if not fit]
    return Quick(_side_by_side(found, skus, texts, lines, own, file), others)


def _side_by_side(  # noqa: PLR0913 - columns of one table
    frames: Sequence[_Frame],
    skus: Sequence[str],
    amounts: Sequence[str],
    numbers: Sequence[int],
    marks: Sequence[bytes],
    file: str,
) -> StatedBlock:
    """The truths of rows whose repeating fields are known and whose amounts are plain."""
    identities = [
        blake2b(sku.encode("utf-8", "surrogatepass") + frame.series, digest_size=10)
        for sku, frame in zip(skus, frames, strict=True)
    ]
    series = [identity.hexdigest() for identity in identities]
    for identity, frame in zip(identities, frames, strict=True):
        identity.update(frame.start_part)
    plain = [text.rstrip("0").rstrip(".") if "." in text else text for text in amounts]
    said = [
        f"{frame.before}{number}{SEPARATOR}{number}{frame.after}".encode("utf-8", "surrogatepass")
        for frame, number in zip(frames, plain, strict=True)
    ]
    return StatedBlock(
        [identity.hexdigest() for identity in identities],
        series,
        [blake2b(content, digest_size=10).hexdigest() for content in said],
        skus,
        [
            f'{{"is":"money","text":"{text}","readings":[["{text}","{text}"]],'
            f'"currency":"{frame.currency}"}}'
            for frame, text in zip(frames, amounts, strict=True)
        ],
        [f"{file}:{number}" for number in numbers],
        [frame.shared for frame in frames],
        numbers,
        marks,
    )


def _keys(texts: Sequence[str]) -> list[str | None]:
    """The products' keys; None for one that is refused."""
    known: dict[str, str | None] = dict.fromkeys(texts)
    for text in known:
        with suppress(ValueError):
            known[text] = fields.key(text)
    return [known[text] for text in texts]


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
        shared=(truth.attribute.value, truth.key, basis_text(truth.basis), start, end),
    )

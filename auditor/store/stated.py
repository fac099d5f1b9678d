"""A truth as the database keeps it: its identity over time, and its values as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from auditor.model import Truth
from auditor.store.history import basis_of, content_of, series_of, short_digest
from auditor.store.instants import to_text
from auditor.values.codec import basis_to_json, to_json

Shared = tuple[str, str, str, str | None, str | None]
"""Attribute, key, basis, start and end of a truth, as it is stored: many truths share them."""


Own = tuple[str, str, str, str, str, str]
"""What a truth has alone: digests of its fact, series and content, product, value and row."""


class Stated(NamedTuple):
    """What a feed states of one fact, ready to be stored; see ``auditor.store.history``.

    ``fact``, ``series`` and ``digest`` are digests, ``value`` and ``basis`` JSON, ``valid_from``
    and ``valid_to`` instants as the database writes them. ``line`` and ``mark`` are those of its
    row (see ``auditor.store.standing``), 0 and empty where the row is not told apart by them.
    What a truth has alone comes first, then what many share.
    """

    fact: str
    series: str
    digest: str
    sku: str
    value: str
    row: str
    attribute: str
    key: str
    basis: str
    valid_from: str | None
    valid_to: str | None
    line: int = 0
    mark: bytes = b""


class StatedBlock(NamedTuple):
    """Many truths ready to be stored, side by side: as ``Stated``, its shared fields together."""

    facts: Sequence[str]
    series: Sequence[str]
    digests: Sequence[str]
    skus: Sequence[str]
    values: Sequence[str]
    rows: Sequence[str]
    shared: Sequence[Shared]
    lines: Sequence[int]
    marks: Sequence[bytes]

    def truths(self) -> list[Stated]:
        """The truths one by one."""
        return [Stated(*own, *shared, line, mark) for own, shared, line, mark in self._apart()]

    def _apart(self) -> Iterator[tuple[Own, Shared, int, bytes]]:
        own = zip(*self[:6], strict=True)
        yield from zip(own, self.shared, self.lines, self.marks, strict=True)


def stated(truth: Truth) -> Stated:
    """The truth, ready to be stored."""
    basis = truth.basis
    start, end = instant_text(truth.valid_from), instant_text(truth.valid_to)
    series = series_of(truth)
    return Stated(
        short_digest(*series, start),
        short_digest(*series),
        short_digest(*content_of(truth.value), *basis_of(basis), end),
        truth.sku,
        to_json(truth.value),
        truth.row,
        truth.attribute.value,
        truth.key,
        basis_text(basis),
        start,
        end,
    )


def series_digest(truth: Truth) -> str:
    """What stands for the truth's series in the database."""
    return short_digest(*series_of(truth))


# A million rows share few bases and dates.
basis_text = lru_cache(maxsize=4096)(basis_to_json)
instant_text = lru_cache(maxsize=4096)(to_text)

"""One row of canonical fields to one record: the same for every CSV feed.

The fields are those of products.csv, truths.csv and popularity.csv (docs/feeds.md); every refusal
is a ValueError that says why, which the reader of the file makes a RejectedRow of.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from auditor.feeds import fields
from auditor.feeds.interface import Signal
from auditor.model import Attribute, Product, Truth
from auditor.values.truth import Columns, parse_truth_value
from auditor.values.types import Money, Tax

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from auditor.feeds.config import FeedConfig
    from auditor.store.stated import Stated, StatedBlock

SIGNALS = ("orders", "pageviews", "searches", "tickets", "kms_views")
"""The popularity signals, a closed set."""

SUBJECTS = ("sku", "url", "term")
"""What a popularity figure may be about; a row names exactly one of them."""

_Word = TypeVar("_Word", bound=StrEnum)
_OPEN_YEAR = 9999
_MAX_FIELD = 2000
_HALF = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for rows that do not say otherwise."""

    feed: str
    zone: str
    tax: Tax
    currency: str
    market: str | None
    owner: str
    channel: str | None = None
    customer_group: str | None = None

    @classmethod
    def of(cls, feed: str, config: FeedConfig) -> Defaults:
        """The defaults of feed ``feed``."""
        return cls(
            feed,
            config.timezone,
            Tax(config.tax),
            config.currency or "",
            config.market,
            config.owner,
            config.channel,
            config.customer_group,
        )


def product(cells: Mapping[str, str], defaults: Defaults) -> Product:
    """The product of one row. Raises ValueError where it has no usable key."""
    gtin = cells.get("gtin", "").strip()
    return Product(
        sku=fields.key(cells["sku"]),
        name=_text(cells, "name"),
        mpn=_text(cells, "mpn"),
        gtin=fields.key(gtin) if gtin else "",
        aliases=_several(cells, "aliases"),
        group=_text(cells, "group"),
        owner=_text(cells, "owner") or defaults.owner,
        urls=_several(cells, "url"),
        status=_text(cells, "status") or "active",
        superseded_by=_text(cells, "superseded_by"),
    )


def truth(cells: Mapping[str, str], defaults: Defaults, row: str) -> Truth:
    """The truth of one row; ``row`` is "truths.csv:17". Raises ValueError with the reason."""
    attribute = _member(Attribute, cells["attribute"], "attribute")
    text = _text(cells, "value")
    if not text:
        raise ValueError("the value is empty; leave the row out where nothing is known")
    key = _text(cells, "key")
    if attribute in (Attribute.SPEC, Attribute.OFFER, Attribute.POLICY) and not key:
        raise ValueError(f"{attribute} needs a key that names it")
    money = attribute in (Attribute.PRICE, Attribute.MIN_ORDER_VALUE)
    unit = _text(cells, "unit") or (defaults.currency if money else "")
    value, basis = parse_truth_value(
        attribute.value, key, text, unit, _columns(cells, defaults, money=money)
    )
    if isinstance(value, Money) and not _is_positive(value):
        raise ValueError(f"{text} is no price a page could state")
    start, end = _validity(cells, defaults.zone)
    return Truth(
        sku=fields.key(cells["sku"]),
        attribute=attribute,
        key=key,
        value=value,
        basis=basis,
        valid_from=start,
        valid_to=end,
        feed=defaults.feed,
        row=row,
    )


def signal(cells: Mapping[str, str]) -> Signal:
    """The popularity figure of one row. Raises ValueError with the reason."""
    name = _text(cells, "signal").casefold()
    if name not in SIGNALS:
        raise ValueError(f"signal {name!r} is none of {', '.join(SIGNALS)}{_close(name, SIGNALS)}")
    named = [(about, text) for about in SUBJECTS if (text := _text(cells, about))]
    if len(named) != 1:
        raise ValueError(f"a row names exactly one of {', '.join(SUBJECTS)}")
    about, subject = named[0]
    value = fields.exact(cells["value"])
    day = fields.instant(cells.get("date", ""), "UTC")
    window = fields.exact(cells.get("window_days", "").strip() or ("1" if day else "30"))
    if value < 0:
        raise ValueError("a count below 0 is no popularity")
    if window != int(window) or not 1 <= window <= 3660:
        raise ValueError("window_days is a whole number of days from 1 to 3660")
    return Signal(
        fields.key(subject) if about == "sku" else subject,
        name,
        value,
        int(window),
        about,
        day.date() if day else None,
    )


@dataclass(slots=True)
class Seen:
    """The facts of one file so far, to find those stated twice.

    Keeps some 120 bytes a fact, so that a million rows stay near 120 MB.
    """

    repeats: bool = False
    """Whether some series was stated more than once, with other dates or another value."""

    _lines: dict[int, int] = field(default_factory=dict)
    _places: dict[int, int] = field(default_factory=dict)
    _facts: array[int] = field(default_factory=lambda: array("I"))
    _digests: array[int] = field(default_factory=lambda: array("I"))
    _numbers: array[int] = field(default_factory=lambda: array("I"))

    def are_new(self, truths: StatedBlock, others: Sequence[Stated]) -> bool:
        """Whether no series among these was stated before, nor twice; then all are remembered."""
        series = list(map(hash, [*truths.series, *(truth.series for truth in others)]))
        known = self._places
        if not known.keys().isdisjoint(series) or len(set(series)) < len(series):
            return False
        first = len(known)
        known.update(zip(series, range(first, first + len(series)), strict=True))
        for column, kept in ((0, self._facts), (2, self._digests)):
            kept.extend([hash(text) & _HALF for text in truths[column]])
            kept.extend([hash(truth[column]) & _HALF for truth in others])
        self._numbers.extend(truths.lines)
        self._numbers.extend([truth.line for truth in others])
        return True

    def of_series(self, truth: Stated) -> tuple[int, bool] | None:
        """As ``earlier`` of the truth's fact, one of the statements of its series."""
        place = self._places.setdefault(hash(truth.series), len(self._facts))
        fact, digest = hash(truth.fact) & _HALF, hash(truth.digest) & _HALF
        if place == len(self._facts):
            self._facts.append(fact)
            self._digests.append(digest)
            self._numbers.append(truth.line)
            return None
        self.repeats = True
        if self._facts[place] != fact:
            return self.earlier(("fact", truth.fact), truth.digest, truth.line)
        return self._numbers[place], self._digests[place] == digest

    def earlier(self, identity: object, content: object, line: int) -> tuple[int, bool] | None:
        """The line that stated ``identity`` before and whether with the same content.

        None where it is new; it is then remembered with ``line``.
        """
        key = hash(identity)
        digest = hash(content) & _HALF
        known = self._lines.get(key)
        if known is None:
            self._lines[key] = line << 32 | digest
            return None
        return known >> 32, known & _HALF == digest


def _is_positive(value: Money) -> bool:
    low = value.amount.readings[0].low
    return low is None or low > 0


def _columns(cells: Mapping[str, str], defaults: Defaults, *, money: bool) -> Columns:
    tax = cells.get("tax", "").strip()
    return Columns(
        price_per=cells.get("price_per", ""),
        price_unit=cells.get("price_unit", ""),
        min_qty=cells.get("min_qty", ""),
        max_qty=cells.get("max_qty", ""),
        pack_size=cells.get("pack_size", ""),
        tax=tax or (defaults.tax.value if money else ""),
        market=cells.get("market", "").strip() or defaults.market or "",
        channel=cells.get("channel", "").strip() or defaults.channel or "",
        customer_group=cells.get("customer_group", "").strip() or defaults.customer_group or "",
    )


def _validity(cells: Mapping[str, str], zone: str) -> tuple[datetime | None, datetime | None]:
    start, end = (_instant(cells, name, zone) for name in ("valid_from", "valid_to"))
    if end is not None and fields.local_year(end, zone) >= _OPEN_YEAR:
        end = None
    if start is not None and end is not None and start >= end:
        raise ValueError(
            f"valid_from {_day(start)} is not before valid_to {_day(end)} (which is exclusive)"
        )
    return start, end


def _instant(cells: Mapping[str, str], name: str, zone: str) -> datetime | None:
    try:
        return fields.instant(cells.get(name, ""), zone)
    except ValueError as error:
        raise ValueError(f"{name} {error}") from None


def _day(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%MZ")


def _text(cells: Mapping[str, str], name: str) -> str:
    text = cells.get(name, "").strip()
    if len(text) > _MAX_FIELD:
        raise ValueError(f"{name} is longer than {_MAX_FIELD} characters")
    return text


def _several(cells: Mapping[str, str], name: str) -> tuple[str, ...]:
    parts = (part.strip() for part in _text(cells, name).split("|"))
    return tuple(dict.fromkeys(part for part in parts if part))


@lru_cache(maxsize=256)
def _member(kind: type[_Word], text: str, name: str) -> _Word:
    word = text.strip().casefold()
    try:
        return kind(word)
    except ValueError:
        known = tuple(member.value for member in kind if member.value)
        raise ValueError(
            f"{name} {text[:40]!r} is none of {', '.join(known)}{_close(word, known)}"
        ) from None


def _close(word: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else ""

"""How many people met a wrong fact, for how long, and how far off was it? Pure.

Every figure comes with its formula in words, to be printed where the figure stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

_AMOUNT = re.compile(
    r"(?P<low>-?\d+(?:\.\d+)?)(?:\.\.(?P<high>-?\d+(?:\.\d+)?))? (?P<unit>[^/\d][^/]*?)"
    r"(?: / (?P<per>\d+(?:\.\d+)?) ?(?P<of>\S+))?(?: from (?P<start>.+))?"
)

Series = Sequence[tuple[date | None, int, float]]
"""Counts as (last day, days counted, count); without a day they are the newest days."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A count over a span of days: ``covered`` of its ``days`` have figures.

    ``estimated`` where it is worked out from a rate instead of counted day by day.
    """

    count: float
    covered: int
    days: int
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Exposure:
    """What one wrong fact exposed customers to; None where there is nothing to count it by.

    ``days`` is how long it was wrong, ``views`` how often its page was viewed meanwhile,
    ``order_lines`` how many order lines of its product were placed meanwhile, ``error`` by how
    many per cent the stated value is off. ``formulas`` has the words for each by its name.
    """

    days: float
    views: Counted | None
    order_lines: Counted | None
    error: Decimal | None
    formulas: tuple[tuple[str, str], ...]


def exposure(  # noqa: PLR0913 - two sides, two series and two instants are separate things
    claimed: str,
    expected: str,
    start: datetime,
    end: datetime,
    *,
    views: Series,
    order_lines: Series,
    page: str = "the page",
) -> Exposure:
    """The exposure of a fact that was wrong from ``start`` to ``end`` (fixed, or now).

    ``views`` are those of the page, ``order_lines`` those of the product.

    >>> from datetime import timedelta
    >>> at = datetime(2026, 11, 1, tzinfo=UTC)
    >>> found = exposure("12.40 EUR / 100 pcs", "13.10 EUR / 100 pcs", at, at + timedelta(days=10),
    ...     views=[(date(2026, 11, 7), 7, 70.0)], order_lines=[(None, 30, 60.0)], page="/p/1")
    >>> for name, words in found.formulas:
    ...     print(f"{name}: {words}")
    days: 10.0 = 2026-11-01 to 2026-11-11
    views: 70 = Σ page views of /p/1 on 7 of the 11 days
    order_lines: 22 = 60 order lines in 30 days ÷ 30 × 11 days, estimated
    error: 5.3 % = |12.4 − 13.1| ÷ 13.1, both in EUR / 100 pcs
    """
    days = max(0.0, (end - start).total_seconds() / 86400)
    first, last = start.astimezone(UTC).date(), end.astimezone(UTC).date()
    seen = _known(between(views, first, last))
    ordered = _known(between(order_lines, first, last))
    off = error_of(claimed, expected)
    formulas = [("days", f"{days:.1f} = {first} to {last}")]
    if seen is not None:
        formulas.append(("views", _words(seen, f"page views of {page}", views)))
    if ordered is not None:
        formulas.append(("order_lines", _words(ordered, "order lines", order_lines)))
    if off is not None:
        formulas.append(("error", off[1]))
    return Exposure(days, seen, ordered, off[0] if off else None, tuple(formulas))


def between(series: Series, first: date, last: date) -> Counted | None:
    """What was counted on the days ``first`` to ``last``, both included; None without figures.

    Counts of several days are shared out evenly over them. Where only counts without a day are
    known, their daily rate is taken for every day, which is an estimate.

    >>> between([(date(2026, 11, 14), 7, 14.0)], date(2026, 11, 12), date(2026, 11, 30))
    Counted(count=6.0, covered=3, days=19, estimated=False)
    """
    span = (last - first).days + 1
    if not series or span <= 0:
        return None
    dated = [(day, window, count) for day, window, count in series if day is not None]
    if not dated:
        rate = sum(count / window for _day, window, count in series)
        return Counted(rate * span, span, span, estimated=True)
    total = 0.0
    covered: set[int] = set()
    start, end = first.toordinal(), last.toordinal()
    for day, window, count in dated:
        ordinal = day.toordinal()
        begin, stop = max(start, ordinal - window + 1), min(end, ordinal)
        if begin <= stop:
            total += count * (stop - begin + 1) / window
            covered.update(range(begin, stop + 1))
    return Counted(total, len(covered), span)


def _known(counted: Counted | None) -> Counted | None:
    """A count of days of which any has figures; what has none is not known, which is not 0."""
    return counted if counted is not None and counted.covered else None


def error_of(claimed: str, expected: str) -> tuple[Decimal, str] | None:
    """By how many per cent a stated value is off, with its formula; None where that has no sense.

    Both are canonical values. Prices are brought to one piece; ranges are compared by their ends
    that lie furthest apart; values of different units are not compared.

    >>> error_of("12.40 EUR / 1 pcs", "1240.00 EUR / 100 pcs")
    (Decimal('0.0'), '0.0 % = |12.4 − 12.4| ÷ 12.4, both in EUR / 1 pcs')
    >>> error_of("2..3 weeks", "5..6 weeks")
    (Decimal('60.0'), '60.0 % = |2 − 5| ÷ 5, both in weeks')
    >>> error_of("IP65", "IP67") is None and error_of("5 days", "1 weeks") is None
    True
    """
    ours, theirs = _AMOUNT.fullmatch(claimed), _AMOUNT.fullmatch(expected)
    if ours is None or theirs is None or ours["unit"] != theirs["unit"]:
        return None
    if ours["of"] != theirs["of"] or ours["start"] != theirs["start"]:
        return None
    same = ours["per"] == theirs["per"]
    pairs = [(_number(ours, end, same), _number(theirs, end, same)) for end in ("low", "high")]
    apart = [(abs(a - b) / abs(b), a, b) for a, b in pairs if b]
    if not apart:
        return None
    share, stated, true = max(apart)
    percent = (100 * share).quantize(Decimal("0.1"))
    unit = ours["unit"].strip()
    if ours["of"]:
        unit += f" / {ours['per'] if same else 1} {ours['of']}"
    shown = f"|{_plain(stated)} − {_plain(true)}| ÷ {_plain(true)}"
    return percent, f"{percent} % = {shown}, both in {unit}"


def _number(match: re.Match[str], end: str, same_per: bool) -> Decimal:
    number = Decimal(match[end] or match["low"])
    return number if same_per or not match["per"] else number / Decimal(match["per"])


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _words(counted: Counted, what: str, series: Series) -> str:
    number = f"{counted.count:,.0f}"
    if counted.estimated:
        window = max(window for _day, window, _count in series)
        rate = sum(count / window_ for _day, window_, count in series) * window
        return (
            f"{number} = {rate:,.0f} {what} in {window} days ÷ {window} × {counted.days} days, "
            "estimated"
        )
    return f"{number} = Σ {what} on {counted.covered} of the {counted.days} days"

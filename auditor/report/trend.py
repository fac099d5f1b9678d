"""How shares and open findings went over the last audits, as charts and as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import floor

from markupsafe import Markup

from auditor.report.charts import Axis, Chart, Line, draw
from auditor.report.material import TREND_DAYS, Material
from auditor.report.wording import percent_of, plural
from auditor.store.trends import NightTally

DOTS_UP_TO = 15
"""Above so many points a line reads better without dots."""


@dataclass(frozen=True, slots=True)
class NightRow:
    """One audit: shares in words ("–" where nothing is known) and findings open after it."""

    day: str
    right: str
    coverage: str
    fresh_views: str
    on_time: str
    wrong: int
    open: int


@dataclass(frozen=True, slots=True)
class Trend:
    """The audits of the last ``days`` days; charts are None before the second one.

    ``lines`` are the names of the lines in ``shares``, in words.
    """

    days: int
    shares: Markup | None
    lines: tuple[tuple[str, str], ...]
    open: Markup | None
    nights: tuple[NightRow, ...]


def trend(material: Material, slice_: str = "all", name: str = "") -> Trend:
    """The trend of everything, or of one group, owner or source."""
    nights = material.nights(slice_).get(name, [])
    rows = tuple(_row(material, night) for night in nights)
    if len(nights) < 2:
        return Trend(TREND_DAYS, None, (), None, rows)
    lines = [
        Line(key, points, dots=len(points) <= DOTS_UP_TO)
        for key, share in _SHARES.items()
        if len(points := _points(nights, share)) > 1
    ]
    x = _time_axis(material, nights)
    return Trend(
        days=TREND_DAYS,
        shares=draw(Chart("shares", _summary(lines, nights), lines, x, _percent_axis(lines)))
        if lines
        else None,
        lines=tuple((line.name, _WORDS[line.name]) for line in lines),
        open=_open_chart(nights, x),
        nights=rows,
    )


def _row(material: Material, night: NightTally) -> NightRow:
    judged = night.right + night.wrong
    return NightRow(
        day=material.clock(night.as_of),
        right=percent_of(night.right, judged),
        coverage=percent_of(judged, judged + night.not_judged),
        fresh_views=percent_of(night.freshness.right, night.freshness.views),
        on_time=percent_of(night.freshness.on_time, night.freshness.views),
        wrong=night.wrong,
        open=night.open,
    )


def _right(night: NightTally) -> float | None:
    judged = night.right + night.wrong
    return night.right / judged if judged else None


def _coverage(night: NightTally) -> float | None:
    met = night.right + night.wrong + night.not_judged
    return (night.right + night.wrong) / met if met else None


_SHARES: dict[str, Callable[[NightTally], float | None]] = {
    "views": lambda night: night.freshness.share,
    "right": _right,
    "coverage": _coverage,
}
_WORDS = {
    "views": "page views that saw the right value",
    "right": "facts right, of those judged",
    "coverage": "facts judged, of those met",
}


def _points(
    nights: Sequence[NightTally], share: Callable[[NightTally], float | None]
) -> list[tuple[float, float]]:
    return [
        (night.as_of.timestamp(), 100 * value)
        for night in nights
        if (value := share(night)) is not None
    ]


def _summary(lines: Sequence[Line], nights: Sequence[NightTally]) -> str:
    """The chart in one sentence, for who cannot see it."""
    parts = [
        f"{_WORDS[line.name]} from {line.points[0][1]:.1f} % to {line.points[-1][1]:.1f} %"
        for line in lines
    ]
    return f"Over the last {plural(len(nights), 'audit')}: {'; '.join(parts)}."


def _percent_axis(lines: Sequence[Line]) -> Axis:
    least = min(y for line in lines for _x, y in line.points)
    low = min(90, floor(least / 10) * 10)
    step = 2.5 if low == 90 else 5 if low >= 80 else 10 if low >= 60 else 25
    places = [100 - step * n for n in range(int((100 - low) / step) + 1)]
    return Axis([(at, f"{at:g} %") for at in places], low, 100, lambda at: f"{at:.1f} %")


def _open_chart(nights: Sequence[NightTally], x: Axis) -> Markup:
    points = [(night.as_of.timestamp(), float(night.open)) for night in nights]
    most = max(count for _at, count in points)
    top = _round_up(most)
    places = sorted({0, top / 2, top}) if top % 2 == 0 else [0, top]
    label = f"Findings open after each of {plural(len(nights), 'audit')}: from "
    label += f"{points[0][1]:.0f} to {points[-1][1]:.0f}, at most {most:.0f}."
    y = Axis([(at, f"{at:,.0f}") for at in places], 0, top, lambda at: f"{at:,.0f} open")
    line = Line("open", points, dots=len(points) <= DOTS_UP_TO)
    return draw(Chart("open", label, [line], x, y))


def _round_up(number: float) -> float:
    """The next number that makes a good end of an axis.

    >>> [_round_up(n) for n in (0, 7, 37, 214, 1300)]
    [2, 8, 40.0, 300.0, 2000.0]
    """
    if number <= 2:
        return 2
    if number <= 10:
        return -(-number // 2) * 2
    step = float(10 ** (len(str(int(number))) - 1))
    return -(-number // step) * step


def _time_axis(material: Material, nights: Sequence[NightTally]) -> Axis:
    """At most five dates: of the audits where there are so few, else evenly apart."""
    first, last = nights[0].as_of, nights[-1].as_of
    span = last - first
    ticks = [first + span * part / 4 for part in range(5)] if span else [first]
    if len(nights) <= len(ticks):
        ticks = [night.as_of for night in nights]
    short = span < timedelta(days=3)

    def text(at: float) -> str:
        return material.clock(datetime.fromtimestamp(at, UTC))

    labels = [
        (t.timestamp(), text(t.timestamp())[5:16] if short else text(t.timestamp())[:10])
        for t in ticks
    ]
    return Axis(
        labels, first.timestamp(), max(last, first + timedelta(minutes=1)).timestamp(), text
    )

"""How the truth changed over time, and what the page said meanwhile: one fact's step chart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from markupsafe import Markup

from auditor.compare.words import expected_text
from auditor.model import Finding, Truth
from auditor.report.charts import Axis, Chart, Line, Point, draw
from auditor.store.history import series_of
from auditor.store.trends import FormerClaim

Clock = Callable[[datetime | None], str]

VERSIONS_SHOWN = 12
"""Newest versions of a truth in a chart; more would be a comb."""

_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)(?: (.*))?")
_LABEL_CHARACTERS = 18


@dataclass(frozen=True, slots=True)
class Step:
    """A value that held from ``since`` (None: always before) to ``until`` (None: still)."""

    since: datetime | None
    until: datetime | None
    text: str


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step in words; ``who`` is "truth" or "page"."""

    who: str
    value: str
    since: str
    until: str


def truth_steps(finding: Finding, truths: Iterable[Truth]) -> tuple[Step, ...]:
    """The versions of the truth a finding is about, oldest first; () where that is not found.

    Where the page speaks of something that overrides it for a while (a sale), that lies over it.
    """
    j = finding.judgement
    alike = [t for t in truths if t.attribute == j.attribute]
    named = j.truth
    own = next(
        (t for t in alike if named and (t.feed, t.row) == (named.feed, named.row)),
        next((t for t in alike if t.key == j.key and expected_text(t) == j.expected), None),
    )
    if own is None:
        return ()
    steps = _steps(t for t in alike if t.feed == own.feed and series_of(t) == series_of(own))
    if own.key != j.key:
        steps = _overlaid(steps, _steps(t for t in alike if t.feed == own.feed and t.key == j.key))
    return tuple(steps[-VERSIONS_SHOWN:])


def _steps(versions: Iterable[Truth]) -> list[Step]:
    ordered = sorted(versions, key=lambda t: t.valid_from or _ALWAYS)
    return [Step(t.valid_from, t.valid_to, expected_text(t)) for t in ordered]


def _overlaid(base: Sequence[Step], over: Sequence[Step]) -> list[Step]:
    """``base`` with what lies over it for a while: only what has both ends does."""
    steps = list(base)
    for top in over:
        if top.since is None or top.until is None:
            continue
        cut: list[Step] = []
        for step in steps:
            if step.since is None or step.since < top.since:
                cut.append(replace(step, until=min(filter(None, (step.until, top.since)))))
            if step.until is None or step.until > top.until:
                cut.append(replace(step, since=max(filter(None, (step.since, top.until)))))
        steps = sorted([*cut, top], key=lambda step: step.since or _ALWAYS)
    return [step for step in steps if step.until is None or step.until > (step.since or _ALWAYS)]


_ALWAYS = datetime.min.replace(tzinfo=UTC)


def page_steps(finding: Finding, former: Iterable[FormerClaim]) -> tuple[Step, ...]:
    """What the page is known to have said, oldest first; () where it says nothing."""
    j = finding.judgement
    fact = (j.url, j.attribute, j.key, j.role)
    steps: list[Step] = []
    since: datetime | None = None
    for said in former:
        if (said.url, said.attribute, said.key, said.role) == fact:
            steps.append(Step(since, said.until, said.claimed))
            since = said.until
    if j.claimed:
        steps.append(Step(since or finding.first_seen, None, j.claimed))
    return tuple(steps[-VERSIONS_SHOWN:])


def step_chart(
    label: str, truth: Sequence[Step], page: Sequence[Step], now: datetime
) -> Markup | None:
    """Both as steps over time; None where nothing changes that could be drawn.

    Before the page was first seen its line is another one, "earlier": what it said is not known.
    """
    bounds = [at for step in truth for at in (step.since, step.until) if at is not None]
    if not truth or not bounds or (len(truth) < 2 and not page):
        return None
    end = max([now, *bounds])
    start = _start(truth, page, end)
    scale = _scale([step.text for step in (*truth, *page)])
    lines = [Line("truth", _path(truth, scale, start, end), dots=False)]
    if page:
        known = page[0].since or start
        first = scale.places[page[0].text]
        if known > start:
            before = ((start.timestamp(), first), (known.timestamp(), first))
            lines.append(Line("earlier", before, dots=False))
        lines.append(Line("page", _path(page, scale, max(start, known), now), dots=False))
    return draw(
        Chart(
            "steps",
            label,
            lines,
            x=_time_axis(start, end),
            y=Axis(scale.labels, scale.low, scale.high, scale.text),
            width=640,
            height=60 + 30 * min(6, max(4, len(scale.labels))),
        )
    )


def step_rows(truth: Sequence[Step], page: Sequence[Step], clock: Clock) -> tuple[StepRow, ...]:
    """The same as a table."""
    rows = [("truth", step) for step in truth] + [("page", step) for step in page]
    return tuple(
        StepRow(who, step.text.replace("_", " "), clock(step.since), clock(step.until))
        for who, step in rows
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where each text stands on the axis: by its number where all share a unit, else in lanes."""

    places: dict[str, float]
    labels: tuple[tuple[float, str], ...]
    low: float
    high: float

    def text(self, place: float) -> str:
        return min(self.places, key=lambda text: abs(self.places[text] - place)).replace("_", " ")


def _scale(texts: Sequence[str]) -> _Scale:
    distinct = list(dict.fromkeys(texts))
    matches = [_NUMBER.fullmatch(text) for text in distinct]
    numbers = [m for m in matches if m is not None]
    if len(numbers) == len(distinct) and len({m[2] for m in numbers}) == 1:
        places = {text: float(m[1]) for text, m in zip(distinct, numbers, strict=True)}
        low, high = min(places.values()), max(places.values())
        room = (high - low) * 0.12 or max(1.0, abs(high) * 0.1)
        ends = sorted((at, m[1]) for at, m in zip(places.values(), numbers, strict=True))
        labels = _apart(ends, high - low)
        return _Scale(places, labels, low - room, high + room)
    places = {text: float(number) for number, text in enumerate(reversed(distinct), 1)}
    labels = tuple((at, _short(text)) for text, at in places.items())
    return _Scale(places, labels, 0.5, len(distinct) + 0.5)


def _apart(labels: Sequence[tuple[float, str]], span: float) -> tuple[tuple[float, str], ...]:
    """Labels that do not overlap: one that stands too near the one below is left out."""
    found: list[tuple[float, str]] = []
    for at, label in labels:
        if not found or at - found[-1][0] >= span / 7:
            found.append((at, label))
    return tuple(found)


def _short(text: str) -> str:
    text = text.replace("_", " ")
    return text if len(text) <= _LABEL_CHARACTERS else text[: _LABEL_CHARACTERS - 1] + "…"


def _start(truth: Sequence[Step], page: Sequence[Step], end: datetime) -> datetime:
    """Where the chart begins: enough of the first version to see it, not all its years."""
    changes = [step.since for step in truth[1:] if step.since is not None]
    changes += [step.since for step in page if step.since is not None]
    changes += [truth[0].until] if truth[0].until is not None else []
    first = min(changes, default=end - timedelta(days=90))
    return min(first - max(timedelta(days=14), (end - first) * 0.25), end - timedelta(days=1))


def _path(steps: Sequence[Step], scale: _Scale, start: datetime, end: datetime) -> list[Point]:
    path: list[Point] = []
    for step in steps:
        since, until = max(step.since or start, start), min(step.until or end, end)
        if since <= until:
            at = scale.places[step.text]
            path += [(since.timestamp(), at), (until.timestamp(), at)]
    return path


def _time_axis(start: datetime, end: datetime) -> Axis:
    """Five dates, from one end to the other."""
    low, high = start.timestamp(), end.timestamp()
    ticks = [low + (high - low) * part / 4 for part in range(5)]
    labels = [(at, f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}") for at in ticks]
    return Axis(labels, low, high, lambda at: f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}")

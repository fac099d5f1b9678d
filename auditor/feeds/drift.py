"""Have a table's columns changed since the last export? Pure.

A column is of a kind where nearly all of a sample of its cells are: a number, a date, or text. A
renamed column is one that is gone beside a new one of a similar name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

LOOKED_AT_FIRST = 200
LOOKED_AT_EVERY = 50
"""Rows whose cells are looked at: enough to know a column, few enough to cost nothing."""

ENOUGH = 20
"""Cells below which a column is of no kind."""

SURE = 0.9
"""Share of the cells that must be of a kind."""

SHOWN = 6

_NUMBER = re.compile(r"[+-]?[\d.,'  ]*\d-?", re.ASCII)
_DATE = re.compile(
    r"\d{4}-?\d{2}-?\d{2}([T ].*)?|\d{1,2}[./-]\d{1,2}[./-](\d{4}|\d{2})([ T].*)?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one export: name → kind ("" where unknown); ``used`` are those that matter.

    ``repeats`` tells whether it may state one series of truths more than once.
    """

    kinds: Mapping[str, str]
    used: frozenset[str] = frozenset()
    repeats: bool = True


@dataclass(frozen=True, slots=True)
class Drift:
    """How the columns differ from the last believed export's, in the words of the header.

    ``closes`` says that a column which is used is gone or has become of another kind.
    """

    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    retyped: tuple[tuple[str, str, str], ...] = ()
    closes: bool = False

    def __bool__(self) -> bool:
        return bool(self.new or self.gone or self.renamed or self.retyped)

    def __str__(self) -> str:
        told = [
            *(f"{name} is no {was} any more but {now}" for name, was, now in self.retyped),
            *(f"{old} may now be called {new}" for old, new in self.renamed),
        ]
        if self.gone:
            told.append(f"gone: {_listed(self.gone)}")
        if self.new:
            told.append(f"new: {_listed(self.new)}")
        return "; ".join(told)


@dataclass(slots=True)
class Sample:
    """Looks at some of a table's rows to know its columns; in a table that has no header the
    columns are those of all rows."""

    _rows: int = 0
    _kinds: dict[str, Counter[str]] = field(default_factory=dict)

    def note(self, cells: Mapping[str, str]) -> None:
        """Count a row, and look at its cells if it is one of the sample."""
        if self.wants_next():
            self.look(cells)

    def wants_next(self) -> bool:
        """Count a row; whether it is one of the sample."""
        return bool(self.wanted(1))

    def wanted(self, count: int) -> list[int]:
        """Count rows; which of them, from 0, are of the sample."""
        first, self._rows = self._rows + 1, self._rows + count
        return [number - first for number in sample(first, count)]

    def look(self, cells: Mapping[str, str]) -> None:
        """Look at the cells of a row of the sample."""
        for name, cell in cells.items():
            kinds = self._kinds.get(name)
            if kinds is None:
                kinds = self._kinds[name] = Counter()
            if cell:
                kinds[kind(cell)] += 1

    def columns(self, used: Iterable[str], *, repeats: bool = True) -> Columns:
        """What was seen."""
        kinds = {name: _main(seen) for name, seen in self._kinds.items()}
        return Columns(kinds, frozenset(used), repeats)


def sample(first: int, count: int) -> list[int]:
    """Which rows of ``count`` from number ``first`` on are looked at.

    >>> sample(199, 60)
    [199, 200, 250]
    """
    early = range(first, min(first + count - 1, LOOKED_AT_FIRST) + 1)
    start = max(first, LOOKED_AT_FIRST + 1)
    later = range(start + -start % LOOKED_AT_EVERY, first + count, LOOKED_AT_EVERY)
    return [*early, *later]


def kind(cell: str) -> str:
    """What a cell looks like.

    >>> [kind(text) for text in ("1.299,00-", "2026-04-01", "1.4.2026", "TK-1", "20260401")]
    ['number', 'date', 'date', 'text', 'number']
    """
    text = cell.strip()
    if _NUMBER.fullmatch(text) and not (_DATE.fullmatch(text) and not text.isdecimal()):
        return "number"
    return "date" if _DATE.fullmatch(text) else "text"


def drift(before: Mapping[str, str], now: Columns) -> Drift:
    """How ``now`` differs from ``before`` (name → kind); nothing where nothing was known."""
    if not before or not now.kinds:
        return Drift()
    gone = [name for name in before if name not in now.kinds]
    new = [name for name in now.kinds if name not in before]
    renamed = []
    for name in list(gone):
        close = get_close_matches(name.casefold(), [n.casefold() for n in new], 1, 0.6)
        found = next((n for n in new if close and n.casefold() == close[0]), None)
        if found is not None:
            renamed.append((name, found))
            gone.remove(name)
            new.remove(found)
    retyped = [
        (name, was, is_)
        for name, was in before.items()
        if was in ("number", "date") and (is_ := now.kinds.get(name, "")) and is_ != was
    ]
    lost = {name for name, _new in renamed} | set(gone) | {name for name, *_kinds in retyped}
    return Drift(
        tuple(new), tuple(gone), tuple(renamed), tuple(retyped), bool(lost & set(now.used))
    )


def _main(seen: Counter[str]) -> str:
    total = sum(seen.values())
    if total < ENOUGH:
        return ""
    name, count = seen.most_common(1)[0]
    return name if count >= SURE * total else "text"


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(name[:40] for name in names[:SHOWN])
    return f"{shown} and {len(names) - SHOWN} more" if len(names) > SHOWN else shown

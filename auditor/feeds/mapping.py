"""Rows of any table through the mapping of config.yaml: a closed set of steps, no code.

The order of the steps is that of ``auditor.feeds.rules.Column``. Every refusal is a ValueError
with the column's name, which the reader of the file makes a RejectedRow of.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from babel import Locale

from auditor.feeds import canonical, fields
from auditor.feeds.cells import Exact
from auditor.feeds.rules import SLOT

if TYPE_CHECKING:
    from auditor.feeds.config import FeedConfig
    from auditor.feeds.records import Build, Statement
    from auditor.feeds.rules import Column, Condition, Rules

Cells = Mapping[str, str]
Read = Callable[[Cells], str]
Step = Callable[[str], str]

MAX_MATCHED = 2000
"""Characters of a text that a regular expression is tried on; a longer one is refused."""

_SIGNS = {"\u00a0": " ", "\u202f": " ", "\u2019": "'"}


@dataclass(frozen=True, slots=True)
class _Fact:
    """One record's fields; ``value`` tells whether it is stated (None: always)."""

    reads: tuple[tuple[str, Read], ...]
    value: Read | None

    def cells(self, cells: Cells) -> dict[str, str] | None:
        if self.value is not None and not self.value(cells):
            return None
        return {name: read(cells) for name, read in self.reads}


@dataclass(slots=True)
class RowMapping:
    """Turns the cells of one row into the canonical fields of its records."""

    config: FeedConfig
    _fixed: tuple[_Fact, ...] = field(init=False)
    _wide: dict[str, tuple[_Fact, ...]] = field(init=False, default_factory=dict)
    _slots: dict[tuple[str, ...], tuple[str, ...]] = field(init=False, default_factory=dict)
    _when: Callable[[Cells], bool] = field(init=False)
    _heading: re.Pattern[str] | None = field(init=False)

    def __post_init__(self) -> None:
        config = self.config
        self._fixed = tuple(_compiled(self._rules(wide=False), config, several=self._several))
        self._when = _all_hold(config.when)
        self._heading = re.compile(config.unpivot) if config.unpivot else None

    @property
    def required(self) -> tuple[str, ...]:
        """The columns that must be in the header of a table that has one."""
        config = self.config
        if not config.columns and not config.facts:
            from auditor.feeds.config import NEEDED

            return NEEDED[config.records]
        named = [condition.column for condition in config.when]
        for rules in (config.columns, *config.facts):
            for rule in rules.values():
                named += [condition.column for condition in rule.when]
                if rule.column and not rule.takes_slot:
                    named.append(rule.column)
        return tuple(dict.fromkeys(named))

    @property
    def unpivoted(self) -> bool:
        """Whether some column has fitted ``unpivot``; true where there is none."""
        return self._heading is None or any(self._slots.values())

    def records(self, cells: Cells) -> Iterator[Cells]:
        """The canonical fields of each record of a row. Raises ValueError with the reason."""
        if not self._is_needed:
            yield cells
            return
        if not self._when(cells):
            return
        for fact in self._fixed:
            if (mapped := fact.cells(cells)) is not None:
                yield mapped
        for slot in self._slots_of(cells):
            for fact in self._of_slot(slot):
                if (mapped := fact.cells(cells)) is not None:
                    yield mapped

    @property
    def _is_needed(self) -> bool:
        """Whether the columns are not the canonical fields already."""
        return bool(self.config.columns or self.config.facts)

    @property
    def _several(self) -> bool:
        return bool(self.config.facts)

    def _rules(self, *, wide: bool) -> Iterator[Rules]:
        """The mappings that mention the slot, or those that do not."""
        for fact in self.config.facts or ({},):
            rules = {**self.config.columns, **fact}
            if any(rule.takes_slot for rule in rules.values()) is wide:
                yield rules

    def _slots_of(self, cells: Cells) -> tuple[str, ...]:
        """What ``unpivot`` finds in the names of the columns, in their order."""
        if self._heading is None:
            return ()
        names = tuple(cells)
        if (known := self._slots.get(names)) is None:
            found = (self._heading.fullmatch(name) for name in names)
            known = tuple(dict.fromkeys(match[1] or "" for match in found if match))
            self._slots[names] = known
        return known

    def _of_slot(self, slot: str) -> tuple[_Fact, ...]:
        if (known := self._wide.get(slot)) is None:
            rules = self._rules(wide=True)
            known = tuple(_compiled(rules, self.config, several=True, slot=slot))
            self._wide[slot] = known
        return known


def build(feed: str, config: FeedConfig) -> tuple[RowMapping, Build]:
    """The mapping of ``feed``, and what makes records of one row's cells ("file:line" second)."""
    defaults = canonical.Defaults.of(feed, config)
    mapping = RowMapping(config)

    def records(cells: Cells, row: str) -> Iterator[Statement]:
        for mapped in mapping.records(cells):
            if config.records == "products":
                yield canonical.product(mapped, defaults)
            elif config.records == "popularity":
                yield canonical.signal(mapped)
            else:
                yield canonical.truth(mapped, defaults, row)

    return mapping, records


def compile_rule(rule: Column, zone: str, slot: str = "") -> Read:
    """What reads one field of a row's cells as canonical text.

    Raises ValueError, when it reads, with the column's name and the reason.
    """
    raw = _raw(rule, slot)
    steps = tuple(_steps(rule, zone))
    if not steps:
        return raw
    name = _name(rule, slot)

    def change(text: str) -> str:
        try:
            for step in steps:
                text = step(text)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
        return text

    if rule.date is not None or rule.lookup is not None:  # few texts in many rows
        change = lru_cache(maxsize=4096, typed=True)(change)

    def read(cells: Cells) -> str:
        text = raw(cells)
        return change(text) if text else ""

    return read


def _compiled(
    all_rules: Iterator[Rules], config: FeedConfig, *, several: bool, slot: str = ""
) -> Iterator[_Fact]:
    for rules in all_rules:
        reads = tuple((name, compile_rule(rule, config.timezone, slot))
                      for name, rule in rules.items())  # fmt: skip
        value = _raw(rules["value"], slot) if several and "value" in rules else None
        yield _Fact(reads, value)


def _raw(rule: Column, slot: str) -> Read:
    """What reads the text before any step that could refuse it, but ``regex``."""
    constant = (rule.constant or "").replace(SLOT, slot)
    column = None if rule.column is None else rule.column.replace(SLOT, slot)
    holds = _all_hold(rule.when) if rule.when else None
    empty, default = frozenset(rule.open), rule.default or ""
    pattern = re.compile(rule.regex) if rule.regex else None
    name = _name(rule, slot)
    paired = rule.takes_slot and rule.default is None
    if holds is None and not empty and pattern is None and not paired:
        return _plain(column, constant.strip(), default)

    def read(cells: Cells) -> str:
        if holds is not None and not holds(cells):
            return default
        if column is None:
            text = constant
        elif paired and column not in cells:
            raise ValueError(f"{name} is not there beside its column of `unpivot`")
        else:
            text = cells.get(column) or ""
        if not isinstance(text, Exact):
            text = text.strip()
        if text in empty:
            text = ""
        if pattern is not None and text:
            text = _group(pattern, text, name)
        return text or default

    return read


def _plain(column: str | None, constant: str, default: str) -> Read:
    """What most columns are: read as they stand."""
    if column is None:
        text = constant or default
        return lambda _cells: text

    def read(cells: Cells) -> str:
        text = cells.get(column) or ""
        return (text if isinstance(text, Exact) else text.strip()) or default

    return read


def _group(pattern: re.Pattern[str], text: str, name: str) -> str:
    found = pattern.fullmatch(text) if len(text) <= MAX_MATCHED else None
    if found is None:
        raise ValueError(f"{name}: {text[:40]!r} does not fit its regex {pattern.pattern}")
    return (found[1] or "").strip()


def _steps(rule: Column, zone: str) -> Iterator[Step]:
    if fill := rule.strip_leading:
        yield lambda text: text.lstrip(fill) or fill
    if (table := rule.lookup) is not None:
        yield _lookup(table)
    if rule.locale is not None:
        yield _number(*signs_of(rule.locale))
    elif rule.decimal is not None:
        yield _number(rule.decimal, rule.thousands)
    if (form := rule.date) is not None:
        read = fields.day_after if rule.inclusive else fields.instant
        own = rule.timezone or zone

        def date(text: str) -> str:
            found = read(text, own, "iso" if isinstance(text, Exact) else form)
            return found.isoformat() if found else ""

        yield date


def _number(decimal: str, thousands: str | None) -> Step:
    def step(text: str) -> str:
        if isinstance(text, Exact):
            return text
        return format(fields.grouped(text, decimal, thousands), "f")

    return step


def _lookup(table: Mapping[str, str]) -> Step:
    known = ", ".join(list(table)[:8])

    def step(text: str) -> str:
        if text not in table:
            raise ValueError(f"{text[:40]!r} is not in its lookup ({known})")
        return table[text]

    return step


@cache
def signs_of(locale: str) -> tuple[str, str]:
    """Decimal sign and thousands separator of a language tag, blanks and apostrophes plain.

    >>> signs_of("de-DE"), signs_of("fr-FR"), signs_of("de-CH")
    ((',', '.'), (',', ' '), ('.', "'"))
    """
    symbols = Locale.parse(locale, sep="-").number_symbols["latn"]
    group = str(symbols["group"])
    return str(symbols["decimal"]), _SIGNS.get(group, group)


def _all_hold(conditions: tuple[Condition, ...]) -> Callable[[Cells], bool]:
    tests = tuple(_test(condition) for condition in conditions)
    return lambda cells: all(test(cells) for test in tests)


def _test(condition: Condition) -> Callable[[Cells], bool]:
    column, wanted, unwanted = condition.column, condition.is_, condition.not_
    empty = condition.empty
    pattern = re.compile(condition.matches) if condition.matches is not None else None

    def test(cells: Cells) -> bool:
        text = (cells.get(column) or "").strip()
        return (
            (not wanted or text in wanted)
            and text not in unwanted
            and (empty is None or (not text) is empty)
            and (pattern is None or bool(pattern.fullmatch(text[:MAX_MATCHED])))
        )

    return test


def _name(rule: Column, slot: str) -> str:
    return f"column {rule.column.replace(SLOT, slot)}" if rule.column else "constant"

"""The tables of a page: what of its record belongs into a spreadsheet."""

from __future__ import annotations

import re
import typing
from collections.abc import Sequence
from dataclasses import Field, dataclass, fields, is_dataclass
from functools import cache
from operator import attrgetter
from typing import Any

Cell = str | int | float | None

_PLAIN = re.compile(r"\d+(\.\d+)?")
_NUMBERS = frozenset({"priority", "confidence"})
"""Columns whose words are plain numbers, so that a spreadsheet can sort by them."""

_ONLY_FOR_PAGES = frozenset({"href", "link", "live_link", "edit_link", "copy", "priority_formula"})


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns. ``name`` is the record's field that holds them."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]


def tables(view: object, *, without: frozenset[str] = frozenset()) -> list[Table]:
    """The tables of a record: each of its tuples of records, and each record inside it.

    Columns are the plain fields of a row, without links that only pages need and without those
    named in ``without``; a table without rows keeps its columns.

    >>> @dataclass(frozen=True)
    ... class Row:
    ...     name: str
    ...     count: int
    >>> @dataclass(frozen=True)
    ... class View:
    ...     title: str
    ...     rows: tuple[Row, ...]
    >>> View.__annotations__ = {"title": str, "rows": tuple[Row, ...]}
    >>> Row.__annotations__ = {"name": str, "count": int}
    >>> tables(View("", (Row("a", 1),)))
    [Table(name='rows', columns=('name', 'count'), rows=[('a', 1)])]
    """
    found = []
    for name, kind, is_many in _records(type(view)):  # type: ignore[arg-type]
        value = getattr(view, name)
        rows = value if is_many else () if value is None else (value,)
        if _columns(kind):
            found.append(table(name, kind, rows, without=without))
        if not is_many and value is not None:
            found += tables(value, without=without)
    return found


def table(
    name: str, kind: type, rows: Sequence[object], *, without: frozenset[str] = frozenset()
) -> Table:
    """Records of one kind as a table; a record inside a row gives its columns, too."""
    columns = {name: path for name, path in _columns(kind).items() if path[-1] not in without}
    numbers = {place for place, path in enumerate(columns.values()) if path[-1] in _NUMBERS}
    getters = [attrgetter(".".join(path)) for path in columns.values()]
    cells = [
        tuple(
            _number(get(row)) if place in numbers else get(row) for place, get in enumerate(getters)
        )
        for row in rows
    ]
    return Table(name, tuple(columns), cells)


def _number(value: Cell) -> Cell:
    return float(value) if isinstance(value, str) and _PLAIN.fullmatch(value) else value


@cache
def _records(kind: type[Any]) -> tuple[tuple[str, type, bool], ...]:
    """Fields of a record that hold records: name, their kind, whether there are many."""
    hints = typing.get_type_hints(kind)
    found = []
    for field in _fields(kind):
        hint = hints[field.name]
        arguments = [a for a in typing.get_args(hint) if a not in (Ellipsis, type(None))]
        inner = arguments[0] if arguments else hint
        if isinstance(inner, type) and is_dataclass(inner):
            found.append((field.name, inner, typing.get_origin(hint) is tuple))
    return tuple(found)


@cache
def _columns(kind: type) -> dict[str, tuple[str, ...]]:
    """The columns of a record: their names, and the way to each value."""
    hints = typing.get_type_hints(kind)
    found: dict[str, tuple[str, ...]] = {}
    inner: list[tuple[str, Any]] = []
    for field in _fields(kind):
        if field.name in _ONLY_FOR_PAGES:
            continue
        hint = hints[field.name]
        if is_plain(hint):
            found[field.name] = (field.name,)
        elif isinstance(hint, type) and is_dataclass(hint):
            inner.append((field.name, hint))
    for name, record in inner:
        for column, path in _columns(record).items():
            found[f"{name}_{column}" if column in found else column] = (name, *path)
    return found


def is_plain(hint: Any) -> bool:
    """Whether a type hint is of texts, numbers and truth values alone, or None."""
    arguments = typing.get_args(hint) or (hint,)
    return all(a in (str, int, float, bool, type(None)) for a in arguments)


def _fields(kind: Any) -> tuple[Field[Any], ...]:
    return fields(kind)

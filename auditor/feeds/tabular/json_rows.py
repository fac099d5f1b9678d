"""Rows of JSON (a list of objects, at any depth) and of JSON lines, streaming."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

import ijson

from auditor.errors import FeedError
from auditor.feeds.blocks import MAX_LINE_CHARACTERS
from auditor.feeds.cells import number
from auditor.feeds.files import open_bytes, wrong_bytes
from auditor.feeds.table import CUT_OFF, Row, shown
from auditor.model import RejectedRow

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.feeds.config import FeedConfig

MAX_CELLS = 2000
"""Values that one row may hold; more is no row but a whole document."""

MAX_DEPTH = 12
"""How deep the objects of a row may be nested."""

_LOOKED_AT = 100_000
"""Events of a document that are looked at for its lists when none was found."""


def json_rows(
    path: Path, config: FeedConfig, _required: Sequence[str]
) -> Iterator[Row | RejectedRow]:
    """The objects of the list ``rows`` (else the outermost); the line is the object's number.

    Several documents may follow each other (the pages of an API). Numbers stay exact. Raises
    FeedError where the file is no whole JSON or has no such list.
    """
    prefix = ".".join([*filter(None, config.rows.split(".")), "item"])
    count = 0
    with open_bytes(path, config.encoding) as file:
        try:
            for count, item in enumerate(
                ijson.items(file, prefix, multiple_values=True, use_float=False), 1
            ):
                yield _row(path.name, count, item)
        except (ijson.JSONError, UnicodeError, ArithmeticError) as error:
            raise _broken(path.name, count, error) from error
    if not count:
        _refuse_other_shape(path, config, prefix)


def jsonl_rows(
    path: Path, config: FeedConfig, _required: Sequence[str]
) -> Iterator[Row | RejectedRow]:
    """One object a line; a line that is none is rejected and the others are used."""
    with open_bytes(path, config.encoding) as file:
        number_ = 0
        while line := file.readline(MAX_LINE_CHARACTERS):
            number_ += 1
            if len(line) >= MAX_LINE_CHARACTERS:
                raise FeedError(
                    f"{path.name}: line {number_} is longer than {MAX_LINE_CHARACTERS:,} "
                    "characters; is it one JSON document? then set `format: json`"
                )
            if line.strip():
                yield _line(path.name, config.encoding, number_, line)


def flatten(item: object) -> dict[str, str]:
    """The cells of an object: nested names joined by dots, list entries by their number.

    A list of plain values is also one cell, joined by ``|``. Raises ValueError for what is too
    deep or too large.

    >>> flatten({"sku": "A", "price": {"net": 12, "tax": None}, "tags": ["a", "b"]})
    {'sku': 'A', 'price.net': '12', 'price.tax': '', 'tags': 'a|b', 'tags.0': 'a', 'tags.1': 'b'}
    """
    cells: dict[str, str] = {}
    _flatten(item, "", cells, 0)
    return cells


def _flatten(value: object, name: str, cells: dict[str, str], depth: int) -> None:
    if depth > MAX_DEPTH or len(cells) > MAX_CELLS:
        raise ValueError(f"nested deeper than {MAX_DEPTH} or more than {MAX_CELLS:,} values")
    inner: list[tuple[str, object]]
    match value:
        case dict():
            inner = [(str(key), each) for key, each in value.items()]
        case list():
            inner = [(str(index), each) for index, each in enumerate(value)]
            if inner and not any(isinstance(each, dict | list) for each in value):
                cells[name] = "|".join(_text(each) for each in value)
        case _:
            cells[name] = _text(value)
            return
    for key, each in inner:
        _flatten(each, f"{name}.{key}" if name else key, cells, depth + 1)


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            return number(value)
    return str(value)


def _row(file: str, count: int, item: object) -> Row | RejectedRow:
    if not isinstance(item, dict):
        return RejectedRow(file, count, "is no object with named values", shown(repr(item)))
    try:
        return Row(count, flatten(item), "")
    except ValueError as error:
        return RejectedRow(file, count, str(error), shown(str(item)))


def _line(file: str, encoding: str, number_: int, line: bytes) -> Row | RejectedRow:
    try:
        item = json.loads(line, parse_float=Decimal, parse_constant=_no_number)
    except UnicodeError as error:
        raise wrong_bytes(file, encoding, number_) from error
    except (ValueError, RecursionError, ArithmeticError) as error:
        text = shown(line.decode("utf-8", "replace"))
        whole = line.endswith(b"\n")
        reason = f"is no JSON object: {error}" if whole else f"{CUT_OFF}: it is no whole object"
        return RejectedRow(file, number_, reason, text)
    return _row(file, number_, item)


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number")


def _broken(file: str, count: int, error: Exception) -> FeedError:
    after = f"after row {count:,} " if count else ""
    if "EOF" in str(error) or "ncomplete" in str(error):  # the reader has one class for both
        return FeedError(f"{file}: {after}the JSON ends early; was the export cut off?")
    first = str(error).splitlines()[0] if str(error) else type(error).__name__
    return FeedError(f"{file}: {after}this is no JSON ({first}); was an error page saved instead?")


def _refuse_other_shape(path: Path, config: FeedConfig, prefix: str) -> None:
    """Raise FeedError unless the list is there and only empty; told are the lists there are."""
    with open_bytes(path, config.encoding) as file:
        lists = _lists(file)
    wanted = prefix.removesuffix("item").rstrip(".")
    if wanted in lists:
        return
    named = [name for name in lists if name]
    there = f"lists are at {', '.join(named[:8])}; set `rows`" if named else "it has no list at all"
    what = f"no list at {wanted!r}" if wanted else "no list at its top"
    raise FeedError(f"{path.name} has {what}; {there}")


def _lists(file: BinaryIO) -> list[str]:
    found: dict[str, Any] = {}
    try:
        for prefix, event, _value in islice(ijson.parse(file, multiple_values=True), _LOOKED_AT):
            if event == "start_array":
                found.setdefault(prefix)
    except ijson.JSONError:
        pass
    return list(found)

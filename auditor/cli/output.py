"""Data on stdout: as a table for people, as JSON or CSV for machines.

Text of the web is hostile: control and direction characters are written out in tables, escaped
in JSON, and no CSV cell can be taken for a formula.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import click

from auditor.plain import instant as instant  # one of the output words, for every command
from auditor.plain import printable, spreadsheet_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from rich.console import Console, RenderableType

# Columns where stdout is no terminal (a pipe, a file): wide enough not to cut anything.
PIPE_WIDTH = 160

# Columns below which tables put both sides of a finding into one column.
NARROW = 110

# What json.dumps leaves as it is and a terminal or editor may act on: DEL and C1 controls,
# direction marks, overrides and isolates, line separators, byte order mark.
_ACTING = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


class Format(StrEnum):
    """How data is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


def format_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a reading command its ``--format``."""
    return _formats(Format.TABLE, Format.JSON, Format.CSV)(command)


def list_format_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that prints a list its ``--format``: a workbook, too."""
    return _formats(*Format)(command)


def _formats(*kinds: Format) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(
        "--format",
        "output",
        type=click.Choice([str(kind) for kind in kinds]),
        default=str(Format.TABLE),
        show_default=True,
        help="How to print it." + " xlsx goes into a file: > LIST.xlsx." * (Format.XLSX in kinds),
    )


def print_list(
    output: str, name: str, columns: Sequence[str], rows: Sequence[Mapping[str, object]]
) -> None:
    """Rows as JSON, CSV or a workbook with one sheet, ``name``; not for tables."""
    match Format(output):
        case Format.JSON:
            print_json(rows)
        case Format.CSV:
            print_csv(columns, rows)
        case _:
            print_xlsx(name, columns, rows)


def print_json(data: object) -> None:
    """One JSON document on stdout.

    Characters that could act on a terminal are escaped; the text they stand for is unchanged.
    """
    click.echo(to_json(data))


def to_json(data: object) -> str:
    """``data`` as JSON text: Decimal and instants as text, keys in the given order.

    >>> to_json({"price": Decimal("1.50"), "text": "\\u202eevil"})
    '{\\n  "price": "1.50",\\n  "text": "\\\\u202eevil"\\n}'
    """
    text = json.dumps(data, ensure_ascii=False, indent=2, default=_plain)
    return _ACTING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def print_csv(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Rows as CSV on stdout, with a header."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(column)) for column in columns])
    click.echo(buffer.getvalue(), nl=False)


def print_xlsx(name: str, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Rows as an Excel workbook on stdout; no cell is ever a formula or a link.

    Raises click.UsageError where stdout is a terminal.
    """
    if sys.stdout.isatty():
        raise click.UsageError(f"a workbook is no text: send it to a file with > {name}.xlsx")
    from auditor.report.data import write_xlsx
    from auditor.report.tables import Table

    cells = [tuple(_workbook_cell(row.get(column)) for column in columns) for row in rows]
    buffer = io.BytesIO()
    write_xlsx(buffer, [Table(name, tuple(columns), cells)])
    click.echo(buffer.getvalue(), nl=False)


def print_table(*parts: RenderableType, color: bool = True) -> None:
    """Rich tables or texts on stdout."""
    out = console(color=color)
    for part in parts:
        out.print(part)


def is_narrow() -> bool:
    """Whether stdout is a terminal with fewer columns than wide tables need."""
    return console().width < NARROW


def console(*, color: bool = True) -> Console:
    """A rich console on stdout that guesses nothing: no markup, no highlighting."""
    from rich.console import Console

    terminal = sys.stdout.isatty()
    return Console(
        no_color=not color, highlight=False, markup=False, width=None if terminal else PIPE_WIDTH
    )


def one_line(text: str, limit: int = 0) -> str:
    """Text of the web on one line, harmless, at most ``limit`` characters (0: any).

    >>> one_line("a\\n b\\x1b[2J", 20)
    'a b⟨U+001B⟩[2J'
    """
    plain = printable(" ".join(text.split()))
    return plain if not limit or len(plain) <= limit else plain[: limit - 1] + "…"


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list | tuple):
        return spreadsheet_cell(json.dumps(value, ensure_ascii=False, default=_plain))
    return spreadsheet_cell(str(_plain(value) if isinstance(value, datetime) else value))


def _workbook_cell(value: object) -> str | int | float | None:
    """Numbers stay numbers, for sorting and summing; everything else is text."""
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return str(_plain(value) if isinstance(value, datetime) else value)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"{type(value).__name__} is no JSON")

"""``sellby init``: a commented config.yaml to start from."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from auditor.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.draft import Draft

_SHEETS = {".xlsx": "xlsx", ".xlsm": "xlsx", ".ods": "ods"}
_SHEET_ROWS = 230


@click.command("init")
@click.argument(
    "directory", type=click.Path(file_okay=False, path_type=Path), default=Path(), metavar="[DIR]"
)
@click.option("--site", default="", metavar="URL", help="Your website's first page.")
@click.option("--language", default="", metavar="TAG", help="Its language, e.g. en-US or de-DE.")
@click.option(
    "--feed",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A price list or product feed, of which the mapping is drafted; may be given again.",
)
@click.pass_obj
def command(
    session: Session, directory: Path, site: str, language: str, files: tuple[Path, ...]
) -> None:
    """Write a commented config.yaml into DIR (default: here).

    With --feed the columns of your own table (CSV, XLSX, ODS) are guessed from their names and
    cells: read what it made of them before you run anything.
    """
    from auditor.cli.starter import starter

    target = directory / "config.yaml"
    if target.exists():
        raise click.UsageError(f"{target} is there already; it was not touched")
    host = urlsplit(site).hostname or ""
    if site and not (host and site.startswith(("http://", "https://"))):
        raise click.BadParameter(f"{site!r} is no address like https://www.example.com/",
                                 param_hint="--site")  # fmt: skip
    feeds = [
        (name, os.path.relpath(file, directory), _drafted(session, file))
        for name, file in _named(files)
    ]
    text = starter(host or directory.resolve().name, site, language, feeds)
    directory.mkdir(parents=True, exist_ok=True)
    try:
        with target.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError:
        raise click.UsageError(f"{target} is there already; it was not touched") from None
    session.talk.good(f"{target} is written.")
    what = "read what it says of your feeds" if feeds else "say in it where your feeds are"
    if not site:
        what = "say in it where your pages and feeds are"
    session.talk.hint(f"Next: {what}, then `sellby check`, then `sellby run`.")


def _named(files: tuple[Path, ...]) -> Iterator[tuple[str, Path]]:
    """A name for each file as ``feeds`` has it, none twice."""
    taken: set[str] = set()
    for file in files:
        stem = re.sub(r"\W+", "_", file.name.partition(".")[0]).strip("_").lower() or "feed"
        name = next(n for n in (stem, *(f"{stem}_{i}" for i in range(2, 999))) if n not in taken)
        taken |= {name, f"{name}_products"}
        yield name, file


def _drafted(session: Session, file: Path) -> Draft | str:
    """What a file probably is. Raises BadParameter where nothing can be made of it."""
    from auditor.draft import HEAD_BYTES, draft, draft_sheet

    with file.open("rb") as opened:
        head = opened.read(HEAD_BYTES)
    start = head[:4096].lower()
    if b"<bmecat" in start:
        return "bmecat"
    if b"base.google.com/ns" in start:
        return "google_merchant"
    try:
        if file_format := _SHEETS.get(file.suffix.lower()):
            found = draft_sheet(_sheet(file), file_format)
        else:
            found = draft(head)
    except ValueError as error:
        raise click.BadParameter(
            f"{file.name}: {error}; describe it by hand (docs/feeds.md, “Any table”)",
            param_hint="--feed",
        ) from None
    session.talk.line(f"  {file.name}: {', '.join(_understood(found))}")
    return found


def _sheet(file: Path) -> list[list[str]]:
    """The first rows of a workbook's first sheet. Raises ValueError."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with CalamineWorkbook.from_path(file) as book:
            rows = book.get_sheet_by_index(0).to_python(nrows=_SHEET_ROWS)
    except (CalamineError, OSError) as error:
        raise ValueError(f"cannot be read: {error}") from error
    return [[str(cell) for cell in row] for row in rows]


def _understood(found: Draft) -> Iterator[str]:
    """What each column is taken for."""
    for field, column in found.columns:
        yield f"{column} = {field}"
    for fact in found.facts:
        yield f"{fact.column} = {fact.attribute}{' (?)' * bool(fact.question)}"

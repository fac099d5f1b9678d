"""``sellby profile``: what the selectors of a source's profile match on its stored pages."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

import click

from auditor.cli.exit_codes import ExitCode
from auditor.cli.output import Format, format_option, one_line, print_csv, print_json, print_table
from auditor.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from auditor.extract.interface import Context
    from auditor.profile import Point
    from crawler.snapshot import Snapshot
    from crawler.store import SnapshotStore

COLUMNS = ("attribute", "key", "selector", "pages", "matched", "value", "quote", "url")


@click.command("profile")
@click.argument("source")
@click.argument("urls", metavar="[URL]...", nargs=-1)
@click.option(
    "--limit", type=click.IntRange(1), default=200, show_default=True, help="Pages looked at."
)
@format_option
@click.pass_context
def command(
    ctx: click.Context, /, source: str, urls: tuple[str, ...], limit: int, output: str
) -> None:
    """Try the selectors of a source's profile on its stored pages.

    Prints for each selector on how many pages it matched something visible that can be read, with
    an example. Exit code 3 where one matches on none.
    """
    from auditor.judging import context_of
    from auditor.profile import points

    session: Session = ctx.obj
    config = session.reading_config
    if source not in config.sources:
        known = ", ".join(sorted(config.sources)) or "none"
        raise click.UsageError(f"no such source: {source!r}; known are {known}")
    profile = points(config.sources[source].profile)
    if not profile:
        raise click.UsageError(f"{source} has no `profile` in {session.config_path}")
    with session.stores() as (snapshots, store):
        spec_names = dict(store.catalogue.spec_names())
        market = config.judgement.default_market
        context = context_of(config.sources[source], spec_names, market)
        rows = _tried(islice(_pages(snapshots, source, urls), limit), profile, context)
    if output == Format.JSON:
        print_json(rows)
    elif output == Format.CSV:
        print_csv(COLUMNS, rows)
    else:
        _table(session, rows)
    ctx.exit(ExitCode.DONE if all(row["matched"] for row in rows) else ExitCode.PARTIAL)


def _pages(snapshots: SnapshotStore, source: str, urls: tuple[str, ...]) -> Iterator[Snapshot]:
    from auditor.looks import look_of, looks

    if not urls:
        found = looks(snapshots, source)
        yield from (look.snapshot for look in found if look.snapshot is not None)
    for url in urls:
        look = look_of(snapshots, source, url)
        if look is None or look.snapshot is None:
            raise click.UsageError(f"no content of {url} is stored for {source}")
        yield look.snapshot


def _tried(
    pages: Iterable[Snapshot], profile: tuple[Point, ...], context: Context
) -> list[dict[str, object]]:
    from auditor.page.read import read_page
    from auditor.profile import with_profile
    from auditor.values.text import canonical

    seen = 0
    matched: Counter[Point] = Counter()
    examples: dict[Point, tuple[str, str, str]] = {}
    for snapshot in pages:
        seen += 1
        page = read_page(snapshot, language=context.language)
        for point in profile:
            found = with_profile(snapshot, page, (), (point,), context)
            matched[point] += bool(found)
            if found and point not in examples:
                first = found[0]
                value = canonical(first.value, first.basis)
                examples[point] = (value, first.quote, snapshot.url)
    return [
        dict(
            zip(
                COLUMNS,
                (
                    str(point.attribute), point.key, point.text, seen, matched[point],
                    *examples.get(point, ("", "", "")),
                ),
                strict=True,
            )
        )
        for point in profile
    ]  # fmt: skip


def _table(session: Session, rows: list[dict[str, object]]) -> None:
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    for style in ("", "bold", "dim", "", ""):
        grid.add_column(style=style, overflow="fold")
    for row in rows:
        ok = bool(row["matched"])
        mark = Text("✓", style="bold green") if ok else Text("✗", style="bold red")
        name = f"{row['attribute']} {row['key']}".strip()
        example = f"{row['value']}  “{row['quote']}”" if ok else "nothing that can be read"
        count = f"{row['matched']:,} of {row['pages']:,} pages"
        grid.add_row(mark, name, one_line(str(row["selector"])), count, one_line(example))
    print_table(grid, color=session.color)
    if not rows or not rows[0]["pages"]:
        session.talk.hint("No page of it is stored yet; `sellby crawl` fetches them.")

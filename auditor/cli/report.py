"""``sellby report``: write the report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.session import Session

if TYPE_CHECKING:
    from crawler.config import SourceConfig


@click.command("report")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to; else report.dir of the configuration.",
)
@click.pass_obj
def command(session: Session, out: Path | None) -> None:
    """Write the report: a web site that needs no server, CSV and JSON."""
    path = write(session, out)
    click.echo(path)


def write(session: Session, out: Path | None = None) -> Path:
    """Write the report of what is stored; its index page."""
    from auditor.errors import NotFound
    from auditor.report import Letterhead, build_view, write_report

    config = session.reading_config
    if not session.database.exists():
        raise NotFound(f"there is no database {session.database}; `sellby run` makes one")
    with session.stores() as (snapshots, store):
        letterhead = Letterhead(
            company=config.company,
            timezone=config.timezone,
            kinds={name: _kind(source) for name, source in config.sources.items()},
        )
        view = build_view(store, snapshots, letterhead, session.now())
        return write_report(view, out or config.report.dir, plugins=config.plugins.reports)


def _kind(source: SourceConfig) -> str:
    """A source's kind as the report says it: what was not asked politely is said there."""
    if source.kind == "website" and source.robots == "ignore":
        return "website, its robots.txt is ignored"
    return source.kind

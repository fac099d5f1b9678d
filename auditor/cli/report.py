"""``sellby report``: write the report."""

from __future__ import annotations

from pathlib import Path

import click

from auditor.cli.session import Session


@click.command("report")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to; else report.dir of the configuration.",
)
@click.pass_obj
def command(session: Session, out: Path | None) -> None:
    """Write the report: a web site that needs no server, CSV, XLSX and JSON."""
    path = write(session, out)
    click.echo(path)


def write(session: Session, out: Path | None = None) -> Path:
    """Write the report of what is stored; its index page."""
    from auditor.errors import NotFound
    from auditor.report import Material, Report, write_report

    config = session.reading_config
    if not session.database.exists():
        raise NotFound(f"there is no database {session.database}; `sellby run` makes one")
    with session.stores() as (snapshots, store):
        report = Report(Material(store, snapshots, config, session.now()))
        return write_report(
            report,
            out or config.report.dir,
            templates=config.report.templates,
            plugins=config.plugins.reports,
        )

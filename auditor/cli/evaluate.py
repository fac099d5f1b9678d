"""``sellby eval``: score the judgement on a labelled set (for developers)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from auditor.evaluate import Report


@click.command("eval", hidden=True)
@click.argument(
    "set_dir", metavar="SET", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option(
    "--case", "only", default="", metavar="TEXT", help="Only cases with this in the name."
)
@click.option(
    "--baseline",
    "with_baseline",
    is_flag=True,
    help="Print beside it what extruct and price-parser get doing the same job.",
)
@click.option("--wrong/--no-wrong", default=True, help="Print everything that came out wrong.")
@click.option("--min-precision", type=float, default=None, help="Exit code 1 below this precision.")
@click.option("--min-recall", type=float, default=None, help="Exit code 1 below this recall.")
@click.option(
    "--format", "output", type=click.Choice(["table", "json"]), default="table", show_default=True
)
@click.pass_context
def command(  # noqa: PLR0913 - one parameter an option
    ctx: click.Context,
    set_dir: Path,
    only: str,
    with_baseline: bool,
    wrong: bool,
    min_precision: float | None,
    min_recall: float | None,
    output: str,
) -> None:
    """Audit a labelled set and print precision, recall and everything that came out wrong."""
    from auditor.evaluate import evaluate, figures, table

    report = evaluate(set_dir, only=only)
    if output == "json":
        click.echo(json.dumps(figures(report), ensure_ascii=False, indent=2))
    else:
        if wrong:
            for item in report.wrong:
                click.echo(f"{item.what}: {item.page} ({item.case})\n      {item.text}")
        click.echo(table(report))
        if with_baseline:
            click.echo(_baseline(set_dir, only, report))
    if not _holds(report, min_precision, min_recall):
        ctx.exit(ExitCode.CONDITION_MET)


def _baseline(set_dir: Path, only: str, ours: Report) -> str:
    """Their figures beside ours, from the same pages and labels; or why there are none."""
    from auditor.baseline import NotInstalled, audited_by_others
    from auditor.evaluate import beside, evaluate

    try:
        theirs = evaluate(set_dir, only=only, audit=audited_by_others())
    except NotInstalled as error:
        return f"no baseline: {error}"
    return beside(ours, theirs)


def _holds(report: Report, precision: float | None, recall: float | None) -> bool:
    """Whether the floors are kept; nothing reported at all keeps every precision floor."""
    total = report.total
    return (precision is None or total.precision is None or total.precision >= precision) and (
        recall is None or (total.recall or 0.0) >= recall
    )

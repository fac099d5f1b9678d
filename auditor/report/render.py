"""Writes a report: all formats into a new directory, then one swap, so nobody reads half of it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from tempfile import mkdtemp

from auditor.errors import AuditorError
from auditor.report.data import MARKER, CsvReport, JsonReport, XlsxReport
from auditor.report.html import HtmlReport
from auditor.report.interface import Keeping, ReportFormat
from auditor.report.ledger import Ledger
from auditor.report.page import Page
from auditor.report.report import Report


def built_in_formats(overrides: Path | None = None) -> Mapping[str, ReportFormat]:
    """The formats that come with Sellby, by name."""
    return {
        "html": HtmlReport(overrides),
        "csv": CsvReport(),
        "xlsx": XlsxReport(),
        "json": JsonReport(),
    }


def write_report(
    report: Report,
    directory: Path,
    *,
    templates: Path | None = None,
    plugins: Sequence[str] = (),
) -> Path:
    """Write ``report`` in every format to ``directory`` and return its ``index.html``.

    An earlier report there is replaced as a whole, but files that would be the same are taken over
    from it; the directory is refused where it holds anything else. ``templates`` is a folder whose
    templates win over the built-in ones; ``plugins`` names further formats from the entry points
    ``sellby.reports``.

    Raises AuditorError where the directory is not a report, OSError where the disk refuses.
    """
    directory = directory.resolve()
    if directory.exists() and not _is_replaceable(directory):
        message = (
            f"{directory} exists and is not a Sellby report: choose another --out, or empty it"
        )
        raise AuditorError(message)
    formats = (*built_in_formats(templates).values(), *_load(plugins))
    directory.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
    try:
        _write(report, formats, fresh, earlier=directory)
        fresh.chmod(0o755)
        _swap(fresh, directory)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return directory / "index.html"


def _write(
    report: Report, formats: Sequence[ReportFormat], directory: Path, *, earlier: Path
) -> None:
    for page in report.pages:
        (directory / page.name).mkdir(exist_ok=True)
    ledger = Ledger.between(earlier, directory)
    html = next(each for each in formats if isinstance(each, HtmlReport))

    def is_kept(page: Page, page_id: str) -> bool:
        return page.is_kept and ledger.take_over(
            html.made_of_id(page, page_id, report.frame(page, page_id))
        )

    for sheet in report.sheets(without=is_kept):
        for each in formats:
            if not (isinstance(each, Keeping) and ledger.take_over(each.made_of(sheet))):
                each.write_page(sheet, directory)
    for each in formats:
        each.write_whole(report, directory)
    ledger.save()
    for page in report.pages:
        if not any((directory / page.name).iterdir()):
            (directory / page.name).rmdir()


def _is_replaceable(directory: Path) -> bool:
    return directory.is_dir() and ((directory / MARKER).is_file() or not any(directory.iterdir()))


def _swap(fresh: Path, directory: Path) -> None:
    if not directory.exists():
        fresh.rename(directory)
        return
    old = Path(mkdtemp(prefix=f".{directory.name}-old-", dir=directory.parent))
    directory.rename(old / "report")
    fresh.rename(directory)
    shutil.rmtree(old, ignore_errors=True)


def _load(names: Sequence[str]) -> list[ReportFormat]:
    formats: list[ReportFormat] = []
    for name in names:
        found = list(entry_points(group="sellby.reports", name=name))
        if not found:
            message = f"report format {name!r} is named in config.yaml but no package provides it"
            raise AuditorError(message)
        formats.append(found[0].load()())
    return formats

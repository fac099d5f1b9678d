"""Writes a report: all formats into a new directory, then one swap, so nobody reads half of it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from tempfile import mkdtemp

from auditor.errors import AuditorError
from auditor.report.html import HtmlReport
from auditor.report.interface import ReportFormat
from auditor.report.tables import CsvReport, JsonReport
from auditor.report.view import ReportView

MARKER = "report.json"


def built_in_formats(overrides: Path | None = None) -> Mapping[str, ReportFormat]:
    """The formats that come with Sellby, by name."""
    return {"html": HtmlReport(overrides), "csv": CsvReport(), "json": JsonReport()}


def write_report(
    view: ReportView,
    directory: Path,
    *,
    templates: Path | None = None,
    plugins: Sequence[str] = (),
) -> Path:
    """Write ``view`` in every format to ``directory`` and return its ``index.html``.

    An earlier report there is replaced as a whole; the directory is refused where it holds
    anything else. ``plugins`` names further formats from the entry points ``sellby.reports``.

    Raises AuditorError where the directory is not a report, OSError where the disk refuses.
    """
    directory = directory.resolve()
    if directory.exists() and not _is_replaceable(directory):
        message = (
            f"{directory} exists and is not a Sellby report: choose another --out, or empty it"
        )
        raise AuditorError(message)
    directory.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
    try:
        for report_format in (*built_in_formats(templates).values(), *_load(plugins)):
            report_format.write(view, fresh)
        fresh.chmod(0o755)
        _swap(fresh, directory)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return directory / "index.html"


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

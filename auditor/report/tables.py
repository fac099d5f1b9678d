"""The report as data: findings.csv, findings.json and report.json."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict, fields
from pathlib import Path

from auditor.plain import spreadsheet_cell
from auditor.report.view import FindingRow, ReportView, TaskRow

_COLUMNS = tuple(
    field.name
    for field in fields(FindingRow)
    if field.name
    not in ("href", "priority_parts", "history", "link", "edit_link", "three_way_links")
)


class CsvReport:
    """``findings.csv`` for spreadsheets: UTF-8 with BOM, no cell can be taken for a formula."""

    name = "csv"

    def write(self, view: ReportView, directory: Path) -> None:
        """Write ``findings.csv`` below ``directory``."""
        path = directory / "findings.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as handle:
            writer = csv.writer(handle)
            writer.writerow(_COLUMNS)
            for row in view.findings:
                writer.writerow([spreadsheet_cell(str(getattr(row, name))) for name in _COLUMNS])


class JsonReport:
    """``findings.json`` (the work list) and ``report.json`` (everything the pages show)."""

    name = "json"

    def write(self, view: ReportView, directory: Path) -> None:
        """Write both files below ``directory``; text is kept as crawled, escaped by JSON."""
        _dump(directory / "findings.json", [asdict(row) for row in view.findings])
        _dump(directory / "report.json", asdict(view) | {"tasks": [_task(t) for t in view.tasks]})


def _task(task: TaskRow) -> dict[str, object]:
    findings = [row.id for row in (task.first, *task.others)]
    return {"name": task.name, "size": task.size, "findings": findings}


def _dump(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=True, indent=1) + "\n", encoding="utf-8")

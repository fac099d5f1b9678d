"""The report seam: a view in, files out."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from auditor.report.view import ReportView


class ReportFormat(Protocol):
    """Writes one kind of report.

    Contract: writes only below ``directory`` (which exists and is empty or shared with the other
    formats), needs no network, and treats every text of the view as hostile.
    """

    name: str

    def write(self, view: ReportView, directory: Path) -> None:
        """Write ``view`` below ``directory``; raises OSError where the disk refuses."""
        ...

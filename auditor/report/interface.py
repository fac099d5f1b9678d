"""The report seam: pages in, files out."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from auditor.report.report import Report, Sheet


class ReportFormat(Protocol):
    """Writes one kind of report.

    Contract: writes only below ``directory`` (shared with the other formats, which may have
    made the folders of pages), needs no network, and treats every text of a page as hostile.
    Both methods raise OSError where the disk refuses.
    """

    name: str

    def write_page(self, sheet: Sheet, directory: Path) -> None:
        """Write one page; called for every page of the report, in order."""
        ...

    def write_whole(self, report: Report, directory: Path) -> None:
        """Write what is not one page's; called once, after the pages."""
        ...

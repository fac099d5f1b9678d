"""The report seam: pages in, files out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, runtime_checkable

from auditor.report.report import Report, Sheet


@runtime_checkable
class Keeping(Protocol):
    """What a format may know besides: which of its files would be the same as last night.

    A page whose files were all made of the same is not written; they are taken over from the
    earlier report. A format that does not know is given every page every night.
    """

    def made_of(self, sheet: Sheet) -> Mapping[str, str]:
        """The files that ``write_page`` writes for a page: a digest of all that decides each.

        By path below the directory. Equal digests promise equal files, byte for byte.
        """
        ...


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

"""What people read in the morning: the audit as a site, a spreadsheet and data."""

from auditor.report.build import Letterhead, build_view
from auditor.report.render import write_report

__all__ = ["Letterhead", "build_view", "write_report"]

"""What people read in the morning: the audit as a site, a spreadsheet and data."""

from auditor.report.render import write_report

__all__ = ["write_report"]

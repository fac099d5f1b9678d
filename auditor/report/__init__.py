"""What people read in the morning: the audit as a site, spreadsheets and data."""

from auditor.report.html import HtmlReport
from auditor.report.material import Material
from auditor.report.page import Page
from auditor.report.render import write_report
from auditor.report.report import Report, Sheet

__all__ = ["HtmlReport", "Material", "Page", "Report", "Sheet", "write_report"]

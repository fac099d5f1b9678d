"""The case for the work, from the company's own data: what stale facts cost staff and customers."""

from auditor.case.build import Case, build_case
from auditor.case.figures import Figure

__all__ = ["Case", "Figure", "build_case"]

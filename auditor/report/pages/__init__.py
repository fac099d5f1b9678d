"""The report's pages, in the order of the navigation; each is one file here and one template."""

from auditor.report.pages.case import CASE
from auditor.report.pages.coming import COMING
from auditor.report.pages.contacts import CONTACTS
from auditor.report.pages.finding import FINDING
from auditor.report.pages.fixed import FIXED
from auditor.report.pages.groups import GROUPS
from auditor.report.pages.health import HEALTH
from auditor.report.pages.overview import OVERVIEW
from auditor.report.pages.unjudged import UNJUDGED
from auditor.report.pages.work import WORK

__all__ = ["PAGES"]

PAGES = (
    OVERVIEW,
    WORK,
    GROUPS,
    HEALTH,
    UNJUDGED,
    FIXED,
    COMING,
    CONTACTS,
    CASE,
    FINDING,
)

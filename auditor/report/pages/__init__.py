"""The report's pages, in the order of the navigation; each is one file here and one template."""

from auditor.report.pages.case import CASE
from auditor.report.pages.coming import COMING
from auditor.report.pages.contacts import CONTACTS
from auditor.report.pages.copy import COPY
from auditor.report.pages.fixed import FIXED
from auditor.report.pages.groups import GROUPS
from auditor.report.pages.health import HEALTH
from auditor.report.pages.overview import OVERVIEW
from auditor.report.pages.people import PEOPLE
from auditor.report.pages.slices import GROUP, OWNER, SOURCE
from auditor.report.pages.task import TASK
from auditor.report.pages.trends import TRENDS
from auditor.report.pages.unjudged import UNJUDGED
from auditor.report.pages.work import WORK

__all__ = ["PAGES"]

PAGES = (
    OVERVIEW,
    WORK,
    GROUPS,
    PEOPLE,
    HEALTH,
    UNJUDGED,
    FIXED,
    COMING,
    CONTACTS,
    CASE,
    TRENDS,
    GROUP,
    OWNER,
    SOURCE,
    TASK,
    COPY,
)

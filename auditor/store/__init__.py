"""The auditor's store: catalogue, findings and audits in the same SQLite file as the snapshots.

SQL of the auditor lives in this package and nowhere else.
"""

from auditor.store.audits import (
    SAID_NOT_WRONG,
    AuditRecord,
    Audits,
    PageResult,
    ReasonCount,
    Tally,
)
from auditor.store.database import AuditStore
from auditor.store.findings import Filter, Findings

__all__ = [
    "SAID_NOT_WRONG",
    "AuditRecord",
    "AuditStore",
    "Audits",
    "Filter",
    "Findings",
    "PageResult",
    "ReasonCount",
    "Tally",
]

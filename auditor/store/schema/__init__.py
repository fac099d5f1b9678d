"""The auditor's tables: numbered, append-only migrations, one file each, applied in this order.

Decimals and instants are TEXT (plain decimal, ISO 8601 UTC with "Z"); a value is the JSON that
``auditor.values.codec`` writes. The schema is documented in docs/database.md.
"""

from __future__ import annotations

from sqlite_utils import Migrations

from auditor.store.schema.m001_catalogue import m001_catalogue
from auditor.store.schema.m002_findings import m002_findings
from auditor.store.schema.m003_feed_content import m003_feed_content
from auditor.store.schema.m004_overview import m004_overview
from auditor.store.schema.m005_profile_selectors import m005_profile_selectors
from auditor.store.schema.m006_trends import m006_trends
from auditor.store.schema.m007_feed_gates import m007_feed_gates
from auditor.store.schema.m008_signals import m008_signals
from auditor.store.schema.m009_feed_columns import m009_feed_columns
from auditor.store.schema.m010_tasks import m010_tasks
from auditor.store.schema.m011_contacts import m011_contacts
from auditor.store.schema.m012_truth_feed import m012_truth_feed
from auditor.store.schema.m013_desk import m013_desk
from auditor.store.schema.m014_notices import m014_notices
from auditor.store.schema.m015_finding_owner import m015_finding_owner
from auditor.store.schema.m016_standing import m016_standing
from auditor.store.schema.m017_counted import m017_counted
from auditor.store.schema.m018_feed_version import m018_feed_version

__all__ = ["migrations"]

migrations = Migrations("auditor")
for _migration in (
    m001_catalogue,
    m002_findings,
    m003_feed_content,
    m004_overview,
    m005_profile_selectors,
    m006_trends,
    m007_feed_gates,
    m008_signals,
    m009_feed_columns,
    m010_tasks,
    m011_contacts,
    m012_truth_feed,
    m013_desk,
    m014_notices,
    m015_finding_owner,
    m016_standing,
    m017_counted,
    m018_feed_version,
):
    migrations()(_migration)

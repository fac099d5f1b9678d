"""The snapshot store: every visit, each content once, in one SQLite file."""

from crawler.store.records import (
    CrawlRecord,
    KmsDocument,
    Listing,
    SourceState,
    StoredPage,
    Validators,
    Views,
    Visit,
)
from crawler.store.snapshots import SnapshotStore

__all__ = [
    "CrawlRecord",
    "KmsDocument",
    "Listing",
    "SnapshotStore",
    "SourceState",
    "StoredPage",
    "Validators",
    "Views",
    "Visit",
]

"""The crawler's errors.

CrawlerError
├── SourceError        a source cannot be started: bad URL, unreachable, refused credentials
└── StoreError         the snapshot database cannot be read or written
    ├── NewerDatabase  it was written by a newer Sellby
    └── DiskFull       no room left; what was committed stays
"""

from __future__ import annotations


class CrawlerError(Exception):
    """Base of every error the crawler raises on purpose; its text is for people."""


class SourceError(CrawlerError):
    """A source cannot be started."""


class StoreError(CrawlerError):
    """The snapshot database cannot be read or written."""


class NewerDatabase(StoreError):
    """The database was written by a newer Sellby than this one."""


class DiskFull(StoreError):
    """No room left on the disk; everything committed before stays."""

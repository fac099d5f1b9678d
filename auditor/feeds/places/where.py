"""What a feed's ``path`` means: a file, an address, a bucket, a server, a database."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from auditor.feeds.config import FeedConfig


class PlaceKind(StrEnum):
    """The kinds of places, a closed set."""

    FILE = "file"
    WEB = "http"
    S3 = "s3"
    SFTP = "sftp"
    SQL = "sql"


_KINDS = {"http": PlaceKind.WEB, "https": PlaceKind.WEB, "s3": PlaceKind.S3, "sftp": PlaceKind.SFTP}
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+)://", re.IGNORECASE)
GLOB = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an export is. ``shown`` is for people: no user, no password, no query."""

    kind: PlaceKind
    url: str
    shown: str

    @property
    def name(self) -> str:
        """The file's own name, as rows are told by; "" where the address has none."""
        return PurePosixPath(unquote(urlsplit(self.url).path)).name

    @property
    def is_glob(self) -> bool:
        """Whether several files may be meant, of which the newest is read."""
        return self.kind in (PlaceKind.FILE, PlaceKind.S3, PlaceKind.SFTP) and bool(
            GLOB & set(self.url)
        )


@dataclass(frozen=True, slots=True)
class Copy:
    """A remote export as a local file, unless it has the version that was asked about.

    ``written_at`` and ``version`` as in ``Exported``.
    """

    path: Path
    written_at: datetime | None
    version: str


def place_of(feed: FeedConfig) -> Place:
    """The place of a feed.

    >>> from auditor.feeds.config import FeedConfig
    >>> place_of(FeedConfig(path="https://u:p@erp.example/prices.csv?token=x")).shown
    'https://erp.example/prices.csv'
    """
    url = feed.path
    found = _SCHEME.match(url)
    if feed.format == "sql":
        return Place(PlaceKind.SQL, url, shown(url))
    kind = _KINDS.get(found[1].lower(), PlaceKind.FILE) if found else PlaceKind.FILE
    return Place(kind, url, url if kind is PlaceKind.FILE else shown(url))


def shown(url: str) -> str:
    """An address without what may be secret: user, password and query.

    >>> shown("postgresql+psycopg://reader:secret@erp.example:5432/erp?sslmode=require")
    'postgresql+psycopg://erp.example:5432/erp'
    """
    scheme, sep, rest = url.partition("://")
    host, slash, path = rest.partition("?")[0].partition("#")[0].partition("/")
    return f"{scheme}{sep}{host.rpartition('@')[2]}{slash}{path}"

"""AuditStore: one SQLite file, opened once, with a room for each kind of record."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.store.audits import Audits
from auditor.store.findings import Findings
from auditor.store.schema import migrations
from crawler.errors import StoreError
from crawler.store.connection import open_database, readable_errors, refuse_newer, transaction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from auditor.store.catalogue import CatalogueStore
    from auditor.store.contacts import Contacts
    from auditor.store.desk import Desk
    from auditor.store.notices import Notices
    from auditor.store.overview import Overview
    from auditor.store.profiles import Profiles
    from auditor.store.retention import Retention
    from auditor.store.schedule import Schedule
    from auditor.store.trends import Trends


class AuditStore:
    """The auditor's tables in the database at ``path``; a context manager.

    Raises crawler.errors.NewerDatabase, DiskFull or StoreError where the file cannot be used.
    With ``read_only`` nothing is created or migrated.

    >>> with AuditStore(":memory:") as store:
    ...     store.audits.latest() is None
    True
    """

    def __init__(self, path: Path | str, *, read_only: bool = False) -> None:
        self.path = Path(path)
        self.database = open_database(self.path, read_only=read_only)
        try:
            with readable_errors(self.path):
                refuse_newer(self.database, migrations, self.path)
                if not read_only:
                    migrations.apply(self.database)
                elif migrations.pending(self.database):
                    raise StoreError(
                        f"{self.path}: nothing was audited yet; run `sellby run` first"
                    )
        except BaseException:
            self.database.close()
            raise
        self._depth = 0

    def __enter__(self) -> AuditStore:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what was committed stays."""
        self.database.close()

    def version(self) -> int:
        """A number that is another as soon as another connection has written anything."""
        return int(self.database.execute("pragma data_version").fetchone()[0])

    @cached_property
    def findings(self) -> Findings:
        """Findings, the decisions on them, and the steps of their lives."""
        return Findings(self)

    @cached_property
    def audits(self) -> Audits:
        """Audits with what they judged and skipped, and incidents."""
        return Audits(self)

    @cached_property
    def overview(self) -> Overview:
        """What only all pages together show: cross-checks and remarks."""
        from auditor.store.overview import Overview

        return Overview(self)

    @cached_property
    def desk(self) -> Desk:
        """What stands between findings and people: clocks, asks, questions, flags."""
        from auditor.store.desk import Desk

        return Desk(self)

    @cached_property
    def profiles(self) -> Profiles:
        """What the selectors of site profiles matched."""
        from auditor.store.profiles import Profiles

        return Profiles(self)

    @cached_property
    def contacts(self) -> Contacts:
        """Tickets and calls."""
        from auditor.store.contacts import Contacts

        return Contacts(self)

    @cached_property
    def notices(self) -> Notices:
        """Messages to people, and what was told to whom."""
        from auditor.store.notices import Notices

        return Notices(self)

    @cached_property
    def retention(self) -> Retention:
        """What is evidence, and what may be forgotten."""
        from auditor.store.retention import Retention

        return Retention(self)

    @cached_property
    def schedule(self) -> Schedule:
        """What the truth's calendar says of the days ahead."""
        from auditor.store.schedule import Schedule

        return Schedule(self)

    @cached_property
    def trends(self) -> Trends:
        """What audits came to over time, what pages said before, the words around quotes."""
        from auditor.store.trends import Trends

        return Trends(self)

    @cached_property
    def catalogue(self) -> CatalogueStore:
        """Products, truths with their history, popularity, feed runs."""
        from auditor.store.catalogue import CatalogueStore

        return CatalogueStore(self.database)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction for everything written inside; all of it stays, or nothing.

        May be nested: the outermost commits.
        """
        if self._depth:
            yield
            return
        with readable_errors(self.path), transaction(self.database):
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1

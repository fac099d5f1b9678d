"""What one run over a knowledge base met, beside what was known before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.store import KmsDocument

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass
class Ledger:
    """Ids and addresses: ``known`` from earlier runs, the rest from this one.

    ``gone`` maps an id to why. ``swept`` says that the connector lists everything.
    """

    known: Mapping[str, KmsDocument] = field(default_factory=dict)
    seen: dict[str, KmsDocument] = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    swept: bool = False
    _homes: dict[str, str] = field(default_factory=dict)

    def see(self, document: KmsDocument) -> None:
        """A document that exists."""
        self.seen[document.id] = document
        self.gone.pop(document.id, None)
        self._homes[document.url] = document.id

    def keep(self, identity: str, url: str) -> None:
        """A document whose body came."""
        self.read.add(identity)
        self.failed.discard(identity)
        self._homes[url] = identity

    def lose(self, identity: str, why: str) -> None:
        """A document that the knowledge base says is deleted."""
        self.gone[identity] = why
        self.seen.pop(identity, None)

    def url_of(self, identity: str) -> str | None:
        """The present address of a document."""
        found = self.seen.get(identity) or self.known.get(identity)
        return found.url if found is not None else None

    def lived_in(self, url: str, *, by_other_than: str) -> bool:
        """Whether this run met another document at a URL."""
        home = self._homes.get(url)
        return home is not None and home != by_other_than and home not in self.gone

    def told(self) -> set[str]:
        """Known documents of whose deletion there is a note."""
        return set(self.known) & set(self.gone)

    def vanished(self) -> set[str]:
        """Known documents that a listing of everything left out without a note."""
        if not self.swept:
            return set()
        return set(self.known) - set(self.seen) - self.read - self.failed - set(self.gone)

    def readable(self) -> int:
        """How many documents may be read: as listed, or as known with what this run changed."""
        if self.swept:
            return len((set(self.seen) | self.read) - self.failed)
        there = set(self.known) | set(self.seen) | self.read
        return len(there - set(self.gone) - self.failed)

"""Which of a page's links are worth a request: filtered before any request object exists."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from crawler.documents.kinds import ending_kind
from crawler.frontier import Found, Kind
from crawler.urls import Traps, is_file, join, normalise, origin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from crawler.config import WebsiteSource
    from crawler.guard import Scope

# Spellings of links remembered, so that a page's menu costs nothing the second time.
_MET_LINKS = 300_000


class LinkFilter:
    """Turns links as they are written into URLs to be fetched; one per crawl.

    ``left_out`` counts the distinct links left out, by reason: ``scope``, ``file``, ``deny``,
    ``allow``, ``max_documents``, and the traps of ``crawler.urls.Traps``.
    """

    def __init__(self, source: WebsiteSource, scope: Scope, seen: Callable[[str], bool]) -> None:
        self.left_out: Counter[str] = Counter()
        self._scope = scope
        self._seen = seen
        self._drop = frozenset(source.drop_parameters)
        self._allow = [re.compile(pattern) for pattern in source.allow]
        self._deny = [re.compile(pattern) for pattern in source.deny]
        self._traps = Traps(source.limits)
        self._documents_left = source.limits.max_documents if source.documents else 0
        self._wants_documents = source.documents
        self._met: set[int] = set()
        self._rooted: dict[str, set[int]] = {}

    def new(self, links: Iterable[str], base: str, depth: int) -> list[Found]:
        """The links that lead to URLs not seen before, each once; ``depth`` is theirs."""
        met = self._met
        if len(met) > _MET_LINKS:
            met.clear()
            self._rooted.clear()
        root = origin(base)
        rooted = self._rooted.setdefault(root, set())
        folder = base[: base.rfind("/") + 1]
        found = []
        for href in links:
            # A menu is written alike on all pages: most links end here.
            if href[:1] == "/":
                key = hash(href)
                if key in rooted:
                    continue
                rooted.add(key)
            else:
                key = hash(_key(href, folder, base))
                if key in met:
                    continue
            met.add(key)
            url = join(base, href)
            entry = self.admit(url, depth) if url is not None else None
            if entry is not None:
                found.append(entry)
        return found

    def admit(self, url: str, depth: int) -> Found | None:
        """An absolute URL as an entry for the frontier, or None where it is left out or seen."""
        normal = normalise(url, drop=self._drop)
        if normal is None:
            return None
        admitted = self._scope.admitted(normal)
        if admitted is None:
            self.left_out["scope"] += 1
            return None
        if self._seen(admitted):
            return None
        reason = self.unwanted(admitted) or self._traps.reason(admitted, depth)
        if reason is None and self._wants_documents and ending_kind(admitted) is not None:
            self._documents_left -= 1
            reason = "max_documents" if self._documents_left < 0 else None
        if reason is not None:
            self.left_out[reason] += 1
            return None
        return Found(admitted, depth)

    def sitemap(self, url: str, nesting: int = 0) -> Found | None:
        """A sitemap's URL as an entry: anywhere on the source's hosts; None elsewhere, or seen."""
        normal = normalise(url)
        if normal is None:
            return None
        public = self._scope.public(normal)
        if self._scope.refusal(self._scope.fetched(public), whole_origin=True) is not None:
            self.left_out["scope"] += 1
            return None
        if self._seen(public):
            return None
        return Found(public, 1, Kind.SITEMAP, nesting=nesting)

    def public(self, url: str) -> str | None:
        """The normalised public URL of any URL in scope; None out of it."""
        normal = normalise(url, drop=self._drop)
        return None if normal is None else self._scope.admitted(normal)

    def unwanted(self, url: str) -> str | None:
        """Why the configuration or the file name rules a URL out, as a word; None where neither.

        Also asked for URLs of earlier nights: the configuration may have changed since.
        """
        if is_file(url) and not (self._wants_documents and ending_kind(url) is not None):
            return "file"
        if self._deny and any(pattern.search(url) for pattern in self._deny):
            return "deny"
        if self._allow and not any(pattern.search(url) for pattern in self._allow):
            return "allow"
        return None


def _key(href: str, folder: str, base: str) -> str:
    """What two links must share, as they are written, to lead to one URL."""
    if href[:1] == "?":
        return base + href
    return href if "://" in href else folder + href

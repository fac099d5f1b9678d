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
_NOTES = 5

_TRAPS = {
    "same_content": "addresses of {path} show the same page whatever their parameters are: name "
    "the parameter under `drop_parameters`, or the path under `deny`",
    "query_variants": "{path} has more than {most} addresses that differ in their parameters "
    "alone: `deny` those that are no pages of their own, or raise `limits.max_query_variants`",
    "calendar": "{path} has more than {most} addresses that differ in a date alone: `deny` them, "
    "or raise `limits.max_query_variants`",
}
_LIMITS = {
    "depth": "max_depth",
    "url_length": "max_url_length",
    "repeated_segments": "max_repeated_segments",
    "max_documents": "max_documents",
}


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
        self._limits = source.limits
        self.traps = Traps(source.limits)
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
        reason = self.unwanted(admitted) or self.traps.reason(admitted, depth)
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

    def notes(self) -> list[str]:
        """What was left out though it may be a page, in sentences that say what to do about it."""
        told = [
            f"{_TRAPS[word].format(most=self._limits.max_query_variants, path=path)}; "
            f"{number:,} more left out"
            for (word, path), number in sorted(self.traps.full.items())
        ]
        limits = [
            f"{self.left_out[word]:,} links left out: `limits.{limit}`"
            for word, limit in _LIMITS.items()
            if self.left_out[word]
        ]
        return told[:_NOTES] + limits

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


def leaves_out(source: WebsiteSource, url: str) -> bool:
    """Whether ``deny`` or ``allow`` keep a source from asking for a URL."""
    if any(re.search(pattern, url) for pattern in source.deny):
        return True
    return bool(source.allow) and not any(re.search(pattern, url) for pattern in source.allow)


def _key(href: str, folder: str, base: str) -> str:
    """What two links must share, as they are written, to lead to one URL."""
    if href[:1] == "?":
        return base + href
    return href if "://" in href else folder + href

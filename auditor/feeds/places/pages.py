"""Which page of an API comes next; pure, but for what it remembers of the pages before."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from auditor.errors import FeedError
from auditor.feeds.places.where import shown

if TYPE_CHECKING:
    from auditor.feeds.reach import Paging

MAX_PAGE = 50_000_000
"""Bytes of one page, which is read whole to find the next."""

_LINK = re.compile(r"<([^>]*)>([^,<]*)")


@dataclass(slots=True)
class Pages:
    """The addresses of an API's pages, one after the other.

    ``rows`` is the dotted path to a page's rows, ``place`` the API for people. A page that came
    before comes again where the server ignores the parameter: that is told, not read forever.
    """

    paging: Paging
    rows: str
    place: str
    _count: int = 0
    _number: int = 0
    _seen: set[bytes] = field(default_factory=set)

    def first(self, url: str) -> str:
        """The address of the first page."""
        paging = self.paging
        self._number = paging.first if paging.first is not None else int(paging.by == "page")
        wanted: dict[str, str] = {}
        if paging.by in ("page", "offset"):
            wanted[paging.parameter] = str(self._number)
        if paging.size is not None:
            wanted[paging.size_parameter] = str(paging.size)
        return _with(url, wanted)

    def after(self, url: str, headers: Mapping[str, str], body: bytes) -> str | None:
        """The address after the page ``body`` of ``url``; None where it was the last.

        Raises FeedError for a page that is no JSON, comes twice, or leads to another host.
        """
        self._count += 1
        page = self._read(body)
        rows = self._rows(page)
        paging = self.paging
        following: str | None = None
        match paging.by:
            case "next":
                following = self._next(url, headers, page)
            case "cursor":
                cursor = _at(page, paging.path)
                if isinstance(cursor, str | int) and cursor not in ("", False):
                    following = _with(url, {paging.parameter: str(cursor)})
            case "page":
                self._number += 1
            case "offset":
                self._number += rows
        if paging.by in ("page", "offset") and rows:
            following = _with(url, {paging.parameter: str(self._number)})
        if following is None:
            return None
        self._refuse_loops(body, rows)
        return following

    def _next(self, url: str, headers: Mapping[str, str], page: Any) -> str | None:
        found = _at(page, self.paging.path) if self.paging.path else _linked(headers)
        if not isinstance(found, str) or not found:
            return None
        target = urljoin(url, found)
        old, new = urlsplit(url), urlsplit(target)
        if (old.scheme, old.netloc) != (new.scheme, new.netloc):
            raise FeedError(
                f"{self.place}: page {self._count} leads to {shown(target)}, another host"
            )
        if target == url:
            raise FeedError(f"{self.place}: page {self._count} names itself as the next")
        return target

    def _read(self, body: bytes) -> Any:
        if len(body) > MAX_PAGE:
            raise FeedError(f"{self.place}: page {self._count} is larger than {MAX_PAGE:,} bytes")
        try:
            return json.loads(body)
        except (ValueError, RecursionError) as error:
            raise FeedError(f"{self.place}: page {self._count} is no JSON ({error})") from error

    def _rows(self, page: Any) -> int:
        rows = _at(page, self.rows) if self.rows else page
        if not isinstance(rows, list):
            where = f"at {self.rows!r}" if self.rows else "at its top; set `rows`"
            raise FeedError(f"{self.place}: page {self._count} has no list {where}")
        return len(rows)

    def _refuse_loops(self, body: bytes, rows: int) -> None:
        digest = hashlib.sha256(body).digest()
        if rows and digest in self._seen:
            raise FeedError(
                f"{self.place}: page {self._count} is the same as one before; is "
                f"`paging.parameter` {self.paging.parameter or self.paging.path!r} right?"
            )
        self._seen.add(digest)
        if self._count >= self.paging.max_pages:
            raise FeedError(
                f"{self.place} has more than {self.paging.max_pages:,} pages; raise "
                "`paging.max_pages` if that is right"
            )


def _at(page: Any, path: str) -> Any:
    """What stands at a dotted path; None where nothing does.

    >>> _at({"links": {"next": "/p2"}}, "links.next")
    '/p2'
    """
    for part in path.split("."):
        page = page.get(part) if isinstance(page, dict) else None
    return page


def _linked(headers: Mapping[str, str]) -> str | None:
    """The address that a Link header calls the next.

    >>> _linked({"link": '</a?page=1>; rel="prev", </a?page=3>; rel="next"'})
    '/a?page=3'
    """
    for address, attributes in _LINK.findall(headers.get("link", "")):
        if re.search(r'\brel\s*=\s*"?[^"]*\bnext\b', attributes):
            return str(address)
    return None


def _with(url: str, parameters: Mapping[str, str]) -> str:
    """The address with these parameters, each once.

    >>> _with("https://a.example/x?page=1&q=2", {"page": "3"})
    'https://a.example/x?q=2&page=3'
    """
    parts = urlsplit(url)
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name not in parameters
    ]
    return urlunsplit(parts._replace(query=urlencode([*kept, *parameters.items()])))

"""Confluence Cloud by its REST API v2.

There is no filter by date: an incremental run lists newest first and stops at what it knows. The
trash is listed too, so deletions show the next night. Bodies are ``view``: with macros rendered.

Source: https://developer.atlassian.com/cloud/confluence/rest/v2/ (pages, spaces).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crawler.kms.api import at, basic, bearer, get, instant, items, text
from crawler.kms.interface import Capabilities, Deletes, Document, Gone, Incremental, Problem
from crawler.kms.throttle import DIALECTS
from crawler.kms.walk import JsonConnector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from crawler.kms.interface import Event, Request, Response
    from crawler.kms.walk import Reader

PAGE_SIZE = 250
_SMALLEST_PAGE = 5
_LIMIT = re.compile(r"\blimit=(\d+)")


class ConfluenceCloud(JsonConnector):
    """``url`` is https://COMPANY.atlassian.net/wiki; ``user`` a mail address, ``token`` its token.

    Option ``spaces``: keys of the spaces to read; all that the account may see where absent.
    """

    name = "confluence_cloud"
    capabilities = Capabilities(Incremental.SORTED_DESCENDING, Deletes.FEED)
    throttle = DIALECTS["confluence"]
    options = frozenset({"spaces"})

    def listing(self, since: datetime | None) -> Iterable[Event]:
        """Pages of the spaces wanted; their keys have to be turned into ids first."""
        spaces = self.wanted("spaces")
        if spaces:
            yield get(
                f"{self.base}/api/v2/spaces", "spaces", {"keys": ",".join(spaces), "limit": 250}
            )
        else:
            yield from self._pages(None)

    def one(self, identity: str) -> Request:
        url = f"{self.base}/api/v2/pages/{identity}"
        return get(url, "page", {"body-format": "view"}, context={"id": identity})

    def readers(self) -> Mapping[str, Reader]:
        return {
            "spaces": self._spaces, "pages": self._listed, "trash": self._trash, "page": self._page
        }  # fmt: skip

    def sign(self, request: Request, token: str) -> Request:
        return (
            basic(request, self.access.user, token) if self.access.user else bearer(request, token)
        )

    def parse(self, response: Response) -> Iterator[Event]:
        """As ever; a listing that is too much for the server is asked for in smaller pages."""
        found = _LIMIT.search(response.request.url)
        if response.status >= 500 and found and int(found[1]) > _SMALLEST_PAGE:
            smaller = f"limit={max(_SMALLEST_PAGE, int(found[1]) // 2)}"
            url = _LIMIT.sub(smaller, response.request.url)
            yield replace(response.request, url=url)
            return
        yield from super().parse(response)

    def _pages(self, spaces: str | None) -> Iterator[Event]:
        common = {"space-id": spaces, "limit": PAGE_SIZE}
        url = f"{self.base}/api/v2/pages"
        order = "-modified-date" if self.since else "id"
        yield get(url, "pages", {**common, "status": "current", "sort": order})
        if self.since:
            yield get(url, "trash", {**common, "status": ["trashed", "archived"]})

    def _spaces(self, response: Response, answer: Any) -> Iterator[Event]:
        found = {text(space, "key") or "": text(space, "id") for space in items(answer, "results")}
        missing = [key for key in self.wanted("spaces") if not found.get(key)]
        if missing:
            names = ", ".join(missing)
            yield Problem("not_found", f"{self.base}: no space {names} to be seen", fatal=True)
            return
        yield from self._pages(",".join(str(each) for each in found.values()))

    def _listed(self, response: Response, answer: Any) -> Iterator[Event]:
        pages, done = items(answer, "results"), False
        for page in pages:
            identity, changed = text(page, "id"), instant(at(page, "version.createdAt"))
            if identity is None:
                continue
            if self.is_old(changed):
                done = True
                break
            url = self._web(page, answer, "webui") or f"{self.base}/pages/{identity}"
            yield from self.seen(identity, url, text(page, "version.number"))
        if not done:
            yield from self._next(response, answer, "pages")

    def _trash(self, response: Response, answer: Any) -> Iterator[Event]:
        for page in items(answer, "results"):
            identity = text(page, "id")
            if identity is not None and identity in self.known.versions:
                yield Gone(identity, f"{text(page, 'status') or 'trashed'} in Confluence")
        yield from self._next(response, answer, "trash")

    def _page(self, response: Response, answer: Any) -> Iterator[Event]:
        identity = response.request.context["id"]
        status = text(answer, "status") or "current"
        if status != "current":
            yield Gone(identity, f"{status} in Confluence")
            return
        body, title = at(answer, "body.view.value"), text(answer, "title")
        if not isinstance(body, str) or title is None:
            yield Problem("page", f"page {identity} came without its body", document=identity)
            return
        yield Document(
            id=identity,
            url=self._web(answer, answer, "webui") or f"{self.base}/pages/{identity}",
            title=title,
            body=body.encode("utf-8", "replace"),
            author=text(answer, "version.authorId"),
            owner=text(answer, "ownerId"),
            updated_at=instant(at(answer, "version.createdAt")),
            edit_url=self._web(answer, answer, "editui"),
        )

    def _next(self, response: Response, answer: Any, kind: str) -> Iterator[Event]:
        """The next page: a link relative to the site, sometimes to one without any result."""
        link = text(answer, "_links.next")
        if not link:
            return
        site = self.base.removesuffix("/wiki")
        url = link if link.startswith("http") else f"{site}{link}"
        if url == response.request.url:
            yield Problem("paging", f"{self.base}: the listing goes in a circle", fatal=True)
            return
        yield get(url, kind)

    def _web(self, page: Any, answer: Any, link: str) -> str | None:
        path = text(page, f"_links.{link}")
        base = text(answer, "_links.base") or self.base
        return f"{base}{path}" if path else None

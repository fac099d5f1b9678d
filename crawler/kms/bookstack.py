"""BookStack by its REST API.

The filter takes whole dates as midnight: a full instant is sent. Listed by id, so that an edit in
the middle of a listing shifts nothing. The recycle bin tells deletions, where it may be seen.

Source: BookStack's own API docs (/api/docs): pages, recycle-bin, listing endpoints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.kms.api import at, full_name, get, instant, items, text, with_headers
from crawler.kms.interface import Capabilities, Deletes, Document, Gone, Incremental, Problem
from crawler.kms.walk import JsonConnector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from crawler.kms.interface import Event, Request, Response
    from crawler.kms.walk import Reader

PAGE_SIZE = 500


class BookStack(JsonConnector):
    """``url`` is the wiki's base URL; ``user`` a token's id, ``token`` its secret."""

    name = "bookstack"
    capabilities = Capabilities(Incremental.FILTER, Deletes.FEED)

    def listing(self, since: datetime | None) -> Iterable[Event]:
        yield self._pages(0)
        if since is not None:
            yield get(f"{self.base}/api/recycle-bin", "bin", {"count": PAGE_SIZE})

    def one(self, identity: str) -> Request:
        return get(f"{self.base}/api/pages/{identity}", "page", context={"id": identity})

    def readers(self) -> Mapping[str, Reader]:
        return {"list": self._listed, "bin": self._bin, "page": self._page}

    def sign(self, request: Request, token: str) -> Request:
        return with_headers(request, Authorization=f"Token {self.access.user}:{token}")

    def parse(self, response: Response) -> Iterator[Event]:
        """As ever; without the right to see the recycle bin, full listings find deletions."""
        if response.request.kind != "bin" or response.status < 400:
            yield from super().parse(response)

    def _pages(self, offset: int) -> Request:
        since = f"{self.since:%Y-%m-%dT%H:%M:%S}Z" if self.since else None
        asked = {
            "filter[draft:eq]": 0,
            "filter[updated_at:gte]": since,
            "sort": "+id",
            "count": PAGE_SIZE,
            "offset": offset,
        }
        return get(f"{self.base}/api/pages", "list", asked, context={"offset": str(offset)})

    def _listed(self, response: Response, answer: Any) -> Iterator[Event]:
        pages = items(answer, "data")
        for page in pages:
            if identity := text(page, "id"):
                yield from self.seen(identity, self._address(page), text(page, "updated_at"))
        offset = int(response.request.context["offset"]) + len(pages)
        total = at(answer, "total")
        if pages and isinstance(total, int) and offset < total:
            yield self._pages(offset)

    def _bin(self, response: Response, answer: Any) -> Iterator[Event]:
        for entry in items(answer, "data"):
            if entry.get("deletable_type") == "page" and (gone := text(entry, "deletable_id")):
                yield Gone(gone, "in BookStack's recycle bin")

    def _page(self, response: Response, answer: Any) -> Iterator[Event]:
        identity = response.request.context["id"]
        html, title = at(answer, "html"), text(answer, "name")
        if at(answer, "draft"):
            yield Gone(identity, "a draft, not published")
            return
        if not isinstance(html, str) or title is None:
            yield Problem("page", f"page {identity} came without its HTML", document=identity)
            return
        url = self._address(answer)
        yield Document(
            id=identity,
            url=url,
            title=title,
            body=html.encode("utf-8", "replace"),
            author=full_name(answer, "updated_by"),
            owner=full_name(answer, "owned_by"),
            updated_at=instant(at(answer, "updated_at")),
            edit_url=f"{url}/edit" if "/page/" in url else None,
        )

    def _address(self, page: Any) -> str:
        book, slug = text(page, "book_slug"), text(page, "slug")
        if book and slug:
            return f"{self.base}/books/{book}/page/{slug}"
        return f"{self.base}/link/{text(page, 'id')}"

"""Freshdesk Solutions by its REST API v2.

Categories hold folders, folders hold articles, and nothing says what changed: everything is listed
each night, bodies included. Requests that fail count against the account's limit like any other.

Source: https://developers.freshdesk.com/api/#solutions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.kms.api import at, basic, get, instant, number, text
from crawler.kms.interface import (
    Capabilities,
    Deletes,
    Document,
    Gone,
    Incremental,
    Problem,
    Seen,
    Sweep,
)
from crawler.kms.walk import JsonConnector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from crawler.kms.interface import Event, Known, Request, Response
    from crawler.kms.walk import Reader

PAGE_SIZE = 100
_PUBLISHED = 2


class Freshdesk(JsonConnector):
    """``url`` is https://COMPANY.freshdesk.com; ``token`` an agent's API key.

    Option ``language``: a translation, such as ``de``; the account's own where absent.
    """

    name = "freshdesk"
    capabilities = Capabilities(Incremental.NONE, Deletes.LISTING, body_in_listing=True, views=True)
    options = frozenset({"language"})

    def start(self, known: Known) -> Iterable[Event]:
        """Everything, every time."""
        self.known = known
        if known.only:
            yield from map(self.one, known.only)
            return
        yield Sweep()
        yield from self.listing(None)

    def listing(self, since: datetime | None) -> Iterable[Event]:
        yield self._get("categories", "categories")

    def one(self, identity: str) -> Request:
        return self._get(f"articles/{identity}", "article", context={"id": identity})

    def readers(self) -> Mapping[str, Reader]:
        return {
            "categories": self._categories,
            "folders": self._folders,
            "list": self._listed,
            "article": self._article,
        }

    def sign(self, request: Request, token: str) -> Request:
        return basic(request, token, "X")

    def _get(self, path: str, kind: str, page: int = 1, **more: Any) -> Request:
        language = self.option("language")
        tail = f"/{language}" if language else ""
        url = f"{self.base}/api/v2/solutions/{path}{tail}"
        about = {"path": path, "page": str(page), **more.get("context", {})}
        asked = {} if kind == "article" else {"page": page, "per_page": PAGE_SIZE}
        return get(url, kind, asked, context=about)

    def _categories(self, response: Response, answer: Any) -> Iterator[Event]:
        for category in _list(answer):
            yield self._get(f"categories/{category.get('id')}/folders", "folders")
        yield from self._more(response, answer)

    def _folders(self, response: Response, answer: Any) -> Iterator[Event]:
        for folder in _list(answer):
            yield self._get(f"folders/{folder.get('id')}/articles", "list")
            if number(folder, "sub_folders_count"):
                yield self._get(f"folders/{folder.get('id')}/subfolders", "folders")
        yield from self._more(response, answer)

    def _listed(self, response: Response, answer: Any) -> Iterator[Event]:
        for article in _list(answer):
            yield from self._told(article)
        yield from self._more(response, answer)

    def _article(self, response: Response, answer: Any) -> Iterator[Event]:
        yield from self._told(answer if isinstance(answer, dict) else {})

    def _more(self, response: Response, answer: Any) -> Iterator[Event]:
        """A full page may have a next one: there is no total."""
        about = response.request.context
        if len(_list(answer)) >= PAGE_SIZE:
            yield self._get(about["path"], response.request.kind, int(about["page"]) + 1)

    def _told(self, article: dict[str, Any]) -> Iterator[Event]:
        identity, title = text(article, "id"), text(article, "title")
        if identity is None or title is None:
            yield Problem("article", f"{self.base}: an article without id or title")
            return
        if article.get("status") != _PUBLISHED:
            yield Gone(identity, "a draft, not published")
            return
        language, views = self.option("language"), number(article, "hits")
        part = f"{language}/" if language else ""
        url = f"{self.base}/{part}support/solutions/articles/{identity}"
        yield Seen(identity, url, text(article, "updated_at"), views)
        yield Document(
            id=identity,
            url=url,
            title=title,
            body=(text(article, "description") or "").encode("utf-8", "replace"),
            author=text(article, "agent_id"),
            updated_at=instant(at(article, "updated_at")),
            edit_url=f"{self.base}/a/solutions/articles/{identity}/edit",
            language=language or None,
            views=views,
        )


def _list(answer: Any) -> list[dict[str, Any]]:
    return [each for each in answer if isinstance(each, dict)] if isinstance(answer, list) else []

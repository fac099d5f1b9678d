"""Intercom Articles by its REST API.

The list is newest first and has no filter: an incremental run stops at what it knows, and
``pages.next`` may be a URL or an object. Translations are documents of their own. View counts come
only with a single article, as when one is read again.

Source: github.com/intercom/Intercom-OpenAPI, 2.14 (articles, admins).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from crawler.kms.api import at, get, instant, items, number, text
from crawler.kms.interface import (
    Capabilities,
    Deletes,
    Document,
    Gone,
    Incremental,
    Problem,
    Seen,
)
from crawler.kms.throttle import DIALECTS
from crawler.kms.walk import JsonConnector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from crawler.kms.interface import Event, Request, Response
    from crawler.kms.walk import Reader

PAGE_SIZE = 100


class Intercom(JsonConnector):
    """``url`` is https://api.intercom.io (or api.eu., api.au.); ``token`` an app's access token."""

    name = "intercom"
    capabilities = Capabilities(
        Incremental.SORTED_DESCENDING, Deletes.LISTING, body_in_listing=True, views=True
    )
    throttle = DIALECTS["intercom"]
    headers: ClassVar[Mapping[str, str]] = {
        "Intercom-Version": "2.14",
        "Accept": "application/json",
    }

    def prepare(self) -> None:
        self._names: dict[str, str] = {}

    def listing(self, since: datetime | None) -> Iterable[Event]:
        yield get(f"{self.base}/admins", "admins")
        yield self._page(1)

    def one(self, identity: str) -> Request:
        article = identity.partition("@")[0]
        return get(f"{self.base}/articles/{article}", "article", context={"id": identity})

    def readers(self) -> Mapping[str, Reader]:
        return {"admins": self._admins, "list": self._listed, "article": self._article}

    def parse(self, response: Response) -> Iterator[Event]:
        """As ever; without the right to see admins, authors stay numbers."""
        if response.request.kind != "admins" or response.status < 400 or response.status == 401:
            yield from super().parse(response)

    def _page(self, page: int) -> Request:
        asked = {"page": page, "per_page": PAGE_SIZE}
        return get(f"{self.base}/articles", "list", asked, context={"page": str(page)})

    def _admins(self, response: Response, answer: Any) -> Iterator[Event]:
        for admin in items(answer, "admins"):
            self._names[text(admin, "id") or ""] = text(admin, "name") or ""
        return iter(())

    def _listed(self, response: Response, answer: Any) -> Iterator[Event]:
        articles = items(answer, "data")
        for article in articles:
            if self.is_old(instant(article.get("updated_at"))):
                return
            yield from self._told(article)
        following = at(answer, "pages.next")
        if not articles or not following:
            return
        if isinstance(following, str):
            yield get(following, "list")
        elif after := text(following, "starting_after"):
            asked = {"starting_after": after, "per_page": PAGE_SIZE}
            yield get(f"{self.base}/articles", "list", asked)
        else:
            yield self._page(int(response.request.context.get("page", "1")) + 1)

    def _article(self, response: Response, answer: Any) -> Iterator[Event]:
        yield from self._told(answer if isinstance(answer, dict) else {})

    def _told(self, article: dict[str, Any]) -> Iterator[Event]:
        """An article in its own language, and its published translations."""
        identity = text(article, "id")
        if identity is None:
            yield Problem("article", f"{self.base}: an article without an id")
            return
        own = text(article, "default_locale")
        yield from self._version(identity, article, article, own)
        translated = at(article, "translated_content")
        for locale, content in (translated if isinstance(translated, dict) else {}).items():
            if isinstance(content, dict) and locale not in ("type", own):
                yield from self._version(f"{identity}@{locale}", article, content, locale)

    def _version(
        self, identity: str, article: dict[str, Any], content: dict[str, Any], locale: str | None
    ) -> Iterator[Event]:
        url, title, body = text(content, "url"), text(content, "title"), content.get("body")
        if content.get("state") != "published" or url is None or title is None:
            yield Gone(identity, "not published")
            return
        changed = content.get("updated_at") or article.get("updated_at")
        author = text(content, "author_id") or text(article, "author_id") or ""
        workspace = text(article, "workspace_id")
        where = f"apps/{workspace}/articles/articles/{article.get('id')}/show"
        yield Seen(identity, url, str(changed))
        yield Document(
            id=identity,
            url=url,
            title=title,
            body=(body if isinstance(body, str) else "").encode("utf-8", "replace"),
            author=self._names.get(author) or author or None,
            updated_at=instant(changed),
            edit_url=f"https://app.intercom.com/a/{where}" if workspace else None,
            language=locale,
            views=number(article, "statistics.views"),
        )

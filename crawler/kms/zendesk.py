"""Zendesk Guide by the Help Center API.

The incremental export tells of any change of an article's data, not of its text only, and needs an
agent; where it is refused, everything is listed. Archived articles just vanish from the listing.

Source: https://developer.zendesk.com/api-reference/help_center/help-center-api/articles/,
incremental exports of articles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.kms.api import at, basic, bearer, get, instant, items, text
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

    from crawler.kms.interface import Event, Request, Response
    from crawler.kms.walk import Reader

PAGE_SIZE = 100


class Zendesk(JsonConnector):
    """``url`` is https://COMPANY.zendesk.com; ``user`` an agent's mail address, ``token`` a token.

    A token alone is an OAuth access token. Option ``locales``: translations to read, such as
    ``[en-us, de]``; the help center's default where absent. Another brand is another source.
    """

    name = "zendesk"
    capabilities = Capabilities(Incremental.FILTER, Deletes.LISTING, body_in_listing=True)
    options = frozenset({"locales"})

    def prepare(self) -> None:
        self._names: dict[str, str] = {}

    def listing(self, since: datetime | None) -> Iterable[Event]:
        if since is None:
            yield from self._whole()
            return
        asked = {"start_time": int(since.timestamp()), "include": "users"}
        yield get(f"{self.base}/api/v2/help_center/incremental/articles", "changes", asked)

    def one(self, identity: str) -> Request:
        number, _, locale = identity.partition("@")
        url = f"{self.base}/api/v2/help_center/{locale}/articles/{number}"
        return get(url, "article", {"include": "users"}, context={"id": identity})

    def readers(self) -> Mapping[str, Reader]:
        return {"list": self._listed, "changes": self._changes, "article": self._article}

    def sign(self, request: Request, token: str) -> Request:
        user = self.access.user
        return basic(request, f"{user}/token", token) if user else bearer(request, token)

    def parse(self, response: Response) -> Iterator[Event]:
        """As ever; an account that is no agent has to list everything."""
        if response.request.kind == "changes" and response.status == 403:
            self.since = None
            yield Sweep()
            yield from self._whole()
            return
        yield from super().parse(response)

    def _whole(self) -> Iterator[Event]:
        asked = {"page[size]": PAGE_SIZE, "include": "users"}
        for locale in self.wanted("locales") or [""]:
            part = f"{locale.lower()}/" if locale else ""
            yield get(f"{self.base}/api/v2/help_center/{part}articles", "list", asked)

    def _listed(self, response: Response, answer: Any) -> Iterator[Event]:
        self._meet(answer)
        for article in items(answer, "articles"):
            yield from self._told(article)
        if at(answer, "meta.has_more") and (url := text(answer, "links.next")):
            yield get(url, "list")

    def _changes(self, response: Response, answer: Any) -> Iterator[Event]:
        self._meet(answer)
        locales = [locale.lower() for locale in self.wanted("locales")]
        for article in items(answer, "articles"):
            if not locales or [str(article.get("locale")).lower()] == locales:
                yield from self._told(article)
                continue
            for locale in locales:
                yield self.one(f"{article.get('id')}@{locale}")
        url = text(answer, "next_page")
        if url and items(answer, "articles") and url != response.request.url:
            yield get(url, "changes")

    def _article(self, response: Response, answer: Any) -> Iterator[Event]:
        identity = response.request.context["id"]
        self._meet(answer)
        article = at(answer, "article")
        if not isinstance(article, dict):
            yield Problem("article", f"article {identity} came without data", document=identity)
            return
        yield from self._told(article)

    def _meet(self, answer: Any) -> None:
        for user in items(answer, "users"):
            self._names[str(user.get("id"))] = text(user, "name") or ""

    def _told(self, article: dict[str, Any]) -> Iterator[Event]:
        locale = (text(article, "locale") or "").lower()
        identity, url = f"{article.get('id')}@{locale}", text(article, "html_url")
        if article.get("draft"):
            yield Gone(identity, "a draft, not published")
            return
        title, body = text(article, "title"), article.get("body")
        if url is None or title is None:
            yield Problem("article", f"article {identity} has no URL or title", document=identity)
            return
        edited = instant(article.get("edited_at")) or instant(article.get("updated_at"))
        yield Seen(identity, url, text(article, "updated_at"))
        author = text(article, "author_id")
        yield Document(
            id=identity,
            url=url,
            title=title,
            body=(body if isinstance(body, str) else "").encode("utf-8", "replace"),
            author=self._names.get(author or "") or author,
            updated_at=edited,
            edit_url=f"{self.base}/knowledge/articles/{article.get('id')}/{locale}",
            language=_language(locale),
        )


def _language(locale: str) -> str | None:
    """``en-us`` as BCP 47 writes it: ``en-US``."""
    language, _, region = locale.partition("-")
    return f"{language}-{region.upper()}" if region else language or None

"""Notion by its public API.

Search is sorted by the last edit and incomplete by Notion's own word: name the data sources (wikis,
databases) to be read whole. Text comes as Markdown. Minutes are all that ``last_edited_time`` has.

Source: npm @notionhq/notion-mcp-server, scripts/notion-openapi.json; developers.notion.com.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from crawler.kms.api import at, full_name, get, instant, iso, items, post, text
from crawler.kms.interface import (
    Capabilities,
    Deletes,
    Document,
    Gone,
    Incremental,
    Problem,
    Verification,
)
from crawler.kms.walk import JsonConnector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from crawler.kms.interface import Event, Request, Response
    from crawler.kms.walk import Reader

PAGE_SIZE = 100
_NEWEST = {"timestamp": "last_edited_time", "direction": "descending"}
_STATES = {
    "verified": Verification.VERIFIED,
    "unverified": Verification.UNVERIFIED,
    "expired": Verification.EXPIRED,
}


class Notion(JsonConnector):
    """``url`` is https://api.notion.com; ``token`` an integration's secret, connected to the pages.

    Option ``data_sources``: ids of those to read whole; what search shows where absent.
    """

    name = "notion"
    capabilities = Capabilities(
        Incremental.SORTED_DESCENDING, Deletes.LISTING, review_metadata=True, markdown=True
    )
    options = frozenset({"data_sources"})
    headers: ClassVar[Mapping[str, str]] = {"Notion-Version": "2025-09-03"}

    def listing(self, since: datetime | None) -> Iterable[Event]:
        for source in self.wanted("data_sources") or [""]:
            yield self._list(source, None)

    def one(self, identity: str) -> Request:
        return get(f"{self.base}/v1/pages/{identity}", "page", context={"id": identity})

    def readers(self) -> Mapping[str, Reader]:
        return {"list": self._listed, "page": self._page, "text": self._text}

    def _list(self, source: str, cursor: str | None) -> Request:
        body: dict[str, object] = {"page_size": PAGE_SIZE}
        if cursor:
            body["start_cursor"] = cursor
        if source:
            if self.since is not None:
                edited = {"on_or_after": iso(self.since)}
                body["filter"] = {"timestamp": "last_edited_time", "last_edited_time": edited}
            url = f"{self.base}/v1/data_sources/{source}/query"
            return post(url, "list", body, context={"source": source})
        body |= {"sort": _NEWEST, "filter": {"property": "object", "value": "page"}}
        return post(f"{self.base}/v1/search", "list", body)

    def _listed(self, response: Response, answer: Any) -> Iterator[Event]:
        for page in items(answer, "results"):
            changed = instant(page.get("last_edited_time"))
            if self.is_old(changed):
                return
            identity, url = text(page, "id"), _address(page)
            if page.get("in_trash") or page.get("archived"):
                yield Gone(identity or "", "in Notion's trash")
            elif identity and url:
                yield from self.seen(identity, url, text(page, "last_edited_time"))
        after = text(answer, "next_cursor")
        if at(answer, "has_more") and after:
            yield self._list(response.request.context.get("source", ""), after)

    def _page(self, response: Response, answer: Any) -> Iterator[Event]:
        identity = response.request.context["id"]
        if at(answer, "in_trash") or at(answer, "archived"):
            yield Gone(identity, "in Notion's trash")
            return
        if _address(answer) is None:
            yield Problem("page", f"page {identity} came without its URL", document=identity)
            return
        properties = items(answer, "properties")
        checked = next((each for each in properties if each.get("type") == "verification"), {})
        owner = next((each for each in properties if each.get("type") == "people"), {})
        about = {
            "id": identity,
            "url": _address(answer),
            "title": _title(properties),
            "edit_url": text(answer, "url"),
            "author": full_name(answer, "last_edited_by"),
            "owner": full_name(owner, "people.0"),
            "updated": text(answer, "last_edited_time"),
            "state": text(checked, "verification.state"),
            "reviewed": text(checked, "verification.date.start"),
            "valid_to": text(checked, "verification.date.end"),
        }
        url = f"{self.base}/v1/pages/{identity}/markdown"
        yield get(url, "text", context=about, first=True)

    def _text(self, response: Response, answer: Any) -> Iterator[Event]:
        about = response.request.context
        body = text(answer, "markdown")
        if body is None and at(answer, "markdown") != "":
            yield Problem("page", f"{about['url']}: no Markdown came", document=about["id"])
            return
        yield Document(
            id=about["id"],
            url=about["url"],
            title=about.get("title") or "Untitled",
            body=(body or "").encode("utf-8", "replace"),
            media_type="text/markdown",
            author=about.get("author"),
            owner=about.get("owner"),
            updated_at=instant(about.get("updated")),
            reviewed_at=instant(about.get("reviewed")),
            edit_url=about.get("edit_url"),
            valid_to=instant(about.get("valid_to")),
            verification=_STATES.get(about.get("state", "")),
        )


def _address(page: Any) -> str | None:
    """Where readers open it: the published site's address where there is one."""
    return text(page, "public_url") or text(page, "url")


def _title(properties: list[dict[str, Any]]) -> str | None:
    for each in properties:
        if each.get("type") == "title":
            return "".join(text(part, "plain_text") or "" for part in items(each, "title")) or None
    return None

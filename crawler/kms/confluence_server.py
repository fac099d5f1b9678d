"""Confluence Data Center (and Server, 7 and later) by its REST API.

``lastmodified`` in CQL is in minutes and in the zone of whoever asks: a run reads 26 hours before
its cursor again. The server caps the size of a page and then under-counts ``start`` in its own
``next`` link, so the next start is counted from what came.

Source: https://docs.atlassian.com/atlassian-confluence/REST/latest/, CQL reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.kms.api import at, basic, bearer, full_name, get, instant, items, text
from crawler.kms.interface import Capabilities, Deletes, Document, Gone, Incremental, Problem
from crawler.kms.throttle import DIALECTS
from crawler.kms.walk import ZONE_OVERLAP, JsonConnector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from crawler.kms.interface import Event, Request, Response
    from crawler.kms.walk import Reader

PAGE_SIZE = 200


class ConfluenceServer(JsonConnector):
    """``url`` is the base URL; ``token`` a personal access token, with ``user`` a password.

    Option ``spaces``: keys of the spaces to read; all that the account may see where absent.
    """

    name = "confluence_server"
    capabilities = Capabilities(Incremental.FILTER, Deletes.LISTING)
    throttle = DIALECTS["confluence"]
    options = frozenset({"spaces"})
    overlap = ZONE_OVERLAP

    def listing(self, since: datetime | None) -> Iterable[Event]:
        query = ["type = page"]
        if spaces := self.wanted("spaces"):
            keys = ", ".join(f'"{key.replace(chr(34), "")}"' for key in spaces)
            query.append(f"space in ({keys})")
        if since is not None:
            query.append(f'lastmodified >= "{since:%Y-%m-%d %H:%M}"')
        yield self._search(f"{' and '.join(query)} order by created asc", 0)

    def one(self, identity: str) -> Request:
        expand = {"expand": "body.view,version,history,space", "status": "any"}
        url = f"{self.base}/rest/api/content/{identity}"
        return get(url, "page", expand, context={"id": identity})

    def readers(self) -> Mapping[str, Reader]:
        return {"search": self._listed, "page": self._page}

    def sign(self, request: Request, token: str) -> Request:
        return (
            basic(request, self.access.user, token) if self.access.user else bearer(request, token)
        )

    def _search(self, cql: str, start: int) -> Request:
        asked = {"cql": cql, "expand": "version", "limit": PAGE_SIZE, "start": start}
        url = f"{self.base}/rest/api/content/search"
        return get(url, "search", asked, context={"cql": cql, "start": str(start)})

    def _listed(self, response: Response, answer: Any) -> Iterator[Event]:
        pages = items(answer, "results")
        for page in pages:
            if identity := text(page, "id"):
                yield from self.seen(identity, self._web(page, answer), _version(page))
        if pages and text(answer, "_links.next"):
            about = response.request.context
            yield self._search(about["cql"], int(about["start"]) + len(pages))

    def _page(self, response: Response, answer: Any) -> Iterator[Event]:
        identity = response.request.context["id"]
        if (status := text(answer, "status") or "current") != "current":
            yield Gone(identity, f"{status} in Confluence")
            return
        body, title = at(answer, "body.view.value"), text(answer, "title")
        if not isinstance(body, str) or title is None:
            yield Problem("page", f"page {identity} came without its body", document=identity)
            return
        edit = text(answer, "_links.edit") or f"/pages/editpage.action?pageId={identity}"
        yield Document(
            id=identity,
            url=self._web(answer, answer),
            title=title,
            body=body.encode("utf-8", "replace"),
            author=full_name(answer, "version.by"),
            owner=full_name(answer, "history.createdBy"),
            updated_at=instant(at(answer, "version.when")),
            edit_url=f"{self._site(answer)}{edit}",
        )

    def _site(self, answer: Any) -> str:
        return text(answer, "_links.base") or self.base

    def _web(self, page: Any, answer: Any) -> str:
        path = text(page, "_links.webui") or f"/pages/viewpage.action?pageId={text(page, 'id')}"
        return f"{self._site(answer)}{path}"


def _version(page: Any) -> str | None:
    return text(page, "version.number")

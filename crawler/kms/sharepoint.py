"""SharePoint pages and documents, OneDrive too, by Microsoft Graph.

Documents of a drive are followed by ``delta``, which tells deletions; a delta link that has grown
too old (410) means everything is listed anew. Pages have no delta: they are listed each time, their
bodies read where their eTag changed. One page with a damaged canvas makes the list with bodies fail
as a whole, so bodies are asked for page by page.

Source: https://learn.microsoft.com/graph/api/driveitem-delta, sitepage-list, throttling.
"""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any

from crawler.errors import SourceError
from crawler.kms.api import at, full_name, get, instant, items, text
from crawler.kms.interface import (
    Capabilities,
    Cursor,
    Deletes,
    Document,
    Gone,
    Incremental,
    Known,
    Problem,
    Request,
    Response,
    Seen,
    Sweep,
)
from crawler.kms.walk import JsonConnector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from crawler.kms.interface import Event
    from crawler.kms.walk import Reader

_ITEM = "id,name,webUrl,eTag,cTag,size,file,deleted,lastModifiedDateTime,lastModifiedBy,createdBy"
# What a reader opens and an auditor can read; pictures, films and archives are left out.
_READ = (".pdf", ".docx", ".xlsx", ".html", ".htm", ".md", ".txt", ".csv")


class SharePoint(JsonConnector):
    """``url`` is https://graph.microsoft.com/v1.0; ``sign_in`` of kind oauth2 (app-only).

    Options: ``sites`` (``contoso.sharepoint.com:/sites/service`` or ids), ``drives`` (ids; else all
    of the sites), ``pages`` and ``documents`` (true).
    """

    name = "sharepoint"
    capabilities = Capabilities(Incremental.DELTA, Deletes.FEED)
    options = frozenset({"sites", "drives", "pages", "documents"})

    def prepare(self) -> None:
        self._links: dict[str, str] = {}
        self._complete = True
        if not self.wanted("sites") and not self.wanted("drives"):
            raise SourceError("sharepoint: name at least one of options.sites, options.drives")

    def start(self, known: Known) -> Iterable[Event]:
        """Delta links of the last run where they still serve; pages are listed each time."""
        self.known = known
        if known.only:
            yield from map(self.one, known.only)
            return
        if known.full_sweep or not known.cursor:
            yield Sweep()
        else:
            self._links = _object(known.cursor)
        for site in self.wanted("sites"):
            if self.option("pages", "true").lower() != "false":
                url = f"{self.base}/sites/{site}/pages/microsoft.graph.sitePage"
                asked = {"$top": 100, "$select": "id,title,webUrl,eTag,publishingState"}
                yield get(url, "pages", asked, context={"site": site})
            if self._reads_documents() and not self.wanted("drives"):
                asked = {"$select": "id,name"}
                yield get(f"{self.base}/sites/{site}/drives", "drives", asked)
        for drive in self.wanted("drives"):
            if self._reads_documents():
                yield self._delta(drive)
        if self._links:
            yield from map(self.one, known.retry)

    def one(self, identity: str) -> Request:
        kind, place, number = identity.split("|", 2)
        about = {"id": identity}
        if kind == "page":
            url = f"{self.base}/sites/{place}/pages/{number}/microsoft.graph.sitePage"
            return get(url, "page", {"$expand": "canvasLayout"}, context=about)
        return get(f"{self.base}/drives/{place}/items/{number}", "item", context=about)

    def readers(self) -> Mapping[str, Reader]:
        return {
            "pages": self._pages,
            "page": self._page,
            "drives": self._drives,
            "delta": self._changes,
            "item": self._item,
            "file": self._file,
        }

    def parse(self, response: Response) -> Iterator[Event]:
        """As ever; an outdated delta link lists everything, a file is no JSON."""
        request = response.request
        if request.kind == "delta" and response.status == 410:
            drive = request.context["drive"]
            self._links.pop(drive, None)
            yield Sweep()
            yield from (self._delta(each) for each in [drive])
            yield from self._others(drive)
            return
        yield from super().parse(response)

    def read(self, response: Response) -> Any | Problem | Gone:
        if response.request.kind == "file" and response.status < 400:
            return None
        return super().read(response)

    def _cursor(self, response: Response) -> Iterator[Event]:
        return iter(())

    def _reads_documents(self) -> bool:
        return self.option("documents", "true").lower() != "false"

    def _others(self, drive: str) -> Iterator[Event]:
        """A sweep has to list the other drives whole too."""
        others = [each for each in self._links if each != drive]
        self._links.clear()
        yield from map(self._delta, others)

    # Pages --------------------------------------------------------------------------------------

    def _pages(self, response: Response, answer: Any) -> Iterator[Event]:
        site = response.request.context["site"]
        for page in items(answer, "value"):
            identity, url = f"page|{site}|{page.get('id')}", text(page, "webUrl")
            level = text(page, "publishingState.level")
            if url is not None and level in (None, "published"):
                yield from self.seen(identity, url, text(page, "eTag"))
        if more := text(answer, "@odata.nextLink"):
            yield get(more, "pages", context={"site": site})

    def _page(self, response: Response, answer: Any) -> Iterator[Event]:
        identity = response.request.context["id"]
        url, title = text(answer, "webUrl"), text(answer, "title")
        if url is None or title is None:
            yield Problem("page", f"{identity}: no URL or title", document=identity)
            return
        yield Seen(identity, url, text(answer, "eTag"))
        yield Document(
            id=identity,
            url=url,
            title=title,
            body=_canvas(answer).encode("utf-8", "replace"),
            author=full_name(answer, "lastModifiedBy.user"),
            owner=full_name(answer, "createdBy.user"),
            updated_at=instant(at(answer, "lastModifiedDateTime")),
            edit_url=f"{url}?Mode=Edit",
        )

    # Documents ----------------------------------------------------------------------------------

    def _drives(self, response: Response, answer: Any) -> Iterator[Event]:
        for drive in items(answer, "value"):
            if identity := text(drive, "id"):
                yield self._delta(identity)
        if more := text(answer, "@odata.nextLink"):
            yield get(more, "drives")

    def _delta(self, drive: str) -> Request:
        url = self._links.get(drive)
        about = {"drive": drive}
        if url:
            return get(url, "delta", context=about)
        url = f"{self.base}/drives/{drive}/root/delta"
        return get(url, "delta", {"$select": _ITEM, "$top": 200}, context=about)

    def _changes(self, response: Response, answer: Any) -> Iterator[Event]:
        drive = response.request.context["drive"]
        for item in items(answer, "value"):
            identity, url = f"file|{drive}|{item.get('id')}", text(item, "webUrl")
            if item.get("deleted") is not None:
                yield Gone(identity, "deleted in SharePoint")
            elif item.get("file") is not None and url and _is_read(text(item, "name") or ""):
                yield from self.seen(identity, url, text(item, "cTag") or text(item, "eTag"))
        if more := text(answer, "@odata.nextLink"):
            yield get(more, "delta", context={"drive": drive})
        elif link := text(answer, "@odata.deltaLink"):
            self._links[drive] = link
            yield Cursor(json.dumps(self._links, sort_keys=True))

    def _item(self, response: Response, answer: Any) -> Iterator[Event]:
        """One file: its data, and a short-lived address without sign-in for its bytes."""
        identity = response.request.context["id"]
        url, download = text(answer, "webUrl"), text(answer, "@microsoft.graph.downloadUrl")
        if answer is None or at(answer, "deleted") is not None:
            yield Gone(identity, "deleted in SharePoint")
            return
        if url is None or download is None:
            yield Problem("file", f"{identity}: no address to download from", document=identity)
            return
        yield Seen(identity, url, text(answer, "cTag") or text(answer, "eTag"))
        about = {
            "id": identity,
            "url": url,
            "title": text(answer, "name"),
            "media_type": text(answer, "file.mimeType"),
            "author": full_name(answer, "lastModifiedBy.user"),
            "owner": full_name(answer, "createdBy.user"),
            "updated": text(answer, "lastModifiedDateTime"),
        }
        context = {key: value for key, value in about.items() if value}
        yield Request(download, "file", context=context, foreign=True, first=True)

    def _file(self, response: Response, answer: Any) -> Iterator[Event]:
        about = response.request.context
        told = response.headers.get("content-type", "").partition(";")[0].strip()
        yield Document(
            id=about["id"],
            url=about["url"],
            title=about.get("title", about["url"]),
            body=response.body,
            media_type=about.get("media_type") or told or "application/octet-stream",
            author=about.get("author"),
            owner=about.get("owner"),
            updated_at=instant(about.get("updated")),
            edit_url=about["url"],
        )


def _canvas(page: Any) -> str:
    """The text web parts of a page in reading order, other parts by their searchable text."""
    columns: list[Any] = []
    for section in items(page, "canvasLayout.horizontalSections"):
        columns += items(section, "columns")
    if isinstance(vertical := at(page, "canvasLayout.verticalSection"), dict):
        columns.append(vertical)
    found = []
    for part in (part for column in columns for part in items(column, "webparts")):
        if html := text(part, "innerHtml"):
            found.append(f"<div>{html}</div>")
            continue
        plain = items(part, "data.serverProcessedContent.searchablePlainTexts")
        found += [f"<p>{escape(value)}</p>" for each in plain if (value := text(each, "value"))]
    return "\n".join(found)


def _is_read(name: str) -> bool:
    return name.lower().endswith(_READ)


def _object(cursor: str) -> dict[str, str]:
    try:
        found = json.loads(cursor)
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(drive): str(link) for drive, link in found.items()}

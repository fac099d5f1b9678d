"""MediaWiki by its action API (1.25 and later; run against a real 1.39).

A full sweep walks ``generator=allpages``; an incremental run walks ``list=recentchanges`` since
the cursor, with an overlap, and asks what became of the pages named there. A page's version is
its last revision and when its rendering was last touched: a changed template changes the page
without a new revision. Bodies are rendered HTML (``action=parse``), as readers see them.

Source: https://www.mediawiki.org/wiki/API:Main_page, API:Etiquette, Manual:Maxlag_parameter.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from crawler.errors import SourceError
from crawler.kms.interface import (
    Capabilities,
    Cursor,
    Deletes,
    Document,
    Gone,
    Incremental,
    Problem,
    Request,
    Seen,
    Sweep,
)
from crawler.kms.mediawiki_api import (
    PAGE,
    Json,
    answer_of,
    dig,
    instant,
    line,
    listing,
    namespace_numbers,
    records,
    stamp,
    users_of,
)
from crawler.kms.throttle import DIALECTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crawler.kms.interface import Access, Event, Known, Response

# How far before the cursor recent changes are read again: clocks and slow transactions.
OVERLAP = timedelta(minutes=10)
# Recent changes are kept 90 days by default ($wgRCMaxAge), on some wikis 30.
CURSOR_MAX_AGE = timedelta(days=25)
# Page ids one query takes from anybody.
IDS_A_QUERY = 50
# Server lag in seconds from which the wiki asks bots to stand back.
MAXLAG = "5"
_TEMPLATES = ("10", "828")


class MediaWiki:
    """Walks one MediaWiki.

    ``user`` and ``token`` are a bot password's name (``Bot@sellby``) and secret; a token alone
    is an OAuth bearer token. Option ``namespaces``: numbers or names, default those the wiki
    counts as content.
    """

    name = "mediawiki"
    capabilities = Capabilities(incremental=Incremental.FILTER, deletes=Deletes.FEED)
    throttle = DIALECTS["mediawiki"]

    def __init__(self, access: Access) -> None:
        unknown = sorted(set(access.options) - {"namespaces"})
        if unknown:
            raise SourceError(f"mediawiki: unknown option {unknown[0]!r}; known: namespaces")
        namespaces = access.options.get("namespaces", [])
        if not isinstance(namespaces, list):
            namespaces = [str(namespaces)]
        self._wanted = [str(namespace).strip() for namespace in namespaces]
        self._access = access
        self._namespaces: list[str] = []
        self._asked: set[str] = set()
        self._merged: dict[str, Json] = {}

    def start(self, known: Known) -> Iterable[Event]:
        """Log in where there is a bot password, then ask the wiki who it is."""
        self._known = known
        if self._access.user and self._access.token:
            yield self._request("token", {"action": "query", "meta": "tokens", "type": "login"})
        else:
            yield self._hello()

    def parse(self, response: Response) -> Iterator[Event]:
        """One answer of the API; those that are no usable JSON become Problems."""
        answer = answer_of(response)
        if isinstance(answer, Problem):
            yield answer
            return
        match response.request.kind:
            case "token":
                yield from self._login(answer)
            case "login":
                yield from self._logged_in(answer)
            case "hello":
                yield from self._greeted(answer)
            case "changes":
                yield from self._changes(response.request, answer)
            case "document":
                yield from self._document(response.request, answer)
            case _:
                yield from self._pages(response.request, answer)

    def authorise(self, request: Request) -> Request:
        """Bearer token as a header, bot password in the log-in's body."""
        token = self._access.token
        if token and not self._access.user:
            return replace(request, headers={**request.headers, "Authorization": f"Bearer {token}"})
        if token and request.kind == "login":
            secret = {"lgname": self._access.user or "", "lgpassword": token}
            body = (request.body or b"") + b"&" + urlencode(secret).encode()
            return replace(request, body=body)
        return request

    # Logging in and saying hello ------------------------------------------------------------

    def _login(self, answer: Json) -> Iterator[Event]:
        token = dig(answer, "query", "tokens").get("logintoken")
        if not isinstance(token, str):
            yield Problem("login", "the wiki gave no log-in token", fatal=True)
            return
        yield self._request("login", {"action": "login"}, post={"lgtoken": token})

    def _logged_in(self, answer: Json) -> Iterator[Event]:
        result = dig(answer, "login")
        if result.get("result") != "Success":
            reason = result.get("reason") or result.get("result") or "no reason given"
            yield Problem("login", f"the wiki refused the log-in: {line(reason)}", fatal=True)
            return
        yield self._hello()

    def _hello(self) -> Request:
        query = {
            "action": "query",
            "meta": "siteinfo",
            "siprop": "general|namespaces",
            "curtimestamp": "1",
        }
        return self._request("hello", query)

    def _greeted(self, answer: Json) -> Iterator[Event]:
        now = instant(answer.get("curtimestamp"))
        if now is None or not dig(answer, "query", "general").get("generator"):
            yield Problem(
                "not_mediawiki", "the answer is not MediaWiki's; is `url` its api.php?", fatal=True
            )
            return
        try:
            self._namespaces = namespace_numbers(dig(answer, "query", "namespaces"), self._wanted)
        except SourceError as error:
            yield Problem("namespaces", str(error), fatal=True)
            return
        known = self._known
        if known.only:
            yield from self._look_up(known.only)
            return
        since = instant(known.cursor)
        if since is not None and now - since > CURSOR_MAX_AGE:
            since = None
        sweep = known.full_sweep or since is None
        if sweep:
            yield Sweep()
            for namespace in self._namespaces:
                yield self._request("pages", listing(namespace))
        if since is not None:
            yield self._request("changes", self._changes_since(since, sweep))
        if not sweep:
            yield from self._look_up(known.retry)
        yield Cursor(stamp(now))

    # What changed ---------------------------------------------------------------------------

    def _changes_since(self, since: datetime, sweep: bool) -> dict[str, str]:
        """Recent changes; beside a full listing only the log, which proves deletions."""
        return {
            "action": "query",
            "list": "recentchanges",
            "rcprop": "ids|title|timestamp|loginfo",
            "rctype": "log" if sweep else "edit|new|log",
            "rcnamespace": "|".join(dict.fromkeys([*self._namespaces, *_TEMPLATES])),
            "rcdir": "newer",
            "rcstart": stamp(since - OVERLAP),
            "rclimit": "max",
        }

    def _changes(self, request: Request, answer: Json) -> Iterator[Event]:
        changed, templates = [], []
        for change in records(dig(answer, "query").get("recentchanges")):
            identity, title = str(change.get("pageid") or ""), change.get("title")
            if identity:
                changed.append(identity)
            if str(change.get("ns")) in _TEMPLATES and isinstance(title, str):
                templates.append(title)
        yield from self._look_up(changed)
        for title in dict.fromkeys(templates):
            if f"template {title}" not in self._asked:
                self._asked.add(f"template {title}")
                yield self._request("pages", users_of(title, self._namespaces))
        yield from self._continued(request, answer)

    def _look_up(self, ids: Sequence[str]) -> Iterator[Request]:
        """Ask what became of pages, each once."""
        fresh = [page for page in dict.fromkeys(ids) if page.isdigit() and page not in self._asked]
        self._asked.update(fresh)
        for start in range(0, len(fresh), IDS_A_QUERY):
            some = "|".join(fresh[start : start + IDS_A_QUERY])
            yield self._request("pages", {**PAGE, "pageids": some})

    def _pages(self, request: Request, answer: Json) -> Iterator[Event]:
        """Pages with what is known of them; an answer's parts are put together first.

        MediaWiki may spread the properties of one batch over several answers: only
        ``batchcomplete`` says that every page of the batch is whole.
        """
        for page in records(dig(answer, "query").get("pages")):
            identity = str(page.get("pageid") or "")
            if identity:
                self._merged[identity] = self._merged.get(identity, {}) | page
        if answer.get("batchcomplete") or "continue" not in answer:
            whole, self._merged = self._merged, {}
            for page in whole.values():
                yield from self._page(page)
        yield from self._continued(request, answer)

    def _page(self, page: Json) -> Iterator[Event]:
        identity = str(page["pageid"])
        if page.get("missing"):
            yield Gone(identity, "deleted in the wiki")
            return
        if str(page.get("ns")) not in self._namespaces:
            if identity in self._known.versions:
                yield Gone(identity, "moved to a namespace that is not read")
            return
        if page.get("redirect"):
            yield Gone(identity, "now a redirect to another page")
            return
        url, title = page.get("canonicalurl") or page.get("fullurl"), page.get("title")
        if not isinstance(url, str) or not isinstance(title, str):
            yield Problem("page", f"page {identity} has no URL or title", document=identity)
            return
        version = f"{page.get('lastrevid')}@{page.get('touched')}"
        yield Seen(identity, url, version)
        if self._known.versions.get(identity) == version and identity not in self._known.only:
            return
        if f"body {identity}" in self._asked:
            return
        self._asked.add(f"body {identity}")
        query = {
            "action": "parse",
            "pageid": identity,
            "prop": "text|revid",
            "disablelimitreport": "1",
            "disableeditsection": "1",
            "disabletoc": "1",
        }
        revision = next(iter(records(page.get("revisions"))), {})
        context = {
            "id": identity,
            "url": url,
            "title": title,
            "version": version,
            "author": revision.get("user"),
            "updated_at": revision.get("timestamp"),
            "edit_url": page.get("editurl"),
            "language": page.get("pagelanguagehtmlcode"),
        }
        yield self._request("document", query, context=context)

    def _document(self, request: Request, answer: Json) -> Iterator[Event]:
        about = request.context
        text = dig(answer, "parse").get("text")
        if not isinstance(text, str):
            yield Problem(
                "document", f"{about['url']}: no rendered text came back", document=about["id"]
            )
            return
        yield Document(
            id=about["id"],
            url=about["url"],
            title=about["title"],
            body=text.encode("utf-8", "replace"),
            author=about.get("author"),
            updated_at=instant(about.get("updated_at")),
            edit_url=about.get("edit_url"),
            language=about.get("language"),
        )

    # Requests -------------------------------------------------------------------------------

    def _continued(self, request: Request, answer: Json) -> Iterator[Event]:
        following = answer.get("continue")
        if following is None:
            return
        if not isinstance(following, dict):
            yield Problem("continue", "the wiki's paging could not be read", fatal=True)
            return
        after = {str(key): str(value) for key, value in following.items()}
        if json.dumps(after, sort_keys=True) == request.context.get("continue"):
            yield Problem("continue", "the wiki's paging goes in a circle", fatal=True)
            return
        query = json.loads(request.context["query"])
        yield self._request(request.kind, query, after=after)

    def _request(
        self,
        kind: str,
        query: Mapping[str, str],
        *,
        post: Mapping[str, str] | None = None,
        context: Mapping[str, str | None] | None = None,
        after: Mapping[str, str] | None = None,
    ) -> Request:
        common = {"format": "json", "formatversion": "2", "maxlag": MAXLAG}
        if self._access.user and kind not in ("token", "login"):
            common["assert"] = "user"  # a session lost half-way must not look like deletions
        about = {key: value for key, value in (context or {}).items() if isinstance(value, str)}
        about["query"] = json.dumps(dict(query))
        if after:
            about["continue"] = json.dumps(dict(after), sort_keys=True)
        joint = "&" if "?" in self._access.url else "?"
        url = f"{self._access.url}{joint}{urlencode({**common, **query, **(after or {})})}"
        if post is None:
            return Request(url=url, kind=kind, context=about)
        return Request(
            url=url,
            kind=kind,
            method="POST",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode(post).encode(),
            context=about,
        )

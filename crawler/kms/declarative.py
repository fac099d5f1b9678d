"""Any JSON API of articles, read as a declaration says: shipped presets and ``api`` in config.yaml.

A list (perhaps walked over another list), a page after the other; then one request an article,
unless the list holds the texts. The words of a declaration are in ``crawler.declaration``.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, timedelta
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from crawler.content import decode
from crawler.errors import SourceError
from crawler.kms import paging
from crawler.kms.api import basic, bearer, get, instant, items, number, post
from crawler.kms.filling import Names, filled, path_of, text_of
from crawler.kms.interface import (
    Access,
    Capabilities,
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
    Verification,
)
from crawler.kms.throttle import DIALECTS
from crawler.kms.walk import JsonConnector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from crawler.declaration import Call, Declaration, Listing
    from crawler.kms.interface import Event
    from crawler.kms.walk import Reader

_MEDIA_TYPES = {"html": "text/html", "markdown": "text/markdown", "text": "text/plain"}
# Joins the parts of an id that has several.
_BETWEEN = "|"


class Declarative(JsonConnector):
    """Walks an API as a declaration describes it."""

    def __init__(self, access: Access, declaration: Declaration, name: str = "declarative") -> None:
        self.name = name
        self._api = declaration
        self._has_bodies = declaration.document is None or declaration.body_in_list
        self.options = frozenset({*declaration.options, *declaration.defaults})  # type: ignore[misc]
        self.headers = declaration.headers  # type: ignore[misc]
        self.overlap = _overlap(declaration)  # type: ignore[misc]
        self.throttle = DIALECTS[declaration.throttle]
        self.capabilities = _capabilities(declaration, has_bodies=self._has_bodies)
        super().__init__(access)

    def prepare(self) -> None:
        """Options that have to be set, or have a value of their own."""
        for option, meaning in self._api.options.items():
            if not self.wanted(option):
                raise SourceError(f"{self.name}: options.{option} is missing: {meaning}")
        self._options = {
            **self._api.defaults,
            **{name: self.option(name) for name in self.options if self.wanted(name)},
        }

    def start(self, known: Known) -> Iterable[Event]:
        """As ever; an API without any hint of changes is listed whole each time."""
        if self._api.document is None and known.only:
            self.known = known
            yield from self.listing(None)
            return
        if self.capabilities.incremental is Incremental.NONE and not known.only:
            self.known = known
            yield Sweep()
            yield from self.listing(None)
            return
        yield from super().start(known)

    def listing(self, since: datetime | None) -> Iterable[Event]:
        yield self._first_page(self._levels()[0], 0, {})

    def one(self, identity: str) -> Request:
        assert self._api.document is not None  # else nothing is asked for by its id
        return self._call(self._api.document, "document", self._names(identity), identity)

    def readers(self) -> Mapping[str, Reader]:
        return {"list": self._listed, "document": self._document}

    def sign(self, request: Request, token: str) -> Request:
        match self._api.sign_in:
            case "basic":
                return basic(request, self.access.user or "", token)
            case "key_as_user":
                return basic(request, token, "X")
            case "header":
                value = f"{self._api.prefix}{token}"
                return replace(request, headers={**request.headers, self._api.header: value})
            case "bearer":
                return bearer(request, token)
        return request

    def read(self, response: Response) -> Any | Problem | Gone:
        """The answer's JSON; a text that is none where the declaration says so."""
        if self._api.raw and response.request.kind == "document" and response.status < 400:
            return {"raw": decode(response.body, "utf-8")}
        answer = super().read(response)
        if isinstance(answer, Problem | Gone) or not self._api.error:
            return answer
        said = text_of(answer, self._api.error)
        if said is None:
            return answer
        document = response.request.context.get("id")
        message = f"{self.base}: {' '.join(said.split())[:200]}"
        return Problem("api", message, fatal=document is None, document=document)

    # Lists --------------------------------------------------------------------------------------

    def _levels(self) -> list[Listing]:
        """The lists from the outermost in."""
        found: list[Listing] = []
        each: Listing | None = self._api.list
        while each is not None:
            found.insert(0, each)
            each = each.over
        return found

    def _first_page(self, listing: Listing, level: int, parent: Mapping[str, Any]) -> Request:
        names = self._names("", parent)
        query = {name: filled(value, names) for name, value in listing.query.items()}
        body = filled(listing.body, names)
        if listing.since is not None and self.since is not None:
            value = _moment(self.since, listing.since.format, self._api.zone)
            (query if listing.since.into == "query" else body)[listing.since.parameter] = value
        query, body = paging.start(listing.paging, query, body)
        url = self._url(listing.url, names)
        about = {"level": level, "parent": parent, "query": query, "body": body, "url": url}
        return self._page(listing, about, 0)

    def _page(self, listing: Listing, about: Mapping[str, Any], met: int) -> Request:
        context = {"list": json.dumps({**about, "met": met})}
        if listing.method == "POST":
            url = get(about["url"], "list", about["query"]).url
            return post(url, "list", about["body"], context=context)
        return get(about["url"], "list", about["query"], context=context)

    def _listed(self, response: Response, answer: Any) -> Iterator[Event]:
        about = json.loads(response.request.context["list"])
        levels, level = self._levels(), about["level"]
        listing = levels[level]
        found = items(answer, listing.items)
        is_done = False
        for item in _with_children(found, listing.children):
            if level + 1 < len(levels):
                yield self._first_page(levels[level + 1], level + 1, _slim(item))
            elif listing.newest_first and self._is_old(item):
                is_done = True
                break
            else:
                yield from self._item(item, about["parent"])
        if not is_done:
            yield from self._next(listing, about, response, answer, len(found))

    def _next(
        self, listing: Listing, about: dict[str, Any], response: Response, answer: Any, count: int
    ) -> Iterator[Event]:
        step = paging.following(listing.paging, about, response, answer, count)
        if step is None:
            return
        changed = {**about, **step}
        changed["url"] = urljoin(f"{self.base}/", changed["url"])
        request = self._page(listing, changed, about["met"] + count)
        asked = response.request
        if (request.url, request.body) == (asked.url, asked.body):
            yield Problem("paging", f"{self.base}: the list goes in a circle", fatal=True)
            return
        yield request

    def _is_old(self, item: Any) -> bool:
        return self.is_old(instant(path_of(item, self._api.fields.updated), self._api.zone))

    # Articles -----------------------------------------------------------------------------------

    def _item(self, item: dict[str, Any], parent: Mapping[str, Any]) -> Iterator[Event]:
        fields = self._fields(item, self._names("", parent))
        identity, url = fields.pop("id", ""), fields.get("url")
        if not identity or not url:
            message = f"{self.base}: an article without {'address' if identity else 'id'}"
            yield Problem("article", message, document=identity or None)
            return
        if not self._is_for_readers(item):
            yield Gone(identity, "not for readers: its state says so")
            return
        if self.known.only and identity not in self.known.only:
            return
        version, views = fields.get("version") or fields.get("updated"), _count(fields)
        yield Seen(identity, url, version, views)
        if self._has_bodies:
            yield from self._told(identity, fields)
        elif self.is_wanted(identity, version):
            fields.pop("body", None)
            request = self.one(identity)
            context = {**request.context, "fields": json.dumps(fields), "url": url}
            yield Request(
                request.url, request.kind, request.method, request.headers, request.body, context
            )

    def _document(self, response: Response, answer: Any) -> Iterator[Event]:
        context = response.request.context
        identity, listed = context["id"], json.loads(context.get("fields", "{}"))
        item = path_of(answer, "" if self._api.raw else self._api.item)
        item = item[0] if isinstance(item, list) and item else item
        if not isinstance(item, dict):
            yield Gone(identity, "there is no such article any more")
            return
        if not listed and not self._is_for_readers(item):
            yield Gone(identity, "not for readers: its state says so")
            return
        found = self._fields(item, self._names(identity))
        fields = {**found, **{k: v for k, v in listed.items() if k == "url" or k not in found}}
        if not listed and (url := fields.get("url")):
            yield Seen(identity, url, fields.get("version") or fields.get("updated"))
        yield from self._told(identity, fields)

    def _told(self, identity: str, fields: Mapping[str, str]) -> Iterator[Event]:
        url, title, body = fields.get("url"), fields.get("title"), fields.get("body")
        if not url or body is None:
            lacking = "text" if url else "address"
            yield Problem("article", f"{identity}: came without {lacking}", document=identity)
            return
        zone = self._api.zone
        yield Document(
            id=identity,
            url=url,
            title=title or url,
            body=body.encode("utf-8", "replace"),
            media_type=_MEDIA_TYPES[self._api.format],
            author=fields.get("author"),
            owner=fields.get("owner"),
            updated_at=instant(fields.get("updated"), zone),
            reviewed_at=instant(fields.get("reviewed"), zone),
            edit_url=fields.get("edit_url"),
            language=fields.get("language"),
            valid_to=instant(fields.get("valid_to"), zone),
            verification=self._verification(fields.get("verification")),
            views=_count(fields),
        )

    def _fields(self, item: dict[str, Any], names: Names) -> dict[str, str]:
        """What the declaration finds in an item, by field; those that are absent left out."""
        inner = names.within(item)
        where = self._api.fields
        parts = (where.id,) if isinstance(where.id, str) else where.id
        found = [text_of(item, part) for part in parts]
        identity = _BETWEEN.join(part or "" for part in found) if all(found) else ""
        values = {"id": identity}
        for field in ("url", "title", "body", "version", "updated", "author", "owner", "reviewed",
                      "valid_to", "verification", "edit_url", "language", "views"):  # fmt: skip
            path = getattr(where, field)
            if not path:
                continue
            value = inner.text(path, is_url=field in ("url", "edit_url"))
            if value is not None:
                values[field] = value
        if where.title_is_html and "title" in values:
            values["title"] = unescape(re.sub(r"<[^>]*>", "", values["title"]))
        for field in ("url", "edit_url"):
            if field in values:
                values[field] = urljoin(f"{self.base}/", values[field])
        return values

    def _is_for_readers(self, item: Any) -> bool:
        for path, allowed in self._api.only.items():
            if path_of(item, path) not in allowed:
                return False
        return all(path_of(item, path) not in (None, "", [], False) for path in self._api.needs)

    def _verification(self, state: str | None) -> Verification | None:
        where = self._api.fields
        if state is None:
            return None
        if state in where.verified:
            return Verification.VERIFIED
        return Verification.EXPIRED if state in where.expired else Verification.UNVERIFIED

    # Requests -----------------------------------------------------------------------------------

    def _names(self, identity: str, parent: Mapping[str, Any] | None = None) -> Names:
        return Names(
            {
                "base": self.base,
                "id": identity,
                "options": self._options,
                "parent": dict(parent or {}),
            },
            tuple(identity.split(_BETWEEN)),
        )

    def _url(self, template: str, names: Names) -> str:
        path = names.fill(template, quoting=True)
        return path if path.startswith(("http://", "https://")) else f"{self.base}{path}"

    def _call(self, call: Call, kind: str, names: Names, identity: str) -> Request:
        url = self._url(call.url, names)
        query = {name: filled(value, names) for name, value in call.query.items()}
        context = {"id": identity}
        if call.method == "POST":
            url = get(url, kind, query).url
            return post(url, kind, filled(call.body, names), context=context)
        return get(url, kind, query, context=context)


def _overlap(declaration: Declaration) -> timedelta:
    since = declaration.list.since
    return timedelta(minutes=since.overlap_minutes if since is not None else 10)


def _capabilities(declaration: Declaration, *, has_bodies: bool) -> Capabilities:
    incremental = Incremental.NONE
    if declaration.list.newest_first:
        incremental = Incremental.SORTED_DESCENDING
    if declaration.list.since is not None:
        incremental = Incremental.FILTER
    fields = declaration.fields
    return Capabilities(
        incremental,
        Deletes.LISTING,
        body_in_listing=has_bodies,
        review_metadata=bool(fields.reviewed or fields.valid_to or fields.verification),
        views=bool(fields.views),
        markdown=declaration.format == "markdown",
    )


def _with_children(found: list[dict[str, Any]], path: str) -> Iterator[dict[str, Any]]:
    """Items, and where they hold others like themselves, those too."""
    waiting = list(reversed(found))
    while waiting:
        item = waiting.pop()
        yield item
        if path:
            waiting.extend(reversed(items(item, path)))


def _slim(item: dict[str, Any]) -> dict[str, Any]:
    """The plain values of a parent: enough to name it, small enough to carry along."""
    return {
        key: value
        for key, value in item.items()
        if isinstance(value, str | int | float) and len(str(value)) < 300
    }


def _moment(since: datetime, form: str, zone: str) -> str | int:
    match form:
        case "epoch":
            return int(since.timestamp())
        case "milliseconds":
            return int(since.timestamp() * 1000)
        case "local":
            return f"{since.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M:%S}"
    return f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _count(fields: Mapping[str, str]) -> int | None:
    return number(fields, "views")

"""DokuWiki by its remote API: JSON-RPC, or the older XML-RPC of the releases before 2024.

One request lists every page with its revision, so each night lists everything: the log of changes
is kept for seven days only and would not do. Pages one may not read are not listed.

Source: https://www.dokuwiki.org/devel:jsonrpc, devel:xmlrpc; run against a real 2022-07-31 "Igor".
"""

from __future__ import annotations

import re
import xmlrpc.client
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from xml.parsers.expat import ExpatError

from crawler.kms.api import at, basic, bearer, instant, items, post, read_json, text
from crawler.kms.interface import (
    Capabilities,
    Deletes,
    Document,
    Gone,
    Incremental,
    Problem,
    Request,
    Response,
    Sweep,
)
from crawler.kms.walk import JsonConnector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from crawler.kms.interface import Event, Known
    from crawler.kms.walk import Reader

_LOGIN = ("core.whoAmI", "dokuwiki.login")
# What is asked for, as the JSON-RPC and the XML-RPC call it.
_LIST = ("core.listPages", "dokuwiki.getPagelist")
_ABOUT = ("core.getPageInfo", "wiki.getPageInfo")
_HTML = ("core.getPageHTML", "wiki.getPageHTML")
_HEADING = re.compile(r"<h[1-3]\b[^>]*>(.*?)</h[1-3]>", re.DOTALL)
# XML-RPC faults and JSON-RPC codes of a page that is not there.
_MISSING = (121, 221)
_FORBIDDEN = (111, 114, -32604)


class DokuWiki(JsonConnector):
    """``url`` is the address of ``lib/exe/jsonrpc.php`` or ``lib/exe/xmlrpc.php``.

    ``token`` is a user's token, or with ``user`` a password. Options: ``namespace`` to read (all
    where absent), ``page_url`` (``https://wiki.example.com/{id}``, where readers open a page).
    """

    name = "dokuwiki"
    capabilities = Capabilities(Incremental.NONE, Deletes.LISTING)
    options = frozenset({"namespace", "page_url"})

    def prepare(self) -> None:
        self._is_xml = self.base.endswith("xmlrpc.php")
        self._wiki = self.base.rpartition("/lib/exe/")[0] or self.base

    def start(self, known: Known) -> Iterable[Event]:
        """Everything, every time: it is one request."""
        self.known = known
        if known.only:
            yield from map(self.one, known.only)
            return
        if self.access.token:
            # A wrong password is no error here: one reads on as anybody.
            yield self._call(_LOGIN, "login")
        yield Sweep()
        yield from self.listing(None)

    def listing(self, since: datetime | None) -> Iterable[Event]:
        space = self.option("namespace")
        if self._is_xml:
            yield self._call(_LIST, "list", space, {"depth": 0})
        else:
            yield self._call(_LIST, "list", namespace=space, depth=0)

    def one(self, identity: str) -> Request:
        return self._page(_ABOUT, "about", identity)

    def readers(self) -> Mapping[str, Reader]:
        return {
            "login": self._logged_in,
            "list": self._listed,
            "about": self._about,
            "html": self._html,
        }

    def authorise(self, request: Request) -> Request:
        """As ever; the log-in of XML-RPC takes name and password as arguments."""
        user, token = self.access.user, self.access.token
        if self._is_xml and request.kind == "login":
            body = xmlrpc.client.dumps((user or "", token or ""), _LOGIN[1], encoding="utf-8")
            return replace(super().authorise(request), body=body.encode())
        return super().authorise(request)

    def sign(self, request: Request, token: str) -> Request:
        return (
            basic(request, self.access.user, token) if self.access.user else bearer(request, token)
        )

    def read(self, response: Response) -> Any | Problem | Gone:
        """The result of a call; errors come with HTTP 200 or 400 and a code."""
        if self._is_xml:
            return _xml_result(response)
        answer = read_json(response) if response.status != 400 else read_json(_as_ok(response))
        if isinstance(answer, Problem | Gone):
            return answer
        error = at(answer, "error")
        if isinstance(error, dict) and error.get("code") not in (0, None):
            return _fault(response, error.get("code"), text(error, "message") or "")
        return at(answer, "result")

    def _logged_in(self, response: Response, answer: Any) -> Iterator[Event]:
        """Whether we are who we said; JSON-RPC names the user, XML-RPC says yes or no."""
        if not (at(answer, "login") if isinstance(answer, dict) else answer is True):
            who = self.access.user or "the token"
            yield Problem("login", f"{self.base}: {who} was not accepted", fatal=True)

    def _listed(self, response: Response, answer: Any) -> Iterator[Event]:
        if not isinstance(answer, list):
            yield Problem("listing", f"{self.base}: the list of pages is no list", fatal=True)
            return
        for page in items(answer, ""):
            identity = text(page, "id")
            version = text(page, "rev") or text(page, "revision")
            if identity:
                yield from self.seen(identity, self._address(identity), version)

    def _about(self, response: Response, answer: Any) -> Iterator[Event]:
        """When and by whom it was changed; its text comes next."""
        identity = response.request.context["id"]
        if not answer:
            yield Gone(identity, "not there any more")
            return
        changed = at(answer, "lastModified") or at(answer, "modified")
        about = {"author": text(answer, "author"), "changed": _seconds(changed)}
        yield self._page(_HTML, "html", identity, about)

    def _html(self, response: Response, answer: Any) -> Iterator[Event]:
        about = response.request.context
        identity = about["id"]
        if not isinstance(answer, str):
            yield Problem("page", f"page {identity} came without HTML", document=identity)
            return
        url = self._address(identity)
        yield Document(
            id=identity,
            url=url,
            title=_title(answer) or identity.rpartition(":")[2].replace("_", " "),
            body=answer.encode("utf-8", "replace"),
            author=about.get("author"),
            updated_at=instant(about.get("changed")),
            edit_url=f"{url}{'&' if '?' in url else '?'}do=edit",
        )

    def _address(self, identity: str) -> str:
        place = self.option("page_url", f"{self._wiki}/doku.php?id={{id}}")
        return place.replace("{id}", quote(identity, safe=":/", errors="replace"))

    def _page(
        self,
        method: tuple[str, str],
        kind: str,
        identity: str,
        about: Mapping[str, str | None] | None = None,
    ) -> Request:
        context = {"id": identity, **(about or {})}
        if self._is_xml:
            return self._call(method, kind, identity, context=context)
        return self._call(method, kind, page=identity, context=context)

    def _call(
        self,
        method: tuple[str, str],
        kind: str,
        *arguments: Any,
        context: Mapping[str, str | None] | None = None,
        **named: Any,
    ) -> Request:
        is_second = kind == "html"
        if not self._is_xml:
            url = f"{self.base}/{method[0]}"
            return post(url, kind, named, context=context, first=is_second)
        body = xmlrpc.client.dumps(arguments, method[1], encoding="utf-8").encode(
            "utf-8", "replace"
        )
        about = {key: value for key, value in (context or {}).items() if value is not None}
        headers = {"Content-Type": "text/xml"}
        return Request(
            self.base, kind, "POST", headers=headers, body=body, context=about, first=is_second
        )


def _as_ok(response: Response) -> Response:
    """JSON-RPC errors come with 400 and still say in JSON what is wrong."""
    return Response(response.request, 200, response.headers, response.body)


def _xml_result(response: Response) -> Any | Problem | Gone:
    document = response.request.context.get("id")
    if response.status in (401, 403):
        found = read_json(response)
        return found if isinstance(found, Problem | Gone) else None
    try:
        if b"<!DOCTYPE" in response.body or b"<!ENTITY" in response.body:
            raise ValueError("a document type has no place in XML-RPC")
        values, _ = xmlrpc.client.loads(response.body)
        return values[0]
    except xmlrpc.client.Fault as fault:
        return _fault(response, fault.faultCode, fault.faultString)
    except (ValueError, ExpatError, xmlrpc.client.Error, TypeError, IndexError, KeyError):
        where = response.request.url
        message = f"{where}: HTTP {response.status}, but no XML-RPC; is the remote API switched on?"
        return Problem("not_xml", message, fatal=document is None, document=document)


def _fault(response: Response, code: object, said: str) -> Problem | Gone:
    document = response.request.context.get("id")
    if document is not None and code in _MISSING:
        return Gone(document, "not there any more")
    kind = "forbidden" if code in _FORBIDDEN else "fault"
    line = " ".join(said.split())[:200]
    message = f"{response.request.url}: {line or 'a fault'} ({code})"
    if kind == "forbidden" and document is None:
        message += "; the account may not use the remote API"
    return Problem(kind, message, fatal=document is None, document=document)


def _seconds(changed: object) -> str | None:
    """A date as JSON (seconds) and XML-RPC (its own type, with whatever form the wiki uses)."""
    return str(changed) if isinstance(changed, int | xmlrpc.client.DateTime) else None


def _title(html: str) -> str | None:
    found = _HEADING.search(html)
    return " ".join(unescape(re.sub(r"<[^>]*>", "", found[1])).split()) if found else None

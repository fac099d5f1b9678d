"""ServiceNow Knowledge by the Table API.

The richest in review data: ``valid_to``, owner group, view count, workflow state. Listed by
``sys_id`` (an offset into a large table misses rows); dates are UTC, but a filter's literal is read
in the account's zone, so a run reads 26 hours before its cursor again.

Source: github.com/ServiceNow/ServiceNowDocs (Apache-2.0), Table API, knowledge management.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.kms.api import at, basic, bearer, get, instant, items, number, text
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
from crawler.kms.walk import ZONE_OVERLAP, JsonConnector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from crawler.kms.interface import Event, Request, Response
    from crawler.kms.walk import Reader

PAGE_SIZE = 200
_FIELDS = (
    "sys_id", "number", "short_description", "text", "wiki", "article_type", "author",
    "ownership_group", "valid_to", "sys_updated_on", "sys_view_count", "workflow_state", "language",
)  # fmt: skip
# What the system writes where nobody set an end of validity.
_NEVER = "2100-01-01"


class ServiceNow(JsonConnector):
    """``url`` is https://COMPANY.service-now.com; ``user`` and ``token`` (password) or ``sign_in``.

    Option ``knowledge_bases``: sys_ids of those to read; all the account may see where absent.
    """

    name = "servicenow"
    capabilities = Capabilities(
        Incremental.FILTER,
        Deletes.LISTING,
        body_in_listing=True,
        review_metadata=True,
        views=True,
    )
    throttle = DIALECTS["servicenow"]
    options = frozenset({"knowledge_bases"})
    overlap = ZONE_OVERLAP

    def listing(self, since: datetime | None) -> Iterable[Event]:
        yield self._rows("")

    def one(self, identity: str) -> Request:
        url = f"{self.base}/api/now/table/kb_knowledge/{identity}"
        return get(url, "article", self._shape(), context={"id": identity})

    def readers(self) -> Mapping[str, Reader]:
        return {"list": self._listed, "article": self._article}

    def sign(self, request: Request, token: str) -> Request:
        return (
            basic(request, self.access.user, token) if self.access.user else bearer(request, token)
        )

    def _shape(self) -> dict[str, object]:
        return {
            "sysparm_fields": ",".join(_FIELDS),
            "sysparm_display_value": "all",
            "sysparm_exclude_reference_link": "true",
        }

    def _rows(self, after: str) -> Request:
        """Rows by sys_id; beside what is published an incremental run sees what was retired."""
        query = []
        if bases := self.wanted("knowledge_bases"):
            query.append(f"kb_knowledge_baseIN{','.join(bases)}")
        if self.since is None:
            query.append("workflow_state=published")
        else:
            query.append(f"sys_updated_on>={self.since:%Y-%m-%d %H:%M:%S}")
        if after:
            query.append(f"sys_id>{after}")
        query.append("ORDERBYsys_id")
        asked = {"sysparm_query": "^".join(query), "sysparm_limit": PAGE_SIZE, **self._shape()}
        return get(f"{self.base}/api/now/table/kb_knowledge", "list", asked)

    def _listed(self, response: Response, answer: Any) -> Iterator[Event]:
        rows = items(answer, "result")
        for row in rows:
            yield from self._told(row)
        if len(rows) >= PAGE_SIZE and (last := text(rows[-1], "sys_id.value")):
            yield self._rows(last)

    def _article(self, response: Response, answer: Any) -> Iterator[Event]:
        row = at(answer, "result")
        if not isinstance(row, dict) or not row:
            yield Gone(response.request.context["id"], "not there any more")
            return
        yield from self._told(row)

    def _told(self, row: dict[str, Any]) -> Iterator[Event]:
        identity = text(row, "sys_id.value")
        if identity is None:
            yield Problem("article", f"{self.base}: a row of kb_knowledge without sys_id")
            return
        state = text(row, "workflow_state.value") or "published"
        if state != "published":
            yield Gone(identity, f"{state} in ServiceNow")
            return
        article = text(row, "number.value") or identity
        title = text(row, "short_description.value") or article
        views = number(row, "sys_view_count.value")
        body = text(row, "text.value") or text(row, "wiki.value") or ""
        url = f"{self.base}/kb_view.do?sysparm_article={article}"
        yield Seen(identity, url, text(row, "sys_updated_on.value"), views)
        yield Document(
            id=identity,
            url=url,
            title=title,
            body=body.encode("utf-8", "replace"),
            author=text(row, "author.display_value"),
            owner=text(row, "ownership_group.display_value"),
            updated_at=instant(at(row, "sys_updated_on.value")),
            edit_url=f"{self.base}/kb_knowledge.do?sys_id={identity}",
            language=text(row, "language.value"),
            valid_to=_end(text(row, "valid_to.value")),
            views=views,
        )


def _end(day: str | None) -> datetime | None:
    """``valid_to`` where somebody set it."""
    return None if day is None or day.startswith(_NEVER) else instant(day)

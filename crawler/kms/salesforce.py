"""Salesforce Knowledge by SOQL over REST.

The fields that hold an article's text are the customer's own: all rich-text and long-text fields
of ``Knowledge__kav`` are read, or those in ``body_fields``. Ids change with every version; the
article's own id stays.

Source: Salesforce Object Reference (Knowledge__kav, KnowledgeArticleVersion), REST API guide
(query, describe, REQUEST_LIMIT_EXCEEDED).
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from crawler.kms.api import at, full_name, get, instant, iso, items, number, text
from crawler.kms.interface import (
    Capabilities,
    Deletes,
    Document,
    Gone,
    Incremental,
    Problem,
    Seen,
    Verification,
)
from crawler.kms.throttle import DIALECTS
from crawler.kms.walk import JsonConnector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from crawler.kms.interface import Event, Request, Response
    from crawler.kms.walk import Reader

API = "/services/data/v61.0"
_FIELDS = (
    "Id", "KnowledgeArticleId", "ArticleNumber", "Title", "UrlName", "Summary", "Language",
    "PublishStatus", "ValidationStatus", "LastPublishedDate", "LastModifiedDate", "OwnerId",
    "ArticleTotalViewCount",
)  # fmt: skip
_RELATED = ("Owner.Name", "LastModifiedBy.Name")
_VALIDATED = {
    "validated": Verification.VERIFIED,
    "not validated": Verification.UNVERIFIED,
    "work in progress": Verification.UNVERIFIED,
}


class Salesforce(JsonConnector):
    """``url`` is the org's My Domain; ``sign_in`` of kind oauth2, or ``token`` as access token.

    Options: ``object`` (Knowledge__kav), ``body_fields``, ``languages``, ``article_url`` (where a
    reader opens it, with ``{UrlName}``; else Lightning's own address).
    """

    name = "salesforce"
    capabilities = Capabilities(
        Incremental.FILTER, Deletes.LISTING, body_in_listing=True, review_metadata=True, views=True
    )
    throttle = DIALECTS["salesforce"]
    options = frozenset({"object", "body_fields", "languages", "article_url"})

    def prepare(self) -> None:
        self._object = self.option("object", "Knowledge__kav")
        self._bodies = self.wanted("body_fields")
        self._columns: list[str] = []
        self._waiting: tuple[str, ...] = ()

    def start(self, known: Any) -> Iterable[Event]:
        """Ask first which fields there are: that differs from org to org."""
        self._waiting = known.only
        if self._columns:
            yield from super().start(known)
            return
        self.known = known
        url = f"{self.base}{API}/sobjects/{self._object}/describe"
        yield get(url, "describe")

    def listing(self, since: datetime | None) -> Iterable[Event]:
        where = ["IsLatestVersion = true"]
        if since is None:
            where.append("PublishStatus = 'Online'")
        else:
            where.append(
                f"PublishStatus IN ('Online', 'Archived') AND LastModifiedDate >= {iso(since)}"
            )
        if languages := self.wanted("languages"):
            where.append(f"Language IN ({', '.join(map(_quoted, languages))})")
        yield self._query(" AND ".join(where), "list")

    def one(self, identity: str) -> Request:
        article, _, language = identity.partition("@")
        where = f"KnowledgeArticleId = {_quoted(article)} AND Language = {_quoted(language)}"
        return self._query(f"{where} AND PublishStatus = 'Online'", "article", identity)

    def readers(self) -> Mapping[str, Reader]:
        return {"describe": self._described, "list": self._listed, "article": self._article}

    def _query(self, where: str, kind: str, identity: str | None = None) -> Request:
        soql = f"SELECT {', '.join(self._columns)} FROM {self._object} WHERE {where} ORDER BY Id"
        return get(f"{self.base}{API}/query", kind, {"q": soql}, context={"id": identity})

    def _described(self, response: Response, answer: Any) -> Iterator[Event]:
        fields = {text(field, "name") or "": field for field in items(answer, "fields")}
        if not self._bodies:
            self._bodies = [name for name, field in fields.items() if _is_long_text(name, field)]
        missing = [name for name in self._bodies if name not in fields]
        if missing or not self._bodies:
            what = f"no field {', '.join(missing)}" if missing else "no rich-text field to be seen"
            message = f"{self.base}: {self._object} has {what}; set options.body_fields"
            yield Problem("fields", message, fatal=True)
            return
        there = [name for name in _FIELDS if name in fields]
        self._columns = list(dict.fromkeys([*there, *_RELATED, *self._bodies]))
        yield from super().start(self.known)

    def _listed(self, response: Response, answer: Any) -> Iterator[Event]:
        for record in items(answer, "records"):
            yield from self._told(record)
        if more := text(answer, "nextRecordsUrl"):
            yield get(f"{self.base}{more}", "list")

    def _article(self, response: Response, answer: Any) -> Iterator[Event]:
        records = items(answer, "records")
        if not records:
            yield Gone(response.request.context["id"], "no longer online")
        for record in records:
            yield from self._told(record)

    def _told(self, record: dict[str, Any]) -> Iterator[Event]:
        article, language = text(record, "KnowledgeArticleId"), text(record, "Language") or ""
        identity, title = f"{article}@{language}", text(record, "Title")
        if record.get("PublishStatus") not in (None, "Online"):
            yield Gone(identity, "archived in Salesforce")
            return
        if article is None or title is None:
            yield Problem("article", f"{self.base}: an article without id or title")
            return
        views, name = number(record, "ArticleTotalViewCount"), text(record, "UrlName") or article
        place = self.option("article_url", f"{self.base}/articles/{language}/Knowledge/{{UrlName}}")
        url = place.replace("{UrlName}", name)
        yield Seen(identity, url, text(record, "LastModifiedDate"), views)
        status = (text(record, "ValidationStatus") or "").lower()
        yield Document(
            id=identity,
            url=url,
            title=title,
            body=self._body(record).encode("utf-8", "replace"),
            author=full_name(record, "LastModifiedBy.Name"),
            owner=full_name(record, "Owner.Name"),
            updated_at=instant(at(record, "LastModifiedDate")),
            edit_url=f"{self.base}/lightning/r/{self._object}/{record.get('Id')}/view",
            language=language.replace("_", "-") or None,
            verification=_VALIDATED.get(status),
            views=views,
        )

    def _body(self, record: dict[str, Any]) -> str:
        """Summary and text fields one after the other, each under its name."""
        parts = [f"<p>{escape(summary)}</p>" for summary in [text(record, "Summary")] if summary]
        for field in self._bodies:
            value = text(record, field)
            if value:
                name = field.removesuffix("__c").replace("_", " ")
                heading = f"<h2>{escape(name)}</h2>" if len(self._bodies) > 1 else ""
                parts.append(f"{heading}<div>{value}</div>")
        return "\n".join(parts)


def _is_long_text(name: str, field: Any) -> bool:
    return text(field, "type") == "textarea" and name.endswith("__c")


def _quoted(value: str) -> str:
    """A SOQL string literal."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"

"""Small stand-ins for vendors' APIs: the same articles in every vendor's words, page by page.

Each knows just what its vendor documents of listing, paging, filtering, bodies and deletions, so
two nights of any connector can be seen against it. ``benchmarks/kms.py`` measures with the same.
"""

from __future__ import annotations

import json
import re
import xmlrpc.client
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Article:
    """One article, newest state; ``number`` is its id in the vendor's form."""

    number: int
    text: str
    updated: datetime
    created: datetime
    views: int = 0
    is_live: bool = True

    @property
    def title(self) -> str:
        return f"Pump {self.number}"

    @property
    def html(self) -> str:
        return f"<p>{self.text}</p>"


@dataclass
class Asked:
    """One request: ``path`` without host, ``query`` by name (first value), ``body`` parsed."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    headers: dict[str, str]


@dataclass
class Answer:
    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Vendor:
    """The articles of one instance, and how it answers. ``page`` is how many it lists at once."""

    connector = ""
    options: ClassVar[dict[str, Any]] = {}
    user: str | None = "anna"
    path = ""
    page = 3

    def __init__(self, base: str, now: datetime) -> None:
        self.base = base
        self.now = now
        self.articles: dict[int, Article] = {}
        self.asked: list[Asked] = []

    @property
    def source(self) -> dict[str, Any]:
        """What stands in config.yaml."""
        given = {"name": "kb", "connector": self.connector, "url": self.base + self.path}
        return given | {"user": self.user, "token": "s3cret", "options": self.options}

    def write(self, number: int, text: str, views: int = 0) -> None:
        before = self.articles.get(number)
        created = before.created if before else self.now
        self.articles[number] = Article(number, text, self.now, created, views)

    def delete(self, number: int) -> None:
        self.articles[number] = replace(self.articles[number], is_live=False, updated=self.now)

    def live(self) -> list[Article]:
        return [article for article in self.articles.values() if article.is_live]

    def newest(self) -> list[Article]:
        return sorted(
            self.live(), key=lambda article: (-article.updated.timestamp(), article.number)
        )

    def send(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> Answer:
        """The answer to a request, with the server's clock in it."""
        parts = urlsplit(url)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        parsed: Any = body
        if body and "json" in headers.get("Content-Type", ""):
            parsed = json.loads(body)
        asked = Asked(method, parts.path, query, parsed, headers)
        self.asked.append(asked)
        answer = self.answer(asked)
        data = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        named = {"date": format_datetime(self.now, usegmt=True), **answer.headers}
        return Answer(b"" if answer.body is None else data, answer.status, named)

    def answer(self, asked: Asked) -> Answer:
        raise NotImplementedError

    def found(self, number: str | int, shape: Callable[[Article], Any]) -> Answer:
        """One article in the vendor's shape, or 404."""
        article = self.articles.get(int(number))
        if article is None or not article.is_live:
            return Answer({"message": "Not found"}, 404)
        return Answer(shape(article))

    def part(self, articles: list[Article], start: int) -> tuple[list[Article], bool]:
        """A page of a list, and whether there are more."""
        return articles[start : start + self.page], start + self.page < len(articles)


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


class ConfluenceCloud(Vendor):
    connector = "confluence_cloud"
    path = "/wiki"

    def answer(self, asked: Asked) -> Answer:
        if match := re.fullmatch(r"/wiki/api/v2/pages/(\d+)", asked.path):
            return self.found(
                match[1], lambda a: self.shape(a) | {"body": {"view": {"value": a.html}}}
            )
        if asked.query["status"] == "current":
            by_id = asked.query.get("sort") == "id"
            listed = sorted(self.live(), key=lambda a: a.number) if by_id else self.newest()
        else:
            listed = [a for a in self.articles.values() if not a.is_live]
        start = int(asked.query.get("cursor", 0))
        page, more = self.part(listed, start)
        links = {"base": f"{self.base}/wiki"}
        if more:
            again = {**asked.query, "cursor": str(start + self.page)}
            links["next"] = "/wiki/api/v2/pages?" + "&".join(f"{k}={v}" for k, v in again.items())
        return Answer({"results": [self.shape(a) for a in page], "_links": links})

    def whole(self, a: Article) -> dict[str, Any]:
        return self.shape(a) | {"body": {"view": {"value": a.html}}}

    def shape(self, a: Article) -> dict[str, Any]:
        return {
            "id": str(a.number),
            "status": "current" if a.is_live else "trashed",
            "title": a.title,
            "ownerId": "acc-1",
            "version": {"number": int(a.updated.timestamp()), "createdAt": stamp(a.updated)},
            "_links": {"webui": f"/spaces/KB/pages/{a.number}", "editui": f"/edit/{a.number}"},
        }


class ConfluenceServer(Vendor):
    """CQL in the zone of the user: here two hours ahead of UTC, in minutes."""

    connector = "confluence_server"

    def answer(self, asked: Asked) -> Answer:
        if match := re.fullmatch(r"/rest/api/content/(\d+)", asked.path):
            return self.found(
                match[1], lambda a: self.shape(a) | {"body": {"view": {"value": a.html}}}
            )
        listed = sorted(self.live(), key=lambda a: a.created)
        if since := re.search(r'lastmodified >= "([^"]+)"', asked.query["cql"]):
            local = datetime.strptime(since[1] + "+0200", "%Y-%m-%d %H:%M%z")
            listed = [a for a in listed if a.updated >= local]
        page, more = self.part(listed, int(asked.query["start"]))
        links = {"base": self.base} | ({"next": "/rest/wrong?start=1"} if more else {})
        return Answer({"results": [self.shape(a) for a in page], "_links": links})

    def whole(self, a: Article) -> dict[str, Any]:
        return self.shape(a) | {"body": {"view": {"value": a.html}}}

    def shape(self, a: Article) -> dict[str, Any]:
        who = {"displayName": "Anna Berg"}
        return {
            "id": str(a.number),
            "status": "current",
            "title": a.title,
            "version": {"number": int(a.updated.timestamp()), "when": stamp(a.updated), "by": who},
            "history": {"createdBy": who},
            "_links": {"webui": f"/display/KB/{a.number}"},
        }


class Zendesk(Vendor):
    connector = "zendesk"

    def answer(self, asked: Asked) -> Answer:
        users = [{"id": 7, "name": "Anna Berg"}]
        if match := re.search(r"/articles/(\d+)$", asked.path):
            return self.found(match[1], lambda a: {"article": self.shape(a), "users": users})
        if "incremental" in asked.path:
            since = int(asked.query["start_time"])
            listed = sorted(self.live(), key=lambda a: a.updated)
            page, _ = self.part([a for a in listed if a.updated.timestamp() >= since], 0)
            last = int(page[-1].updated.timestamp()) + 1 if page else since
            path = f"{self.base}{asked.path}?start_time={last}"
            shown = [self.shape(a) for a in page]
            return Answer({"articles": shown, "users": users, "next_page": path if page else None})
        start = int(asked.query.get("page[after]", 0))
        page, more = self.part(sorted(self.live(), key=lambda a: a.number), start)
        following = f"{self.base}{asked.path}?page[size]=100&page[after]={start + self.page}"
        meta = {"has_more": more}
        shown = [self.shape(a) for a in page]
        return Answer(
            {"articles": shown, "users": users, "meta": meta, "links": {"next": following}}
        )

    def shape(self, a: Article) -> dict[str, Any]:
        return {
            "id": a.number,
            "locale": "en-us",
            "title": a.title,
            "body": a.html,
            "html_url": f"{self.base}/hc/en-us/articles/{a.number}",
            "author_id": 7,
            "draft": False,
            "edited_at": stamp(a.updated),
            "updated_at": stamp(a.updated),
        }


class Intercom(Vendor):
    connector = "intercom"
    user = None

    def answer(self, asked: Asked) -> Answer:
        if asked.path == "/admins":
            return Answer({"admins": [{"id": "7", "name": "Anna Berg"}]})
        if match := re.fullmatch(r"/articles/(\d+)", asked.path):
            return self.found(match[1], self.shape)
        number = int(asked.query["page"])
        page, more = self.part(self.newest(), (number - 1) * self.page)
        following = f"{self.base}/articles?page={number + 1}&per_page=100" if more else None
        return Answer({"data": [self.shape(a) for a in page], "pages": {"next": following}})

    def shape(self, a: Article) -> dict[str, Any]:
        return {
            "id": str(a.number),
            "workspace_id": "w1",
            "title": a.title,
            "body": a.html,
            "author_id": 7,
            "state": "published",
            "default_locale": "en",
            "updated_at": int(a.updated.timestamp()),
            "url": f"https://help.example/en/articles/{a.number}",
            "statistics": {"views": a.views},
        }


class ServiceNow(Vendor):
    """Filters are in the zone of the account: here five hours behind UTC."""

    connector = "servicenow"

    def answer(self, asked: Asked) -> Answer:
        if match := re.search(r"/kb_knowledge/(\w+)$", asked.path):
            return self.found(match[1].lstrip("k"), lambda a: {"result": self.shape(a)})
        query = asked.query["sysparm_query"]
        listed = sorted(self.articles.values(), key=lambda a: a.number)
        if "workflow_state=published" in query:
            listed = [a for a in listed if a.is_live]
        if since := re.search(r"sys_updated_on>=([^^]+)", query):
            local = datetime.strptime(since[1] + "-0500", "%Y-%m-%d %H:%M:%S%z")
            listed = [a for a in listed if a.updated >= local]
        if after := re.search(r"sys_id>k(\d+)", query):
            listed = [a for a in listed if a.number > int(after[1])]
        page = listed[: int(asked.query["sysparm_limit"])]
        return Answer({"result": [self.shape(a) for a in page]})

    def shape(self, a: Article) -> dict[str, Any]:
        values = {
            "sys_id": f"k{a.number:06}",
            "number": f"KB{a.number:07}",
            "short_description": a.title,
            "text": a.html,
            "valid_to": "2100-01-01",
            "sys_updated_on": f"{a.updated:%Y-%m-%d %H:%M:%S}",
            "sys_view_count": str(a.views),
            "workflow_state": "published" if a.is_live else "retired",
            "language": "en",
        }
        shown = {name: {"value": value, "display_value": value} for name, value in values.items()}
        return shown | {"author": {"value": "u7", "display_value": "Anna Berg"}}


class Salesforce(Vendor):
    connector = "salesforce"
    user = None

    def answer(self, asked: Asked) -> Answer:
        if asked.path.endswith("/describe"):
            names = ["KnowledgeArticleId", "Title", "UrlName", "Language", "PublishStatus"]
            names += ["LastModifiedDate", "ValidationStatus", "ArticleTotalViewCount", "Id"]
            fields = [{"name": name, "type": "string"} for name in names]
            return Answer({"fields": [*fields, {"name": "Answer__c", "type": "textarea"}]})
        if match := re.search(r"/query/(\d+)-(\d+)$", asked.path):
            return self.listed(self.since(match[1]), int(match[2]), match[1])
        soql = asked.query["q"]
        if one := re.search(r"KnowledgeArticleId = 'a(\d+)'", soql):
            kept = [a for a in self.live() if a.number == int(one[1])]
            return Answer({"records": [self.shape(a) for a in kept]})
        since = re.search(r"LastModifiedDate >= (\S+)", soql)
        key = str(int(datetime.fromisoformat(since[1]).timestamp())) if since else "0"
        return self.listed(self.since(key), 0, key)

    def since(self, key: str) -> list[Article]:
        kept = self.articles.values() if int(key) else self.live()
        return [a for a in kept if a.updated.timestamp() >= int(key)]

    def listed(self, articles: list[Article], start: int, key: str) -> Answer:
        page, more = self.part(articles, start)
        answer: dict[str, Any] = {"records": [self.shape(a) for a in page], "done": not more}
        if more:
            answer["nextRecordsUrl"] = f"/services/data/v61.0/query/{key}-{start + self.page}"
        return Answer(answer)

    def shape(self, a: Article) -> dict[str, Any]:
        return {
            "Id": f"v{a.number}-{int(a.updated.timestamp())}",
            "KnowledgeArticleId": f"a{a.number}",
            "Title": a.title,
            "UrlName": f"Pump-{a.number}",
            "Language": "en_US",
            "PublishStatus": "Online" if a.is_live else "Archived",
            "ValidationStatus": "Validated",
            "LastModifiedDate": a.updated.strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
            "LastModifiedBy": {"Name": "Anna Berg"},
            "ArticleTotalViewCount": a.views,
            "Answer__c": a.html,
        }


class SharePoint(Vendor):
    """A drive by delta and its files at another address; no pages."""

    connector = "sharepoint"
    user = None
    options: ClassVar[dict[str, Any]] = {"drives": ["d1"]}
    files = ""

    def answer(self, asked: Asked) -> Answer:
        if match := re.fullmatch(r"/download/(\d+)", asked.path):
            return Answer(
                self.articles[int(match[1])].html.encode(), headers={"content-type": "x/y"}
            )
        if match := re.fullmatch(r"/drives/d1/items/(\d+)", asked.path):
            return self.found(match[1], lambda a: self.shape(a, download=True))
        since, _, start = asked.query.get("token", "0-0").partition("-")
        kept = self.articles.values() if int(since) else self.live()
        listed = [a for a in kept if a.updated.timestamp() > int(since)]
        page, more = self.part(listed, int(start))
        root = {"id": "root", "name": "root", "folder": {}, "webUrl": f"{self.base}/root"}
        answer: dict[str, Any] = {"value": [root, *(self.shape(a) for a in page)]}
        link = f"{self.base}/drives/d1/root/delta?token="
        if more:
            answer["@odata.nextLink"] = f"{link}{since}-{int(start) + self.page}"
        else:
            answer["@odata.deltaLink"] = f"{link}{int(self.now.timestamp())}-0"
        return Answer(answer)

    def shape(self, a: Article, *, download: bool = False) -> dict[str, Any]:
        if not a.is_live:
            return {"id": str(a.number), "deleted": {"state": "deleted"}}
        item = {
            "id": str(a.number),
            "name": f"{a.title}.html",
            "webUrl": f"https://contoso.example/docs/{a.number}.html",
            "cTag": f"c{a.updated.timestamp()}",
            "file": {"mimeType": "text/html"},
            "lastModifiedDateTime": stamp(a.updated),
            "lastModifiedBy": {"user": {"displayName": "Anna Berg"}},
        }
        url = f"{self.files or self.base}/download/{a.number}"
        return item | ({"@microsoft.graph.downloadUrl": url} if download else {})


_UUID = "00000000-0000-4000-8000-"


class Notion(Vendor):
    connector = "notion"
    user = None

    def answer(self, asked: Asked) -> Answer:
        if match := re.fullmatch(rf"/v1/pages/{_UUID}(\d+)/markdown", asked.path):
            return self.found(match[1], lambda a: {"object": "page_markdown", "markdown": a.text})
        if match := re.fullmatch(rf"/v1/pages/{_UUID}(\d+)", asked.path):
            return self.found(match[1], self.shape)
        start = int(asked.body.get("start_cursor", 0))
        page, more = self.part(self.newest(), start)
        shown = [self.shape(a) for a in page]
        after = str(start + self.page) if more else None
        return Answer({"results": shown, "has_more": more, "next_cursor": after})

    def shape(self, a: Article) -> dict[str, Any]:
        checked = {"state": "verified", "date": {"start": "2026-01-01", "end": "2027-01-01"}}
        return {
            "object": "page",
            "id": f"{_UUID}{a.number:012}",
            "url": f"https://notion.example/{a.number}",
            "in_trash": False,
            "last_edited_time": a.updated.strftime("%Y-%m-%dT%H:%M:00.000Z"),
            "last_edited_by": {"name": "Anna Berg"},
            "properties": {
                "Page": {"type": "title", "title": [{"plain_text": a.title}]},
                "Verification": {"type": "verification", "verification": checked},
            },
        }


class Guru(Vendor):
    connector = "guru"

    def answer(self, asked: Asked) -> Answer:
        if match := re.search(r"/cards/(\d+)/extended", asked.path):
            return self.found(match[1], self.shape)
        listed = sorted(self.live(), key=lambda a: a.created)
        if since := re.search(r"lastModified >= (\S+)", asked.query.get("q", "")):
            at = datetime.fromisoformat(since[1])
            listed = [a for a in listed if a.updated >= at]
        start = int(asked.query.get("token", 0))
        page, more = self.part(listed, start)
        if not page:
            return Answer(None, 204)
        rest = {**asked.query, "token": str(start + self.page)}
        url = f"{self.base}{asked.path}?" + "&".join(f"{k}={v}" for k, v in rest.items())
        url = url.replace(" ", "%20").replace("+", "%2B")
        headers = {"link": f'<{url}>; rel="next-page"'} if more else {}
        return Answer([self.shape(a) for a in page], headers=headers)

    def shape(self, a: Article) -> dict[str, Any]:
        return {
            "id": str(a.number),
            "slug": f"s{a.number}/Pump",
            "preferredPhrase": a.title,
            "content": a.html,
            "lastModified": a.updated.strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
            "lastModifiedBy": {"firstName": "Anna", "lastName": "Berg"},
            "verificationState": "NEEDS_VERIFICATION",
            "verificationReasons": [],
            "lastVerified": "2026-01-01T00:00:00.000+0000",
        }


class BookStack(Vendor):
    connector = "bookstack"

    def answer(self, asked: Asked) -> Answer:
        if match := re.fullmatch(r"/api/pages/(\d+)", asked.path):
            return self.found(match[1], lambda a: self.shape(a) | {"html": a.html})
        if asked.path == "/api/recycle-bin":
            gone = [a for a in self.articles.values() if not a.is_live]
            return Answer(
                {"data": [{"deletable_type": "page", "deletable_id": a.number} for a in gone]}
            )
        listed = sorted(self.live(), key=lambda a: a.number)
        if since := asked.query.get("filter[updated_at:gte]"):
            at = datetime.fromisoformat(since)
            listed = [a for a in listed if a.updated >= at]
        page, _ = self.part(listed, int(asked.query["offset"]))
        return Answer({"data": [self.shape(a) for a in page], "total": len(listed)})

    def shape(self, a: Article) -> dict[str, Any]:
        return {
            "id": a.number,
            "name": a.title,
            "slug": f"pump-{a.number}",
            "book_slug": "pumps",
            "draft": False,
            "updated_at": a.updated.strftime("%Y-%m-%dT%H:%M:%S.000000Z"),
            "updated_by": {"name": "Anna Berg"},
        }


class Freshdesk(Vendor):
    connector = "freshdesk"
    user = None

    def answer(self, asked: Asked) -> Answer:
        path = asked.path.removeprefix("/api/v2/solutions/")
        if match := re.fullmatch(r"articles/(\d+)", path):
            return self.found(match[1], self.shape)
        if path == "categories":
            return Answer([{"id": 1, "name": "Pumps"}])
        if path == "categories/1/folders":
            return Answer([{"id": 2, "name": "Prices", "sub_folders_count": 1}])
        if path == "folders/2/subfolders":
            return Answer([{"id": 3, "name": "Old prices", "sub_folders_count": 0}])
        inner = path == "folders/3/articles"
        listed = [a for a in self.live() if (a.number % 2 == 0) == inner]
        size = int(asked.query["per_page"])
        start = (int(asked.query["page"]) - 1) * size
        return Answer([self.shape(a) for a in listed[start : start + size]])

    def shape(self, a: Article) -> dict[str, Any]:
        return {
            "id": a.number,
            "title": a.title,
            "description": a.html,
            "status": 2,
            "agent_id": 7,
            "hits": a.views,
            "updated_at": stamp(a.updated),
        }


class Discourse(Vendor):
    connector = "discourse"

    def answer(self, asked: Asked) -> Answer:
        if match := re.fullmatch(r"/t/(\d+)\.json", asked.path):
            return self.found(match[1], self.topic)
        listed = self.newest()
        if asked.query["order"] == "created":
            listed = sorted(listed, key=lambda a: a.created)
        number = int(asked.query["page"])
        page, more = self.part(listed, number * self.page)
        topics = [
            {
                "id": a.number,
                "slug": f"pump-{a.number}",
                "bumped_at": stamp(a.updated),
                "views": a.views,
                "visible": True,
            }
            for a in page
        ]
        found = {"topics": topics} | ({"more_topics_url": "/latest?page=9"} if more else {})
        return Answer({"topic_list": found})

    def topic(self, a: Article) -> dict[str, Any]:
        post = {
            "id": a.number,
            "cooked": a.html,
            "name": "Anna Berg",
            "updated_at": stamp(a.updated),
        }
        answer = {"id": 0, "cooked": "<p>Thanks!</p>"}
        return {
            "title": a.title,
            "slug": f"pump-{a.number}",
            "views": a.views,
            "visible": True,
            "post_stream": {"posts": [post, answer]},
        }


class DokuWiki(Vendor):
    """The JSON-RPC of the releases since 2024."""

    connector = "dokuwiki"
    path = "/lib/exe/jsonrpc.php"

    def answer(self, asked: Asked) -> Answer:
        method, given = asked.path.rpartition("/")[2], asked.body
        if method == "core.whoAmI":
            return self.result({"login": "anna"})
        if method == "core.listPages":
            pages = [
                {"id": f"kb:pump{a.number}", "revision": int(a.updated.timestamp())}
                for a in self.live()
            ]
            return self.result(pages)
        article = self.articles[int(given["page"].removeprefix("kb:pump"))]
        if not article.is_live:
            return self.missing()
        if method == "core.getPageInfo":
            changed = int(article.updated.timestamp())
            return self.result({"author": "Anna Berg", "lastModified": changed})
        return self.result(f"<h1>{article.title}</h1>{article.html}")

    def result(self, found: Any) -> Answer:
        return Answer({"result": found, "error": {"code": 0, "message": "success"}})

    def missing(self) -> Answer:
        return Answer({"error": {"code": 121, "message": "The requested page does not exist"}}, 400)


class OldDokuWiki(DokuWiki):
    """The XML-RPC of the releases before 2024."""

    path = "/lib/exe/xmlrpc.php"

    def answer(self, asked: Asked) -> Answer:
        given, method = xmlrpc.client.loads(asked.body)
        if method == "dokuwiki.getVersion":
            return self.xml(("Release 2022-07-31b",))
        names = {
            "dokuwiki.login": "core.whoAmI",
            "dokuwiki.getPagelist": "core.listPages",
            "wiki.getPageInfo": "core.getPageInfo",
            "wiki.getPageHTML": "core.getPageHTML",
        }
        asked.path, asked.body = names[method or ""], {"page": given[0]}
        return super().answer(asked)

    def result(self, found: Any) -> Answer:
        if isinstance(found, list):
            found = [{"id": page["id"], "rev": page["revision"]} for page in found]
        if isinstance(found, dict) and "login" in found:
            found = True
        if isinstance(found, dict):
            at = datetime.fromtimestamp(found["lastModified"], UTC).isoformat()
            found = found | {"lastModified": xmlrpc.client.DateTime(at)}
        return self.xml((found,))

    def missing(self) -> Answer:
        return self.xml(({},))

    def xml(self, found: Any) -> Answer:
        return Answer(xmlrpc.client.dumps(found, methodresponse=True).encode())


class MediaWiki(Vendor):
    connector = "mediawiki"
    user = None
    path = "/api.php"

    def answer(self, asked: Asked) -> Answer:
        q = asked.query
        if q["action"] == "parse":
            return Answer({"parse": {"text": self.articles[int(q["pageid"])].html}})
        if "siprop" in q:
            spaces = {"0": {"name": "", "content": True}}
            query = {"general": {"generator": "MediaWiki"}, "namespaces": spaces}
            return Answer({"curtimestamp": f"{self.now:%Y-%m-%dT%H:%M:%SZ}", "query": query})
        if q.get("list") == "recentchanges":
            since = datetime.fromisoformat(q["rcstart"])
            found = [a for a in self.articles.values() if a.updated >= since]
            changes = [{"pageid": a.number, "ns": 0, "title": a.title} for a in found]
            return Answer({"batchcomplete": True, "query": {"recentchanges": changes}})
        if "pageids" in q:
            pages = [self.shape(self.articles[int(each)]) for each in q["pageids"].split("|")]
            return Answer({"batchcomplete": True, "query": {"pages": pages}})
        start = int(q.get("gapcontinue", 0))
        page, more = self.part(sorted(self.live(), key=lambda a: a.number), start)
        pages = [self.shape(a) for a in page]
        answer: dict[str, Any] = {"batchcomplete": True, "query": {"pages": pages}}
        if more:
            answer["continue"] = {"gapcontinue": str(start + self.page), "continue": "-||"}
        return Answer(answer)

    def shape(self, a: Article) -> dict[str, Any]:
        if not a.is_live:
            return {"pageid": a.number, "missing": True}
        return {
            "pageid": a.number,
            "ns": 0,
            "title": a.title,
            "lastrevid": int(a.updated.timestamp()),
            "touched": f"{a.updated:%Y-%m-%dT%H:%M:%SZ}",
            "canonicalurl": f"{self.base}/wiki/{a.number}",
            "revisions": [{"user": "Anna", "timestamp": f"{a.updated:%Y-%m-%dT%H:%M:%SZ}"}],
        }


VENDORS: tuple[type[Vendor], ...] = (
    BookStack,
    ConfluenceCloud,
    ConfluenceServer,
    Discourse,
    DokuWiki,
    Freshdesk,
    Guru,
    Intercom,
    MediaWiki,
    Notion,
    OldDokuWiki,
    Salesforce,
    ServiceNow,
    SharePoint,
    Zendesk,
)
NIGHT = datetime(2026, 11, 1, 2, tzinfo=UTC)

"""Declarations: any JSON API of articles described in data, over real HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError

from crawler.config import CrawlConfig, KmsSource
from crawler.declaration import Declaration
from crawler.errors import SourceError
from crawler.kms import connector_for, crawl_kms
from crawler.store import SnapshotStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FIELDS = {"id": "id", "url": "{base}/a/{slug}", "title": "name", "body": "html"}
ARTICLES = 7


def source(url: str, listing: dict[str, Any], **more: Any) -> KmsSource:
    declared = {"sign_in": "none", "list": listing, "fields": FIELDS, **more}
    return KmsSource.model_validate(
        {"name": "kb", "connector": "declarative", "url": url, "api": declared}
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SnapshotStore]:
    with SnapshotStore(tmp_path / "sellby.db") as opened:
        yield opened


class Shelf:
    """Seven articles behind any style of paging, three at a time."""

    def __init__(self, site: Any, crawling: Any) -> None:
        self.page = crawling.Page
        self.url = site.url
        site.pages = self

    def get(self, path: str, default: Any = None) -> Any:
        return self.answer

    def answer(self, asked: Any) -> Any:
        path = urlsplit(asked.path).path
        query = {k: v[0] for k, v in parse_qs(urlsplit(asked.path).query).items()}
        query |= json.loads(asked.body) if asked.body else {}
        start = int(query.get("offset") or query.get("after") or 0)
        if "page" in query:
            start = (int(query["page"]) - 1) * 3
        found = [
            {"id": n, "slug": f"pump {n}", "name": f"Pump {n}", "html": f"<p>{n}.90 EUR"}
            for n in range(start, min(start + 3, ARTICLES))
        ]
        more = start + 3 < ARTICLES
        body: dict[str, Any] = {"items": found, "total": ARTICLES, "pages": 3}
        if more:
            body |= {"after": str(start + 3), "next": f"{path}?offset={start + 3}"}
        headers = {"Content-Type": "application/json"}
        if more:
            headers["Link"] = f'<{self.url}{path}?offset={start + 3}>; rel="next"'
        return self.page(json.dumps(body).encode(), headers=headers)


@pytest.mark.parametrize(
    ("paging", "requests"),
    [
        ({"style": "page", "parameter": "page", "size": 3}, 3),
        ({"style": "page", "parameter": "page", "size": 3, "total": "pages"}, 3),
        ({"style": "offset", "parameter": "offset", "size": 3, "size_parameter": "limit"}, 3),
        ({"style": "offset", "parameter": "offset", "total": "total"}, 3),
        ({"style": "cursor", "parameter": "after", "next": "after"}, 3),
        ({"style": "next_url", "next": "next"}, 3),
        ({"style": "link"}, 3),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
def test_every_style_of_paging_comes_to_the_end(
    paging: dict[str, Any], requests: int, site: Any, crawling: Any, store: SnapshotStore
) -> None:
    Shelf(site, crawling)
    listing = {"url": "/articles", "items": "items", "paging": paging}
    summary = crawl_kms(CrawlConfig(), source(site.url, listing), store)
    assert (summary.problems, summary.counts) == ((), {"ok": ARTICLES})
    assert len(site.asked) == requests
    assert {page.snapshot.url for page in store.latest()} == {
        f"{site.url}/a/pump%20{n}" for n in range(ARTICLES)
    }


def test_paging_by_body_comes_to_the_end(site: Any, crawling: Any, store: SnapshotStore) -> None:
    Shelf(site, crawling)
    paging = {"style": "offset", "parameter": "offset", "into": "body", "size": 3}
    listing = {"url": "/list", "method": "POST", "items": "items", "paging": paging}
    assert crawl_kms(CrawlConfig(), source(site.url, listing), store).counts == {"ok": ARTICLES}
    assert {asked.method for asked in site.asked} == {"POST"}


def test_a_list_that_leads_to_itself_is_no_endless_night(
    site: Any, crawling: Any, store: SnapshotStore
) -> None:
    item = {"id": 1, "slug": "a", "name": "A", "html": "x"}
    body = json.dumps({"items": [item], "next": "/articles"}).encode()
    site.pages["/articles"] = crawling.Page(body)
    listing = {
        "url": "/articles",
        "items": "items",
        "paging": {"style": "next_url", "next": "next"},
    }
    summary = crawl_kms(CrawlConfig(), source(site.url, listing), store)
    assert [problem.kind for problem in summary.problems] == ["paging"]
    assert len(site.asked) == 1


def test_a_next_url_on_another_host_is_not_followed(
    site: Any, crawling: Any, store: SnapshotStore
) -> None:
    item = {"id": 1, "slug": "a", "name": "A", "html": "x"}
    body = json.dumps({"items": [item], "next": "https://evil.example/articles"}).encode()
    site.pages["/articles"] = crawling.Page(body)
    listing = {
        "url": "/articles",
        "items": "items",
        "paging": {"style": "next_url", "next": "next"},
    }
    summary = crawl_kms(CrawlConfig(), source(site.url, listing), store)
    assert [problem.kind for problem in summary.problems] == ["refused"]


def test_an_id_cannot_climb_out_of_its_place_in_a_url() -> None:
    declared = source("https://kb.example", {"url": "/l"}, document={"url": "/articles/{id}"})
    connector = connector_for(declared)
    request = connector.one("../admin?x=1#y")  # type: ignore[attr-defined]
    assert request.url == "https://kb.example/articles/..%2Fadmin%3Fx%3D1%23y"


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({"list": {"url": "/l", "paging": {"style": "cursor"}}}, "needs parameter and next"),
        ({"list": {"url": "/l", "pageing": {}}}, "pageing"),
        ({"list": {"url": "/l"}, "sign_in": "magic"}, "sign_in"),
        ({"list": {}}, "url"),
    ],
)
def test_a_declaration_that_says_nonsense_is_refused(declared: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Declaration.model_validate({"fields": FIELDS, **declared})


def test_declarative_and_api_need_each_other() -> None:
    for given in ({"connector": "declarative"}, {"connector": "outline", "api": None}):
        whole = {"name": "kb", "url": "https://kb.example", **given}
        if given["connector"] == "outline":
            assert KmsSource.model_validate(whole).connector == "outline"
            continue
        with pytest.raises(ValidationError, match="need each other"):
            KmsSource.model_validate(whole)


def test_an_option_a_preset_needs_is_asked_for() -> None:
    given = {"name": "kb", "connector": "gitbook", "url": "https://api.gitbook.com/v1"}
    with pytest.raises(SourceError, match=r"options\.space is missing: the space's id"):
        connector_for(KmsSource.model_validate(given))
    wrong = given | {"connector": "outline", "options": {"spaces": "x"}}
    with pytest.raises(SourceError, match="unknown option 'spaces'; known: none"):
        connector_for(KmsSource.model_validate(wrong))

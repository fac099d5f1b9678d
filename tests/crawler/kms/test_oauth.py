"""OAuth2 client credentials over real HTTP: tokens fetched, carried, renewed, never stored."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from crawler.config import CrawlConfig, KmsSource, Limits
from crawler.kms import crawl_kms
from crawler.store import SnapshotStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = "s3cret-of-the-app"


class TokenWiki:
    """A wiki that wants tokens, each good for a few requests, from another origin."""

    def __init__(self, site: Any, tokens: Any, crawling: Any, uses: int) -> None:
        self.page = crawling.Page
        self.uses, self.left, self.granted, self.refused = uses, 0, 0, 0
        self.url = site.url
        site.pages = _Anything(self.api)
        tokens.pages = _Anything(self.token)

    def token(self, asked: Any) -> Any:
        form = parse_qs(asked.body.decode()) if hasattr(asked, "body") else {}
        if form.get("client_secret", [SECRET]) != [SECRET]:
            return self.json({"error": "invalid_client"}, 401)
        self.granted += 1
        self.left = self.uses
        return self.json({"access_token": f"t{self.granted}", "expires_in": 60})

    def api(self, asked: Any) -> Any:
        if asked.headers.get("authorization") != f"Bearer t{self.granted}" or not self.left:
            self.refused += 1
            return self.json({"error": {"code": "mwoauth-invalid-authorization"}}, 401)
        self.left -= 1
        if "siteinfo" in asked.path:
            spaces = {"0": {"name": "", "content": True}}
            query = {"general": {"generator": "MediaWiki"}, "namespaces": spaces}
            return self.json({"curtimestamp": "2026-11-22T08:00:00Z", "query": query})
        if "action=parse" in asked.path:
            return self.json({"parse": {"text": "<p>9.90 EUR"}})
        pages = [
            {
                "pageid": n,
                "ns": 0,
                "title": f"Pump {n}",
                "lastrevid": n,
                "canonicalurl": f"{self.url}/wiki/{n}",
            }
            for n in range(1, 7)
        ]
        return self.json({"batchcomplete": True, "query": {"pages": pages}})

    def json(self, body: Any, status: int = 200) -> Any:
        return self.page(json.dumps(body).encode(), status, {"Content-Type": "application/json"})


class _Anything(dict[str, Any]):
    def __init__(self, answer: Any) -> None:
        super().__init__()
        self._answer = answer

    def get(self, key: str, default: Any = None) -> Any:
        return self._answer


@pytest.fixture
def tokens(crawling: Any) -> Iterator[Any]:
    other = crawling.Site()
    yield other
    other.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SnapshotStore]:
    with SnapshotStore(tmp_path / "sellby.db") as opened:
        yield opened


def source(site: Any, tokens: Any, secret: str = SECRET) -> KmsSource:
    how = {"kind": "oauth2", "url": f"{tokens.url}/token", "user": "app", "password": secret}
    return KmsSource.model_validate(
        {
            "name": "wiki",
            "connector": "mediawiki",
            "url": f"{site.url}/api.php",
            "sign_in": how,
            "limits": Limits(retries=0),
        }
    )


def test_a_refused_secret_ends_the_source_with_the_reason(
    site: Any, tokens: Any, crawling: Any, store: SnapshotStore
) -> None:
    TokenWiki(site, tokens, crawling, 99)
    summary = crawl_kms(CrawlConfig(), source(site, tokens, "wrong"), store)
    assert [problem.kind for problem in summary.problems] == ["login"]
    assert "invalid_client" in summary.problems[0].message
    assert "wrong" not in summary.problems[0].message
    assert site.asked == []


def test_a_token_that_is_never_good_enough_is_no_endless_loop(
    site: Any, tokens: Any, crawling: Any, store: SnapshotStore
) -> None:
    wiki = TokenWiki(site, tokens, crawling, 0)
    summary = crawl_kms(CrawlConfig(), source(site, tokens), store)
    assert not summary.complete
    assert (wiki.granted, wiki.refused) == (2, 2)


def test_a_token_that_expires_on_the_way_is_renewed_once_for_all_that_wait(
    site: Any, tokens: Any, crawling: Any, store: SnapshotStore
) -> None:
    wiki = TokenWiki(site, tokens, crawling, 4)
    summary = crawl_kms(CrawlConfig(), source(site, tokens), store)
    assert (summary.complete, summary.counts, summary.problems) == (True, {"ok": 6}, ())
    assert (wiki.granted, wiki.refused) == (2, 1)
    assert all("authorization" not in asked.headers for asked in tokens.asked)
    kept = store.path.read_bytes()
    assert SECRET.encode() not in kept
    assert b"Bearer" not in kept

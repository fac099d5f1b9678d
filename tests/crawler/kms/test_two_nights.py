"""Every connector over a stand-in for its vendor: two nights, edits, deletions, lost rights."""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from crawler.config import KmsSource
from crawler.kms.collect import Collector
from crawler.kms.interface import Response
from crawler.kms.probe import Probe
from crawler.kms.registry import connector_for
from crawler.kms.runner import queue
from crawler.store import SnapshotStore
from tests.crawler.kms.vendors import NIGHT, VENDORS, Vendor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crawler.summary import CrawlSummary

ARTICLES = 8


class Company:
    """One vendor's knowledge base read night by night. ``bodies`` are the ids read last night."""

    def __init__(self, vendor: Vendor, store: SnapshotStore) -> None:
        self.vendor = vendor
        self.store = store
        self.asked: list[str] = []

    def night(self, **changes: Any) -> CrawlSummary:
        source = KmsSource.model_validate(self.vendor.source | changes)
        connector = connector_for(source)
        collector = Collector(source, connector, self.store, now=lambda: self.vendor.now)
        waiting = deque(collector.begin())
        self.asked = []
        while not collector.stopped:
            waiting.extend([] if waiting else collector.confirm())
            if not waiting or collector.stopped:
                break
            request = waiting.popleft()
            if "id" in request.context and not request.first:
                self.asked.append(request.context["id"])
            sent = request if request.foreign else connector.authorise(request)
            answer = self.vendor.send(sent.method, sent.url, dict(sent.headers), sent.body)
            response = Response(sent, answer.status, answer.headers, answer.body)
            queue(waiting, collector.receive(response))
        return collector.finish()

    def later(self, **difference: int) -> None:
        self.vendor.now += timedelta(**difference)

    def texts(self) -> list[str]:
        found = []
        for page in self.store.latest():
            assert page.snapshot.body is not None
            found.append(page.snapshot.body.decode())
        return found


@pytest.fixture(params=VENDORS, ids=lambda vendor: vendor.__name__)
def company(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Company]:
    vendor: Vendor = request.param("https://kb.example", NIGHT)
    for number in range(1, ARTICLES + 1):
        vendor.now = NIGHT - timedelta(days=40 - number)
        vendor.write(number, f"It costs {number}.90 EUR.", views=number)
    vendor.now = NIGHT
    with SnapshotStore(tmp_path / "sellby.db") as store:
        yield Company(vendor, store)


def test_two_nights_read_everything_once_and_then_what_changed(company: Company) -> None:
    first = company.night()
    assert (first.complete, first.problems, first.counts) == (True, (), {"ok": ARTICLES})
    assert first.readable == ARTICLES
    (page, *_) = company.store.latest()
    said = page.snapshot.editorial
    assert said.title is not None
    assert said.title.startswith("Pump 1")
    assert said.updated_at is not None
    assert NIGHT - said.updated_at == timedelta(days=39)

    company.later(hours=20)
    company.vendor.write(3, "It costs 99.00 EUR.")
    company.vendor.write(9, "It costs 9.90 EUR.")
    company.vendor.delete(5)
    company.later(hours=4)
    second = company.night()
    assert (second.complete, second.problems) == (True, ())
    company.later(days=6, hours=12)
    swept = company.night()  # what only a full listing shows
    assert (swept.complete, swept.problems, swept.readable) == (True, (), ARTICLES)
    texts = "\n".join(company.texts())
    assert "99.00 EUR" in texts
    assert "9.90 EUR" in texts
    assert ">It costs 3.90" not in texts
    assert "5.90 EUR" not in texts
    assert second.counts["ok"] == 2
    assert second.counts["ok"] + swept.counts.get("ok", 0) == 2
    gone = [s.counts.get("gone", 0) for s in (second, swept)]
    assert sum(gone) == 1


def test_a_night_without_a_change_reads_no_body(company: Company) -> None:
    company.night()
    company.later(days=1)
    quiet = company.night()
    assert quiet.counts == {"unchanged": ARTICLES}
    assert company.asked == []


def test_lost_rights_delete_nothing(company: Company) -> None:
    company.night()
    company.later(days=8)
    company.vendor.articles = {
        number: article for number, article in company.vendor.articles.items() if number < 5
    }
    lost = company.night()
    assert [problem.kind for problem in lost.problems] == ["degraded"]
    assert not lost.complete
    assert len(list(company.store.latest())) == ARTICLES


def test_a_refused_token_says_so_and_deletes_nothing(company: Company) -> None:
    company.night()
    company.later(days=8)
    answer = company.vendor.answer

    def refuse(asked: Any) -> Any:
        told = answer(asked)
        told.status, told.body = 401, {"message": "Token expired"}
        return told

    company.vendor.answer = refuse  # type: ignore[method-assign]
    refused = company.night()
    assert [problem.kind for problem in refused.problems] == ["login"]
    assert "not accepted" in refused.problems[0].message
    assert len(list(company.store.latest())) == ARTICLES


def test_a_token_that_runs_out_on_the_way_ends_the_run(company: Company) -> None:
    if connector_for(KmsSource.model_validate(company.vendor.source)).capabilities.body_in_listing:
        pytest.skip("reads no article by itself")
    answer = company.vendor.answer
    left = 6

    def expire(asked: Any) -> Any:
        nonlocal left
        left -= 1
        told = answer(asked)
        if left < 0:
            told.status, told.body = 401, {"message": "Token expired"}
        return told

    company.vendor.answer = expire  # type: ignore[method-assign]
    stopped = company.night()
    assert not stopped.complete
    assert [problem.kind for problem in stopped.problems] == ["login"]
    assert len(company.vendor.asked) <= 10
    company.vendor.answer = answer  # type: ignore[method-assign]
    again = company.night()
    assert (again.complete, again.pages) == (True, ARTICLES)


def test_the_secret_goes_along_and_is_kept_nowhere(company: Company) -> None:
    company.night()
    plain = b"s3cret"
    sent = [str(asked.headers) for asked in company.vendor.asked]
    assert any("s3cret" in headers or "Basic " in headers for headers in sent)
    company.store.close()
    assert plain not in company.store.path.read_bytes()


def test_a_probe_counts_the_articles_and_reads_one(company: Company) -> None:
    source = KmsSource.model_validate(company.vendor.source)
    connector = connector_for(source)
    probe = Probe(source, connector)
    while (request := probe.next()) is not None:
        sent = request if request.foreign else connector.authorise(request)
        answer = company.vendor.send(sent.method, sent.url, dict(sent.headers), sent.body)
        probe.receive(Response(sent, answer.status, answer.headers, answer.body))
    assert probe.said().endswith(f"{company.vendor.connector}: 8 articles readable")


def test_one_article_is_checked_again_at_once(company: Company) -> None:
    company.night()
    company.vendor.write(2, "It costs 2.00 EUR.")
    url = next(page.snapshot.url for page in company.store.latest() if page.snapshot.url)
    known = {d.url: d.id for d in company.store.documents("kb").values()}
    source = KmsSource.model_validate(company.vendor.source)
    connector = connector_for(source)
    collector = Collector(
        source, connector, company.store, now=lambda: company.vendor.now, only=[url]
    )
    waiting = deque(collector.begin())
    while waiting:
        sent = connector.authorise(waiting.popleft())
        answer = company.vendor.send(sent.method, sent.url, dict(sent.headers), sent.body)
        response = Response(sent, answer.status, answer.headers, answer.body)
        queue(waiting, collector.receive(response))
    summary = collector.finish()
    assert summary.pages == 1
    assert company.store.documents("kb")[known[url]].url == url

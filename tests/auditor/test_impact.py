"""The preview of a change: what it lists for an instant is what the run at that instant opens."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from auditor.audit import run_audit
from auditor.config import Config
from auditor.demo.company import load_company
from auditor.demo.feeds import write_feeds
from auditor.demo.pages import website, wiki
from auditor.forecast import Forecast, ahead, proposed
from auditor.impact import Effect, notices
from auditor.ingest import ingest
from auditor.model import State
from auditor.store import AuditStore, Filter
from crawler.snapshot import Outcome, Snapshot
from crawler.store import SnapshotStore

TODAY = datetime(2026, 11, 22, 8, tzinfo=UTC)
SHOP = "http://shop.brightwater.example"
WIKI = "http://wiki.brightwater.example/wiki/"
SERIES = ("bw-cg", "cable-glands")


@cache
def published() -> tuple[Any, dict[tuple[str, str], str]]:
    """The company and the pages it shows, by source and URL."""
    company = load_company(date(2026, 11, 22))
    pages = {
        ("website", f"{SHOP}{path}"): text
        for path, text in website(company, SHOP).items()
        if any(name in path for name in SERIES)
    }
    articles = {
        ("wiki", WIKI + title.replace(" ", "_")): text
        for title, text in wiki(company).items()
        if title.startswith("CG")
    }
    return company, pages | articles


class Company:
    """The invented company's cable glands on website and wiki, stored; its feeds on disk."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.company, self.pages = published()
        if not (directory / "truths.csv").exists():
            write_feeds(self.company, directory, SHOP)
        shop = {"kind": "website", "start": [f"{SHOP}/"], "market": "US", "currency": "USD",
                "tax": "excl", "language": "en-US", "name": "website"}  # fmt: skip
        wiki_of = {"kind": "kms", "connector": "mediawiki", "url": "http://wiki.example/api.php",
                   "market": "US", "currency": "USD", "tax": "excl", "language": "en-US",
                   "name": "wiki", "owner": "desk@brightwater.example"}  # fmt: skip
        feeds = {
            name: {"format": f"{name}_csv", "path": f"{name}.csv", "market": "US"}
            for name in ("products", "truths", "popularity")
        }
        self.config = Config.model_validate(
            {
                "sources": {"website": shop, "wiki": wiki_of},
                "feeds": feeds,
                "judgement": {"default_market": "US"},
            }
        )
        self.snapshots = SnapshotStore(directory / "sellby.db")
        self.store = AuditStore(directory / "sellby.db")

    def close(self) -> None:
        self.snapshots.close()
        self.store.close()

    def run(self, at: datetime) -> None:
        """A night in which every page is seen as it always was."""
        self.snapshots.save(
            [
                Snapshot(source, url, at, Outcome.OK, 200, "text/html", "utf-8", text.encode())
                for (source, url), text in self.pages.items()
            ]
        )
        for name in self.config.feeds:
            ingest(name, self.config.feeds[name], self.directory, self.store.catalogue, at)
        run_audit(self.config, self.snapshots, self.store, as_of=at)

    def ahead(self, at: datetime, **more: Any) -> Forecast:
        return ahead(self.config, self.snapshots, self.store, at=at, **more)

    def opened_at(self, at: datetime) -> dict[str, tuple[Any, ...]]:
        """What the run at an instant opened, by fingerprint."""
        return {
            f.fingerprint: told(f)
            for f in self.store.findings.matching(Filter(every_state=True))
            if any(
                step.at == at and step.new in (State.OPEN, State.REOPENED)
                for step in self.store.findings.history(f.fingerprint)
            )
        }


def told(finding: Any) -> tuple[Any, ...]:
    j = finding.judgement
    return (
        j.url, j.sku, j.attribute, j.key, j.role, j.verdict, j.diagnosis, j.claimed, j.expected,
        j.quote, j.stale_since, finding.owner, finding.priority, finding.task, finding.id,
    )  # fmt: skip


def broken(forecast: Forecast) -> dict[str, tuple[Any, ...]]:
    return {
        c.finding.fingerprint: told(c.finding)
        for c in forecast.coming
        if c.effect is Effect.BREAKS and c.in_run
    }


@pytest.fixture(scope="module")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("company")
    made = Company(directory)
    made.run(TODAY)
    made.close()
    return directory


@pytest.fixture
def company(first_night: Path, tmp_path: Path) -> Iterator[Company]:
    shutil.copytree(first_night, tmp_path, dirs_exist_ok=True)
    made = Company(tmp_path)
    yield made
    made.close()


def scheduled(company: Company) -> list[datetime]:
    starts = {
        datetime.combine(fact.valid_from, datetime.min.time(), UTC)
        for fact in company.company.facts
        if fact.valid_from > date(2026, 11, 22) and fact.sku.lower().startswith("bw-cg")
    }
    return sorted(starts)


def test_what_is_previewed_for_a_day_is_what_the_run_on_that_day_opens(company: Company) -> None:
    days = scheduled(company)
    at = days[len(days) // 2] + timedelta(days=2, hours=3)
    forecast = company.ahead(at)
    company.run(at)
    opened = company.opened_at(at)
    assert len(opened) > 5
    assert broken(forecast) == opened
    assert {"page", "passage"} <= {c.kind for c in forecast.coming}


def test_what_the_grace_hides_is_listed_and_opens_when_the_grace_is_over(company: Company) -> None:
    at = scheduled(company)[0] + timedelta(hours=3)
    forecast = company.ahead(at)
    waiting = [c for c in forecast.coming if c.effect is Effect.BREAKS and not c.in_run]
    assert waiting
    assert {c.wrong_from for c in waiting} == {scheduled(company)[0]}
    company.run(at)
    assert company.opened_at(at) == broken(forecast) == {}
    later = max(c.opens_from for c in waiting) + timedelta(seconds=1)
    company.run(later)
    assert {c.finding.fingerprint for c in waiting} == set(company.opened_at(later))


def test_nothing_is_listed_where_nothing_is_scheduled(company: Company) -> None:
    forecast = company.ahead(TODAY + timedelta(hours=1))
    assert forecast.coming == ()


def test_a_preview_writes_nothing(company: Company) -> None:
    company.store.database.execute("pragma wal_checkpoint(truncate)")
    before = (company.directory / "sellby.db").read_bytes()
    with AuditStore(company.directory / "sellby.db", read_only=True) as reader:
        ahead(company.config, company.snapshots, reader, at=scheduled(company)[-1])
        with proposal(company, reader, {"BW-CG-50": "99.00"}) as offer:
            ahead(company.config, company.snapshots, reader, at=TODAY, proposal=offer)
    assert (company.directory / "sellby.db").read_bytes() == before


def proposal(company: Company, store: AuditStore, prices: dict[str, str], sku: str = "") -> Any:
    """The truths feed with other prices, as a file beside the feed's own."""
    with (company.directory / "truths.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    for row in rows:
        now = row["attribute"] == "price" and row["valid_from"] <= "2026-11-22"
        if row["sku"] in prices and now and not row["min_qty"]:
            row["value"] = prices[row["sku"]]
    path = company.directory / "proposed.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    feed = company.config.feeds["truths"]
    now = TODAY + timedelta(hours=2)
    return proposed("truths", feed, path, company.directory, store, now)


def test_a_proposed_price_list_is_previewed_as_it_then_comes_out(company: Company) -> None:
    at = TODAY + timedelta(days=3)
    with proposal(company, company.store, {"BW-CG-50": "99.00", "BW-CG-40": "5.55"}) as offer:
        assert offer.summary.state == "applied"
        assert offer.skus == {"BW-CG-50", "BW-CG-40"}
        forecast = company.ahead(at, proposal=offer)
    assert forecast.pages < len(company.pages)
    (company.directory / "proposed.csv").replace(company.directory / "truths.csv")
    truths = company.config.feeds["truths"]
    ingest("truths", truths, company.directory, company.store.catalogue, TODAY + timedelta(hours=2))
    company.run(at)
    opened = company.opened_at(at)
    assert {entry[1] for entry in opened.values()} == {"BW-CG-50", "BW-CG-40"}
    assert broken(forecast) == opened


def test_each_owner_is_told_in_time_what_comes_first(company: Company) -> None:
    forecast = company.ahead(TODAY + timedelta(days=60))
    lists = notices(forecast.coming, TODAY, timedelta(days=60))
    assert [n.owner for n in lists if n.owner.startswith("desk")]
    for notice in lists:
        days = [c.wrong_from for c in notice.items]
        assert days == sorted(days)
        assert {c.finding.owner for c in notice.items} == {notice.owner}
    assert notices(forecast.coming, TODAY, timedelta(days=1)) == []

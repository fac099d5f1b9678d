"""What is kept of every audit, so that trends can be drawn and pages' former words be shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from auditor.config import Config
from auditor.freshness import burn
from auditor.model import (
    Attribute,
    Diagnosis,
    Finding,
    Judgement,
    Popularity,
    State,
    Verdict,
)
from auditor.night import save_night, tallies
from auditor.store import AuditRecord, AuditStore, PageResult

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
VIEWS = {"A": 900.0, "B": 100.0}
CONFIG = Config.model_validate(
    {
        "sources": {
            "web": {"name": "web", "kind": "folder", "path": ".", "base_url": "https://a/"},
            "wiki": {"name": "wiki", "kind": "kms", "connector": "mediawiki", "url": "https://w/"},
        }
    }
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[AuditStore]:
    with AuditStore(tmp_path / "sellby.db") as opened:
        for sku in ("A", "B"):
            opened.database["product"].insert(
                {
                    "sku": sku, "name": sku, "mpn": "", "gtin": "", "product_group": f"group {sku}",
                    "owner": "tom", "status": "active", "superseded_by": "", "feed": "erp",
                    "first_seen": "2026-01-01T00:00:00Z", "last_seen": "2026-01-01T00:00:00Z",
                }
            )  # fmt: skip
        yield opened


def fact(sku: str, key: str, verdict: Verdict, source: str = "web") -> Judgement:
    return Judgement(source, f"/{sku}", sku, Attribute.SPEC, key, "", verdict, claimed="1 V")


def save(store: AuditStore, source: str, url: str, *facts: tuple[Judgement, State | None]) -> None:
    """One page with facts; those with a state have a finding that is two days old."""
    keys = []
    for number, (judgement, state) in enumerate(facts):
        key = f"{source}{url}{number}".encode().hex().ljust(64, "0") if state else ""
        keys.append(key)
        if state:
            old = NOW - timedelta(days=2)
            made = Finding(key[:16], key, judgement, state, old, NOW, group="x", owner="tom")
            store.findings.save([made])
    page = PageResult(source, url, tuple(j for j, _ in facts), tuple(keys))
    with store.writing():
        store.trends.note_changes(page, NOW)
        store.audits.save_page(page)


def test_views_weigh_products_and_a_knowledge_base_has_no_share(store: AuditStore) -> None:
    right, wrong = Verdict.MATCH, Verdict.MISMATCH
    save(store, "web", "/A", (fact("A", "u", right), None), (fact("A", "i", wrong), State.OPEN))
    save(store, "web", "/B", (fact("B", "u", right), None))
    save(store, "wiki", "/A", (fact("A", "u", wrong, "wiki"), State.OPEN))
    found = {(t.slice, t.name): t for t in tallies(CONFIG, store, VIEWS, NOW)}
    everything = found["all", ""]
    assert (everything.right, everything.wrong, everything.open) == (2, 2, 2)
    assert everything.freshness.share == pytest.approx((900 * 0.5 + 100) / 1000)
    assert found["group", "group B"].freshness.share == 1
    assert found["source", "wiki"].freshness.share == 0


def test_what_is_wrong_since_less_than_the_objectives_hours_is_still_on_time(
    store: AuditStore,
) -> None:
    wrong = fact("A", "u", Verdict.MISMATCH)
    save(store, "web", "/A", (wrong, State.OPEN))
    (finding,) = store.findings.of_page("web", "/A")
    for hours, share in ((1, 1.0), (30, 0.0)):
        stale = replace(finding.judgement, stale_since=NOW - timedelta(hours=hours))
        store.findings.save([replace(finding, judgement=stale)])
        (everything,) = [t for t in tallies(CONFIG, store, VIEWS, NOW) if t.slice == "all"]
        assert everything.freshness.on_time_share == share
        assert everything.freshness.share == 0


def test_what_a_person_rejected_is_neither_right_nor_wrong(store: AuditStore) -> None:
    save(store, "web", "/A", (fact("A", "u", Verdict.MISMATCH), State.REJECTED))
    (everything,) = [t for t in tallies(CONFIG, store, VIEWS, NOW) if t.slice == "all"]
    assert (everything.right, everything.wrong) == (0, 0)
    assert everything.freshness.share is None


def test_nights_come_back_in_order_and_only_of_audits_that_ended(store: AuditStore) -> None:
    popularity = {"A": Popularity("A", 1.0, (("pageviews", Decimal(900), 1.0),))}
    save(store, "web", "/A", (fact("A", "u", Verdict.MATCH), None))
    for days in (2, 1, 0):
        at = NOW - timedelta(days=days)
        audit = store.audits.begin(at, at)
        save_night(CONFIG, store, popularity, audit, at)
        if days:
            store.audits.finish(AuditRecord(audit, at, at, at, complete=True))
    nights = store.trends.nights("all", NOW - timedelta(days=9))[""]
    assert [(NOW - night.as_of).days for night in nights] == [2, 1]
    assert nights[0].freshness.share == 1


def test_what_a_page_said_before_is_kept_when_it_says_something_else(store: AuditStore) -> None:
    before = fact("A", "u", Verdict.MISMATCH)
    save(store, "web", "/A", (before, None))
    save(store, "web", "/A", (before, None))
    assert store.trends.former_claims(["A"]) == {}
    save(store, "web", "/A", (replace(before, claimed="2 V"), None))
    ((said,),) = store.trends.former_claims(["A", "B"]).values()
    assert (said.claimed, said.until, said.key) == ("1 V", NOW, "u")


def test_an_objective_without_audits_burns_nothing() -> None:
    assert burn([], 0.95, NOW) is None


def test_the_words_around_a_quote_are_kept_with_the_audit(store: AuditStore) -> None:
    from auditor.judging import Judged
    from auditor.looks import Look, Observation, Sight
    from auditor.model import Locator
    from auditor.night import contexts
    from crawler.snapshot import Outcome

    judgement = replace(
        fact("A", "u", Verdict.MISMATCH), quote="24 V", locator=Locator(8, 12),
        diagnosis=Diagnosis.OUTDATED,
    )  # fmt: skip
    look = Look(Observation("web", "/A", Sight.CONTENT, NOW), Outcome.OK)
    kept = contexts(look, Judged((judgement,), (), "Voltage 24 V DC"), ["ab"])
    store.trends.save_contexts(kept)
    (found,) = store.trends.contexts(["ab", "cd"]).values()
    assert (found.before, found.after) == ("Voltage ", " DC")

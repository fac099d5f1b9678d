"""Audits, judgements, skips and incidents in the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from auditor.model import (
    Attribute,
    Incident,
    Judgement,
    Locator,
    Reason,
    Skipped,
    Verdict,
)
from auditor.store import AuditRecord, AuditStore, PageResult
from crawler.errors import StoreError

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[AuditStore]:
    with AuditStore(tmp_path / "sellby.db") as opened:
        yield opened


def judged(sku: str, verdict: Verdict, reason: Reason | None = None) -> Judgement:
    return Judgement("web", "u", sku, Attribute.MOQ, "", "", verdict, reason=reason, quote="q")


def save(store: AuditStore, url: str, *judgements: Judgement) -> None:
    skipped = (Skipped(Reason.HISTORIC, "in 2022", Locator(1, 2)),)
    with store.writing():
        page = PageResult("web", url, judgements, ("",) * len(judgements), skipped)
        store.audits.save_page(page)
        store.audits.mark("web", url)


def test_reading_an_unaudited_database_without_writing_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="sellby"):
        AuditStore(tmp_path / "none.db", read_only=True)


def test_only_complete_audits_count_as_history(store: AuditStore) -> None:
    store.audits.begin(NOW, NOW)
    assert store.audits.latest() is None
    second = store.audits.begin(NOW, NOW)
    store.audits.finish(AuditRecord(second, NOW, NOW, NOW, pages=3, matches=2, complete=True))
    latest = store.audits.latest()
    assert latest is not None
    assert (latest.id, latest.pages, latest.matches) == (second, 3, 2)


def test_pages_an_audit_did_not_come_to_are_forgotten(store: AuditStore) -> None:
    store.audits.begin(NOW, NOW)
    save(store, "a", judged("S", Verdict.MATCH))
    save(store, "b", judged("S", Verdict.MISMATCH))
    store.audits.begin(NOW, NOW)
    save(store, "b", judged("S", Verdict.MATCH))
    store.audits.forget_other_pages()
    (tally,) = store.audits.tallies("source")
    assert (tally.right, tally.wrong, tally.products) == (1, 0, 1)


def test_reasons_come_with_counts_and_examples(store: AuditStore) -> None:
    store.audits.begin(NOW, NOW)
    save(
        store, "a", judged("S", Verdict.NOT_JUDGED, Reason.NO_CLAIM),
        judged("T", Verdict.NOT_JUDGED, Reason.NO_CLAIM),
        judged("T", Verdict.NOT_JUDGED, Reason.AMBIGUOUS_NUMBER),
    )  # fmt: skip
    first, second = store.audits.not_judged(examples=1)
    assert (first.reason, first.count) == ("no_claim", 2)
    assert first.examples == (("web", "a", "S", "q"),)
    assert second.reason == "ambiguous_number"
    assert [each.reason for each in store.audits.skipped()] == ["historic"]


def test_an_incident_is_open_once_however_often_it_is_seen(store: AuditStore) -> None:
    seen = Incident("login_wall", "web", "12 pages")
    store.audits.set_incidents(["login_wall"], [seen], NOW)
    later = NOW + timedelta(days=1)
    store.audits.set_incidents(["login_wall"], [Incident("login_wall", "web", "13 pages")], later)
    (open_now,) = store.audits.open_incidents()
    assert (open_now.message, open_now.opened_at) == ("13 pages", NOW)
    store.audits.set_incidents(["other"], [], later)
    assert store.audits.open_incidents() == [open_now]
    store.audits.set_incidents(["login_wall"], [], later)
    assert store.audits.open_incidents() == []
    store.audits.set_incidents(["login_wall"], [seen], later + timedelta(days=1))
    assert len(store.audits.incidents()) == 2

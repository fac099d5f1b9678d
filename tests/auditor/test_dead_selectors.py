"""A selector that stops matching is one incident; nothing is judged by it, nothing closes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from auditor.audit import AuditSummary, run_audit
from auditor.config import Config
from auditor.model import Attribute, Product, State, Truth
from auditor.store import AuditStore, Filter
from auditor.values.truth import parse_truth_value
from crawler.snapshot import Outcome, Snapshot
from crawler.store import SnapshotStore

T0 = datetime(2026, 11, 20, 2, tzinfo=UTC)
SKUS = ("TB-100", "TB-200", "TB-300")


class Nights:
    """Three products whose pages show a minimum quantity that only a selector finds."""

    def __init__(self, directory: Path) -> None:
        self.snapshots = SnapshotStore(directory / "sellby.db")
        self.store = AuditStore(directory / "sellby.db")
        products = [Product(sku, urls=(f"https://shop.example/{sku}",)) for sku in SKUS]
        self.store.catalogue.apply("products", products, T0 - timedelta(days=9))
        ten, _ = parse_truth_value("moq", "", "10", "pcs")
        truths = [
            Truth(sku, Attribute.MOQ, "", ten, valid_from=T0 - timedelta(days=900), feed="truths")
            for sku in SKUS
        ]
        self.store.catalogue.apply("truths", truths, T0 - timedelta(days=9))
        self.config = self.with_selector("#m")

    def with_selector(self, css: str) -> Config:
        source = {
            "kind": "website",
            "start": ["https://shop.example/"],
            "language": "en-US",
            "name": "web",
            "profile": {"moq": {"css": css}},
        }
        return Config.model_validate({"sources": {"web": source}})

    def night(self, day: int, markup: str) -> AuditSummary:
        for sku in SKUS:
            body = f"<html lang=en><main><h1>Block {sku}</h1>{markup}</main>".encode()
            at = T0 + timedelta(days=day)
            url = f"https://shop.example/{sku}"
            page = Snapshot("web", url, at, Outcome.OK, 200, "text/html", "utf-8", body)
            self.snapshots.save([page])
        return run_audit(self.config, self.snapshots, self.store, as_of=T0 + timedelta(days=day))


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Nights]:
    made = Nights(tmp_path)
    yield made
    made.snapshots.close()
    made.store.close()


def test_a_dead_selector_is_one_incident_and_proves_nothing(nights: Nights) -> None:
    first = nights.night(0, "<p>we say <b id=m>25</b></p>")
    assert (first.wrong, first.incidents) == (3, ())
    second = nights.night(1, "<p>we now say <b id=other>25</b></p>")
    [incident] = second.incidents
    assert (incident.kind, incident.subject) == ("dead_selector", "web")
    assert "css #m; once 3 of 3 pages" in incident.message
    assert second.wrong == 0
    assert {f.state for f in nights.store.findings.matching(Filter(every_state=True))} == {
        State.OPEN
    }
    third = nights.night(2, "<p>we now say <b id=other>25</b></p>")
    assert [i.opened_at for i in third.incidents] == [T0 + timedelta(days=1)]


def test_it_closes_when_the_selector_matches_again_or_is_changed(nights: Nights) -> None:
    nights.night(0, "<p>we say <b id=m>25</b></p>")
    assert nights.night(1, "<p>we now say <b id=other>25</b></p>").incidents
    nights.config = nights.with_selector("#other")
    fourth = nights.night(2, "<p>we now say <b id=other>25</b></p>")
    assert (fourth.wrong, fourth.incidents) == (3, ())


def test_a_selector_that_never_matched_is_no_incident(nights: Nights) -> None:
    assert nights.night(0, "<p>hello</p>").incidents == ()
    assert nights.night(1, "<p>hello</p>").incidents == ()

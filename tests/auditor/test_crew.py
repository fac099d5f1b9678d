"""Judging in several processes: the same findings, and a clear end where one is killed."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from auditor.audit import run_audit
from auditor.config import Config
from auditor.crew import Crew, crew_for, judged_batches
from auditor.errors import AuditorError
from auditor.judging import Judge
from auditor.looks import looks
from auditor.model import Attribute, Product, Truth
from auditor.store import AuditStore, Filter
from auditor.values.types import Amount, Basis, Interval, Money, Tax
from crawler.snapshot import Outcome, Snapshot
from crawler.store import SnapshotStore

NIGHT = datetime(2026, 11, 20, 2, tzinfo=UTC)
HOST = "https://shop.example"
PAGES = 70  # more than two batches


def config(directory: Path, processes: int | None) -> Config:
    return Config.model_validate(
        {
            "database": directory / "sellby.db",
            "sources": {
                "web": {
                    "name": "web",
                    "kind": "website",
                    "start": [f"{HOST}/"],
                    "language": "en-US",
                    "currency": "USD",
                    "tax": "excl",
                }
            },
            "judgement": {"processes": processes},
        }
    )


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Seventy products with a page each; every third page shows an old price."""
    path = tmp_path / "sellby.db"
    with SnapshotStore(path) as snapshots, AuditStore(path) as store:
        before = NIGHT - timedelta(days=30)
        skus = [f"TB-{n:03d}" for n in range(PAGES)]
        products = [Product(sku, f"Block {sku}", urls=(f"{HOST}/{sku}",)) for sku in skus]
        amount = Amount("13.10", (Interval(Decimal("13.10"), Decimal("13.10")),), Decimal("0.005"))
        price = Money(amount, "USD")
        truths = [Truth(sku, Attribute.PRICE, "", price, Basis(tax=Tax.EXCL)) for sku in skus]
        store.catalogue.apply("products", products, before)
        store.catalogue.apply("truths", truths, before)
        for number, sku in enumerate(skus):
            shown = "$12.40" if number % 3 == 0 else "$13.10"
            body = (
                f"<html lang=en><title>{sku}</title><main><h1>Block {sku}</h1>"
                f"<dl><dt>Part number<dd>{sku}<dt>Price<dd>{shown}</dl></main>"
            ).encode()
            url = f"{HOST}/{sku}"
            snapshots.save(
                [Snapshot("web", url, NIGHT, Outcome.OK, 200, "text/html", "utf-8", body)]
            )
    return path


def findings(database: Path, processes: int) -> list[tuple[str, str, str, float]]:
    with SnapshotStore(database) as snapshots, AuditStore(database) as store:
        summary = run_audit(config(database.parent, processes), snapshots, store, as_of=NIGHT)
        found = store.findings.matching(Filter())
    assert summary.pages == PAGES
    return [(f.id, f.judgement.claimed, f.judgement.quote, f.priority) for f in found]


def test_two_processes_find_what_one_finds(database: Path) -> None:
    alone = findings(database, 1)
    assert len(alone) == 24
    assert findings(database, 2) == alone


def test_few_pages_start_no_process(database: Path) -> None:
    with SnapshotStore(database) as snapshots, AuditStore(database) as store:
        assert crew_for(config(database.parent, None), snapshots, store, NIGHT) is None


class Deadly:
    """Ends the process that unpacks it, as the kernel does where memory is short."""

    def __reduce__(self) -> tuple[object, tuple[int]]:
        return os._exit, (1,)


def test_a_killed_process_says_what_to_do(database: Path) -> None:
    settings = config(database.parent, 2)
    with SnapshotStore(database) as snapshots, AuditStore(database) as store:
        judge = Judge(settings, store.catalogue)
        batch = [next(looks(snapshots, "web"))]
        crew = Crew(settings, database, NIGHT, 2)
        with pytest.raises(AuditorError, match="processes: 1"):
            list(judged_batches(judge, [[Deadly()], batch], NIGHT, crew))  # type: ignore[list-item]

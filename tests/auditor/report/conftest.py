"""A small database with the findings a test wants, and the report of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.config import Config
from auditor.findings import StateChange
from auditor.model import (
    Attribute,
    Claim,
    Diagnosis,
    Finding,
    Incident,
    Judgement,
    Locator,
    Method,
    Role,
    State,
    Truth,
    Verdict,
)
from auditor.report import Material, Report
from auditor.store import AuditRecord, AuditStore, PageResult
from auditor.values.types import Basis, Word
from crawler.store import SnapshotStore

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)


def a_finding(number: int = 1, *, state: State = State.OPEN, **changes: object) -> Finding:
    """A wrong price; ``changes`` are fields of the finding or of its judgement."""
    sku, url = f"KB-{number}", f"https://shop.example/p/{number}"
    locator = Locator(19, 37, "/html/body/p[1]")
    quote = str(changes.get("quote", "12,40 € / 100 Stk."))
    claim = Claim(
        "website", url, sku, Attribute.PRICE, "", Role.LIST, Word("12.40 EUR", "12.40 EUR"),
        Basis(), quote, locator, Method.TABLE, True, 0.95,
    )  # fmt: skip
    truth = Truth(
        sku, Attribute.PRICE, "", Word("13.10 EUR", "13.10 EUR"), valid_from=NOW, feed="erp",
        row="truths.csv:17",
    )  # fmt: skip
    judgement = Judgement(
        "website", url, sku, Attribute.PRICE, "", "list", Verdict.MISMATCH, Diagnosis.OUTDATED,
        None, claim, truth, "12.40 EUR / 100 pcs", "13.10 EUR / 100 pcs", "EUR",
        "The page shows the list price that was in force until 1 April 2026.",
        quote, locator, NOW, 1, "13,10 € / 100 Stk.",
    )  # fmt: skip
    own = {name: value for name, value in changes.items() if name in Finding.__slots__}
    rest = {name: value for name, value in changes.items() if name not in own}
    key = f"{number:08x}" + "0" * 56
    made = Finding(
        key[:8], key, replace(judgement, **rest), state, NOW, NOW, "Cable tie 200 mm", "Cable",  # type: ignore[arg-type]
        "ines@example.com", 71.3, (("severity", "a wrong price", 1.0),), "", "ab" * 32, NOW,
    )  # fmt: skip
    return replace(made, **own)  # type: ignore[arg-type]


MakeReport = Callable[..., Report]
MakeFinding = Callable[..., Finding]


@pytest.fixture(name="a_finding")
def _a_finding() -> MakeFinding:
    return a_finding


@pytest.fixture
def report_of(tmp_path: Path) -> Iterator[MakeReport]:
    """Makes the report of a night that came to these findings."""
    path = tmp_path / "sellby.db"
    with SnapshotStore(path) as snapshots, AuditStore(path) as store:

        def made(*findings: Finding, company: str = "Example & Sons") -> Report:
            audit = store.audits.begin(NOW, NOW)
            store.findings.save(
                findings,
                [StateChange(f.fingerprint, NOW, "", f.state, "seen") for f in findings],
            )
            with store.writing():
                for finding in findings:
                    j = finding.judgement
                    page = PageResult(j.source, j.url, (j,), (finding.fingerprint,))
                    store.audits.save_page(page)
            incident = Incident("login_wall", "wiki", "The wiki asks for a log-in.", NOW)
            store.audits.set_incidents(["login_wall"], [incident], NOW)
            store.audits.finish(
                AuditRecord(audit, NOW, NOW, NOW, len(findings), 9, len(findings), 2, complete=True)
            )
            return Report(Material(store, snapshots, Config(company=company), NOW))

        yield made

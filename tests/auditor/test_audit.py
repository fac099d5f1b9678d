"""The main flow over stored snapshots: broken eyes, gone pages, owners, sameness."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from auditor.audit import AuditSummary, run_audit
from auditor.config import Config
from auditor.model import Attribute, Finding, Product, State, Truth
from auditor.store import AuditStore, Filter
from auditor.values.types import Amount, Basis, Interval, Money, Tax
from crawler.snapshot import Outcome, Snapshot
from crawler.store import SnapshotStore

T0 = datetime(2026, 11, 20, 2, tzinfo=UTC)
HOST = "https://shop.example"


def page(price: str, sku: str = "TB-100") -> bytes:
    return (
        f"<html lang=en><title>{sku}</title><body><main><h1>Terminal block {sku}</h1>"
        f"<dl><dt>Part number<dd>{sku}<dt>Price<dd>{price}</dl></main>"
    ).encode()


class Night:
    """A database with products and truths, and nights over it."""

    def __init__(self, directory: Path, **more: object) -> None:
        self.snapshots = SnapshotStore(directory / "sellby.db")
        self.store = AuditStore(directory / "sellby.db")
        source = {"kind": "website", "start": [f"{HOST}/"], "language": "en-US"}
        source |= {"currency": "EUR", "tax": "excl", "name": "web"}
        self.config = Config.model_validate({"sources": {"web": source}, **more})
        products = [
            Product(sku, f"Terminal block {sku}", urls=(f"{HOST}/{sku}",), group="Terminals",
                    owner="tom")
            for sku in ("TB-100", "TB-200")
        ]  # fmt: skip
        self.store.catalogue.apply("products", products, T0 - timedelta(days=30))
        truths = [truth("TB-100", "13.10"), truth("TB-200", "22.00")]
        self.store.catalogue.apply("truths", truths, T0 - timedelta(days=30))

    def close(self) -> None:
        self.snapshots.close()
        self.store.close()

    def visit(
        self,
        day: float,
        sku: str,
        body: bytes | None,
        outcome: Outcome = Outcome.OK,
        status: int = 200,
        target: str | None = None,
    ) -> None:
        at = T0 + timedelta(days=day)
        snapshot = Snapshot(
            "web", f"{HOST}/{sku}", at, outcome, status, "text/html", "utf-8", body, target=target
        )
        self.snapshots.save([snapshot])

    def audit(self, day: float) -> AuditSummary:
        as_of = T0 + timedelta(days=day)
        return run_audit(self.config, self.snapshots, self.store, as_of=as_of)

    def all(self) -> list[Finding]:
        return self.store.findings.matching(Filter(every_state=True))


def truth(sku: str, price: str) -> Truth:
    amount = Amount(price, (Interval.point(Decimal(price)),))
    return Truth(
        sku, Attribute.PRICE, "", Money(amount, "EUR"), Basis(tax=Tax.EXCL),
        valid_from=datetime(2025, 1, 1, tzinfo=UTC), feed="truths", row="truths.csv:2",
    )  # fmt: skip


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    made = Night(tmp_path)
    yield made
    made.close()


def test_an_empty_store_is_audited_without_a_word(night: Night) -> None:
    summary = night.audit(0)
    assert (summary.pages, summary.wrong, summary.incidents) == (0, 0, ())


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome.LOGIN_WALL, Outcome.BLOCKED, Outcome.SERVER_ERROR, Outcome.TIMEOUT,
        Outcome.TOO_LARGE, Outcome.UNREADABLE,
    ],
)  # fmt: skip
def test_broken_eyes_are_one_incident_and_no_finding(night: Night, outcome: Outcome) -> None:
    for sku in ("TB-100", "TB-200", "about"):
        night.visit(0, sku, None, outcome, 503)
    summary = night.audit(0)
    (incident,) = summary.incidents
    assert (incident.kind, incident.subject) == (outcome, "web")
    assert "3 of 3 pages of web" in incident.message
    assert night.all() == []
    assert summary.not_judged >= 2


def test_an_incident_keeps_its_beginning_and_closes_when_the_eyes_open(night: Night) -> None:
    night.visit(0, "TB-100", None, Outcome.LOGIN_WALL)
    night.audit(0)
    night.visit(1, "TB-100", None, Outcome.LOGIN_WALL)
    (incident,) = night.audit(1).incidents
    assert incident.opened_at == T0
    night.visit(2, "TB-100", page("13.10 EUR"))
    assert night.audit(2).incidents == ()
    (closed,) = night.store.audits.incidents()
    assert closed.closed_at == T0 + timedelta(days=2)


def test_a_login_wall_in_front_of_a_wrong_page_leaves_its_finding_open(night: Night) -> None:
    night.visit(0, "TB-100", page("12.40 EUR"))
    night.audit(0)
    night.visit(1, "TB-100", None, Outcome.LOGIN_WALL)
    night.audit(1)
    (finding,) = night.all()
    assert finding.state is State.OPEN
    assert finding.observed_at == T0


def test_a_gone_page_verifies_its_findings_and_leaves_the_counts(night: Night) -> None:
    night.visit(0, "TB-100", page("12.40 EUR"))
    assert night.audit(0).wrong == 1
    night.visit(1, "TB-100", None, Outcome.GONE, 410)
    summary = night.audit(1)
    assert (summary.pages, summary.wrong) == (0, 0)
    (finding,) = night.all()
    assert finding.state is State.VERIFIED
    assert "HTTP 410" in night.store.findings.history(finding.fingerprint)[-1].why
    assert night.store.audits.tallies("source") == []


@pytest.mark.parametrize(("status", "state"), [(301, State.VERIFIED), (302, State.OPEN)])
def test_only_a_permanent_redirect_takes_a_page_away(
    night: Night, status: int, state: State
) -> None:
    night.visit(0, "TB-100", page("12.40 EUR"))
    night.audit(0)
    night.visit(1, "TB-100", None, Outcome.REDIRECTED, status, target=f"{HOST}/maintenance")
    night.audit(1)
    assert [finding.state for finding in night.all()] == [state]


def test_the_same_instant_gives_the_same_rows_byte_for_byte(night: Night) -> None:
    night.visit(0, "TB-100", page("12.40 EUR"))
    night.visit(0, "TB-200", page("21.00 EUR", "TB-200"))

    def rows() -> list[tuple[object, ...]]:
        tables = ("finding", "judgement", "skipped", "incident")
        database = night.store.database
        return [row for table in tables for row in database.execute(f"select * from {table}")]

    night.audit(1)
    first = rows()
    assert first
    night.audit(1)
    assert rows() == first


def test_a_page_is_judged_by_what_was_true_when_it_was_fetched(night: Night) -> None:
    night.visit(0, "TB-100", page("13.10 EUR"))
    change = T0 + timedelta(days=3)
    old = replace(truth("TB-100", "13.10"), valid_to=change)
    new = replace(truth("TB-100", "14.00"), valid_from=change, row="truths.csv:3")
    night.store.catalogue.apply("truths", [old, new], T0)
    assert night.audit(9).wrong == 0
    night.visit(8, "TB-100", page("13.10 EUR"))
    assert night.audit(9).wrong == 1


def test_findings_get_product_group_owner_and_priority(night: Night) -> None:
    night.visit(0, "TB-100", page("12.40 EUR"))
    night.audit(0)
    (finding,) = night.all()
    assert (finding.product, finding.group, finding.owner) == (
        "Terminal block TB-100", "Terminals", "tom",
    )  # fmt: skip
    value = 100.0
    for _, _, factor in finding.priority_parts:
        value *= factor
    assert finding.priority == pytest.approx(value, abs=0.1)


@pytest.mark.parametrize(
    ("rules", "away", "owner"),
    [
        ([], [], "tom"),
        ([{"owner": "ines", "group": "terminals"}], [], "ines"),
        ([{"owner": "ines", "group": "Relays"}], [], "tom"),
        ([{"owner": "ines", "attribute": ["moq"]}, {"owner": "kim", "path": "TB-1"}], [], "kim"),
        ([{"owner": "ines", "deputy": "ben"}], [{"who": "ines", "until": "2026-11-20"}], "ben"),
        ([{"owner": "ines", "deputy": "ben"}], [{"who": "ines", "until": "2026-11-19"}], "ines"),
        ([{"owner": "ines"}], [{"who": "ines", "until": "2026-11-25"}], "ines"),
    ],
)
def test_the_first_rule_that_fits_names_the_owner(
    tmp_path: Path, rules: list[object], away: list[object], owner: str
) -> None:
    night = Night(tmp_path, owners=rules, away=away)
    night.visit(0, "TB-100", page("12.40 EUR"))
    night.audit(0)
    assert [finding.owner for finding in night.all()] == [owner]
    night.close()


def test_an_extractor_that_fails_on_one_page_costs_that_page_alone(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    night.visit(0, "TB-100", page("12.40 EUR"))
    night.visit(0, "TB-200", page("21.00 EUR", "TB-200"))
    night.audit(0)
    from auditor import judging

    real = judging.extract

    def failing(read: object, *rest: object) -> object:
        if "TB-100" in read.url:  # type: ignore[attr-defined]
            raise RuntimeError("broken plug-in")
        return real(read, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(judging, "extract", failing)
    summary = night.audit(1)
    (incident,) = summary.incidents
    assert incident.kind == "extractor_failed"
    assert "broken plug-in" in incident.message
    assert [finding.state for finding in night.all()] == [State.OPEN, State.OPEN]


def test_what_is_kept_of_a_page_is_its_newest_look(night: Night) -> None:
    night.visit(0, "TB-100", page("12.40 EUR"))
    night.audit(0)
    night.visit(1, "TB-100", page("13.10 EUR"))
    night.audit(1)
    (tally,) = night.store.audits.tallies("attribute")
    assert (tally.name, tally.right, tally.wrong) == ("price", 1, 0)
    assert [audit.wrong for audit in night.store.audits.history()] == [0, 1]

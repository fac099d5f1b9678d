"""Website, knowledge base and feed together, over stored snapshots and whole audits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from auditor.across import ACROSS
from auditor.audit import run_audit
from auditor.causes import doubt_task
from auditor.config import Config
from auditor.model import Attribute, Finding, Incident, Product, State, Truth, Verdict
from auditor.store import AuditStore, Filter
from auditor.store.overview import Remark
from auditor.values.types import Amount, Basis, Interval, Money, Quantity, Tax, Word
from crawler.snapshot import Editorial, Outcome, Snapshot, Verification
from crawler.store import SnapshotStore

T0 = datetime(2026, 11, 20, 2, tzinfo=UTC)
SHOP, HELP = "https://shop.example", "https://help.example"


class Company:
    """One shop, one knowledge base, one price feed with an owner."""

    def __init__(self, directory: Path, **judgement: object) -> None:
        self.snapshots = SnapshotStore(directory / "sellby.db")
        self.store = AuditStore(directory / "sellby.db")
        common = {"language": "en-US", "currency": "EUR", "tax": "excl"}
        kms = {"kind": "kms", "connector": "mediawiki", "url": HELP}
        self.config = Config.model_validate(
            {
                "sources": {
                    "web": {"kind": "website", "start": [f"{SHOP}/"], "name": "web", **common},
                    "help": {"name": "help", **kms, **common},
                },
                "feeds": {"erp": {"format": "truths", "path": "truths.csv", "owner": "dora"}},
                "judgement": judgement,
            }
        )
        products = [
            Product(sku, f"Terminal block {sku}", urls=(f"{SHOP}/{sku}",), owner="tom")
            for sku in ("TB-100", "TB-200")
        ]
        self.store.catalogue.apply("products", products, T0 - timedelta(days=30))
        self.apply([price("TB-100", "13.10"), price("TB-200", "22.00")])

    def apply(self, truths: list[Truth]) -> None:
        self.store.catalogue.apply("erp", truths, T0 - timedelta(days=30))

    def shop(self, day: float, sku: str, *facts: tuple[str, str]) -> None:
        self._visit("web", f"{SHOP}/{sku}", day, sku, facts)

    def help(self, day: float, sku: str, *facts: tuple[str, str], age: float = 0) -> None:
        self._visit("help", f"{HELP}/wiki/{sku}", day, sku, facts, age)

    def gone(self, day: float, url: str, outcome: Outcome = Outcome.GONE) -> None:
        at = T0 + timedelta(days=day)
        source = "web" if url.startswith(SHOP) else "help"
        self.snapshots.save([Snapshot(source, url, at, outcome, 404)])

    def audit(self, day: float) -> None:
        run_audit(self.config, self.snapshots, self.store, as_of=T0 + timedelta(days=day))

    def findings(self) -> list[Finding]:
        return self.store.findings.matching(Filter(every_state=True))

    def remarks(self, kind: str) -> list[Remark]:
        return [r for r in self.store.overview.remarks() if r.kind == kind]

    def close(self) -> None:
        self.snapshots.close()
        self.store.close()

    def _visit(
        self,
        source: str,
        url: str,
        day: float,
        sku: str,
        facts: tuple[tuple[str, str], ...],
        age: float = 0,
    ) -> None:
        at = T0 + timedelta(days=day)
        rows = "".join(f"<dt>{label}<dd>{value}" for label, value in facts)
        body = (
            f"<html lang=en><title>{sku}</title><body><main><h1>Terminal block {sku}</h1>"
            f"<dl><dt>Part number<dd>{sku}{rows}</dl></main>"
        ).encode()
        touched = Editorial(title=sku, updated_at=at - timedelta(days=age))
        self.snapshots.save(
            [
                Snapshot(
                    source, url, at, Outcome.OK, 200, "text/html", "utf-8", body, editorial=touched
                )
            ]
        )


def price(sku: str, text: str) -> Truth:
    amount = Amount(text, (Interval.point(Decimal(text)),))
    return Truth(
        sku, Attribute.PRICE, "", Money(amount, "EUR"), Basis(tax=Tax.EXCL),
        valid_from=datetime(2025, 1, 1, tzinfo=UTC), feed="erp", row="truths.csv:2",
    )  # fmt: skip


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    made = Company(tmp_path)
    yield made
    made.close()


def test_sources_that_agree_with_the_feed_give_nothing(company: Company) -> None:
    company.shop(0, "TB-100", ("Price", "€13.10"))
    company.help(0, "TB-100", ("Price", "€13.10"))
    company.audit(0)
    assert company.findings() == []
    assert company.store.overview.checks() == []


def test_the_wrong_side_is_stored_beside_its_finding(company: Company) -> None:
    company.shop(0, "TB-100", ("Price", "€13.10"))
    company.help(0, "TB-100", ("Price", "€15.77"))
    company.audit(0)
    (finding,) = company.findings()
    beside = company.store.overview.beside(finding)
    assert beside is not None
    assert (beside.standing, beside.website, beside.kms) == (
        "kms_wrong",
        "13.10 EUR / 1 pcs",
        "15.77 EUR / 1 pcs",
    )


def test_agreement_against_the_feed_is_one_task_of_the_feeds_owner(company: Company) -> None:
    for sku in ("TB-100", "TB-200"):
        company.shop(0, sku, ("Price", "€15.77"))
        company.help(0, sku, ("Price", "€15.77"))
    company.audit(0)
    found = company.findings()
    assert len(found) == 4
    assert {(f.task, f.owner, f.state) for f in found} == {(doubt_task("erp"), "dora", State.OPEN)}
    (remark,) = company.remarks("source_doubt")
    assert (remark.subject, remark.count) == ("erp", 2)
    assert "ask dora first" in remark.message


def test_a_doubt_that_ends_gives_the_finding_back_to_its_owner(company: Company) -> None:
    company.shop(0, "TB-100", ("Price", "€15.77"))
    company.help(0, "TB-100", ("Price", "€15.77"))
    company.audit(0)
    company.help(1, "TB-100", ("Price", "€13.10"))
    company.audit(1)
    (still,) = [f for f in company.findings() if f.state is State.OPEN]
    assert (still.judgement.source, still.owner) == ("web", "tom")
    assert company.remarks("source_doubt") == []


def contradictory(company: Company) -> Finding:
    company.shop(0, "TB-100", ("Minimum order quantity", "20 pcs"))
    company.help(0, "TB-100", ("Minimum order quantity", "40 pcs"))
    company.audit(0)
    (finding,) = company.findings()
    return finding


def test_a_contradiction_without_a_truth_is_one_finding_and_stays_one(company: Company) -> None:
    finding = contradictory(company)
    j = finding.judgement
    assert (j.verdict, j.role, j.source) == (Verdict.CONTRADICTION, ACROSS, "help")
    assert (j.claimed, j.expected) == ("40 pcs", "20 pcs")
    company.audit(1)
    (again,) = company.findings()
    assert (again.fingerprint, again.state) == (finding.fingerprint, State.OPEN)


def test_a_contradiction_ends_when_either_side_is_corrected(company: Company) -> None:
    contradictory(company)
    company.shop(1, "TB-100", ("Minimum order quantity", "40 pcs"))
    company.audit(1)
    (finding,) = company.findings()
    assert finding.state is State.VERIFIED


@pytest.mark.parametrize("url", [f"{SHOP}/TB-100", f"{HELP}/wiki/TB-100"])
def test_a_contradiction_outlives_a_page_that_cannot_be_read(company: Company, url: str) -> None:
    contradictory(company)
    company.gone(1, url, Outcome.SERVER_ERROR)
    company.audit(1)
    (finding,) = company.findings()
    assert finding.state is State.OPEN


def test_a_contradiction_ends_with_the_page_that_made_it(company: Company) -> None:
    contradictory(company)
    company.gone(1, f"{HELP}/wiki/TB-100")
    company.audit(1)
    (finding,) = company.findings()
    assert finding.state is State.VERIFIED


def test_a_contradiction_ends_when_a_feed_knows_the_fact(company: Company) -> None:
    contradictory(company)
    minimum = Quantity(Amount("20", (Interval.point(Decimal(20)),)), "pcs")
    known = Truth(
        "TB-100", Attribute.MOQ, "", minimum, feed="erp", row="truths.csv:3",
        valid_from=datetime(2025, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    company.apply([price("TB-100", "13.10"), price("TB-200", "22.00"), known])
    company.audit(1)
    states = {f.judgement.verdict: f.state for f in company.findings()}
    assert states == {Verdict.CONTRADICTION: State.VERIFIED, Verdict.MISMATCH: State.OPEN}


def test_a_renewed_price_list_is_seen_fixed(company: Company) -> None:
    company.shop(0, "TB-100", ("Price", "€13.10"), ("Note", "Prices valid until March 31, 2025"))
    company.audit(0)
    (finding,) = company.findings()
    assert (finding.judgement.verdict, finding.judgement.key) == (
        Verdict.EXPIRED,
        "price_validity",
    )
    company.shop(1, "TB-100", ("Price", "€13.10"), ("Note", "Prices valid until March 31, 2027"))
    company.audit(1)
    assert [f.state for f in company.findings()] == [State.VERIFIED]


def test_products_whose_page_is_gone_or_was_never_met_are_one_remark(company: Company) -> None:
    company.shop(0, "index", ("Name", "Terminals"))
    company.gone(0, f"{SHOP}/TB-100")
    company.audit(0)
    (remark,) = company.remarks("no_page")
    assert (remark.subject, remark.count) == ("web", 2)
    assert [(url, sku) for url, sku, _ in remark.examples] == [
        (f"{SHOP}/TB-100", "TB-100"),
        (f"{SHOP}/TB-200", "TB-200"),
    ]
    assert company.findings() == []


def test_of_a_site_that_was_seen_in_part_only_pages_that_are_gone_are_missed(
    company: Company,
) -> None:
    company.shop(0, "index", ("Name", "Terminals"))
    company.gone(0, f"{SHOP}/TB-100")
    broken = Incident("source_incomplete", "web", "the connection was refused")
    company.store.audits.set_incidents(["source_incomplete"], [broken], T0)
    company.audit(0)
    (remark,) = company.remarks("no_page")
    assert [sku for _url, sku, _why in remark.examples] == ["TB-100"]


def test_a_page_that_could_not_be_read_is_not_called_gone(company: Company) -> None:
    for sku in ("TB-100", "TB-200"):
        company.gone(0, f"{SHOP}/{sku}", Outcome.SERVER_ERROR)
    company.audit(0)
    assert company.remarks("no_page") == []


def test_pages_of_unknown_products_are_one_remark(company: Company) -> None:
    company.shop(0, "XY-999", ("Price", "€13.10"))
    company.audit(0)
    (remark,) = company.remarks("unknown_products")
    assert (remark.subject, remark.count) == ("web", 1)
    assert remark.examples[0][0] == f"{SHOP}/XY-999"


def test_an_offer_in_force_that_no_page_mentions_is_remarked(company: Company) -> None:
    rack = Truth(
        "TB-100", Attribute.OFFER, "RACK", Word("free rack", "free rack"), feed="erp",
        valid_from=T0 - timedelta(days=20), valid_to=T0 + timedelta(days=20), row="truths.csv:9",
    )  # fmt: skip
    company.apply([price("TB-100", "13.10"), rack])
    company.shop(0, "TB-100", ("Price", "€13.10"))
    company.audit(0)
    (remark,) = company.remarks("unmentioned")
    assert (remark.subject, remark.count) == ("erp", 1)
    assert remark.examples == (("", "TB-100", "offer RACK"),)


def test_age_counts_only_where_no_fact_could_be_checked(tmp_path: Path) -> None:
    company = Company(tmp_path, max_age_days=365)
    company.help(0, "TB-100", ("Price", "€13.10"), age=900)
    company.help(0, "Opening-hours", ("Friday", "closed"), age=900)
    company.help(0, "Parking", ("Where", "yard"), age=90)
    company.audit(0)
    (remark,) = company.remarks("aged_unchecked")
    assert (remark.subject, remark.count) == ("help", 1)
    assert remark.examples[0][0] == f"{HELP}/wiki/Opening-hours"
    company.close()


def test_articles_past_their_own_validity_are_told_as_one(company: Company) -> None:
    ends = {
        "Old": Editorial(title="Old", valid_to=T0 - timedelta(days=1)),
        "Unsure": Editorial(title="Unsure", verification=Verification.EXPIRED),
        "Fresh": Editorial(
            title="Fresh", valid_to=T0 + timedelta(days=1), verification=Verification.VERIFIED
        ),
        "Plain": Editorial(title="Plain"),
    }
    body = b"<html lang=en><title>x</title><body><main><h1>Opening hours</h1><p>Nine to five."
    for name, said in ends.items():
        url = f"{HELP}/wiki/{name}"
        shown = Snapshot(
            "help", url, T0, Outcome.OK, 200, "text/html", "utf-8", body, editorial=said
        )
        company.snapshots.save([shown])
    company.audit(0)
    (remark,) = company.remarks("review_lapsed")
    assert (remark.subject, remark.count) == ("help", 2)
    assert [text for _url, _sku, text in remark.examples] == [
        f"Old {T0 - timedelta(days=1):%Y-%m-%d}",
        "Unsure",
    ]
    company.audit(2)
    (remark,) = company.remarks("review_lapsed")
    assert remark.count == 3


def test_age_is_no_matter_unless_the_configuration_says_so(company: Company) -> None:
    company.help(0, "Opening-hours", ("Friday", "closed"), age=900)
    company.audit(0)
    assert company.remarks("aged_unchecked") == []

"""Documents in the audit: judged like pages, found again at their place, never guessed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from auditor.audit import AuditSummary, run_audit
from auditor.catalogue import Catalogue
from auditor.config import Config
from auditor.extract.interface import Context
from auditor.judging import read_claims
from auditor.model import Attribute, Product, Reason, Truth
from auditor.page.read import read_page
from auditor.store import AuditStore, Filter
from auditor.values.types import Amount, Basis, Interval, Money, Tax
from crawler.documents import Rendition, Trouble, readable
from crawler.snapshot import Document, Outcome, Snapshot
from crawler.store import SnapshotStore

NIGHT = datetime(2026, 11, 20, 2, tzinfo=UTC)
LATER = datetime(2026, 11, 21, 2, tzinfo=UTC)
URL = "https://www.example.com/prices.xlsx"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def price_list(price: float, created: int = 2025) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": datetime(created, 1, 1, tzinfo=UTC)})
    sheet = book.add_worksheet("Prices")
    sheet.write_row(0, 0, ["Price list"])
    sheet.write_row(2, 0, ["Part number", "Description", "Price"])
    sheet.write_row(3, 0, ["BW-2", "Sensor long"])
    sheet.write(3, 2, 11, book.add_format({"num_format": '0.00 "EUR"'}))
    sheet.write_row(4, 0, ["BW-1", "Sensor short"])
    sheet.write(4, 2, price, book.add_format({"num_format": '0.00 "EUR"'}))
    book.close()
    return out.getvalue()


def snapshot(body: bytes, at: datetime = NIGHT, media_type: str = XLSX) -> Snapshot:
    return Snapshot("docs", URL, at, Outcome.OK, 200, media_type, body=body)


class Folder:
    """A database with two products, and documents in it."""

    def __init__(self, directory: Path) -> None:
        self.snapshots = SnapshotStore(directory / "sellby.db")
        self.store = AuditStore(directory / "sellby.db")
        source = {"kind": "folder", "path": ".", "base_url": "https://www.example.com/"}
        source |= {"language": "de-DE", "tax": "excl", "name": "docs"}
        self.config = Config.model_validate({"sources": {"docs": source}})
        products = [Product(sku, urls=(URL,)) for sku in ("BW-1", "BW-2")]
        self.store.catalogue.apply("products", products, NIGHT)
        truths = [
            Truth(
                "BW-1",
                Attribute.PRICE,
                "",
                Money(Amount("9.90", (Interval.point(Decimal("9.90")),)), "EUR"),
                Basis(tax=Tax.EXCL),
                valid_from=datetime(2025, 1, 1, tzinfo=UTC),
                feed="truths",
                row="truths.csv:2",
            )
        ]
        self.store.catalogue.apply("truths", truths, NIGHT)

    def close(self) -> None:
        self.snapshots.close()
        self.store.close()

    def audit(self, at: datetime = NIGHT) -> AuditSummary:
        return run_audit(self.config, self.snapshots, self.store, as_of=at)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    found = Folder(tmp_path)
    yield found
    found.close()


def test_a_wrong_price_is_found_at_its_sheet_and_row(folder: Folder) -> None:
    body = price_list(9.5)
    folder.snapshots.save([snapshot(body)])
    folder.audit()
    [finding] = folder.store.findings.matching(Filter())
    j = finding.judgement
    assert (j.sku, j.quote, j.locator.place) == ("BW-1", "9,50 EUR", "sheet Prices, row 5")
    stored = folder.snapshots.snapshot_at("docs", URL)
    assert stored is not None
    assert read_page(stored, language="de-DE").quote(j.locator.start, j.locator.end) == j.quote
    assert folder.snapshots.body(finding.snapshot) == body


def test_the_same_text_in_other_bytes_is_unchanged(folder: Folder) -> None:
    assert folder.snapshots.save([snapshot(price_list(9.5))]) == [Outcome.OK]
    again = snapshot(price_list(9.5, created=2026), LATER)
    assert folder.snapshots.save([again]) == [Outcome.UNCHANGED]
    assert folder.snapshots.save([snapshot(price_list(9.9), LATER)]) == [Outcome.OK]


def test_a_scanned_document_is_one_remark_and_no_incident(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanned = Rendition(trouble=Trouble.NO_TEXT, detail="it holds pictures of pages")
    monkeypatch.setattr("crawler.documents.convert.Converter.convert", lambda *_: scanned)
    folder.snapshots.save([snapshot(b"%PDF-1.7", media_type="application/pdf")])
    summary = folder.audit()
    assert summary.incidents == ()
    assert [(r.kind, r.count) for r in summary.remarks if r.kind == "no_text_layer"] == [
        ("no_text_layer", 1)
    ]
    reasons = {reason.reason for reason in folder.store.audits.not_judged()}
    assert reasons == {str(Reason.NO_TEXT_LAYER)}


def test_a_missing_reader_is_one_incident_and_later_audits_read_what_is_stored(
    folder: Folder,
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        absent = Rendition(trouble=Trouble.NO_READER, detail="pip install 'sellby[documents]'")
        patch.setattr("crawler.documents.convert.Converter.convert", lambda *_: absent)
        patch.setattr("crawler.store.renditions.reader_of", lambda _kind: "")
        folder.snapshots.save([snapshot(price_list(9.5))])
        summary = folder.audit()
        assert [i.kind for i in summary.incidents] == ["no_reader"]
        assert "pip install 'sellby[documents]'" in summary.incidents[0].message
    summary = folder.audit(LATER)
    assert summary.incidents == ()
    assert len(folder.store.findings.matching(Filter())) == 1


def test_a_document_in_trouble_proves_no_finding_fixed(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.snapshots.save([snapshot(price_list(9.5))])
    folder.audit()
    broken = Rendition(trouble=Trouble.ENCRYPTED, detail="it needs a password")
    monkeypatch.setattr("crawler.documents.convert.Converter.convert", lambda *_: broken)
    folder.snapshots.save([snapshot(b"PK locked", LATER)])
    summary = folder.audit(LATER)
    assert [i.kind for i in summary.incidents] == ["unreadable"]
    assert [f.state for f in folder.store.findings.matching(Filter())] == ["open"]


def test_what_was_left_out_of_a_document_is_not_missing() -> None:
    html = b"<section data-place='page 1'><p>BW-1</p></section>"
    note = Document("pdf", notes=("only pages 1 to 3 of 9 were read",))
    page = read_page(Snapshot("docs", URL, NIGHT, Outcome.OK, body=html, document=note))
    assert page.is_partial
    assert page.blocks[0].path == "page 1"


def test_a_page_cannot_name_its_own_place() -> None:
    html = b"<section data-place='page 1'><p>BW-1</p></section>"
    page = read_page(Snapshot("docs", URL, NIGHT, Outcome.OK, media_type="text/html", body=html))
    assert page.blocks[0].path.startswith("/html")


def test_a_snapshot_that_was_not_stored_is_readable_all_the_same() -> None:
    page = read_page(readable(snapshot(price_list(9.5))))
    assert "9.50 EUR" in page.text


def test_the_lower_limits_of_a_datasheet_are_no_minimum_orders() -> None:
    html = (
        b"<h1>BW-1</h1><table>"
        b"<tr><th></th><th></th><th>BW-1</th><th></th><th></th></tr>"
        b"<tr><th>Parameter</th><th>Min</th><th>Typ</th><th>Max</th><th>Units</th></tr>"
        b"<tr><td>Bandwidth</td><td>500</td><td>510</td><td>520</td><td>kHz</td></tr>"
        b"<tr><td>Resolution</td><td>12</td><td></td><td></td><td>Bits</td></tr></table>"
    )
    sheet = Snapshot("docs", URL, NIGHT, Outcome.OK, body=html, document=Document("pdf"))
    read = read_claims(sheet, Catalogue([Product("BW-1")]), Context(language="en-US"))
    assert not [claim for claim in read.claims if claim.attribute is Attribute.MOQ]

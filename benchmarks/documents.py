"""Reading PDFs end to end beside pdfminer.six's plain text of the same files, in one run.

    python benchmarks/documents.py [FILE.pdf…]

Without files, three PDFs are made: a ruled price list, one without rules, and pages of text.
"End to end" is what a crawl and an audit do: the document is read in a process of its own, stored
with its HTML, read back, and claims are extracted and bound. pdfminer.six (the engine below
pdfplumber, too) only gives the letters: no table, no column, no place.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import pdfplumber
from pdfminer.high_level import extract_text

from auditor.catalogue import Catalogue
from auditor.extract.interface import Context
from auditor.judging import read_claims
from auditor.model import Product
from crawler.documents.rendition import Limits
from crawler.snapshot import Outcome, Snapshot
from crawler.store import SnapshotStore

ROUNDS = 3
PAGES = 20


def main(files: list[str]) -> None:
    """Print pages a second of both, and their ratio, for each file."""
    documents = {Path(name).name: Path(name).read_bytes() for name in files} or made()
    print(f"{'':24}{'pages':>6}{'pdfminer.six':>16}{'Sellby':>12}{'ratio':>8}{'claims':>8}")
    for name, body in documents.items():
        with pdfplumber.open(io.BytesIO(body)) as pdf:
            pages = len(pdf.pages)
        theirs = min(timed(lambda body=body: extract_text(io.BytesIO(body))) for _ in range(ROUNDS))
        ours, claims = min(end_to_end(name, body) for _ in range(ROUNDS))
        print(
            f"{name[:23]:24}{pages:6}{pages / theirs:12.1f} p/s{pages / ours:8.1f} p/s"
            f"{theirs / ours:8.2f}{claims:8}"
        )


def timed(call: object) -> float:
    """Seconds that a call takes."""
    start = time.perf_counter()
    call()  # type: ignore[operator] # a function without arguments
    return time.perf_counter() - start


def end_to_end(name: str, body: bytes) -> tuple[float, int]:
    """Seconds from the bytes to the claims, and how many there are."""
    url = f"https://www.example.com/{name}"
    products = [Product(f"BW-{n:04}") for n in range(2000)]
    catalogue = Catalogue(products)
    context = Context(language="en-US", currency="EUR")
    with tempfile.TemporaryDirectory() as folder, SnapshotStore(Path(folder) / "b.db") as store:
        store.limit_documents("docs", Limits(pages=5_000, seconds=600))
        start = time.perf_counter()
        at = datetime.now(UTC)
        store.save([Snapshot("docs", url, at, Outcome.OK, 200, "application/pdf", body=body)])
        snapshot = store.snapshot_at("docs", url)
        assert snapshot is not None
        reading = read_claims(snapshot, catalogue, context)
        return time.perf_counter() - start, len(reading.claims)


def made() -> dict[str, bytes]:
    """Three PDFs of PAGES pages or so."""
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

    head = ["Part no.", "Description", "Price EUR", "MOQ"]
    rows = [
        [f"BW-{n:04}", f"Sensor M{n} inductive", f"{n * 1.05:.2f}", str(5 * (n % 20 + 1))]
        for n in range(PAGES * 40)
    ]
    ruled = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)])
    style = getSampleStyleSheet()["Normal"]
    text = "The sensor BW-0001 costs 12.40 EUR. Its minimum order quantity is 50 pieces. " * 6
    stories = {
        "price list, ruled": [Table([head, *rows], repeatRows=1, style=ruled)],
        "price list, no rules": [Table([head, *rows], repeatRows=1)],
        "text": [Paragraph(text, style) for _ in range(PAGES * 8)],
    }
    found = {}
    for name, story in stories.items():
        out = io.BytesIO()
        SimpleDocTemplate(out, pagesize=A4).build(story)
        found[f"{name}.pdf"] = out.getvalue()
    return found


if __name__ == "__main__":
    main(sys.argv[1:])

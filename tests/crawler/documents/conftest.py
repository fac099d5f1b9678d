"""Documents made for the tests, and the page that a reader of them sees."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import pytest

from crawler.documents.kinds import Kind
from crawler.documents.rendition import Limits, Rendition
from crawler.documents.worker import rendered

Draw = Callable[..., bytes]
ROWS = [
    ["Part no.", "Description", "Price EUR", "MOQ"],
    ["BW-1", "Sensor short", "9.50", "25"],
    ["BW-2", "Sensor long", "11.00", "50"],
]


def pdf_of(
    *pages: Sequence[tuple[float, float, str]],
    size: int = 10,
    rules: Sequence[tuple[float, float, float, float]] = (),
    password: str = "",
    picture: bool = False,
) -> bytes:
    """A PDF of texts at (points from the left, points from the top); the same rules a page."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    options = {}
    if password:
        from reportlab.lib.pdfencrypt import StandardEncryption

        options["encrypt"] = StandardEncryption(password, strength=128)
    canvas = Canvas(out, pagesize=A4, invariant=1, **options)
    for page in pages:
        for x, y, text in page:
            bold = text.startswith("*")
            height = 20 if text.startswith("#") else size
            canvas.setFont("Helvetica-Bold" if bold else "Helvetica", height)
            canvas.drawString(x, A4[1] - y, text.lstrip("#*"))
        for x0, y0, x1, y1 in rules:
            canvas.line(x0, A4[1] - y0, x1, A4[1] - y1)
        if picture:
            from PIL import Image

            canvas.drawInlineImage(Image.new("RGB", (40, 40), "grey"), 50, 50, 300, 300)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def columns(rows: Sequence[Sequence[str]], top: float = 100) -> list[tuple[float, float, str]]:
    """Rows of a table as texts in columns."""
    return [
        (60 + 120 * column, top + 14 * number, text)
        for number, row in enumerate(rows)
        for column, text in enumerate(row)
        if text
    ]


def html(kind: Kind, body: bytes, limits: Limits | None = None) -> Rendition:
    """What a document is turned into, in this process."""
    return rendered(kind, body, limits or Limits())


@pytest.fixture(scope="session")
def price_list() -> bytes:
    """A PDF with a heading and a table without rules."""
    return pdf_of([(60, 60, "#Price list 2026"), *columns(ROWS)])

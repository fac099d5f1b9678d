"""PDF: what stands in columns or between rules is a table, and its page is named."""

from __future__ import annotations

import re

import pytest

from crawler.documents.kinds import Kind
from crawler.documents.rendition import Limits, Trouble

pytest.importorskip("pdfplumber")
pytest.importorskip("reportlab")

from .conftest import ROWS, columns, html, pdf_of


def test_a_pdf_with_a_password_is_told_from_a_broken_one() -> None:
    found = html(Kind.PDF, pdf_of([(60, 60, "Price 9.50 EUR")], password="secret"))
    assert (found.trouble, found.html) == (Trouble.ENCRYPTED, "")
    assert html(Kind.PDF, b"%PDF-1.7 nothing follows").trouble is Trouble.DAMAGED


def test_pictures_of_pages_ask_for_text_recognition() -> None:
    found = html(Kind.PDF, pdf_of([], [], picture=True))
    assert found.trouble is Trouble.NO_TEXT
    assert "OCR" in found.detail


def test_one_scanned_page_is_a_note_and_the_others_are_read() -> None:
    text = [(60, 60 + 14 * n, f"Line {n} says something worth reading") for n in range(9)]
    body = pdf_of(text, [], picture=True)
    found = html(Kind.PDF, body)
    assert found.trouble is None
    assert found.notes == ("page 2 is only a picture, whose text was not read",)


def test_no_more_pages_are_read_than_allowed_and_the_rest_is_said(price_list: bytes) -> None:
    body = pdf_of(*[[(60, 60, f"Page number {n} with words on it")] for n in range(9)])
    found = html(Kind.PDF, body, Limits(pages=3))
    assert found.html.count("<section") == 3
    assert found.notes == ("only pages 1 to 3 of 9 were read",)


def test_a_damaged_cross_reference_table_does_not_lose_the_text(price_list: bytes) -> None:
    start = price_list.rindex(b"startxref")
    broken = price_list[:start] + b"startxref\n99999999\n%%EOF"
    assert "<td>BW-2</td>" in html(Kind.PDF, broken).html


def test_words_in_columns_are_a_table_with_its_header(price_list: bytes) -> None:
    found = html(Kind.PDF, price_list).html
    assert '<section data-place="page 1"><h1>Price list 2026</h1>' in found
    assert "<th>Part no.</th><th>Description</th><th>Price EUR</th><th>MOQ</th>" in found
    assert "<td>BW-2</td><td>Sensor long</td><td>11.00</td><td>50</td>" in found


def test_ruled_cells_are_a_table_and_merged_ones_span() -> None:
    texts = [(65, 112, "Part"), (185, 112, "From 1"), (305, 112, "From 100"), (65, 132, "BW-1"),
             (185, 132, "on request")]  # fmt: skip
    level = [(60, y, 420, y) for y in (100, 120, 140)]
    upright = [(60, 100, 60, 140), (180, 100, 180, 140), (300, 100, 300, 120), (420, 100, 420, 140)]
    found = html(Kind.PDF, pdf_of(texts, rules=level + upright)).html
    assert '<td>BW-1</td><td colspan="2">on request</td>' in found


def test_a_table_over_a_page_break_stays_one_table_with_both_pages_named() -> None:
    more = [["BW-3", "Sensor flat", "12.00", "10"], ["BW-4", "Sensor round", "13.00", "20"]]
    first = columns(ROWS, top=700)
    found = html(Kind.PDF, pdf_of(first, columns(more, top=100))).html
    assert found.count("<table>") == 1
    assert found.index('<tbody data-place="page 2"><tr><td>BW-3</td>') > found.index("MOQ")


def test_a_header_that_every_page_repeats_is_read_once() -> None:
    pages = [
        [(60, 30, "ACME price list, page " + str(n)), (60, 300, f"Text of page {n} stands here")]
        for n in range(1, 5)
    ]
    found = html(Kind.PDF, pdf_of(*pages)).html
    assert re.findall(r"ACME price list, page \d", found) == ["ACME price list, page 1"]
    assert found.count("stands here") == 4


def test_a_rule_through_a_price_strikes_it() -> None:
    body = pdf_of([(60, 100, "12.00"), (160, 100, "9.50")], rules=[(59, 97, 90, 97)])
    found = html(Kind.PDF, body).html
    assert "<s>12.00</s>" in found
    assert "<s>9.50</s>" not in found


def test_newspaper_columns_are_read_one_after_the_other() -> None:
    left = "the first column is read down to its very end"
    right = "before the second one on its right is begun"
    texts = [(60, 100 + 12 * n, f"{n} {left}") for n in range(8)]
    texts += [(330, 100 + 12 * n, f"{n} {right}") for n in range(8)]
    found = html(Kind.PDF, pdf_of(texts)).html
    assert "<table>" not in found
    assert found.index(f"7 {left}") < found.index(f"0 {right}")


def test_lines_that_end_early_stay_lines_and_sentences_run_on() -> None:
    texts = [
        (60, 100, "MOQ: 50 pcs"),
        (60, 112, "Lead time: 3 weeks"),
        (60, 200, "A sentence that is long enough to reach the right margin of all this text"),
        (60, 212, "goes on in the next line of the same paragraph without a break at the end"),
    ]
    found = html(Kind.PDF, pdf_of(texts)).html
    assert "MOQ: 50 pcs<br>Lead time: 3 weeks" in found
    assert "all this text goes on" in found


def test_a_page_written_sideways_is_read_as_it_is_turned() -> None:
    import io

    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(600, 800))
    canvas.rotate(90)
    for x, y, text in columns(ROWS):
        canvas.drawString(x, -y, text)
    canvas.save()
    assert "<td>BW-2</td><td>Sensor long</td><td>11.00</td>" in html(Kind.PDF, out.getvalue()).html


def test_columns_that_rules_merely_frame_are_columns_all_the_same() -> None:
    texts = [(65 + 60 * column, 112 + 14 * row, f"{column}{row}.50")
             for row in range(5) for column in range(5)]  # fmt: skip
    texts += [(400, 112 + 14 * row, "EUR") for row in range(5)]
    level = [(60, 100 + 14 * n, 460, 100 + 14 * n) for n in range(6)]
    upright = [(x, 100, x, 170) for x in (60, 390, 460)]
    found = html(Kind.PDF, pdf_of(texts, rules=level + upright)).html
    assert "<td>00.50</td><td>10.50</td><td>20.50</td>" in found


def test_a_header_of_several_lines_is_header_to_its_last_line() -> None:
    rows = [["", "Unit price", "", "Packaging"], ["Part", "EUR", "MOQ", "Pack"], *[
        [f"BW-{n}", f"{n}.50", "25", "5"] for n in range(4)
    ]]  # fmt: skip
    found = html(Kind.PDF, pdf_of(columns(rows))).html
    assert found.count("<th>") == 8
    assert "<th>MOQ</th>" in found
    assert "<td>BW-0</td><td>0.50</td>" in found

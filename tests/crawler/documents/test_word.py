"""DOCX: what Word shows without its mark-up, and where it stands."""

from __future__ import annotations

import io
from typing import Any

import pytest

from crawler.documents.kinds import Kind
from crawler.documents.rendition import Trouble

docx = pytest.importorskip("docx")

from .conftest import html  # noqa: E402 - after the skip


def saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def changed(paragraph: Any, tag: str, text_tag: str, text: str) -> None:
    from docx.oxml import OxmlElement

    change, run, words = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(text_tag)
    words.text = text
    run.append(words)
    change.append(run)
    paragraph._p.append(change)


def test_an_old_or_encrypted_file_asks_for_a_docx_without_a_password() -> None:
    found = html(Kind.WORD, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert found.trouble is Trouble.ENCRYPTED
    assert "save it as DOCX" in found.detail


def test_a_zip_that_is_no_word_document_is_damaged() -> None:
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert html(Kind.WORD, out.getvalue()).trouble is Trouble.DAMAGED


def test_of_tracked_changes_the_outcome_is_read() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Lead time ")
    changed(paragraph, "w:del", "w:delText", "5 weeks")
    changed(paragraph, "w:ins", "w:t", "3 weeks")
    assert ">Lead time 3 weeks</p>" in html(Kind.WORD, saved(document)).html


def test_struck_text_is_marked_and_hidden_text_left_out() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Now 9.50 EUR ")
    paragraph.add_run("12.00 EUR").font.strike = True
    paragraph.add_run("internal 4.00").font.hidden = True
    found = html(Kind.WORD, saved(document)).html
    assert "Now 9.50 EUR <s>12.00 EUR</s></p>" in found
    assert "4.00" not in found


def test_headings_lists_and_tables_keep_their_order_and_places() -> None:
    document = docx.Document()
    document.add_heading("Sensors", 1)
    document.add_paragraph("MOQ: 25 pcs", style="List Bullet")
    table = document.add_table(rows=3, cols=3)
    for number, row in enumerate((["Part", "From 1", "From 100"], ["BW-1", "9.50", "8.50"])):
        for column, text in enumerate(row):
            table.cell(number, column).text = text
    table.cell(2, 0).text = "BW-2"
    table.cell(2, 1).merge(table.cell(2, 2)).text = "on request"
    found = html(Kind.WORD, saved(document)).html
    assert '<h1 data-place="under “Sensors”">Sensors</h1>' in found
    assert '<li data-place="under “Sensors”">MOQ: 25 pcs</li>' in found
    assert '<tr data-place="table 1, row 2"><td>BW-1</td>' in found
    assert '<td>BW-2</td><td colspan="2">on request</td>' in found
    assert found.index("MOQ") < found.index("<table>")


def test_a_cell_merged_over_rows_spans_them() -> None:
    document = docx.Document()
    table = document.add_table(rows=3, cols=2)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "Series L"
    for row in range(3):
        table.cell(row, 1).text = f"{row}.50"
    found = html(Kind.WORD, saved(document)).html
    assert '<td rowspan="2">Series L</td><td>0.50</td>' in found


def test_page_headers_hold_conditions_and_are_read_once() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Prices in EUR, net"
    document.add_paragraph("Text")
    assert html(Kind.WORD, saved(document)).html.count("Prices in EUR, net") == 1

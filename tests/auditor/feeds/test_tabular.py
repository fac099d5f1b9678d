"""Every tabular format: the same rows, whatever holds them."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from auditor.errors import FeedError
from auditor.feeds import FeedConfig, read_feed
from auditor.model import Product, RejectedRow, Truth

if TYPE_CHECKING:
    from pathlib import Path

PRICE: dict[str, Any] = {
    "attribute": {"constant": "price"},
    "unit": {"constant": "EUR"},
}


def read(folder: Path, name: str, **config: Any) -> list[object]:
    settings = {"format": name.rpartition(".")[2], "path": name, **config}
    return list(read_feed("erp", FeedConfig(**settings), folder))


def prices(records: list[object]) -> list[tuple[str, str]]:
    return [(r.sku, r.value.amount.text) for r in records if isinstance(r, Truth)]


def reasons(records: list[object]) -> list[tuple[int, str]]:
    return [(r.line, r.reason) for r in records if isinstance(r, RejectedRow)]


# Spreadsheets


def workbook(folder: Path, *rows: list[object], formats: dict[int, str] | None = None) -> Path:
    path = folder / "prices.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Preise")
        styles = {at: book.add_format({"num_format": f}) for at, f in (formats or {}).items()}
        for line, row in enumerate(rows):
            for at, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(line, at, cell, styles.get(at))
                else:
                    sheet.write(line, at, cell, styles.get(at) if line else None)
    return path


XLSX: dict[str, Any] = {"columns": {**PRICE, "sku": "Artikel", "value": "Preis"}}


def test_keys_of_a_workbook_stay_text_and_numbers_are_those_that_are_shown(tmp_path):
    workbook(
        tmp_path,
        ["Artikel", "Preis"],
        ["00071", 12.4],
        ["1E5", 0.1 + 0.2],
        ["NA", 1299],
    )
    assert prices(read(tmp_path, "prices.xlsx", **XLSX)) == [
        ("00071", "12.4"),
        ("1E5", "0.3"),
        ("NA", "1299"),
    ]


def test_zeros_and_decimals_that_a_cell_format_adds_are_read(tmp_path):
    workbook(
        tmp_path,
        ["Artikel", "Preis"],
        [71, 12.827124999],
        formats={0: "000000", 1: '#,##0.00 "EUR"'},
    )
    assert prices(read(tmp_path, "prices.xlsx", **XLSX)) == [("000071", "12.83")]


def test_number_and_date_cells_are_exact_whatever_the_mapping_says_of_text(tmp_path):
    rows = [["A", 1299.5, datetime(2026, 2, 1)], ["B", "1.299,50", "01.02.2026"]]  # noqa: DTZ001
    workbook(tmp_path, ["Artikel", "Preis", "Ab"], *rows, formats={2: "dd.mm.yyyy"})
    columns = {
        **XLSX["columns"],
        "value": {"column": "Preis", "locale": "de-DE"},
        "valid_from": {"column": "Ab", "date": "%d.%m.%Y"},
    }
    records = read(tmp_path, "prices.xlsx", columns=columns, timezone="Europe/Berlin")
    starts = {r.valid_from for r in records if isinstance(r, Truth)}
    assert prices(records) == [("A", "1299.5"), ("B", "1299.50")]
    assert starts == {datetime(2026, 1, 31, 23, tzinfo=UTC)}


def test_an_error_of_a_formula_rejects_its_row_and_is_no_missing_price(tmp_path):
    path = tmp_path / "prices.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Artikel", "Preis"])
        sheet.write_string(1, 0, "A")
        sheet.write_formula(1, 1, "=VLOOKUP(1,C1:D9,2)", None, "#N/A")
    ((line, reason),) = reasons(read(tmp_path, "prices.xlsx", **XLSX))
    assert line == 2
    assert "#N/A" in reason


def test_titles_above_the_header_and_the_sheet_are_found_or_told(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "prices.xlsx") as book:
        book.add_worksheet("Alt").hide()
        sheet = book.add_worksheet("Preise")
        book.worksheets()[1].activate()
        book.worksheets()[1].set_first_sheet()
        sheet.write_row(0, 0, ["Preisliste 2026"])
        sheet.write_row(2, 0, ["ARTIKEL", "Preis"])
        sheet.write_row(4, 0, ["A", 5])
        sheet.write_row(5, 0, ["B", 6, "", "per Hand"])
    records = read(tmp_path, "prices.xlsx", **XLSX)
    assert prices(records) == [("A", "5")]
    assert reasons(records) == [
        (6, "4 fields where the header has 2; what stands beside the table?")
    ]
    with pytest.raises(FeedError, match="has no sheet 'Price'; it has Alt, Preise"):
        read(tmp_path, "prices.xlsx", sheet="Price", **XLSX)
    with pytest.raises(FeedError, match="lacks the column Artikel, Preis; its header is"):
        read(tmp_path, "prices.xlsx", header_row=1, **XLSX)


def test_a_workbook_is_read_as_another_reader_reads_it(tmp_path):
    rows: list[list[object]] = [[f"K{n}", n / 7, "ä&<>", True] for n in range(50)]
    path = workbook(tmp_path, ["sku", "name", "mpn", "group"], *rows)
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    products = read(tmp_path, "prices.xlsx", records="products")
    expected = [(row[0], format(row[1], ".15g"), row[2], "TRUE") for row in sheet[1:]]
    assert [(p.sku, p.name, p.mpn, p.group) for p in products if isinstance(p, Product)] == [
        (sku, name, mpn, group) for sku, name, mpn, group in expected
    ]


@pytest.mark.parametrize("name", ["prices.xlsx", "prices.ods"])
def test_a_half_written_workbook_is_told(tmp_path, name):
    whole = workbook(tmp_path, ["Artikel", "Preis"], ["A", 1]).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FeedError, match="is it still being written"):
        read(tmp_path, name, **XLSX)


@pytest.mark.parametrize("name", ["prices.xlsx", "prices.ods"])
def test_a_bomb_in_a_workbook_is_refused_before_it_is_unpacked(tmp_path, name):
    with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("xl/workbook.xml", b" " * 60_000_000)
    with pytest.raises(FeedError, match="ZIP bomb"):
        read(tmp_path, name, **XLSX)


def test_an_old_workbook_or_one_with_a_password_is_told(tmp_path):
    (tmp_path / "prices.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(FeedError, match=r"save it as XLSX without a password"):
        read(tmp_path, "prices.xlsx", **XLSX)


ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0">'
    '<table:table table:name="Preise">{}</table:table></office:document-content>'
)


def ods_row(*cells: tuple[str, str], times: int = 1) -> str:
    """A row of (shown text, stored number or "") and the sheet's empty rest."""
    marks = "".join(
        f'<table:table-cell office:value-type="{"float" if value else "string"}" '
        f'office:value="{value}"><text:p>{text}</text:p></table:table-cell>'
        for text, value in cells
    )
    rest = '<table:table-cell table:number-columns-repeated="16382"/>'
    repeated = f' table:number-rows-repeated="{times}"'
    return f"<table:table-row{repeated}>{marks}{rest}</table:table-row>"


def test_an_open_document_sheet_is_read_as_it_is_shown(tmp_path):
    with zipfile.ZipFile(tmp_path / "prices.ods", "w") as archive:
        archive.writestr(
            "content.xml",
            ODS.format(
                ods_row(("Artikel", ""), ("Preis", ""))
                + ods_row(("00071", "71"), ("12,83 €", "12.827124999999999"))
                + ods_row(times=3)
                + ods_row(("B", ""), ("1.299,50", "1299.5"))
                + ods_row(times=1_048_570)
            ),
        )
    records = read(tmp_path, "prices.ods", **XLSX)
    assert prices(records) == [("00071", "12.83"), ("B", "1299.50")]
    assert [r.row for r in records if isinstance(r, Truth)] == ["prices.ods:2", "prices.ods:6"]


# JSON


def test_rows_of_json_are_found_at_their_path_with_exact_numbers(tmp_path):
    (tmp_path / "prices.json").write_text(
        '\ufeff{"data": {"items": [{"no": "007", "price": {"net": 12.40}},'
        ' {"no": "8", "price": {"net": "1.299,00"}}, {"no": 9, "price": {"net": null}}, 5]}}',
        encoding="utf-8",
    )
    columns = {**PRICE, "sku": "no", "value": {"column": "price.net", "locale": "de-DE"}}
    records = read(tmp_path, "prices.json", columns=columns, rows="data.items")
    assert prices(records) == [("007", "12.40"), ("8", "1299.00")]
    assert reasons(records) == [
        (3, "the value is empty; leave the row out where nothing is known"),
        (4, "is no object with named values"),
    ]


def test_price_breaks_in_a_nested_list_are_unpivoted(tmp_path):
    (tmp_path / "prices.json").write_text(
        '[{"Sku": "A", "Breaks": [{"Qty": 1, "Price": 0.5}, {"Qty": 100, "Price": 0.31}]}]'
    )
    columns = {**PRICE, "sku": "Sku", "value": "Breaks.{}.Price", "min_qty": "Breaks.{}.Qty"}
    records = read(tmp_path, "prices.json", columns=columns, unpivot=r"Breaks\.(\d+)\.Price")
    found = [(r.value.amount.text, r.basis.min_qty) for r in records if isinstance(r, Truth)]
    assert found == [("0.5", Decimal(1)), ("0.31", Decimal(100))]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"data": [{"sku": "A"}]}', "has no list at its top; lists are at data; set `rows`"),
        ('[{"sku": "A"}, {"sku"', "after row 1 the JSON ends early"),
        ("<html><body>Bad gateway</body></html>", "is an HTML page"),
        ("no json at all", "this is no JSON"),
        ("", "is empty"),
        ('[{"skus": "A"}]', "no row has sku (did you mean skus?)"),
    ],
)
def test_json_that_cannot_be_read_is_told_with_what_to_do(tmp_path, text, says):
    (tmp_path / "p.json").write_text(text)
    with pytest.raises(FeedError) as refusal:
        read(tmp_path, "p.json", records="products")
    assert says in str(refusal.value)


def test_a_broken_line_of_json_lines_costs_itself_alone(tmp_path):
    (tmp_path / "p.jsonl").write_text('{"sku": "A"}\n{"sku": \n\n[1]\n{"sku": "B"}\n{"sk')
    records = read(tmp_path, "p.jsonl", records="products")
    assert [r.sku for r in records if isinstance(r, Product)] == ["A", "B"]
    assert [line for line, _reason in reasons(records)] == [2, 4, 6]
    assert "the file ends inside this row" in reasons(records)[-1][1]


def test_a_number_that_no_price_could_have_rejects_its_row_alone(tmp_path):
    (tmp_path / "p.jsonl").write_text('{"sku": "A", "x": 1e999999}\n{"sku": "B", "x": NaN}\n')
    found = reasons(read(tmp_path, "p.jsonl", records="products"))
    assert [line for line, _reason in found] == [1, 2]


def test_a_row_that_is_nested_without_end_is_rejected(tmp_path):
    deep = '{"a":' * 60 + "1" + "}" * 60
    (tmp_path / "p.jsonl").write_text(f'{deep}\n{{"sku": "B"}}\n')
    records = read(tmp_path, "p.jsonl", records="products")
    assert [r.sku for r in records if isinstance(r, Product)] == ["B"]
    assert "nested deeper" in reasons(records)[0][1]


# XML

XML = """<?xml version="1.0"?>
<list xmlns="urn:x"><article no="007"><price cur="EUR">12,40</price><q>1</q></article>
<article no="8"><price cur="EUR">9,00</price><price cur="USD">10,00</price></article></list>"""


def test_elements_of_xml_are_rows_and_their_paths_columns(tmp_path):
    (tmp_path / "p.xml").write_text(XML)
    columns = {
        "sku": "@no",
        "attribute": {"constant": "price"},
        "value": {"column": "price", "decimal": ","},
        "unit": "price/@cur",
    }
    records = read(tmp_path, "p.xml", rows="article", columns=columns)
    assert prices(records) == [("007", "12.40"), ("8", "9.00")]
    assert [r.row for r in records if isinstance(r, Truth)] == ["p.xml:2", "p.xml:3"]


BOMB = """<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<l><r><sku>A</sku><name>&b;</name></r></l>"""
FILE = """<!DOCTYPE l [<!ENTITY e SYSTEM "file:///etc/passwd">]><l><r><sku>&e;</sku></r></l>"""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (BOMB, "p.xml:2: &b; is an entity that the file defines itself"),
        (FILE, "&e; is an entity"),
        ("<l><r><sku>A</sku></r><r>", "no whole XML file"),
        ("<l><q/></l>", "has no element <r>"),
        ("<!DOCTYPE html><html><body>404</body></html>", "is an HTML page"),
    ],
)
def test_xml_that_cannot_be_read_is_told_with_what_to_do(tmp_path, text, says):
    (tmp_path / "p.xml").write_text(text)
    with pytest.raises(FeedError) as refusal:
        read(tmp_path, "p.xml", rows="r", records="products")
    assert says in str(refusal.value)


# Text


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("utf-16", "utf-16"), ("cp1252", "cp1252"), ("utf-8-sig", "utf-8")],
)
def test_text_in_its_declared_encoding_is_read(tmp_path, encoding, declared):
    (tmp_path / "p.tsv").write_bytes("sku\tname\n007\tGröße\n".encode(encoding))
    (tmp_path / "p.json").write_bytes('[{"sku": "007", "name": "Größe"}]'.encode(encoding))
    for name in ("p.tsv", "p.json"):
        found = read(tmp_path, name, records="products", encoding=declared)
        assert found == [Product("007", "Größe")]


def test_a_header_further_down_is_named_by_its_row(tmp_path):
    (tmp_path / "p.csv").write_text('Exported "today", by hand\n\nsku,name\nA,b\n')
    assert read(tmp_path, "p.csv", records="products", header_row=3) == [Product("A", "b")]

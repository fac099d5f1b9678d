from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.errors import FeedError
from auditor.feeds.table import Row, read_rows
from auditor.model import RejectedRow

if TYPE_CHECKING:
    from pathlib import Path


def rows_of(path: Path, **options: object) -> list[Row | RejectedRow]:
    wanted: dict = {"encoding": "utf-8", "delimiter": ",", "required": ("sku",), **options}
    return list(read_rows(path, **wanted))


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "feed.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def good(rows: list[Row | RejectedRow]) -> list[dict[str, str]]:
    return [row.cells for row in rows if isinstance(row, Row)]


def bad(rows: list[Row | RejectedRow]) -> list[tuple[int, str]]:
    return [(row.line, row.reason) for row in rows if isinstance(row, RejectedRow)]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\r\n", "is empty"),
        ("sku;name\nA;b\n".encode("utf-16"), "set `encoding: utf-16`"),
        (b"<!DOCTYPE html><html><body>Please log in</body></html>", "is an HTML page"),
        (b"PK\x03\x04rest of a workbook", "export it as CSV"),
        (b"sku;name;price\nA;b;1\n", 'by a semicolon; set `delimiter: ";"`'),
        (b"sku\tname\nA\tb\n", "set `delimiter: tab`"),
        (b"sk,name\nA,b\n", "lacks the column sku (did you mean sk?)"),
        (b"name,price\nA,1\n", "lacks the column sku; its header is name, price"),
        (b"sku,name,name\nA,b,c\n", "has the column name twice"),
        ("sku,name\nA,Gr\u00f6\u00dfe\n".encode("cp1252"), "set `encoding: cp1252`"),
        (b"sku" * 400_000, "longer than 1,000,000"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_with_what_to_do(tmp_path, content, says):
    with pytest.raises(FeedError) as refusal:
        rows_of(write(tmp_path, content))
    assert says in str(refusal.value)
    assert "feed.csv" in str(refusal.value)


def test_an_unknown_encoding_is_refused(tmp_path):
    with pytest.raises(FeedError, match="no encoding is called 'utf-9'"):
        rows_of(write(tmp_path, "sku\nA\n"), encoding="utf-9")


def test_ragged_rows_are_rejected_and_never_shifted(tmp_path):
    rows = rows_of(write(tmp_path, "sku,name,price\nA,b,1\nB,x,y,2\nC,3\nD,e,4\n"))
    assert [cells["sku"] for cells in good(rows)] == ["A", "D"]
    assert bad(rows) == [
        (3, "4 fields where the header has 3; is a separator not quoted?"),
        (4, "2 fields where the header has 3"),
    ]


def test_a_row_cut_off_at_the_end_of_the_file_is_told_as_that(tmp_path):
    rows = rows_of(write(tmp_path, "sku,name,price\nA,b,1\nB,x"))
    assert bad(rows) == [(3, "the file ends inside this row (2 of 3 fields); was it cut off?")]


def test_blank_rows_are_passed_over_and_lines_still_count(tmp_path):
    rows = rows_of(write(tmp_path, "\n\nsku,name\n\nA,b\n,\n   \nB\n"))
    assert [row.line for row in rows if isinstance(row, Row)] == [5]
    assert [line for line, _reason in bad(rows)] == [7, 8]


def test_a_quote_that_is_never_closed_costs_its_own_row_only(tmp_path):
    lines = ["sku,name", 'A,"3/4 inch', *(f"S{n},part" for n in range(200)), 'Z,"open']
    rows = rows_of(write(tmp_path, "\n".join(lines) + "\n"))
    assert len(good(rows)) == 200
    assert bad(rows) == [
        (2, "a quote that opens here is not closed within 50 lines"),
        (203, "a quote that opens here is never closed"),
    ]


def test_inch_marks_and_stray_quotes_do_not_take_other_rows_along(tmp_path):
    rows = rows_of(write(tmp_path, 'sku,name\nA,3/4" pipe\nB,"3/4"" pipe"\nC,"3/4" pipe\nD,x\n'))
    assert [cells["name"] for cells in good(rows)] == ['3/4" pipe', '3/4" pipe', "x"]
    assert bad(rows) == [(4, "a quote inside a quoted field is not doubled")]


def test_a_line_end_inside_quotes_belongs_to_the_field(tmp_path):
    rows = rows_of(write(tmp_path, 'sku,name\r\nA,"two\r\nlines"\r\nB,c\r\n'))
    assert good(rows) == [{"sku": "A", "name": "two\r\nlines"}, {"sku": "B", "name": "c"}]
    assert rows[1].line == 4


def test_a_row_with_nul_bytes_is_rejected_and_shown_without_them(tmp_path):
    rows = rows_of(write(tmp_path, b"sku,name\nA,b\x00\nB,c\n"))
    assert [cells["sku"] for cells in good(rows)] == ["B"]
    rejected = rows[0]
    assert isinstance(rejected, RejectedRow)
    assert (rejected.line, rejected.text) == (2, "A,b␀")


def test_keys_stay_text(tmp_path):
    rows = rows_of(write(tmp_path, "sku,gtin\n00071,00012345678905\n1E5,NA\n"))
    assert good(rows) == [
        {"sku": "00071", "gtin": "00012345678905"},
        {"sku": "1E5", "gtin": "NA"},
    ]


def test_column_names_match_regardless_of_case_blanks_and_byte_order_mark(tmp_path):
    rows = rows_of(write(tmp_path, "\ufeffSKU , Name\nA,b\n"))
    assert good(rows) == [{"sku": "A", "Name": "b"}]


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "latin-1"])
def test_a_declared_encoding_is_read(tmp_path, encoding):
    path = write(tmp_path, "sku,name\nA,Größe\n".encode(encoding))
    assert good(rows_of(path, encoding=encoding)) == [{"sku": "A", "name": "Größe"}]


@given(
    table=st.lists(
        st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=8), max_size=5),
        max_size=12,
    )
)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
def test_whatever_the_rows_hold_every_one_is_used_or_told(tmp_path, table):
    text = "sku,name\n" + "\n".join(",".join(row) for row in table) + "\n"
    path = write(tmp_path, text.encode("utf-8"))
    for row in rows_of(path):
        assert row.line >= 2
        if isinstance(row, Row):
            assert set(row.cells) == {"sku", "name"}
        else:
            assert row.reason
            assert "\0" not in row.text

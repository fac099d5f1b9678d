"""Data tables, their grid and the headers of each cell."""
# ruff: noqa: E501 - markup reads worse when it is wrapped

from __future__ import annotations

import pytest


def facts(page, table=0):
    """{text of a data cell: (column headers, row headers)}."""
    return {
        page.quote(c.start, c.end): (
            [page.quote(*s) for s in c.columns],
            [page.quote(*s) for s in c.rows],
        )
        for c in page.tables[table].cells
        if not c.is_header
    }


def test_a_layout_table_is_no_table_but_the_data_in_it_is(read):
    page = read(
        "<table><tr><td colspan=2><h1>P</h1></td></tr><tr><td>Menu<br>A<br>B</td><td>"
        "<table border=1><tr><td>Weight</td><td>2 kg</td></tr><tr><td>MOQ</td><td>50</td></tr></table>"
        "</td></tr></table>"
    )
    assert len(page.tables) == 1
    assert facts(page) == {"2 kg": ([], ["Weight"]), "50": ([], ["MOQ"])}


def test_a_presentation_table_is_layout(read):
    assert read('<table role="presentation"><tr><th>a</th><td>b</td></tr></table>').tables == ()


def test_spans_are_expanded(read):
    page = read(
        "<table><tr><th rowspan=2>Part</th><th colspan=2>Price</th></tr><tr><th>1+</th><th>10+</th></tr>"
        "<tr><td>A-1</td><td>5.00</td><td rowspan=2>4.00</td></tr><tr><td>A-2</td><td>6.00</td></tr></table>"
    )
    table = page.tables[0]
    assert (table.n_rows, table.n_columns) == (4, 3)
    at = {(c.row, c.column): c for c in table.cells}
    assert page.quote(at[3, 2].start, at[3, 2].end) == "4.00"
    assert [page.quote(*s) for s in at[3, 2].columns] == ["Price", "10+"]
    assert [page.quote(*s) for s in at[3, 1].rows] == ["A-2"]


def test_scope_and_headers_attributes_are_followed(read):
    page = read(
        '<table><tr><td></td><th scope="col" id="c">Price</th></tr>'
        '<tr><th scope="row" id="r">A-1</th><td>5</td></tr>'
        '<tr><td>x</td><td headers="r c">7</td></tr></table>'
    )
    found = facts(page)
    assert found["5"] == (["Price"], ["A-1"])
    assert found["7"] == (["Price"], ["A-1"])


def test_plain_cells_get_their_headers_by_their_look(read):
    page = read(
        "<table><tr><td><b>Part</b></td><td><b>Thread</b></td><td><b>Price</b></td></tr>"
        "<tr><td>A-1</td><td>M8</td><td>5.00</td></tr><tr><td>A-2</td><td>M6</td><td>4.00</td></tr></table>"
    )
    assert facts(page)["4.00"] == (["Price"], ["A-2"])


def test_a_row_of_quantity_breaks_is_a_header(read):
    page = read(
        "<table><tr><td>Qty</td><td>1+</td><td>10+</td></tr><tr><td>Price</td><td>5.00 €</td><td>4.00 €</td></tr></table>"
    )
    assert facts(page)["4.00 €"] == (["10+"], ["Price"])


def test_a_header_row_in_the_middle_starts_anew(read):
    page = read(
        "<table><tr><th>Part</th><th>Price</th></tr><tr><td>A</td><td>1</td></tr>"
        "<tr><th>Part</th><th>Weight</th></tr><tr><td>B</td><td>2</td></tr></table>"
    )
    found = facts(page)
    assert found["1"][0] == ["Price"]
    assert found["2"][0] == ["Weight"]


def test_a_line_across_the_table_heads_the_rows_below(read):
    page = read(
        "<table><tr><th>Name</th><th>Value</th></tr><tr><td colspan=2>Electrical</td></tr>"
        "<tr><td>Voltage</td><td>24 V</td></tr></table>"
    )
    assert facts(page)["24 V"][1] == ["Electrical", "Voltage"]


def test_caption_heading_and_links_are_kept(read):
    page = read(
        "<h2>Prices</h2><table><caption>net, per 100</caption><tr><th>Part</th><th>€</th></tr>"
        '<tr><td><a href="/a">A</a></td><td>5</td></tr></table>'
    )
    table = page.tables[0]
    assert page.quote(*table.caption) == "net, per 100"
    assert (
        page.quote(page.headings[table.heading].start, page.headings[table.heading].end) == "Prices"
    )
    assert [c.links for c in table.cells if page.quote(c.start, c.end) == "A"] == [
        ("https://shop.example/a",)
    ]


def test_an_aria_table_is_a_table(read):
    page = read(
        '<div role="table"><div role="row"><div role="columnheader">Qty</div><div role="columnheader">Price</div></div>'
        '<div role="row"><div role="cell">10</div><div role="cell">4.00</div></div></div>'
    )
    assert facts(page)["4.00"] == (["Price"], [])


def test_blocks_know_their_cell(read):
    page = read("<p>x</p><table><tr><th>a</th><td>b</td></tr><tr><th>c</th><td>d</td></tr></table>")
    assert [b.cell for b in page.blocks] == [None, (0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1)]


def test_a_span_bomb_is_bounded(read):
    page = read(
        "<table>" + "<tr><th colspan=1000 rowspan=65534>x</th><td>y</td></tr>" * 2000 + "</table>"
    )
    assert sum(len(t.cells) for t in page.tables) <= 100_000


def test_a_two_level_spec_table_of_th_and_td_pairs(read):
    page = read("<table><tr><th>L</th><td>10 mm</td><th>W</th><td>5 mm</td></tr></table>")
    assert facts(page)["5 mm"] == ([], ["W"])
    assert {(page.quote(*p.label), page.quote(*p.value)) for p in page.pairs} == {
        ("L", "10 mm"),
        ("W", "5 mm"),
    }


@pytest.mark.parametrize(
    ("rows", "value", "columns", "headers"),
    [
        (["Material|Steel", "Weight|2 kg", "Length|30 mm"], "Steel", [], ["Material"]),
        (["Menge|Preis", "1-9|5,00 €", "10-99|4,00 €"], "4,00 €", ["Preis"], ["10-99"]),
        (["Menge|Preis", "ab 10|4,00 €"], "4,00 €", ["Preis"], ["ab 10"]),
        (["Part|Price", "BX-20|5.00", "BX-21|6.00"], "6.00", ["Price"], ["BX-21"]),
        (["Property|Value", "Voltage|24 V", "Colour|red"], "red", ["Value"], ["Colour"]),
        (["Qty|1-9 pcs|10-99 pcs", "Price|$5.00|$4.00"], "$4.00", ["10-99 pcs"], ["Price"]),
        (["|from 1|from 10", "BX-20|$5.00|$4.00"], "$4.00", ["from 10"], ["BX-20"]),
        (["A-1|Widget|M8", "A-2|Bolt|M6", "A-3|Nut|M5"], "M6", [], []),
        (["Part|Thread|Price", "A-1|M8|5.00"], "5.00", ["Price"], ["A-1"]),
        (["SKU|1|10|100", "A-1|5.00|4.00|3.00"], "3.00", ["100"], ["A-1"]),
    ],
)
def test_tables_of_plain_cells_in_many_layouts(read, rows, value, columns, headers):
    cells = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in row.split("|")) + "</tr>" for row in rows
    )
    assert facts(read(f"<h1>P</h1><table>{cells}</table>"))[value] == (columns, headers)


@pytest.mark.parametrize(
    "markup",
    [
        "<div><p><b>1+</b></p><p>$5.00</p></div><div><p>10+</p><p>$4.00</p></div>",
        "<dl><dt>1 - 9</dt><dd>$5.00</dd><dt>10+</dt><dd>$4.00</dd></dl>",
        "<ul><li><div>1</div><div>$5.00</div></li><li><div>10+</div><div>$4.00</div></li></ul>",
    ],
)
def test_breaks_in_rows_of_blocks_are_a_table(read, markup):
    page = read(f"<h1>P</h1><section>{markup}</section>")
    (table,) = page.tables
    assert [page.quote(c.start, c.end) for c in table.cells][2:] == ["10+", "$4.00"]
    assert [(c.row, c.column) for c in table.cells] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert [b.cell for b in page.blocks][1:] == [(0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1)]


def test_breaks_in_rows_of_blocks_keep_their_header(read):
    row = '<div class="r"><div>{}</div><div>{}</div></div>'
    rows = row.format("Quantity", "Unit price") + row.format("1", "$5.00") + row.format("10", "$4")
    assert facts(read(f"<h1>P</h1>{rows}"))["$4"] == (["Unit price"], [])


@pytest.mark.parametrize(
    "markup",
    [
        "<div><div>5 stars</div><div>120</div></div><div><div>4 stars</div><div>30</div></div>",
        "<div><div>Widget</div><div>$5.00</div></div><div><div>Bolt</div><div>$4.00</div></div>",
        "<dl><dt>Weight</dt><dd>2.50 kg</dd><dt>Height</dt><dd>3.50 m</dd></dl>",
    ],
)
def test_other_rows_of_blocks_are_no_table(read, markup):
    assert read(f"<h1>P</h1><section>{markup}</section>").tables == ()


def test_labels_and_values_side_by_side_in_plain_cells(read):
    page = read(
        "<table><tr><td>Price</td><td>$3.10</td><td>MOQ</td><td>100 pcs</td></tr>"
        "<tr><td>Lead time</td><td>3 weeks</td><td>Stock</td><td>in stock</td></tr></table>"
    )
    assert facts(page)["100 pcs"] == ([], ["MOQ"])
    assert facts(page)["in stock"] == ([], ["Stock"])

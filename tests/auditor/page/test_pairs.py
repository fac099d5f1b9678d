"""Labels and their values, in every layout they are printed in."""
# ruff: noqa: E501 - markup reads worse when it is wrapped

from __future__ import annotations

import pytest


def pairs(page):
    return [(page.quote(*p.label), page.quote(*p.value)) for p in page.pairs]


@pytest.mark.parametrize(
    "markup",
    [
        "<p>Free shipping on all orders. Really: it is free.</p>",
        "<p>Open 10:30 to 18:00</p>",
        "<p>See https://shop.example/x</p>",
        "<p><b>Note that this product is only sold to companies and never to anyone else at all.</b> ok</p>",
        "<p><span>12.50</span><span>13.50</span></p>",
        "<div><div>10</div><div>20</div></div><div><div>30</div><div>40</div></div>",
    ],
)
def test_what_is_no_label_gives_no_pair(read, markup):
    assert pairs(read(markup)) == []


@pytest.mark.parametrize(
    "markup",
    [
        "<dl><dt>MOQ</dt><dd>50 pcs</dd></dl>",
        "<dl><div><dt>MOQ:</dt><dd>50 pcs</dd></div></dl>",
        "<p>MOQ: 50 pcs</p>",
        "<p>MOQ : 50 pcs</p>",
        "<p><b>MOQ:</b> 50 pcs</p>",
        "<p><b>MOQ</b>: 50 pcs</p>",
        "<p><strong>MOQ</strong> 50 pcs</p>",
        '<li><span class="label">MOQ</span><span>50 pcs</span></li>',
        "<li><span>MOQ</span><span>50 pcs</span></li>",
        '<div class="row"><div class="name">MOQ</div><div class="value">50 pcs</div></div>',
        "<div><div>MOQ:</div><div>50 pcs</div></div>",
        '<div class="k key">MOQ</div><div class="v value">50 pcs</div>',
        "<table><tr><td>MOQ</td><td>50 pcs</td></tr></table>",
        "<table><tr><th>MOQ</th><td>50 pcs</td></tr></table>",
        "<div><strong>50 pcs</strong><span>MOQ</span></div>",
        '<div class="tile"><div>50 pcs</div><div class="label">MOQ</div></div>',
    ],
)
def test_every_layout_of_a_label_gives_its_pair(read, markup):
    assert pairs(read(f"<h1>P</h1>{markup}<p>x</p>")) == [("MOQ", "50 pcs")]


def test_bold_labels_in_one_line_each_keep_their_value(read):
    page = read("<td><b>Format:</b> Paperback <b>Weight:</b> 2 kg</td>")
    assert pairs(page) == [("Format", "Paperback"), ("Weight", "2 kg")]


def test_lines_behind_breaks_are_lines(read):
    page = read("<p>Thread: M8<br>Length: 40 mm</p>")
    assert pairs(page) == [("Thread", "M8"), ("Length", "40 mm")]


def test_repeated_rows_without_any_class_are_pairs(read):
    page = read("<div><div>Weight</div><div>2 kg</div></div><div><div>MOQ</div><div>50</div></div>")
    assert pairs(page) == [("Weight", "2 kg"), ("MOQ", "50")]


def test_parts_of_a_line_apart_by_a_bar_are_pairs_of_their_own(read):
    assert pairs(read("<p>SKU: A-1 | MOQ: 50</p>")) == [("SKU", "A-1"), ("MOQ", "50")]


def test_a_section_title_is_not_the_label_of_its_text(read):
    text = (
        "Orders received before two leave our house on the same day where all lines are on the shelf. "
        * 2
    )
    page = read(f"<div><p>Delivery</p><p>{text}</p></div><div><p>Returns</p><p>{text}</p></div>")
    assert pairs(page) == []


def test_one_definition_may_have_several_values(read):
    page = read("<dl><dt>Colour</dt><dd>red</dd><dd>blue</dd><dt>MOQ</dt><dd>5</dd></dl>")
    assert pairs(page) == [("Colour", "red"), ("Colour", "blue"), ("MOQ", "5")]

"""What a reader sees, and where it stands."""
# ruff: noqa: E501 - markup reads worse when it is wrapped

from __future__ import annotations

import re

import pytest

from auditor.model import Attribute, Judgement, Locator, Verdict
from auditor.page.around import passages


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>var price = 9</script>",
        "<style>p{}</style>",
        "<template><p>9</p></template>",
        "<noscript>9</noscript>",
        "<select><option>9</select>",
        "<textarea>9</textarea>",
        "<span hidden>9</span>",
        '<span style="DISPLAY : none">9</span>',
        '<div style="visibility: hidden"><b>9</b></div>',
        "<!-- 9 -->",
    ],
)
def test_text_nobody_sees_is_left_out_without_a_gap(read, hidden):
    assert read(f"<div>a{hidden}b</div>").text == "ab"


def test_inline_elements_join_and_blocks_stand_apart(read):
    page = read("<div>1<b>2</b><i>99</i><p>x</p>y<br>z</div>")
    assert page.text == "1299 x y z"
    assert [page.quote(b.start, b.end) for b in page.blocks] == ["1299", "x", "y", "z"]


def test_every_kind_of_blank_is_one_blank_and_odd_characters_stay(read):
    page = read("<p>1\u00a0299,00\u202f€ \n\t Best\u00adell\u200bung １２</p>")
    assert page.text == "1 299,00 € Best\u00adell\u200bung １２"


def test_struck_text_is_marked_whatever_strikes_it(read):
    page = read(
        "<style>.old-one, em.x { text-decoration: line-through }</style>"
        "<p><s>10</s> <del> 11 </del> <strike>12</strike>"
        '<span style="text-decoration: line-through">13</span> <i class="old-one">14</i> 15</p>'
        '<div style="text-decoration:line-through"><p>16</p></div>'
    )
    assert [page.quote(*s) for s in page.struck] == ["10", "11", "12", "13", "14", "16"]


def test_decimals_set_apart_by_markup_are_named(read):
    page = read(
        '<p class="price">173<sup>34</sup> Lei</p><p>$229<span>99</span></p>'
        "<p><span>12</span> <sup>50</sup> €</p>"
    )
    assert page.text == "17334 Lei $22999 12 50 €"
    assert [page.quote(*s) for s in page.split_decimals] == ["34", "99", "50"]


def test_exponents_and_footnote_marks_are_no_decimals(read):
    page = read("<p>10<sup>12</sup> cells, 25 m<sup>2</sup>, 5<sup>20</sup></p>")
    assert page.split_decimals == ()


def test_what_is_kept_from_screen_readers_is_named(read):
    page = read(
        '<p><span class="sr">$229.99</span><span aria-hidden="true">$229<i>99</i></span></p>'
    )
    assert [page.quote(*s) for s in page.twins] == ["$22999"]


def test_headings_form_an_outline(read):
    page = read("<h1>A</h1><p>a</p><h3>B</h3><p>b</p><h2>C</h2><p>c</p>")
    assert [(page.quote(h.start, h.end), h.level, h.parent) for h in page.headings] == [
        ("A", 1, -1),
        ("B", 3, 0),
        ("C", 2, 0),
    ]
    assert [b.heading for b in page.blocks] == [0, 0, 1, 1, 2, 2]


def test_a_heading_does_not_govern_beyond_its_section(read):
    page = read("<h1>A</h1><aside><h2>B</h2><p>b</p></aside><p>a</p>")
    assert page.blocks[-1].heading == 0


def test_links_are_absolute_and_only_web_addresses(read):
    page = read(
        '<base href="/shop/"><p><a href="x.html">x</a> <a href="/y?a=1#b">y</a>'
        '<a href="javascript:alert(1)">z</a> <a href="mailto:a@b.example">m</a>'
        '<a href="//cdn.example/w">w</a></p><p>none</p>'
    )
    assert page.blocks[0].links == (
        "https://shop.example/shop/x.html",
        "https://shop.example/y?a=1",
        "https://cdn.example/w",
    )
    assert page.blocks[1].links == ()


def test_a_link_around_blocks_is_the_link_of_each(read):
    page = read('<a href="/x"><div>one</div><div>two</div></a><p>three</p>')
    assert [b.links for b in page.blocks] == [("https://shop.example/x",)] * 2 + [()]


def test_cards_of_a_listing_are_numbered_apart(read):
    card = '<div class="item"><h3><a href="/{0}">P {0}</a></h3><p>{0} €</p></div>'
    page = read("<h1>List</h1>" + "".join(card.format(n) for n in (1, 2, 3)))
    numbers = [b.container for b in page.blocks]
    assert numbers[0] == 0
    assert numbers[1] == numbers[2] != numbers[3] == numbers[4] != numbers[5] == numbers[6]
    assert len(set(numbers)) == 4


def test_the_parts_of_one_product_are_no_cards(read):
    page = read(
        '<div class="row"><h1>P</h1><p>9 €</p></div><div class="row"><p><a href="/x">x</a></p><p>y</p></div>'
    )
    assert {b.container for b in page.blocks} == {0}


def test_paths_are_xpaths_of_the_element(read):
    from lxml import html

    markup = "<html><body><div><p>a</p><p>b</p></div><div><ul><li>c</li><li>d</li></ul></div></body></html>"
    page = read(markup)
    tree = html.fromstring(markup)
    for block in page.blocks:
        (element,) = tree.xpath(block.path)
        assert element.text == page.quote(block.start, block.end)


def test_the_passage_of_a_quote_is_its_paragraph_and_never_a_cell(read):
    page = read(
        "<main><h1>Bolts 50</h1><p>Orders start at 50 pieces, always.</p>"
        "<table><tr><td>MOQ</td><td>50</td></tr></table></main>"
    )
    starts = [place.start() for place in re.finditer("50", page.text)]
    judgements = [
        Judgement(
            "web", "u", "S", Attribute.MOQ, "", "", Verdict.MISMATCH, quote="50",
            locator=Locator(start, start + 2),
        )
        for start in starts
    ]  # fmt: skip
    assert passages(page, judgements) == {1: "Orders start at 50 pieces, always."}

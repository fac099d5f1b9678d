"""Which part of a page is this?"""
# ruff: noqa: E501 - markup reads worse when it is wrapped

from __future__ import annotations

import pytest

from auditor.page.headings import heading_region
from auditor.page.model import Region


def regions(page):
    return {page.quote(b.start, b.end): b.region.value for b in page.blocks}


def test_elements_and_roles_say_what_they_are(read):
    found = regions(
        read(
            "<header>top</header><nav>menu</nav><main><h1>P</h1><p>text</p></main>"
            '<div role="complementary">side</div><aside>note</aside><footer>end</footer>'
            '<div role="navigation">more</div>'
        )
    )
    assert found == {
        "top": "header",
        "menu": "nav",
        "P": "main",
        "text": "main",
        "side": "aside",
        "note": "aside",
        "end": "footer",
        "more": "nav",
    }


def test_the_header_and_footer_of_an_article_belong_to_it(read):
    page = read("<article><header><h1>P</h1></header><p>a</p><footer>by me</footer></article>")
    assert set(regions(page).values()) == {"main"}


@pytest.mark.parametrize(
    "heading",
    [
        "Related products",
        "You may also like",
        "Das könnte Sie auch interessieren",
        "Kunden kauften auch",
        "Vous aimerez aussi",
        "Productos relacionados",
        "Prodotti correlati",
        "Anderen kochten ook",
    ],
)
@pytest.mark.parametrize("tag", ["h2", "div", "p"])
def test_a_heading_opens_a_region_until_its_section_ends(read, heading, tag):
    page = read(
        f"<main><h1>P</h1><p>9 €</p><section><{tag}>{heading}</{tag}><div>Q 5 €</div></section>"
        "<h2>Data</h2><p>24 V</p></main>"
    )
    found = regions(page)
    assert found["9 €"] == found["24 V"] == "main"
    assert found["Q 5 €"] == "related"


def test_without_a_section_the_next_heading_of_the_rank_ends_it(read):
    found = regions(
        read(
            "<h1>P</h1><h2>Customer reviews</h2><p>good</p><h3>Anna</h3><p>bad</p><h2>Data</h2><p>5 V</p>"
        )
    )
    assert found["good"] == found["bad"] == "reviews"
    assert found["5 V"] == "main"


def test_cards_with_headings_of_their_own_stay_in_the_region(read):
    card = '<div class="c"><h2><a href="/{0}">Q{0}</a></h2><p>{0} €</p></div>'
    found = regions(read("<h1>P</h1><h2>Related products</h2>" + card.format(1) + card.format(2)))
    assert found["1 €"] == found["2 €"] == "related"


def test_class_words_are_a_hint_that_the_main_heading_overrides(read):
    found = regions(
        read(
            '<div class="has-related-products"><h1>P</h1><p>9 €</p>'
            '<div class="related-products"><p>5 €</p></div></div>'
        )
    )
    assert found["9 €"] == "main"
    assert found["5 €"] == "related"


def test_an_ordinary_word_in_a_class_name_is_no_hint(read):
    found = regions(
        read('<h1>P</h1><div class="product-review-count">x</div><div class="menu-price">y</div>')
    )
    assert found["x"] == found["y"] == "main"


def test_structured_properties_say_related_and_review(read):
    found = regions(
        read(
            '<h1>P</h1><div itemprop="isRelatedTo" itemscope><p>a</p></div>'
            '<div itemprop="review" itemscope><p>b</p></div>'
        )
    )
    assert (found["a"], found["b"]) == ("related", "reviews")


def test_a_wrapper_that_has_a_sidebar_is_none(read):
    found = regions(
        read(
            '<div class="wiki showSidebar hasSidebar"><header><h1>Wiki</h1></header>'
            '<div class="sidebar">links</div><p>around</p>'
            '<div class="left-sidebar"><main><h1>P</h1><p>text</p></main></div></div>'
        )
    )
    assert (found["links"], found["around"], found["text"]) == ("aside", "main", "main")


def test_a_sentence_that_starts_like_a_related_heading_is_none() -> None:
    assert heading_region("You may order 8 upwards, always in fours.") is None
    assert heading_region("Kunden haben 14 Tage Rückgaberecht") is None
    assert heading_region("You may also like") is Region.RELATED
    assert heading_region("I più richiesti") is Region.RELATED

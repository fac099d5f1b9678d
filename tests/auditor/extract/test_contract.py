"""Every built-in extractor keeps the contract that plug-in authors test against."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.errors import AuditorError
from auditor.extract import BUILT_IN, extract, load_extractors
from auditor.extract.interface import Context
from auditor.model import Candidate
from auditor.page.model import Block, Cell, Page, Pair, Region, Table
from auditor.testing import assert_extractor_contract, hostile_pages

CONTEXTS = (
    Context(),
    Context(language="en-US", currency="USD", market="US", timezone="America/New_York",
            spec_names={"length": "length", "width": "width", "material": "material"}),
    Context(language="de-DE", currency="EUR", market="DE", timezone="Not/AZone"),
)  # fmt: skip
_VOCABULARY = (
    "price Preis was statt MOQ min. minimum ab from bis to 50 1.250 1,250 $2.10 12,40 € "
    "£0.335 ₹1,25,000 per / je 100 Stk. pcs Stück (10 | ) · ; . , – weeks 3 Werktage "
    "Lieferzeit ships in stock auf Lager not free code SAVE10 through 10/31/2026 gültig "
    "Box of Karton mit length 24 x 16 x 12 in mm IP67 \u00ad \u200b {{price}} return "
    "within 30 days “ ” netto zzgl. MwSt. UVP RRP save over multiples tbd — on request"
)
WORDS = st.sampled_from(_VOCABULARY.split(" "))


@pytest.mark.parametrize("name", BUILT_IN)
def test_no_extractor_breaks_on_hostile_text(name: str) -> None:
    for page in hostile_pages():
        assert_extractor_contract(BUILT_IN[name], page, CONTEXTS[1])


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.lists(WORDS, min_size=1, max_size=14), min_size=1, max_size=8),
    st.sampled_from(CONTEXTS),
)
def test_every_quote_of_any_mixture_of_words_can_be_found_again(
    lines: list[list[str]], context: Context
) -> None:
    page = page_of([" ".join(words) for words in lines])
    for extractor in BUILT_IN.values():
        assert_extractor_contract(extractor, page, context)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=300), st.sampled_from(CONTEXTS))
def test_every_quote_of_any_unicode_text_can_be_found_again(text: str, context: Context) -> None:
    folded = " ".join(text.split())
    for extractor in BUILT_IN.values():
        assert_extractor_contract(extractor, page_of([folded] if folded else []), context)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.lists(WORDS, min_size=2, max_size=4), min_size=2, max_size=6),
    st.sampled_from(CONTEXTS),
)
def test_tables_of_any_words_keep_the_contract(rows: list[list[str]], context: Context) -> None:
    page = table_of(rows)
    for extractor in BUILT_IN.values():
        assert_extractor_contract(extractor, page, context)


def test_time_grows_with_the_page_not_with_its_square() -> None:
    line = "MOQ 50 · $2.10 was $3.00, ships in 2 weeks, 100+ : $1.90; Box of 6. Length: 5 mm "
    small, large = page_of([line * 10] * 20), page_of([line * 10] * 160)
    extract(small, CONTEXTS[1])
    quick = min(_seconds(small) for _ in range(3))
    assert _seconds(large) < 8 * 4 * quick + 0.5


def test_a_megabyte_in_one_block_is_read_in_seconds() -> None:
    text = "Save $5 on orders over $60 (was $9.99), minimum 10 pcs, 3-4 weeks. " * 3_000
    text += "and some more words about the product and its uses " * 16_000
    assert _seconds(page_of([text.strip()])) < 30


def test_a_plug_in_that_nobody_provides_is_named() -> None:
    with pytest.raises(AuditorError, match="no extractor named 'weather'"):
        load_extractors(["weather"])


def test_nothing_is_loaded_that_the_configuration_does_not_name() -> None:
    assert load_extractors([]) == dict(BUILT_IN)


def test_extraction_is_the_same_every_time() -> None:
    page = page_of(["NS-1 $2.10", "MOQ 50", "Lead time 3 weeks"])
    assert extract(page, CONTEXTS[1]) == extract(page, CONTEXTS[1])


def test_a_candidate_says_in_which_region_it_stands() -> None:
    page = page_of(["Pump P1 $2.10"], region=Region.RELATED)
    (price,) = [c for c in extract(page, CONTEXTS[1])[0] if isinstance(c, Candidate)]
    assert price.region == "related"
    assert Decimal("2.10") == price.value.amount.readings[0].low  # type: ignore[union-attr]


def page_of(lines: list[str], region: Region = Region.MAIN) -> Page:
    """A page with one block a line."""
    blocks, at = [], 0
    for number, line in enumerate(lines):
        if line:
            blocks.append(Block(at, at + len(line), "p", region, -1, f"/p[{number}]"))
        at += len(line) + 1
    return Page(source="test", url="", text=" ".join(lines), blocks=tuple(blocks))


def table_of(rows: list[list[str]]) -> Page:
    """A page that is one table with a header row, and a pair of its first two cells."""
    width = max(map(len, rows))
    texts, cells, blocks, at = [], [], [], 0
    header: list[tuple[int, int]] = []
    for r, row in enumerate(rows):
        for c in range(width):
            text = row[c] if c < len(row) else "-"
            span = (at, at + len(text))
            if r == 0:
                header.append(span)
            columns = (header[c],) if r else ()
            cells.append(Cell(span[0], span[1], r, c, r == 0, columns))
            if text:
                blocks.append(
                    Block(span[0], span[1], "td", Region.MAIN, -1, f"/td[{at}]", (0, r, c))
                )
            texts.append(text)
            at += len(text) + 1
    text = " ".join(texts)
    table = Table(0, len(text), tuple(cells), len(rows), width, None, -1, Region.MAIN, "/table")
    pair = Pair(header[0], header[1], "table", Region.MAIN, -1, "/table")
    return Page(source="t", url="", text=text, blocks=tuple(blocks), tables=(table,), pairs=(pair,))


def _seconds(page: Page) -> float:
    start = time.perf_counter()
    extract(page, CONTEXTS[1])
    return time.perf_counter() - start

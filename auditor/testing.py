"""What plug-in authors test against: the extractor contract as an assertion.

from auditor.testing import assert_extractor_contract, hostile_pages

def test_my_extractor_keeps_the_contract():
    for page in [my_page, *hostile_pages()]:
        assert_extractor_contract(MyExtractor(), page)
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor.extract.interface import Context, Extractor
from auditor.extract.reading import read
from auditor.model import Attribute, Candidate, Skipped
from auditor.page.model import Block, Page, Region

_HOSTILE = (
    "",
    " ",
    "$",
    "1" * 5_000,
    "1.2," * 1_000,
    "$1 " * 800,
    "ab " * 3_000 + "5 €",
    "from 10 pcs " * 400,
    "(" * 4_000,
    "“" * 2_000 + "5 €" + "”" * 2_000,
    "price: " * 2_000,
    "MOQ 50 · $2.10 | was $3 | 7–9 days; " * 80,
    "2 weeks (2 weeks (2 weeks " * 200,
    "{{" * 2_000 + "}}",
    "x × " * 3_000 + "mm",
    "price\u00ad\u200b\u200b5\u00ad0 €",
    "\u202e€ 00.21 \u202c＄４１５．００",
    "İSTANBUL 5 € ß ﬁ Ǆ",
    '=HYPERLINK("http://x") <script>$5</script> \x1b[31m',
    "Preis: 9999999999999999999999999999999999,99 €, gültig bis 31.12.9999",
)


def assert_extractor_contract(
    extractor: Extractor, page: Page, context: Context | None = None
) -> None:
    """Check on one page that an extractor keeps its contract; AssertionError says what broke.

    The extractor has a name and declares its attributes; it never raises; it is deterministic;
    it yields only Candidate and Skipped; the quote of a visible candidate equals
    ``page.text[start:end]``, its scope holds its quote, and its confidence is in (0, 1].
    """
    given = context or Context()
    assert isinstance(extractor.name, str), "an extractor's name is text"
    assert extractor.name, "an extractor needs a name"
    assert extractor.attributes, f"{extractor.name} declares no attributes"
    assert all(isinstance(each, Attribute) for each in extractor.attributes)
    reading = read(page, given)
    found = list(extractor.extract(reading, given))
    again = list(extractor.extract(read(page, given), given))
    assert found == again, f"{extractor.name} gives another result the second time"
    for statement in found:
        assert isinstance(statement, Candidate | Skipped), f"{extractor.name} yields {statement!r}"
        if isinstance(statement, Skipped):
            _assert_skipped(extractor, statement, page)
        else:
            _assert_candidate(extractor, statement, page)


def hostile_pages() -> Iterator[Page]:
    """Pages that break careless extractors: empty, huge, nested, invisible, mixed-up text."""
    for text in _HOSTILE:
        yield Page(source="test", url="https://example.com/", text=text)
        blocks = (Block(0, len(text), "p", Region.MAIN, -1, "/p"),) if text else ()
        yield Page(source="test", url="", text=text, language="de", blocks=blocks)


def _assert_skipped(extractor: Extractor, skipped: Skipped, page: Page) -> None:
    start, end = skipped.locator.start, skipped.locator.end
    if start >= 0:
        assert page.text[start:end] == skipped.quote, (
            f"{extractor.name} skips {skipped.quote!r}, the page says {page.text[start:end]!r}"
        )


def _assert_candidate(extractor: Extractor, candidate: Candidate, page: Page) -> None:
    who = f"{extractor.name} on {candidate.quote!r}"
    assert candidate.attribute in extractor.attributes, f"{who}: undeclared {candidate.attribute}"
    assert 0 < candidate.confidence <= 1, f"{who}: confidence {candidate.confidence}"
    if not candidate.visible:
        return
    start, end = candidate.locator.start, candidate.locator.end
    assert 0 <= start < end <= len(page.text), f"{who}: locator {start}–{end} is not on the page"
    assert page.text[start:end] == candidate.quote, f"{who}: the page says {page.text[start:end]!r}"
    first, last = candidate.scope
    assert 0 <= first <= start < last <= len(page.text), f"{who}: scope {first}–{last}"

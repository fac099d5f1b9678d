"""PDF → HTML: a section a page, with its headings, paragraphs and tables.

A PDF knows no tables and no paragraphs, only signs at positions. What is ruled becomes a table by
its rules, what stands in columns by the gaps between them; the rest is lines of text.
"""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect, PDFTextExtractionNotAllowed
from pdfplumber.utils.exceptions import PdfminerException

from crawler.documents.markup import Writer
from crawler.documents.pdf_blocks import Block, Grid, Text, blocks_of
from crawler.documents.pdf_lines import PageText, page_text
from crawler.documents.rendition import CannotRead, Limits, Rendition, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# A page with fewer signs than this, and a picture on it, is a picture of a page.
FEW_SIGNS = 10
# Share of signs that have no letter behind them ("(cid:12)") from which text is no text.
UNKNOWN_SHARE = 0.2
# A line is a page's header or footer where it stands in this share of the height from an edge …
EDGE_SHARE = 0.09
# … on so many pages.
REPEATED_PAGES = 3
_NUMBER = re.compile(r"\d+")

logging.getLogger("pdfminer").setLevel(logging.ERROR)


def read(body: bytes, limits: Limits) -> Rendition:
    """The HTML of a PDF. Raises CannotRead."""
    try:
        with pdfplumber.open(io.BytesIO(body)) as pdf:
            pages = [_page(page) for page in pdf.pages[: limits.pages]]
            total = len(pdf.pages)
    except PdfminerException as error:
        raise _refusal(error) from error
    _check(pages)
    writer = Writer(limits)
    if total > len(pages):
        writer.notes.append(f"only pages 1 to {len(pages):,} of {total:,} were read")
    if pictures := [n for n, page in enumerate(pages, 1) if page.is_picture]:
        writer.notes.append(f"{_pages(pictures)} only a picture, whose text was not read")
    _write(writer, pages)
    return Rendition(writer.html(), notes=tuple(writer.notes))


def _refusal(error: PdfminerException) -> CannotRead:
    cause = error.args[0] if error.args else error
    if isinstance(cause, PDFPasswordIncorrect | PDFTextExtractionNotAllowed):
        return CannotRead(Trouble.ENCRYPTED, "it needs a password")
    said = " ".join(f"{type(cause).__name__} {cause}".split())[:200]
    return CannotRead(Trouble.DAMAGED, f"it is no whole PDF file ({said})")


def _page(page: Any) -> PageText:
    try:
        return page_text(page)
    finally:
        page.close()


def _check(pages: Sequence[PageText]) -> None:
    signs = sum(page.signs for page in pages)
    if not pages:
        raise CannotRead(Trouble.DAMAGED, "it has no pages")
    pictured = any(page.has_picture for page in pages)
    if not signs or (pictured and signs < FEW_SIGNS * len(pages)):
        what = "pictures of pages" if pictured else "no text"
        raise CannotRead(Trouble.NO_TEXT, f"it holds {what}; text recognition (OCR) would help")
    if sum(page.unknown for page in pages) > UNKNOWN_SHARE * signs:
        raise CannotRead(
            Trouble.NO_TEXT, "its fonts do not say which letters they show; OCR would help"
        )


def _write(writer: Writer, pages: Sequence[PageText]) -> None:
    """Sections; a table that goes on over a page break stays one table."""
    body_size = _body_size(pages)
    repeated = _repeated(pages)
    said: set[tuple[bool, str]] = set()
    open_table: Grid | None = None
    in_section = False
    for number, page in enumerate(pages, 1):
        place = f"page {number}"
        kept = [line for line in page.lines if _is_new(page, line, repeated, said)]
        blocks = blocks_of(page, kept, body_size)
        first = blocks[0] if blocks else None
        if open_table is not None:
            if isinstance(first, Grid) and first.continues(open_table):
                _rows(writer, first, place)
                blocks = blocks[1:]
                if not blocks:
                    continue
            writer.close("table")
            open_table = None
        if in_section:
            writer.close("section")
        writer.open("section", place)
        in_section = True
        for block in blocks:
            if open_table is not None:
                writer.close("table")
                open_table = None
            open_table = _block(writer, block, place)
    if open_table is not None:
        writer.close("table")
    if in_section:
        writer.close("section")


def _block(writer: Writer, block: Block, place: str) -> Grid | None:
    """Write a block; the table that is left open, because the next page may go on with it."""
    if isinstance(block, Text):
        tag = f"h{block.level}" if block.level else "p"
        writer.add(f"<{tag}>{block.html}</{tag}>\n")
        if block.level == 1 and not writer.title:
            writer.title = block.plain
        return None
    writer.add("<table>\n")
    _rows(writer, block, place)
    return block


def _rows(writer: Writer, grid: Grid, place: str) -> None:
    writer.open("tbody", place)
    for row in grid.rows:
        writer.row(row)
    writer.close("tbody")


def _body_size(pages: Sequence[PageText]) -> float:
    """The size that most signs have."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[round(line.size, 1)] += len(line.plain)
        for table in page.ruled:
            for cell in table.lines:
                sizes[round(cell.size, 1)] += len(cell.plain)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def _edge(page: PageText, line: Any) -> tuple[bool, str] | None:
    """(at the top?, its text without numbers) of a line at the edge of a page."""
    if line.bottom < page.height * EDGE_SHARE:
        return True, _NUMBER.sub("#", line.plain)
    if line.top > page.height * (1 - EDGE_SHARE):
        return False, _NUMBER.sub("#", line.plain)
    return None


def _repeated(pages: Sequence[PageText]) -> set[tuple[bool, str]]:
    """Headers and footers: what stands at the edge of several pages, but for its numbers."""
    counts: Counter[tuple[bool, str]] = Counter()
    for page in pages:
        counts.update({edge for line in page.lines if (edge := _edge(page, line))})
    return {edge for edge, count in counts.items() if count >= REPEATED_PAGES}


def _is_new(
    page: PageText, line: Any, repeated: set[tuple[bool, str]], said: set[tuple[bool, str]]
) -> bool:
    """Whether a line is no header or footer that an earlier page has shown already."""
    edge = _edge(page, line)
    if edge is None or edge not in repeated:
        return True
    if edge in said:
        return False
    said.add(edge)
    return True


def _pages(numbers: Sequence[int]) -> str:
    """Page numbers in words.

    >>> _pages([3]), _pages([1, 2, 3, 7])
    ('page 3 is', 'pages 1 to 3, 7 are')
    """
    parts = [f"{a}" if a == b else f"{a} to {b}" for a, b in _spans(numbers)]
    shown = ", ".join(parts[:10]) + (" …" if len(parts) > 10 else "")
    return f"page {shown} is" if len(numbers) == 1 else f"pages {shown} are"


def _spans(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    start = last = numbers[0]
    for number in numbers[1:]:
        if number != last + 1:
            yield start, last
            start = number
        last = number
    yield start, last

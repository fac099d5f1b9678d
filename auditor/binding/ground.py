"""A page with its products found and its blocks, cells and cards ready to be asked for."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from auditor import identifiers
from auditor.catalogue import Catalogue
from auditor.mentions import Kind, MainProduct, Mention
from auditor.model import Reason
from auditor.page.model import Region
from auditor.values.own_words import NO_WORDS, OwnWords

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditor.page.model import Block, Cell, Page, Table

OTHER_REGIONS = frozenset(
    {
        Region.NAV,
        Region.HEADER,
        Region.FOOTER,
        Region.ASIDE,
        Region.RELATED,
        Region.REVIEWS,
        Region.COMMENTS,
    }
)
"""Parts of a page whose statements are about other things unless they name their own product."""

_FULL = (Kind.SKU, Kind.GTIN, Kind.CASE_GTIN)
# How far back the block that holds a position may start.
_LONGEST_BLOCK = 20_000


@dataclass(frozen=True, slots=True)
class Subject:
    """The products a statement is about and the proof; without products, why there are none."""

    skus: tuple[str, ...]
    how: str
    reason: Reason | None = None
    note: str = ""


class Ground:
    """One page, its mentions in order and its main product; everything looked up by position.

    ``main`` is the page's one product; ``variants`` are its products where its URL has several;
    ``other_level`` is the product whose case, not piece, the page is about.
    """

    def __init__(self, page: Page, catalogue: Catalogue, own: OwnWords = NO_WORDS) -> None:
        self.page = page
        self.own = own
        self.catalogue = catalogue
        found = catalogue.mentions(page)
        self.main: MainProduct | None = catalogue.main_product(page, found)
        self.mentions = [self._own_name(m) for m in found]
        at_url = catalogue.pages_of(page)
        self.variants: tuple[str, ...] = at_url if len(at_url) > 1 else ()
        self.other_level = self._packaging_level(is_main_page=bool(at_url))
        self.blocks = sorted(page.blocks, key=lambda b: b.start)
        self.sentence_ends: dict[int, list[int]] = {}
        self.column_heads: dict[tuple[int, int], list[Cell]] = {}
        self._starts = [m.start for m in self.mentions]
        self._block_starts = [b.start for b in self.blocks]

    def between(self, low: int, high: int) -> list[Mention]:
        """The mentions that stand wholly in a span."""
        first, last = bisect_left(self._starts, low), bisect_left(self._starts, high)
        return [m for m in self.mentions[first:last] if m.end <= high]

    def block_at(self, position: int) -> Block | None:
        """The innermost block that holds ``position``."""
        index = bisect_right(self._block_starts, position) - 1
        while index >= 0:
            block = self.blocks[index]
            if block.start <= position < max(block.end, block.start + 1):
                return block
            if position - block.start > _LONGEST_BLOCK:
                return None
            index -= 1
        return None

    def card(self, block: Block) -> list[Block]:
        """The blocks of the repeated card a block stands in; none where it stands in none."""
        return self.cards.get(block.container, []) if block.container else []

    @cached_property
    def cards(self) -> dict[int, list[Block]]:
        """The blocks of each repeated card, by its number."""
        found: dict[int, list[Block]] = defaultdict(list)
        for block in self.blocks:
            if block.container:
                found[block.container].append(block)
        return dict(found)

    def cell_at(self, position: int) -> tuple[int, Cell] | None:
        """The innermost table cell at ``position``, with the number of its table."""
        holding = [
            (table.end - table.start, number)
            for number, table in enumerate(self.page.tables)
            if table.start <= position < table.end
        ]
        for _, number in sorted(holding):
            starts, cells = self._cells[number]
            index = bisect_right(starts, position) - 1
            while index >= 0 and starts[index] + _LONGEST_BLOCK > position:
                if position < cells[index].end:
                    return number, cells[index]
                if cells[index].end > cells[index].start:
                    break  # cells do not overlap: an earlier one cannot reach this far
                index -= 1
        return None

    @cached_property
    def _cells(self) -> list[tuple[list[int], list[Cell]]]:
        ordered = [sorted(t.cells, key=lambda c: c.start) for t in self.page.tables]
        return [([c.start for c in cells], cells) for cells in ordered]

    @cached_property
    def rows(self) -> list[dict[int, list[Cell]]]:
        """For each table its cells by row."""
        return [_grouped(table, by_row=True) for table in self.page.tables]

    @cached_property
    def columns(self) -> list[dict[int, list[Cell]]]:
        """For each table its cells by column."""
        return [_grouped(table, by_row=False) for table in self.page.tables]

    def text_of(self, spans: Iterable[tuple[int, int]]) -> list[str]:
        """The texts of spans."""
        return [self.page.text[a:b] for a, b in spans]

    def in_own_part(self, mention: Mention) -> bool:
        """Whether a mention stands in the page's subject, not in what surrounds it."""
        block = self.block_at(mention.start)
        return block is None or block.region not in OTHER_REGIONS

    def is_own(self, part: str) -> bool:
        """Whether a part number is the page's own: its products', or in its title or h1."""
        short = identifiers.key(part)
        return short in self._named or any(short in name for name in self._own_names)

    @cached_property
    def _named(self) -> frozenset[str]:
        return frozenset(identifiers.key(m.text) for m in self.mentions)

    @cached_property
    def _own_names(self) -> list[str]:
        heads = self.text_of((h.start, h.end) for h in self.page.headings if h.level == 1)
        own = [self.page.title, *heads]
        for sku in [self.main.sku] if self.main is not None else self.variants:
            own += self.names_of(sku)
        return [identifiers.key(text) for text in own]

    def names_of_page(self) -> list[str]:
        """What the page and its main product are called: title, first headings, names."""
        heads = self.text_of((h.start, h.end) for h in self.page.headings if h.level == 1)
        own = self.names_of(self.main.sku) if self.main is not None else []
        return [self.page.title, *heads, *own]

    def names_of(self, sku: str) -> list[str]:
        """Everything a product is called by."""
        product = self.catalogue.by_sku[sku]
        return [product.sku, product.mpn, product.name, *product.aliases]

    def _own_name(self, mention: Mention) -> Mention:
        """On NS-AC20's own page the short "AC20" means NS-AC20, whoever else is called that."""
        main = self.main
        if main is None or main.sku in mention.skus or mention.kind in _FULL:
            return mention
        short = identifiers.key(mention.text)
        if any(short in identifiers.key(text) for text in self.names_of(main.sku)):
            return replace(mention, skus=(main.sku,), kind=Kind.MODEL)
        return mention

    def _packaging_level(self, *, is_main_page: bool) -> str:
        """The product whose case the page is about: the first GTIN it names is the case's."""
        codes = [m for m in self.mentions if m.kind in (Kind.CASE_GTIN, Kind.GTIN)]
        if is_main_page or not codes or codes[0].kind is not Kind.CASE_GTIN:
            return ""
        return codes[0].sku


def only_one(mentions: list[Mention], how: str) -> Subject | None:
    """The one product that mentions name; identifiers outrank names. None without mentions."""
    if not mentions:
        return None
    proofs = [m for m in mentions if m.kind.is_proof] or mentions
    skus = {m.sku for m in proofs}
    if any(m.kind is Kind.CASE_GTIN for m in proofs):
        return Subject((proofs[0].sku,), "", Reason.PACKAGING_LEVEL, "named by its case GTIN")
    if len(skus) == 1 and "" not in skus:
        return Subject((proofs[0].sku,), how)
    return Subject((), "", Reason.AMBIGUOUS_PRODUCT, f"its {how} names several products")


def _grouped(table: Table, *, by_row: bool) -> dict[int, list[Cell]]:
    found: dict[int, list[Cell]] = defaultdict(list)
    for cell in table.cells:
        found[cell.row if by_row else cell.column].append(cell)
    return dict(found)

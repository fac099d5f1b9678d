"""Of which product does a stretch of a page speak? The steps in order; no proof, no answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor import identifiers
from auditor.binding.cells import by_cell
from auditor.binding.ground import OTHER_REGIONS, Ground, Subject
from auditor.binding.listing import LONGEST_CARD, Listing
from auditor.binding.other_goods import names_other_goods
from auditor.binding.prose import by_paragraph, by_section, nearest, sentence_of
from auditor.mentions import Kind
from auditor.model import Reason
from auditor.values.own_words import NO_WORDS, OwnWords

if TYPE_CHECKING:
    from auditor.catalogue import Catalogue
    from auditor.page.model import Block, Page

# A longer line is not quoted to name a product.
_LONGEST_LINE = 160


class Scene(Ground):
    """One page, ready to answer of whom a span of it speaks."""

    def __init__(self, page: Page, catalogue: Catalogue, own: OwnWords = NO_WORDS) -> None:
        super().__init__(page, catalogue, own)
        self._listing = Listing(self)

    def subject(self, start: int, end: int, scope: tuple[int, int] = (-1, -1)) -> Subject:
        """Whom the statement at ``start``–``end`` is about; ``scope`` may name it, too."""
        block = self.block_at(start)
        found = by_cell(self, start, end) or self._by_words(block, start, end, scope)
        if found is None and block is not None:
            found = self._listing.by_card(block) or self._listing.by_unknown(block, start)
        if found is not None:
            return found
        if block is not None and block.region in OTHER_REGIONS:
            return Subject((), "", Reason.AMBIGUOUS_PRODUCT, f"stands in a {block.region} box")
        return (
            by_paragraph(self, start, end)
            or self._under_heading(block, start, end)
            or by_section(self, start)
            or self._by_other_goods(block, start, end)
            or self._by_page(start)
        )

    def naming_line(self, sku: str) -> tuple[int, int] | None:
        """The line that names ``sku`` best: a labelled identifier, else the first mention.

        None where nothing on the page names it: then it may be no page of that product any more.
        """
        own = [m for m in self.mentions if m.sku == sku]
        ranked = sorted(
            [m for m in own if m.kind.is_proof] or own,
            key=lambda m: (
                not self.in_own_part(m),
                m.kind is not Kind.SKU,
                not identifiers.has_label_before(self.page.text, m.start),
                m.start,
            ),
        )
        if not ranked:
            return None
        best = ranked[0]
        block = self.block_at(best.start)
        if block is None or block.end - block.start > _LONGEST_LINE:
            return best.start, best.end
        return block.start, block.end

    def _by_words(
        self, block: Block | None, start: int, end: int, scope: tuple[int, int]
    ) -> Subject | None:
        spans = [sentence_of(self, start, end)]
        if 0 <= scope[0] <= start and end <= scope[1] <= scope[0] + LONGEST_CARD:
            spans.append(scope)
        is_listing = block is not None and self._listing.holds(block)
        for span in spans:
            inside = self.between(*span)
            if is_listing:
                inside = [m for m in inside if self._listing.is_full(m)]
            if inside:
                return nearest(self, inside, start, end)
        return None

    def _under_heading(self, block: Block | None, start: int, end: int) -> Subject | None:
        """The product of the heading above, unless the line names goods of its own."""
        found = self._by_heading(block)
        if found is None or found.reason is not None or block is None:
            return found
        head = self.page.headings[block.heading]
        own = [self.page.text[head.start : head.end], *self.names_of_page()]
        own += [name for sku in found.skus for name in self.names_of(sku)]
        if names_other_goods(self, block, start, end, own):
            return Subject((), "", Reason.UNKNOWN_PRODUCT, "its line names other goods")
        return found

    def _by_heading(self, block: Block | None) -> Subject | None:
        index = block.heading if block is not None else -1
        while index >= 0:
            heading = self.page.headings[index]
            named = self.between(heading.start, heading.end) if heading.level > 1 else []
            skus = {m.sku for m in named}
            if len(skus) == 1 and "" not in skus:
                return Subject((named[0].sku,), "heading")
            if named:
                return Subject((), "", Reason.AMBIGUOUS_PRODUCT, "its heading names several")
            index = heading.parent
        return None

    def _by_other_goods(self, block: Block | None, start: int, end: int) -> Subject | None:
        """Why a line is not about the page's product: it names goods of its own."""
        if self.main is None or block is None or self.main.proof not in ("url", "h1"):
            return None
        if not names_other_goods(self, block, start, end, self.names_of_page()):
            return None
        return Subject((), "", Reason.UNKNOWN_PRODUCT, "its line names other goods")

    def _by_page(self, start: int) -> Subject:
        if self.other_level:
            note = "the page is about another packaging level"
            return Subject((self.other_level,), "", Reason.PACKAGING_LEVEL, note)
        if self.main is not None:
            return Subject((self.main.sku,), "main")
        if self.variants:
            note = "the page shows several variants and this belongs to none of them alone"
            return Subject(self.variants, "", Reason.VARIANT_NOT_SELECTED, note)
        named = {m.sku: m.start for m in reversed(self.mentions) if m.sku and self.in_own_part(m)}
        if len(named) == 1 and min(named.values()) <= start:
            return Subject(tuple(named), "only product")
        reason = Reason.AMBIGUOUS_PRODUCT if named else Reason.UNKNOWN_PRODUCT
        return Subject((), "", reason)

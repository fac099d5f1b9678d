"""Of which product does a stretch of the page speak? Nearest scope wins; no proof, no answer."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from auditor import identifiers
from auditor.catalogue import Catalogue, Kind, MainProduct, Mention, url_key
from auditor.model import Reason
from auditor.page.model import Region

if TYPE_CHECKING:
    from auditor.page.model import Block, Cell, Page, Table

# Parts of a page whose statements are about other things unless they name their own product.
_OTHER_REGIONS = frozenset(
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
# A part number in a line of its own: letters and digits, "SV10", "ZB-310".
_PART = re.compile(r"(?<![\w-])[A-Z]{2,6}-?[A-Z]{0,4}\d{2,7}(?:-?[A-Z0-9]{1,4})?(?![\w-])")
_LONGEST_LINE = 120
_LONGEST_CARD = 400
_AMOUNT = re.compile(
    r"[$€£¥₹₽₴₩]\s?\d|\d\s?[$€£¥₹₽₴₩]|\d\s?(?:[A-Z]{3}|грн|Kč|zł|kr|Ft|lei)\b|\b[A-Z]{3}\s?\d|"
    r"\d[.,](?:\d\d|–|-)(?!\d)"
)
_NAME_WORD = re.compile(r"[^\W\d_]{3,}")
# Words that cards of prices share with cards of products: they name no product.
_PRICE_WORDS = frozenset(
    {
        "price", "prices", "list", "our", "your", "net", "gross", "from", "only", "now", "was",
        "sale", "each", "unit", "units", "piece", "pieces", "pcs", "vat", "tax", "incl", "excl",
        "including", "excluding", "plus", "save", "off", "regular", "special", "per", "pack",
        "box", "order", "quantity", "minimum", "qty", "stock", "available", "delivery", "days",
        "weeks", "preis", "preise", "netto", "brutto", "stück", "stk", "mwst", "inkl", "exkl",
        "zzgl", "statt", "nur", "jetzt", "pro", "menge", "lieferzeit", "tage", "prix", "tarif",
        "unité", "pièce", "par", "ttc", "dès", "remise", "precio", "unidad", "iva", "incluido",
        "desde", "prezzo", "pezzo", "unità", "prijs", "stuk", "btw", "usd", "eur", "gbp", "chf",
        "add", "cart", "view", "details", "buy", "warenkorb", "panier",
    }
)  # fmt: skip
_FULL = (Kind.SKU, Kind.GTIN, Kind.CASE_GTIN)
# Words after which a product is only compared with, replaced or accompanied, not spoken of.
_COMPLEMENT = re.compile(
    r"(?:\b(?:than|unlike|versus|vs\.?|compared (?:to|with)|instead of|replac(?:es|ing)|"
    r"successor (?:to|of)|supersedes|compatible with|fits|for use with|such as|not the|als|statt|"
    r"anstatt|ersetzt|anders als|nachfolger (?:von|des|der)|passend (?:zu|für)|kompatibel mit|"
    r"que|remplace|contrairement à|au lieu de|compatible avec|en lugar de|invece di|rispetto a|"
    r"dan|in plaats van))\s+(?:(?:the|an?|our|der|die|das|den|dem|des|le|la|el|il|de|het)\s+)?"
    r"(?:[\w-]+\s+)?$",
    re.IGNORECASE,
)
_AND = re.compile(
    r"^[\s,;/&()]*(?:and|or|und|oder|bzw\.?|sowie|et|ou|y|o|e|en|of)?[\s,;/&()]*"
    r"(?:the|our|der|die|das|den|le|la|el|il)?[\s(]*$",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…](?=[\s\"”’»)]*\s[\s\"“„«(]*[A-ZÄÖÜÀ-ÞŁ\d$€£¥])")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:no|nr|art|st|stk|ca|min|max|approx|rs|fr|incl|inkl|excl|exkl|zzgl|bzw|vs|"
    r"e\.g|i\.e|z\.b|d\.h|p|pc|pcs|qty|in|ft|lbs?|oz|dr|mr|ms|inc|co|réf|ref|env|[a-z])$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Subject:
    """The products a statement is about and the proof; without products, why there are none."""

    skus: tuple[str, ...]
    how: str
    reason: Reason | None = None
    note: str = ""


class Scene:
    """One page with its mentions, prepared to answer of whom a span speaks.

    ``main`` is the page's one product; ``variants`` are its products where its URL has several.
    """

    def __init__(self, page: Page, catalogue: Catalogue) -> None:
        self.page = page
        self.catalogue = catalogue
        found = catalogue.mentions(page)
        self.main: MainProduct | None = catalogue.main_product(page, found)
        self.mentions = [self._own_name(m) for m in found]
        at_url = catalogue.pages_of(page)
        self.variants: tuple[str, ...] = at_url if len(at_url) > 1 else ()
        self._starts = [m.start for m in self.mentions]
        self._blocks = sorted(page.blocks, key=lambda b: b.start)
        self._block_starts = [b.start for b in self._blocks]
        self.other_level = self._packaging_level()

    def subject(self, start: int, end: int, scope: tuple[int, int] = (-1, -1)) -> Subject:
        """Whom the statement at ``start``–``end`` is about; ``scope`` narrows the search."""
        block = self.block_at(start)
        steps = (
            self._by_cell(start, end),
            self._by_own_words(start, end, scope),
            self._by_card(block),
            self._by_link(block),
            self._by_other_part(start, block),
            self._by_other_card(block),
        )
        for found in steps:
            if found is not None:
                return found
        if block is not None and block.region in _OTHER_REGIONS:
            return Subject((), "", Reason.AMBIGUOUS_PRODUCT, f"stands in a {block.region} box")
        for found in (self._by_heading(start), self._by_section(start, block)):
            if found is not None:
                return found
        return self._by_page()

    def block_at(self, position: int) -> Block | None:
        """The innermost block that holds ``position``."""
        index = bisect_right(self._block_starts, position) - 1
        while index >= 0:
            block = self._blocks[index]
            if block.start <= position < max(block.end, block.start + 1):
                return block
            if position - block.start > 20_000:
                return None
            index -= 1
        return None

    def naming_line(self, sku: str) -> tuple[int, int] | None:
        """The line that names ``sku`` best: a labelled identifier, else the first mention."""
        own = [m for m in self.mentions if m.sku == sku]
        proofs = [m for m in own if m.kind.is_proof] or own
        ranked = sorted(
            proofs,
            key=lambda m: (
                (b := self.block_at(m.start)) is not None and b.region in _OTHER_REGIONS,
                not identifiers.has_label_before(self.page.text, m.start),
                m.start,
            ),
        )
        if not ranked:
            head = next((h for h in self.page.headings if h.level == 1), None)
            return (head.start, head.end) if head else None
        best = ranked[0]
        block = self.block_at(best.start)
        if block is None or block.end - block.start > 160:
            return best.start, best.end
        return block.start, block.end

    # --- steps, nearest scope first -----------------------------------------------------------

    def _by_cell(self, start: int, end: int) -> Subject | None:
        located = self._cell_at(start)
        if located is None:
            return None
        table, cell = located
        inside = self._between(cell.start, cell.end)
        if inside and end - start < cell.end - cell.start:
            found = self._nearest(inside, start, end)
            if found is not None:
                return found
        row = [c for c in table.cells if c.row == cell.row]
        found = self._one(self._in_cells(row), "row", self._id_cells(table, row))
        if found is not None:
            return found
        if any(c is not cell and c.end > c.start for c in self._id_cells(table, row)):
            text = ", ".join(self.page.text[c.start : c.end] for c in self._id_cells(table, row))
            return Subject((), "", Reason.UNKNOWN_PRODUCT, f"row names {text[:80]!r}")
        column = [
            c for c in table.cells if c.column == cell.column and self._names_column(table, c)
        ]
        found = self._one(self._in_cells(column), "column", column)
        if found is not None:
            return found
        heads = [m for a, b in (*cell.rows, *cell.columns) for m in self._between(a, b)]
        if (found := self._one(heads, "header", [])) is not None:
            return found
        if table.caption is not None:
            return self._one(self._between(*table.caption), "caption", [])
        return None

    def _by_own_words(self, start: int, end: int, scope: tuple[int, int]) -> Subject | None:
        spans = [self._sentence(start, end)]
        if 0 <= scope[0] <= start and end <= scope[1] <= scope[0] + _LONGEST_CARD:
            spans.append(scope)
        block = self.block_at(start)
        for span in spans:
            inside = self._between(*span)
            if block is not None and self._is_listing(block):
                inside = [m for m in inside if self._is_full(m)]
            if inside:
                return self._nearest(inside, start, end)
        return None

    def _by_card(self, block: Block | None) -> Subject | None:
        if block is None or not block.container:
            return None
        inside = [m for b in self._card(block) for m in self._between(b.start, b.end)]
        return self._one([m for m in inside if self._is_full(m)], "card", [])

    def _by_link(self, block: Block | None) -> Subject | None:
        """A card that links to the page of one known product is about that product."""
        if block is None:
            return None
        card = self._card(block) or [block]
        targets = {
            sku
            for part in card
            for link in part.links
            for sku in self.catalogue.at_url(link)
            if url_key(link) != url_key(self.page.url)
        }
        return Subject((min(targets),), "link") if len(targets) == 1 else None

    def _by_other_card(self, block: Block | None) -> Subject | None:
        """Cards side by side that each name and price something are not about the main product.

        Lines that differ only in numbers or in a word ("10+ units", "Net price") are no cards.
        """
        if block is None or not block.container or self._prices_of(block) is None:
            return None
        names = {number: words for number, words in self._priced_cards.items() if words}
        own = names.get(block.container)
        others = [words for number, words in names.items() if number != block.container]
        # Cards that each link somewhere are a list of products even if their names are alike.
        apart = 1 if any(part.links for part in self._card(block)) else 2
        if own is None or not any(len(own - w) >= apart and len(w - own) >= apart for w in others):
            return None
        note = "it stands in a card of its own"
        return Subject((), "", Reason.UNKNOWN_PRODUCT, note)

    def _by_other_part(self, start: int, block: Block | None) -> Subject | None:
        """A line or card that opens with, or labels, an unknown part number is about that part."""
        if block is None:
            return None
        line = self.page.text[min(b.start for b in [block, *self._card(block)]) : start]
        if len(line) > _LONGEST_LINE:
            return None
        for match in _PART.finditer(line):
            opens = not line[: match.start()].strip(" #(–-•")
            if not opens and not identifiers.has_label_before(line, match.start()):
                continue
            if not identifiers.needs_context(match.group()) and not self._is_own(match.group()):
                note = f"its line names {match.group()!r}"
                return Subject((), "", Reason.UNKNOWN_PRODUCT, note)
        return None

    def _by_heading(self, start: int) -> Subject | None:
        block = self.block_at(start)
        index = block.heading if block is not None else -1
        while index >= 0:
            heading = self.page.headings[index]
            if heading.level > 1:
                named = self._between(heading.start, heading.end)
                skus = {m.sku for m in named}
                if len(skus) == 1 and "" not in skus:
                    return Subject((named[0].sku,), "heading")
                if named:
                    return Subject((), "", Reason.AMBIGUOUS_PRODUCT, "its heading names several")
            index = heading.parent
        return None

    def _by_section(self, start: int, block: Block | None) -> Subject | None:
        """Prose without a main product: the last product spoken of in this section ("it …")."""
        if self.variants or (self.main is not None and self.main.proof != "h1 name"):
            return None
        if self.other_level:
            return None
        heading = block.heading if block is not None else -1
        low = self.page.headings[heading].start if heading >= 0 else 0
        before = [
            m
            for m in self._between(low, start)
            if m.kind is not Kind.CASE_GTIN and not self._is_complement(m) and self._is_prose(m)
        ]
        if not before:
            return None
        last = before[-1]
        if not last.sku or self._is_coordinated(before):
            return Subject((), "", Reason.AMBIGUOUS_PRODUCT, "several products are named before it")
        return Subject((last.sku,), "section")

    def _by_page(self) -> Subject:
        if self.other_level:
            note = "the page is about another packaging level"
            return Subject((self.other_level,), "", Reason.PACKAGING_LEVEL, note)
        if self.main is not None:
            return Subject((self.main.sku,), "main")
        if self.variants:
            note = "the page shows several variants and this belongs to none of them alone"
            return Subject(self.variants, "", Reason.VARIANT_NOT_SELECTED, note)
        named = {m.sku for m in self.mentions if m.sku and self._is_prose(m)}
        if len(named) == 1:
            return Subject(tuple(named), "only product")
        reason = Reason.AMBIGUOUS_PRODUCT if named else Reason.UNKNOWN_PRODUCT
        return Subject((), "", reason)

    # --- parts ---------------------------------------------------------------------------------

    def _nearest(self, inside: list[Mention], start: int, end: int) -> Subject | None:
        """Among the products of one sentence: the last before the statement, else the only one."""
        subjects = [m for m in inside if m.kind is not Kind.CASE_GTIN] or inside
        leading = [m for m in subjects if m.start <= start and not self._is_complement(m)]
        skus = {m.sku for m in subjects}
        if self.other_level and skus <= {self.other_level}:
            return None
        if any(m.kind is Kind.CASE_GTIN for m in subjects):
            return Subject((subjects[0].sku,), "", Reason.PACKAGING_LEVEL, "named by its case GTIN")
        if len(skus) == 1 and "" not in skus:
            if not leading and subjects[0].start <= start and self.main is not None:
                return None  # the sentence only compares with that product
            return Subject((subjects[0].sku,), "sentence")
        if not leading or not leading[-1].sku or self._is_coordinated(leading):
            following = {m.sku for m in subjects if m.start >= end}
            if not leading and len(following) == 1 and "" not in following:
                return Subject(tuple(following), "sentence")
            return Subject((), "", Reason.AMBIGUOUS_PRODUCT, "the sentence names several products")
        return Subject((leading[-1].sku,), "sentence")

    def _one(self, mentions: list[Mention], how: str, preferred: list[Cell]) -> Subject | None:
        if not mentions:
            return None
        own = [m for m in mentions if any(c.start <= m.start < c.end for c in preferred)]
        proofs = [m for m in own or mentions if m.kind.is_proof] or own or mentions
        skus = {m.sku for m in proofs}
        if any(m.kind is Kind.CASE_GTIN for m in proofs):
            return Subject((proofs[0].sku,), "", Reason.PACKAGING_LEVEL, "named by its case GTIN")
        if len(skus) == 1 and "" not in skus:
            return Subject((proofs[0].sku,), how)
        return Subject((), "", Reason.AMBIGUOUS_PRODUCT, f"its {how} names several products")

    def _is_own(self, part: str) -> bool:
        """Whether a part number belongs to a known product or stands in the page's own title."""
        short = identifiers.key(part)
        heads = [self.page.text[h.start : h.end] for h in self.page.headings if h.level == 1]
        own = [self.page.title, *heads, *(m.text for m in self.mentions)]
        skus = [self.main.sku] if self.main is not None else list(self.variants)
        for product in (self.catalogue.by_sku[sku] for sku in skus):
            own += [product.sku, product.mpn, product.name, *product.aliases]
        return any(short in identifiers.key(text) for text in own)

    def _own_name(self, mention: Mention) -> Mention:
        """On NS-AC20's own page the short "AC20" means NS-AC20, whoever else is called that."""
        main = self.main
        if main is None or main.sku in mention.skus or mention.kind in _FULL:
            return mention
        product = self.catalogue.by_sku[main.sku]
        short = identifiers.key(mention.text)
        own = (product.sku, product.mpn, product.name, *product.aliases)
        if any(short in identifiers.key(text) for text in own):
            return replace(mention, skus=(main.sku,), kind=Kind.MODEL)
        return mention

    def _is_listing(self, block: Block) -> bool:
        """Whether a block lists products: then half a name may be that of a sibling product."""
        return block.region in _OTHER_REGIONS or block.container in self._priced_cards

    def _is_full(self, mention: Mention) -> bool:
        """An identifier, or a name that is the whole of its line ("… Annunciator - Red" is not)."""
        block = self.block_at(mention.start)
        is_main = self.main is not None and mention.sku == self.main.sku
        if is_main and block is not None and block.region in _OTHER_REGIONS:
            return False  # "mounting kit for BX-20" beside BX-20 is another product
        if is_main or mention.kind.is_proof or mention.kind is Kind.CASE_GTIN:
            return True
        if mention.kind is not Kind.NAME or block is None:
            return False
        text = self.page.text
        around = text[block.start : mention.start] + text[mention.end : block.end]
        return not _NAME_WORD.search(around) and not re.search(r"\.\.|…", around)

    def _card(self, block: Block) -> list[Block]:
        if not block.container:
            return []
        return [b for b in self._blocks if b.container == block.container]

    @cached_property
    def _priced_cards(self) -> dict[int, frozenset[str]]:
        """The repeated cards that show an amount of money, with the words of their names."""
        texts: dict[int, list[str]] = defaultdict(list)
        for block in self._blocks:
            if block.container:
                texts[block.container].append(self.page.text[block.start : block.end])
        found = {}
        for number, parts in texts.items():
            text = " ".join(parts)
            if len(text) <= _LONGEST_CARD and _AMOUNT.search(text):
                words = {w.casefold() for w in _NAME_WORD.findall(text)} - _PRICE_WORDS
                found[number] = frozenset(words)
        return found

    def _prices_of(self, block: Block) -> frozenset[str] | None:
        return self._priced_cards.get(block.container)

    def _packaging_level(self) -> str:
        """The product whose case (not piece) the page is about: named first by a case GTIN."""
        main = [m for m in self.mentions if m.kind in (Kind.CASE_GTIN, Kind.GTIN)]
        if not main or main[0].kind is not Kind.CASE_GTIN or self.catalogue.pages_of(self.page):
            return ""
        return main[0].sku

    def _is_complement(self, mention: Mention) -> bool:
        return bool(_COMPLEMENT.search(self.page.text[max(0, mention.start - 40) : mention.start]))

    def _is_coordinated(self, leading: list[Mention]) -> bool:
        """Whether the last two subjects stand side by side ("X and Y cost …")."""
        if len(leading) < 2 or leading[-2].sku == leading[-1].sku:
            return False
        return bool(_AND.match(self.page.text[leading[-2].end : leading[-1].start]))

    def _is_prose(self, mention: Mention) -> bool:
        block = self.block_at(mention.start)
        return block is None or block.region not in _OTHER_REGIONS

    def _between(self, low: int, high: int) -> list[Mention]:
        first = bisect_right(self._starts, low - 1)
        return [m for m in self.mentions[first:] if m.start < high and m.end <= high]

    def _cell_at(self, position: int) -> tuple[Table, Cell] | None:
        holding = [t for t in self.page.tables if t.start <= position < t.end]
        for table in sorted(holding, key=lambda t: t.end - t.start):
            for cell in table.cells:
                if cell.start <= position < cell.end:
                    return table, cell
        return None

    def _in_cells(self, cells: list[Cell]) -> list[Mention]:
        return [m for cell in cells for m in self._between(cell.start, cell.end)]

    def _id_cells(self, table: Table, row: list[Cell]) -> list[Cell]:
        """The cells of a row that stand in an identifier column ("Part number")."""
        found: list[Cell] = []
        if table.n_columns == 2 and all(c.is_header for c in table.cells if c.column == 0):
            return found  # labels and values: the first label is no column's head
        for cell in row:
            if cell.is_header and cell.row == 0:
                continue
            heads = [self.page.text[a:b] for a, b in cell.columns]
            if any(identifiers.is_identifier_header(head) for head in heads):
                found.append(cell)
        return found

    def _names_column(self, table: Table, cell: Cell) -> bool:
        """Whether a cell identifies its column: a top header, or in a row labelled "Part"."""
        if cell.row == 0 or (cell.is_header and cell.columns == ()):
            return True
        first = next((c for c in table.cells if c.row == cell.row and c.column == 0), None)
        return (
            first is not None
            and first is not cell
            and identifiers.is_identifier_header(self.page.text[first.start : first.end])
        )

    def _sentence(self, start: int, end: int) -> tuple[int, int]:
        block = self.block_at(start)
        low, high = (block.start, block.end) if block is not None else (start, end)
        text = self.page.text
        low_found, high_found = low, high
        for match in _SENTENCE_END.finditer(text, low, high):
            if _ABBREVIATION.search(text[max(low, match.start() - 8) : match.start()]):
                continue
            if match.end() <= start:
                low_found = match.end()
            elif match.end() >= end:
                high_found = match.end()
                break
        return low_found, high_found

"""Cards and lines of a list of products: of which of them does a statement speak?"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from auditor import identifiers
from auditor.binding.ground import OTHER_REGIONS, Ground, Subject, only_one
from auditor.binding.prose import sentence_of
from auditor.extract.terms import ISO_CODES
from auditor.mentions import Kind
from auditor.model import Reason
from auditor.url_keys import url_key

if TYPE_CHECKING:
    from auditor.mentions import Mention
    from auditor.page.model import Block

LONGEST_CARD = 400
"""Characters; more text around a price is no card."""

_LONGEST_LINE = 120
# "The QX-12 costs …": characters that may stand before a sentence's subject.
_LEAD = 12
# A part number in a line of its own: letters and digits, "SV10", "ZB-310".
_PART = re.compile(
    r"(?<![\w-])[A-Z]{2,6}(?:-?[A-Z]{0,4}\d{2,7}(?:-?[A-Z0-9]{1,4})?|-[A-Z]{0,3}\d)(?![\w-])"
)
# "24 VDC" and "250 VAC" are no money.
_CODES = "|".join(ISO_CODES.split())
AMOUNT = re.compile(
    rf"[$€£¥₹₽₴₩]\s?\d|\d\s?[$€£¥₹₽₴₩]|\d\s?(?:{_CODES}|грн|Kč|zł|kr|Ft|lei)\b|"
    rf"\b(?:{_CODES})\s?\d|\bRs\.?\s?\d|"
    r"\d[.,](?:\d\d|–|-)(?!\d)"
)
# Running text: at least six words up to a full stop.
_SENTENCE = re.compile(r"(?:[^\W\d_][\w'’-]*[\s,;]+){5}[^\W\d_][\w'’-]*[^.]{0,200}\.(?=\s|$)")
_STOP = re.compile(r"\.(?=\s|$)")
_DIGIT = re.compile(r"\d")
_NAME_WORD = re.compile(r"[^\W\d_]{3,}")
# Words that cards of prices share with cards of products: they name no product.
_PRICE_WORDS = frozenset(
    {
        "price", "prices", "list", "our", "your", "net", "gross", "from", "only", "now", "was",
        "sale", "each", "unit", "units", "piece", "pieces", "pcs", "vat", "tax", "incl", "excl",
        "including", "excluding", "save", "off", "regular", "special", "per", "pack",
        "box", "order", "quantity", "minimum", "qty", "stock", "available", "delivery", "days",
        "weeks", "preis", "preise", "netto", "brutto", "stück", "stk", "mwst", "inkl", "exkl",
        "zzgl", "statt", "nur", "jetzt", "pro", "menge", "lieferzeit", "tage", "prix", "tarif",
        "unité", "pièce", "par", "ttc", "dès", "remise", "precio", "unidad", "iva", "incluido",
        "desde", "prezzo", "pezzo", "unità", "prijs", "stuk", "btw", "usd", "eur", "gbp", "chf",
        "more", "over", "above", "hundred", "thousand", "mehr", "oder", "und", "abnahme", "plus",
        "pièces", "unités", "partir", "más", "uds", "unidades", "piezas", "cada", "oltre", "più",
        "pezzi", "cad", "vanaf", "meer", "stuks", "voor",
        "add", "cart", "view", "details", "buy", "warenkorb", "panier",
    }
)  # fmt: skip


class Listing:
    """The product cards of a page."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def holds(self, block: Block) -> bool:
        """Whether a block lists products: there half a name may be that of a sibling product."""
        return block.region in OTHER_REGIONS or block.container in self._priced

    def is_full(self, mention: Mention) -> bool:
        """An identifier, or a name that is the whole of its line ("… Annunciator - Red" is not)."""
        ground = self._ground
        block = ground.block_at(mention.start)
        is_main = ground.main is not None and mention.sku == ground.main.sku
        if is_main and block is not None and block.region in OTHER_REGIONS:
            return False  # "mounting kit for BX-20" beside BX-20 is another product
        if is_main or mention.kind.is_proof or mention.kind is Kind.CASE_GTIN:
            return True
        if mention.kind is not Kind.NAME or block is None:
            return False
        text = ground.page.text
        around = text[block.start : mention.start] + text[mention.end : block.end]
        return not _NAME_WORD.search(around) and not re.search(r"\.\.|…", around)

    def by_card(self, block: Block) -> Subject | None:
        """The only product that a card names in full, or links to."""
        ground = self._ground
        card = ground.card(block)
        inside = [m for b in card for m in ground.between(b.start, b.end) if self.is_full(m)]
        return only_one(inside, "card") or self._by_link(card or [block])

    def by_unknown(self, block: Block, start: int) -> Subject | None:
        """Why a statement is about a product that nobody knows; None where nothing says so."""
        return self._by_part(block, start) or self._by_sibling(block)

    def _by_link(self, card: list[Block]) -> Subject | None:
        """A card that links to the page of one known product is about that product."""
        ground = self._ground
        here = url_key(ground.page.url)
        targets = {
            sku
            for part in card
            for link in part.links
            if url_key(link) != here
            for sku in ground.catalogue.at_url(link)
        }
        return Subject((min(targets),), "link") if len(targets) == 1 else None

    def _by_part(self, block: Block, start: int) -> Subject | None:
        """A line or card that opens with, or labels, an unknown part number is about that part."""
        ground = self._ground
        first = min(b.start for b in [block, *ground.card(block)])
        lead = 0
        if start - first > _LONGEST_LINE:  # running text: the subject of the sentence
            first, lead = sentence_of(ground, start, start)[0], _LEAD
        line = ground.page.text[first:start]
        for match in _PART.finditer(line[:_LONGEST_LINE]):
            opens = len(line[: match.start()].strip(" #(–-•")) <= lead
            if not opens and not identifiers.has_label_before(line, match.start()):
                continue
            part = match.group()
            if not identifiers.needs_context(part) and not ground.is_own(part):
                return Subject((), "", Reason.UNKNOWN_PRODUCT, f"its line names {part!r}")
        return None

    def _by_sibling(self, block: Block) -> Subject | None:
        """Cards side by side that each name and price something are not about the main product.

        Lines that differ only in numbers or in a word ("10+ units", "Net price") are no cards.
        """
        own = self._priced.get(block.container)
        if not own or self._is_headed(block):
            return None
        # Cards that each link somewhere are a list of products even if their names are alike.
        apart = 1 if any(part.links for part in self._ground.card(block)) else 2
        others = (words for words in self._distinct if words != own)
        if not any(len(own - w) >= apart and len(w - own) >= apart for w in others):
            return None
        return Subject((), "", Reason.UNKNOWN_PRODUCT, "it stands in a card of its own")

    def _is_headed(self, block: Block) -> bool:
        """Whether the heading above the card, not one in it, names one known product."""
        ground = self._ground
        if block.heading < 0:
            return False
        heading = ground.page.headings[block.heading]
        first = min((b.start for b in ground.card(block)), default=block.start)
        if heading.level < 2 or heading.start >= first:
            return False
        named = ground.between(heading.start, heading.end)
        return len({m.sku for m in named}) == 1 and all(m.kind.is_proof and m.sku for m in named)

    @cached_property
    def _priced(self) -> dict[int, frozenset[str]]:
        """The repeated cards that show an amount of money, with the words of their names."""
        found: dict[int, frozenset[str]] = {}
        for number, card in self._ground.cards.items():
            if card[-1].end - card[0].start > 4 * LONGEST_CARD:
                continue
            texts = self._ground.text_of((b.start, b.end) for b in card)
            text = " ".join(texts)
            if len(text) > LONGEST_CARD or not _DIGIT.search(text) or not AMOUNT.search(text):
                continue
            if any(_STOP.search(each) and _SENTENCE.search(each) for each in texts):
                continue
            words = {w.casefold() for w in _NAME_WORD.findall(text)}
            found[number] = frozenset(words - _PRICE_WORDS)
        return found

    @cached_property
    def _distinct(self) -> list[frozenset[str]]:
        """A few name sets are enough to tell products from prices, however long the list."""
        return [words for words in dict.fromkeys(self._priced.values()) if words][:40]

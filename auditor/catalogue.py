"""Whose identifier is that? Finds the catalogue's products in a page's text."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from auditor import identifiers
from auditor.company_terms import company_terms
from auditor.house_numbers import HouseNumbers
from auditor.lookup import Lookup, folded_key
from auditor.mentions import Kind, MainProduct, Mention, texts_of
from auditor.page.model import Region
from auditor.url_keys import url_key

if TYPE_CHECKING:
    from auditor.model import Attribute, Product
    from auditor.page.model import Page

# A digit first: whether it may be the first one is asked where one stands, not everywhere.
_GTIN = re.compile(r"\d(?<![\w.,/-]\d)(?:[ \-]?\d){7,13}(?![\w/-]|[.,]\d)")
# What feeds write where a product has no such number.
_PLACEHOLDERS = frozenset({"n/a", "na", "none", "null", "nil", "tbd", "unknown", "doesnotapply"})
# The numbers of Kind in the byte array that keeps three million of them small.
_KINDS = tuple(Kind)
_IS_WEAK = 128


class Catalogue:
    """All products, with one table of all their identifiers.

    ``spec_values`` are texts that must not count as an identifier without a label; ``stated`` are
    the sku, attribute and market of truths, as far as they can make a product the company's terms
    of sale. Building is linear in the number of identifiers; looking a page up in its text.
    """

    def __init__(
        self,
        products: Iterable[Product],
        *,
        spec_values: Iterable[str] = (),
        stated: Iterable[tuple[str, Attribute, str | None]] = (),
    ) -> None:
        self.by_sku: dict[str, Product] = {}
        for product in products:
            self.by_sku.setdefault(product.sku, product)
        self._urls: dict[str, list[str]] = {}
        self._gtins: dict[str, list[str]] = {}
        for sku, product in self.by_sku.items():
            for url in product.urls:
                self._urls.setdefault(url_key(url), []).append(sku)
            if code := identifiers.gtin14(product.gtin):
                self._gtins.setdefault(code[1:13], []).append(sku)
        self._lookup = Lookup()
        self._kinds = bytearray()
        self._owners: list[str | tuple[str, ...]] = []
        self._read: tuple[Page, tuple[Mention, ...]] | None = None
        self._index({identifiers.key(value) for value in spec_values})
        self.terms = company_terms(stated, self.by_sku)

    def mentions(self, page: Page) -> list[Mention]:
        """Every product named in the visible text, in order, longest spelling first."""
        if self._read is None or self._read[0] is not page:  # binding and judging ask in turn
            seams = sorted(block.start for block in page.blocks)
            self._read = page, tuple(self.mentions_in(page.text, _identifier_spans(page), seams))
        return list(self._read[1])

    def mentions_in(
        self, text: str, trusted: Iterable[tuple[int, int]] = (), seams: Sequence[int] = ()
    ) -> list[Mention]:
        """Every product named in ``text``; identifiers that need context count in ``trusted``.

        ``seams`` are the sorted starts of blocks: no name spans two of them.
        """
        spans = list(trusted)
        found = self._listed(text, spans, seams) + self._numbered(text)
        found.sort(key=lambda m: (m.start, -(m.end - m.start), not m.kind.is_proof))
        kept: list[Mention] = []
        for mention in found:
            if not kept or mention.start >= kept[-1].end:
                kept.append(mention)
        return kept

    def resolve(self, identifier: str) -> tuple[str, ...]:
        """The SKUs an identifier can mean, the product's own SKU before shared numbers.

        An empty result: the catalogue does not know it.
        """
        if identifier in self.by_sku:
            return (identifier,)
        if code := identifiers.gtin14(re.sub(r"[\s-]", "", identifier)):
            exact = [s for s in self._gtins.get(code[1:13], ()) if self._gtin_of(s) == code]
            if exact:
                return tuple(exact)
        number = self._lookup.numbers.get(folded_key(identifier))
        if number is None or not self._kind(number).is_proof:
            return ()
        return self._skus(number)

    def at_url(self, url: str) -> tuple[str, ...]:
        """The products whose main page this is; several for a page of variants."""
        return tuple(self._urls.get(url_key(url), ())) if url else ()

    def pages_of(self, page: Page) -> tuple[str, ...]:
        """The products whose main page ``page`` is, by its URL or canonical URL."""
        return self.at_url(page.url) or self.at_url(page.canonical_url)

    def main_product(self, page: Page, mentions: list[Mention] | None = None) -> MainProduct | None:
        """The one product the page is about, with proof; None where there are several or none."""
        found = self.mentions(page) if mentions is None else mentions
        for proof, skus in self._proofs(page, found):
            if len(skus) == 1:
                return MainProduct(next(iter(skus)), proof)
            if skus:
                return None
        return None

    def _proofs(self, page: Page, mentions: list[Mention]) -> Iterable[tuple[str, frozenset[str]]]:
        yield "url", frozenset(self.pages_of(page))
        heads = [(h.start, h.end) for h in page.headings if h.level == 1]
        yield "h1", _proven(m for m in mentions if _within(m, heads))
        yield "title", _proven(self.mentions_in(page.title))
        yield (
            "structured",
            frozenset(
                sku
                for node in page.products
                if node.is_main
                for text in (node.sku, node.mpn, node.gtin)
                if text and len(skus := self.resolve(text)) == 1
                for sku in skus
            ),
        )
        path = unquote(urlsplit(page.url).path).replace("/", " ")
        yield "path", _proven(self.mentions_in(path))
        labelled = (m for m in mentions if identifiers.has_label_before(page.text, m.start))
        main = [(b.start, b.end) for b in page.blocks if b.region is Region.MAIN]
        yield "label", _proven(m for m in labelled if _within(m, main))
        yield "h1 name", frozenset(m.sku for m in mentions if m.sku and _within(m, heads))

    def _listed(
        self, text: str, trusted: list[tuple[int, int]], seams: Sequence[int]
    ) -> list[Mention]:
        found: list[Mention] = []
        for place in self._lookup.places(text):
            for number, start, end in place:
                if bisect_right(seams, start) != bisect_left(seams, end):
                    continue
                if self._counts(number, text, start, end, trusted):
                    skus, kind = self._spelt_so(number, text[start:end]), self._kind(number)
                    found.append(Mention(start, end, skus, kind, text[start:end]))
                    break
        return found

    def _counts(
        self, number: int, text: str, start: int, end: int, trusted: list[tuple[int, int]]
    ) -> bool:
        if not identifiers.stands_alone(text, start, end):
            return False
        spelling = text[start:end]
        is_spaced = self._kind(number) is not Kind.NAME and len(spelling.split()) > 1
        if is_spaced and not any(
            identifiers.reads_as(spelling, known) for known in self._spellings(number)
        ):
            return False
        if not self._kinds[number] & _IS_WEAK:
            return True
        if self._house.is_own_word(spelling) and spelling in self._spellings(number):
            return True
        if identifiers.has_label_before(text, start):
            return True
        return any(
            low <= start and end <= high and (spelling == text[low:high].strip() or end - start > 3)
            for low, high in trusted
        )

    @cached_property
    def _house(self) -> HouseNumbers:
        return HouseNumbers.of(self.by_sku)

    def _spellings(self, number: int) -> Iterable[str]:
        """How the catalogue itself writes an identifier."""
        for sku in self._skus(number):
            for _, text in texts_of(self.by_sku[sku]):
                if self._lookup.numbers.get(folded_key(text)) == number:
                    yield text

    def _kind(self, number: int) -> Kind:
        return _KINDS[self._kinds[number] & ~_IS_WEAK]

    def _skus(self, number: int) -> tuple[str, ...]:
        owners = self._owners[number]
        return (owners,) if isinstance(owners, str) else owners

    def _spelt_so(self, number: int, spelling: str) -> tuple[str, ...]:
        """The products an identifier can mean; of two that differ in a hyphen, the one spelt so."""
        skus = self._skus(number)
        if len(skus) < 2 or self._kind(number) is not Kind.SKU:
            return skus
        exact = tuple(sku for sku in skus if sku == spelling)
        return exact or skus

    def _index(self, weak: set[str]) -> None:
        """Number every identifier; where two products share one, it proves neither.

        A product's own SKU outranks another's alias, and any identifier outranks a name.
        """
        for product in self.by_sku.values():
            self._enter(product.sku, Kind.SKU, product.sku, weak)
        for product in self.by_sku.values():
            for kind, text in texts_of(product):
                if kind is not Kind.SKU:
                    self._enter(product.sku, kind, text, weak)

    def _enter(self, sku: str, kind: Kind, text: str, weak: set[str]) -> None:
        folded = folded_key(text)
        if len(folded) < 2 or folded in _PLACEHOLDERS:
            return
        number = self._lookup.add(folded)
        if number == len(self._owners):
            needs = kind.is_proof and (identifiers.needs_context(text) or folded in weak)
            self._owners.append(sku)
            self._kinds.append(_KINDS.index(kind) | (_IS_WEAK if needs else 0))
            return
        known = self._kind(number)
        if sku in self._skus(number) or (known is Kind.SKU and kind is not Kind.SKU):
            return
        if kind.is_proof and not known.is_proof:
            self._owners[number] = sku
            self._kinds[number] = _KINDS.index(kind)
        elif kind.is_proof or not known.is_proof:
            self._owners[number] = (*self._skus(number), sku)

    def _numbered(self, text: str) -> list[Mention]:
        found: list[Mention] = []
        for match in _GTIN.finditer(text):
            code = identifiers.gtin14(re.sub(r"[ \-]", "", match.group()))
            skus = self._gtins.get(code[1:13], ()) if code else ()
            if not code or not skus:
                continue
            exact = tuple(s for s in skus if self._gtin_of(s) == code)
            kind = Kind.GTIN if exact else Kind.CASE_GTIN
            found.append(
                Mention(match.start(), match.end(), exact or tuple(skus), kind, match.group())
            )
        return found

    def _gtin_of(self, sku: str) -> str | None:
        return identifiers.gtin14(self.by_sku[sku].gtin)


def _identifier_spans(page: Page) -> list[tuple[int, int]]:
    """Spans where a bare number or word may be an identifier: h1, SKU columns, SKU pairs.

    Up to three characters have to fill the span: "10" in a heading is a size sooner than a SKU.
    """
    spans = [(h.start, h.end) for h in page.headings if h.level == 1]
    known: dict[tuple[tuple[int, int], ...], bool] = {}
    for table in page.tables:
        for cell in table.cells:
            heads = (*cell.columns, *cell.rows)
            if heads not in known:
                texts = (page.text[start:end] for start, end in heads)
                known[heads] = any(map(identifiers.is_identifier_header, texts))
            if known[heads]:
                spans.append((cell.start, cell.end))
    spans += [
        pair.value
        for pair in page.pairs
        if identifiers.is_identifier_header(page.text[pair.label[0] : pair.label[1]])
    ]
    return spans


def _proven(mentions: Iterable[Mention]) -> frozenset[str]:
    return frozenset(m.sku for m in mentions if m.sku and m.kind.is_proof)


def _within(mention: Mention, spans: list[tuple[int, int]]) -> bool:
    return any(low <= mention.start and mention.end <= high for low, high in spans)

"""Where a price should stand and none does: on request, behind a log-in, not filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor.extract.cues import Span
from auditor.extract.reading import Place, Reading
from auditor.extract.statement import candidate, refused, trimmed
from auditor.model import Attribute, Candidate, Reason, Role, Skipped
from auditor.page.model import Block, Region
from auditor.values.tokens import Bound, Kind
from auditor.values.types import Word

# {{ item.price }}, [[ item.price ]], ${price}, <%= price %>,
# [price_display sku="X"], %PRICE%, __PRICE__
_PLACEHOLDER = re.compile(
    r"\{\{[^{}]{0,80}\}\}|\[\[\s*\w+\s?[.|][^\[\]]{0,80}\]\]|\$\{[^{}]{0,80}\}|<%=?[^%]{0,80}%>|\[\w*(?:price|preis|prix|precio|"
    r"prezzo|prijs)\w*(?: [^\[\]]{0,80})?\]|%%?\w*PRICE\w*%%?|__\w*PRICE\w*__",
    re.I,
)
_STOCK_NAME = re.compile(r"stock|avail|lager|qty|inventory|dispo|on_?hand", re.I)
_NO_PRICE_NAME = re.compile(r"name|title|sku|image|desc|url|count|date|user", re.I)
_DASHES = re.compile(r"[\s–—−-]*[–—−-][\s–—−-]*|\.{2,}|…|\?+")
# A sign of currency with nothing behind it: "Price per thousand: $".
_BARE_SIGN = re.compile(r"[:\s][$€£₹]\s*$|^\s*[$€£₹]\s*$")
# A price this many blocks away belongs to the same product.
_AROUND = 4
_CALL = re.compile(
    r"(?:please )?(?:call|ask|inquire|enquire|request|quote|contact us|call us|on request|upon "
    r"request|"
    r"anfragen|anfrage|auf anfrage|sur demande|nous consulter|sur devis|consultar|a consultar|"
    r"su richiesta|op aanvraag|poa)\.?!?",
    re.I,
)
_NAMED = ("unpriced.request", "amount.price", "amount.list")
# Longer than this, "on request" is part of a sentence about something else.
_SHORT = 80


def unpriced(reading: Reading) -> Iterator[Candidate | Skipped]:
    """Candidates with the word ``not_published``, and Skipped for slots that hold nothing."""
    yield from _not_published(reading)
    yield from _placeholders(reading)
    named = _named_slots(reading)
    for index, block in enumerate(reading.blocks):
        if block.end - block.start > _SHORT:
            continue
        if index not in named and not _may_be_empty(reading.page.text, block):
            continue
        place = reading.place(block.start)
        call = _unpriced_word(reading, place) if place else None
        if place is not None and call is not None:
            word = Word(reading.page.text[slice(*call)], "not_published")
            yield candidate(reading, place, Attribute.PRICE, word, call, role=Role.LIST)
            continue
        empty = _empty_slot(reading, index, place) if place else None
        if empty is not None:
            yield refused(reading, Reason.EMPTY_VALUE, empty, Attribute.PRICE, "the price is empty")


def _unpriced_word(reading: Reading, place: Place) -> Span | None:
    """The block's span where it says "Price: call" or stands under a price label as "POA"."""
    block, text = place.block, reading.page.text
    said = text[block.start : block.end]
    labelled = any(reading.cues.any(*each, "amount.price", "amount.list") for each in place.labels)
    if labelled and _CALL.fullmatch(said.strip()):
        return block.start, block.end
    lead = reading.cues.any(block.start, block.end, "amount.price", "amount.list")
    if lead is None or not said[lead[1] - block.start :].lstrip().startswith(":"):
        return None
    rest = said[lead[1] - block.start :].lstrip(" :")
    return (block.start, block.end) if _CALL.fullmatch(rest.strip()) else None


def _may_be_empty(text: str, block: Block) -> bool:
    """Cheap test: only dashes stand in an empty slot that no word names."""
    return block.end - block.start <= 3 or (
        not text[block.start].isalnum()
        and _DASHES.fullmatch(text, block.start, block.end) is not None
    )


def _named_slots(reading: Reading) -> frozenset[int]:
    """The blocks with a word that names a price or an empty slot."""
    return frozenset(
        index
        for concept in ("unpriced.empty", *_NAMED)
        for start, end in reading.cues.found.get(concept, ())
        if (index := reading.block_at(start)) >= 0 and end <= reading.blocks[index].end
    )


def _not_published(reading: Reading) -> Iterator[Candidate]:
    for concept in ("unpriced.request", "unpriced.login"):
        for hit in reading.cues.found.get(concept, ()):
            place = reading.place(hit[0])
            if place is None or not _is_about_price(reading, place, hit, concept):
                continue
            span = place.clause if place.clause[1] - place.clause[0] <= _SHORT else hit
            span = trimmed(reading, *span)
            word = Word(reading.page.text[slice(*span)], "not_published")
            yield candidate(reading, place, Attribute.PRICE, word, span, role=Role.LIST)


def _is_about_price(reading: Reading, place: Place, hit: Span, concept: str) -> bool:
    if place.block.region not in (Region.MAIN, Region.RELATED):
        return False
    if any(t.kind is Kind.MONEY for t in reading.tokens_in(*place.clause)):
        return False
    if _has_price_nearby(reading, place):
        return False  # "OEM pricing on request", "sign in to see your price" beside a price
    words = reading.plain(*hit)
    names_price = re.search(
        r"pri|preis|prezz|prec|tarif|pricing|prijs|poa|quote|devis|offerte|angebot", words
    )
    if concept == "unpriced.login" or names_price:
        return True
    if any(reading.cues.any(*label, "amount.price", "amount.list") for label in place.labels):
        return True
    return reading.cues.any(*place.clause, "amount.price") is not None


def _has_price_nearby(reading: Reading, place: Place) -> bool:
    """Whether the same row, card or stretch of the page shows a price after all."""
    block = place.block
    if block.cell is not None:
        return any(t.kind is Kind.MONEY for t in reading.tokens_in(*reading.row_span(block)))
    near = reading.blocks[max(0, place.index - _AROUND) : place.index + _AROUND + 1]
    for other in near:
        same = other.container == block.container or 0 in (other.container, block.container)
        if same and other.region == block.region and _shows_price(reading, other):
            return True
    return False


def _shows_price(reading: Reading, block: Block) -> bool:
    """Whether a block holds an amount that no word makes a charge or a limit."""
    return any(
        t.kind is Kind.MONEY and t.bound is not Bound.UP_TO
        for t in reading.tokens_in(block.start, block.end)
    ) and not reading.cues.any(
        block.start, block.end, "amount.fee", "amount.threshold", "amount.minimum_value"
    )


def _placeholders(reading: Reading) -> Iterator[Skipped]:
    for hit in _PLACEHOLDER.finditer(reading.page.text):
        text = hit[0]
        if _STOCK_NAME.search(text):
            yield refused(
                reading,
                Reason.NEEDS_RENDER,
                hit.span(),
                Attribute.AVAILABILITY,
                "a template variable",
            )
        elif not _NO_PRICE_NAME.search(text) or "price" in text.lower():
            reason = Reason.EMPTY_VALUE if text.startswith("[") else Reason.NEEDS_RENDER
            yield refused(reading, reason, hit.span(), Attribute.PRICE, "a template variable")
    for span in reading.cues.found.get("unpriced.loading", ()):
        index = reading.block_at(span[0])
        if index >= 0 and reading.blocks[index].end - reading.blocks[index].start <= _SHORT:
            yield refused(
                reading, Reason.NEEDS_RENDER, span, Attribute.PRICE, "filled in by script"
            )


def _empty_slot(reading: Reading, index: int, place: Place) -> Span | None:
    """The block's span where it is a price slot without a value."""
    block, text = place.block, reading.page.text
    if any(t.kind is Kind.MONEY for t in reading.tokens_in(block.start, block.end)):
        return None
    said = text[block.start : block.end]
    labelled = any(
        reading.cues.any(*label, "amount.price", "amount.list") for label in place.labels
    )
    word = reading.cues.any(block.start, block.end, "unpriced.empty")
    fills = word is not None and word[1] - word[0] >= (block.end - block.start) - 1
    if labelled and (fills or _DASHES.fullmatch(said)):
        return block.start, block.end
    lead = reading.cues.any(block.start, block.end, "amount.price", "amount.list")
    if lead is None:
        return None
    rest = said[lead[1] - block.start :]
    if ":" in rest:
        after = rest.split(":", 1)[1]
        if not after.strip() and reading.next_block(index) is not None:
            return None
        if (after.strip() and _DASHES.fullmatch(after)) or (
            word is not None and word[0] >= lead[1] and len(after.strip()) <= word[1] - word[0] + 1
        ):
            return block.start, block.end
    return (block.start, block.end) if _BARE_SIGN.search(rest) else None

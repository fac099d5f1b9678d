"""Availability: is it there? States in six languages; conditions and slogans are no state."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor.extract.cues import Span
from auditor.extract.interface import Context
from auditor.extract.part_labels import readings_of
from auditor.extract.quantities import is_count
from auditor.extract.reading import Place, Reading
from auditor.extract.statement import candidate, refused
from auditor.extract.timing import not_today
from auditor.model import Attribute, Candidate, Skipped
from auditor.page.model import Region
from auditor.values.fold import plain
from auditor.values.phrasing import Phrasing
from auditor.values.types import Quantity, Word

STATES = {
    "stock.in_stock": "in_stock",
    "stock.out_of_stock": "out_of_stock",
    "stock.backorder": "backorder",
    "stock.preorder": "preorder",
    "stock.limited": "in_stock",
    "stock.made_to_order": "made_to_order",
    "stock.to_order": "to_order",
}
_LABEL = Phrasing(r"(?:<<stock.label>>)(?: [\w ]{1,20})?")
_STOCK_COUNT = Phrasing(r"(?:<<stock.count>>)")
# "0 in stock", "none available"
_NONE_LEFT = Phrasing(r"(?<![\w.,])(?:0|<<stock.none>>)\s*$")
# "On the shelf: none", "in stock, 0 pieces": nothing else may follow, "in stock, no minimum" is.
_NEGATION = Phrasing(r"(?<!\w)(?:<<stock.negation>>)(?!\w)")
_NONE_BEHIND = Phrasing(
    r"\s*[:=,(–—-]\s*(?:0|<<stock.none>>)(?:\s(?:<<stock.pieces>>))?\s*(?=[.;|)!]\s|[.;|)!]?$)"
)
_LINE = 60
_UNAVAILABLE = Phrasing(r"(?:<<stock.unavailable>>)")
# How far behind its label a state may stand to be what the label names.
_BESIDE = 24
# "[[ item.count ]] in stock": a script would say how many.
_FILLED_IN = re.compile(r"(?:\]\]|\}\}?|%>)\s?$")
# "(not available on whoop tone)", "nicht lieferbar in Rot": part of the product, not the product.
_PARTLY = Phrasing(r"\s+(?:<<stock.partly>>)\s+(?!stock\b|lager\b)[^\W\d]+[^.]{0,40}\)")
_FOR_THIS = Phrasing(r"(?<!\w)(?:<<stock.for_this>>)(?!\w)")
# What parts a state from the product it is of: "BX-20: in stock", "BX-30 → sold out".
_PARTS = re.compile(r"[,;:()|·–—/→⇒✓✔✗✘]|->|\s-\s")
# "BX-20:" names a product, no property.
_PART_NUMBER = re.compile(r"(?=[^\n]*\d)[A-ZÀ-Þ\d][\w./+-]*(?: [A-ZÀ-Þ\d][\w./+-]*){0,3}\s?:?")


class AvailabilityExtractor:
    """Stock states of the product a page or row is about."""

    name = "availability"
    attributes = frozenset({Attribute.AVAILABILITY})

    def extract(self, reading: Reading, context: Context) -> Iterator[Candidate | Skipped]:
        """Yield stock states in document order."""
        yield from _counted(reading)
        hits = sorted(
            (span, state)
            for concept, state in STATES.items()
            for span in reading.cues.found.get(concept, ())
        )
        seen: set[tuple[Span, str]] = set()
        for span, state in hits:
            place = reading.place(span[0])
            if place is None or place.block.end < span[1] or (place.clause, state) in seen:
                continue
            if not _is_state(reading, place, span, state) or _FILLED_IN.search(
                reading.page.text, max(0, span[0] - 4), span[0]
            ):
                continue
            seen.add((place.clause, state))
            timing = not_today(reading, place, *span, announced=False)
            if timing is not None:
                yield refused(reading, timing[0], span, Attribute.AVAILABILITY, timing[1])
                continue
            if _is_none(reading, place, span):
                state = "out_of_stock"
            word = Word(reading.page.text[slice(*span)], state)
            yield candidate(
                reading,
                place,
                Attribute.AVAILABILITY,
                word,
                span,
                tentative=_may_be_of_a_variant(reading, place, span, state)
                or (state == "in_stock" and _is_negated(reading, place, span)),
            )


def _is_none(reading: Reading, place: Place, span: Span) -> bool:
    """Whether a number or a word beside a state says that there is not one of it."""
    own, text = reading.locale.own, reading.page.text
    if _NONE_LEFT.of(own).search(text, place.sentence[0], span[0]):
        return True
    return _NONE_BEHIND.of(own).match(text, span[1], place.block.end) is not None


def _is_negated(reading: Reading, place: Place, span: Span) -> bool:
    """Whether a negating word stands in the same few words: "im Lager ist keine einzige mehr"."""
    text, (first, last) = reading.page.text, place.clause
    before = _PARTS.split(text[max(first, span[0] - _BESIDE) : span[0]])[-1]
    after = _PARTS.split(text[span[1] : min(last, span[1] + _BESIDE)])[0]
    negation = _NEGATION.of(reading.locale.own)
    return any(negation.search(part) is not None for part in (before, after))


def _may_be_of_a_variant(reading: Reading, place: Place, span: Span, state: str) -> bool:
    """A lone "Unavailable" without a label: of a size, of a shop in town, of a delivery option."""
    if state != "out_of_stock" or not _UNAVAILABLE.of(reading.locale.own).fullmatch(
        reading.plain(*span)
    ):
        return False
    return not place.labels and place.block.end - place.block.start <= _LINE


def _counted(reading: Reading) -> Iterator[Candidate]:
    """ "Stock: 1,240", "Bestand: 0 Stück": a number of pieces behind a stock label."""
    for token in reading.tokens:
        if not is_count(token) or not isinstance(token.value, Quantity):
            continue
        index = reading.block_at(token.start)
        if index < 0 or reading.blocks[index].end - reading.blocks[index].start > _LINE:
            continue
        place = reading.place(token.core[0])
        if place is None or place.block.region is not Region.MAIN:
            continue
        if not any(
            _STOCK_COUNT.of(reading.locale.own).fullmatch(reading.plain(*each).strip(" :*"))
            for each in place.labels
        ):
            continue
        state = "in_stock" if (token.value.amount.readings[0].low or 0) > 0 else "out_of_stock"
        word = Word(reading.page.text[slice(*token.core)], state)
        yield candidate(reading, place, Attribute.AVAILABILITY, word, (token.start, token.end))


def _is_state(reading: Reading, place: Place, span: Span, state: str) -> bool:
    """Whether a stock phrase is what the page says of a product today."""
    if place.block.region in (Region.NAV, Region.REVIEWS, Region.COMMENTS):
        return False
    first, last = place.sentence
    own = reading.locale.own
    alone = place.block.end - place.block.start <= _LINE
    labelled = any(
        _LABEL.of(own).fullmatch(plain(said).strip(" :*")) or reading.cues.any(*each, "lead.time")
        for each in place.labels
        for said in readings_of(reading.page.text[slice(*each)])
    )
    if _named(reading, place, span) and not labelled and _stands_alone(reading, place, span):
        return False  # "Dimensions: not available" is about the dimensions
    beside = reading.plain(max(first, span[0] - _BESIDE), min(last, span[1] + _BESIDE))
    if _FOR_THIS.of(own).search(beside) is not None:
        return False  # "Click & Collect: not available for this item"
    if not alone and _PARTLY.of(own).match(reading.page.text, span[1]):
        return False
    is_bare = span in reading.cues.within("stock.bare", *span)
    if is_bare and not labelled and not _stands_alone(reading, place, span):
        return False
    if reading.page.text[last - 1 : last] == "?":
        return False
    nearby = reading.cues.any(first, span[0], "stock.conditional")
    if nearby is not None and not labelled:
        return False
    after = reading.cues.any(span[1], min(last, span[1] + 16), "stock.conditional")
    # "sold out until December" is sold out today
    return after is None or alone or state == "out_of_stock"


def _named(reading: Reading, place: Place, span: Span) -> bool:
    """Whether a label says what a value is of; a line above that happens to be short does not."""
    if place.block.cell is not None:
        return bool(place.labels)
    text = reading.page.text
    known = reading.once("labels", lambda page: {pair.label for pair in page.page.pairs})
    return any(
        (label in known or text.startswith(":", label[1] - 1)) and span[0] - label[1] <= _BESIDE
        for label in place.labels
        if not _PART_NUMBER.fullmatch(text, *label)
    )


def _stands_alone(reading: Reading, place: Place, span: Span) -> bool:
    """Whether a state is all that its clause says, or that stands between two commas."""
    text, (first, last) = reading.page.text, place.clause
    before = _PARTS.split(text[first : span[0]])[-1]
    after = _PARTS.split(text[span[1] : last])[0]
    return len(re.sub(r"[\W_]+", "", before + after)) <= 2

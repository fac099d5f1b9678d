"""Offers and promotions: a benefit, its code and until when it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from auditor.extract.cues import Span
from auditor.extract.interface import Context
from auditor.extract.reading import Place, Reading
from auditor.extract.statement import candidate, refused, trimmed
from auditor.extract.timing import not_today
from auditor.extract.windows import window_end
from auditor.model import Attribute, Candidate, Reason, Skipped
from auditor.page.model import Block, Region
from auditor.values.types import Word

_CODE = re.compile(r"[\s:«\"“']*([A-Z0-9][A-Z0-9_-]{2,31})(?![\w-])")
_GETS = re.compile(
    r"\b(?:comes? with|ships? with|"
    r"get|gets|receive|receives|buy|buys|take|enjoy|save|with every|with each|includes?|claim|"
    r"redeem|erhalten|erhält|bekommen|bekommt|sparen|kaufen|sichern|gibt es|dazu|recevez|achetez|"
    r"achetés?|offrons|profitez|reciba|compre|llévate|consigue|ricevi|acquista|krijg|koop|ontvang)\b"
)
_FREE = re.compile(
    r"^(?:free|complimentary|gratis|kostenlos|kostenfrei|gratuite?s?|offerte?s?|umsonst|gratuit[ao]|omaggio|"
    r"cadeau|regalo|code|código|codice|geschenkt|rebate|kosteloos|on the house|thrown in|as a gift|"
    r"aufs haus|als geschenk|de la casa|van het huis|della casa|en cadeau|remise de|trade[- ]in)$"
)
# The words of the offer may be followed by its code or its dates in the next lines.
_NEAR = 2
_LONGEST = 300


class OfferExtractor:
    """Offers: each benefit once, with its code as key and its end as ``valid_to``."""

    name = "offer"
    attributes = frozenset({Attribute.OFFER})

    def extract(self, reading: Reading, context: Context) -> Iterator[Candidate | Skipped]:
        """Yield offers in document order."""
        last: Span = (-1, -1)
        for hit in reading.cues.found.get("offer.benefit", ()):
            place = reading.place(hit[0])
            if place is None or place.sentence == last or not _is_offer(reading, place, hit):
                continue
            last = place.sentence
            span = trimmed(reading, *place.sentence)
            if span[1] - span[0] > _LONGEST:
                span = hit
            timing = not_today(reading, place, *hit)
            if timing is not None and timing[0] in (Reason.HISTORIC, Reason.EXAMPLE):
                yield refused(reading, timing[0], span, Attribute.OFFER, timing[1])
                continue
            text = reading.page.text[slice(*span)]
            word = Word(text, reading.plain(*span))
            made = candidate(
                reading, place, Attribute.OFFER, word, span, key=_code(reading, place), label=hit
            )
            ends = _ends(reading, place, context)
            yield replace(made, valid_to=ends) if ends else made


def _is_offer(reading: Reading, place: Place, hit: Span) -> bool:
    """Whether the words promise a benefit; free shipping, colour codes and menus do not."""
    if place.block.region in (Region.NAV, Region.FOOTER, Region.REVIEWS, Region.COMMENTS):
        return False
    words = reading.plain(*hit)
    if not _FREE.match(words):
        return not reading.cues.any(*place.clause, "amount.threshold")
    if _is_code_word(words):
        return False
    if reading.cues.any(*place.sentence, "amount.threshold"):
        return False
    return _GETS.search(reading.plain(*place.sentence)) is not None


def _is_code_word(words: str) -> bool:
    return words in {"code", "código", "codice"}


def _code(reading: Reading, place: Place) -> str:
    """The promotion code near an offer, "" where none is given."""
    for block in _nearby(reading, place):
        near = (
            max(block.start, place.sentence[0] - _LONGEST),
            min(block.end, place.sentence[1] + _LONGEST),
        )
        span = (
            near if block is place.block else (block.start, min(block.end, block.start + _LONGEST))
        )
        for hit in reading.cues.within("offer.code", *span):
            found = _CODE.match(reading.page.text, hit[1], min(block.end, hit[1] + 48))
            if found:
                return found[1].strip("-_")
    return ""


def _ends(reading: Reading, place: Place, context: Context) -> datetime | None:
    for block in _nearby(reading, place):
        near = (
            max(block.start, place.sentence[0] - _LONGEST),
            min(block.end, place.sentence[1] + _LONGEST),
        )
        span = (
            near if block is place.block else (block.start, min(block.end, block.start + _LONGEST))
        )
        end = window_end(reading, span, context.timezone)
        if end is not None:
            return end
    return None


def _has_own_benefit(reading: Reading, block: Block) -> bool:
    """Whether a block makes an offer itself: its dates and code are not those of the one before."""
    hits = reading.cues.within("offer.benefit", block.start, block.end)
    return any(
        "code" not in (words := reading.plain(*hit)) and "código" not in words for hit in hits
    )


def _nearby(reading: Reading, place: Place) -> list[Block]:
    """The offer's block and the ones right after it in the same section."""
    blocks = [place.block]
    index = place.index
    while len(blocks) <= _NEAR:
        after = reading.next_block(index)
        if after is None or after.cell is not None or _has_own_benefit(reading, after):
            break
        blocks.append(after)
        index += 1
    return blocks

"""Policies: return period, payment term, warranty; and until when a price list says it holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from auditor.extract.cues import Span
from auditor.extract.interface import Context
from auditor.extract.reading import Place, Reading
from auditor.extract.statement import candidate, refused, trimmed
from auditor.extract.timing import not_today
from auditor.extract.windows import window_end
from auditor.model import Attribute, Candidate, Skipped
from auditor.page.model import Region
from auditor.values.tokens import Kind, Token
from auditor.values.types import Duration, Word

KEYS = {
    "policy.returns": "returns",
    "policy.payment": "payment",
    "policy.warranty": "warranty",
}
# The key under which a page's own expiry date is stated ("prices valid until 31 March 2025").
PRICE_VALIDITY = "price_validity"
_PRICE_LIST = re.compile(r"pri[cx]|preis|tarif|prec|prez|listino|prijs")

_OTHERS = (Region.REVIEWS, Region.COMMENTS)
_REACH_BACK, _REACH_AHEAD = 48, 24
# "14 Tage 2 % Skonto": for paying early, not the term
_DISCOUNT = re.compile(r"[\s,(]*(?:mit |with |avec )?\d+(?:[.,]\d+)? ?%")
_ANOTHER = re.compile(r"(?:^|\s)(?:and|und|et|y|e|en|or|oder|ou)(?:\s|$)|[;:]\s")


class PolicyExtractor:
    """Durations of policies by the words around them, and self-declared expiry dates."""

    name = "policy"
    attributes = frozenset({Attribute.POLICY})

    def extract(self, reading: Reading, context: Context) -> Iterator[Candidate | Skipped]:
        """Yield policies in document order, then validity statements."""
        for token in reading.tokens:
            if token.kind is not Kind.DURATION or not isinstance(token.value, Duration):
                continue
            place = reading.place(token.core[0])
            if place is None or place.block.region in (Region.REVIEWS, Region.COMMENTS):
                continue
            named = _key(reading, place, token)
            if named is None or _DISCOUNT.match(reading.page.text, token.end):
                continue
            key, cue = named
            timing = not_today(reading, place, token.start, token.end)
            if timing is not None:
                yield refused(
                    reading, timing[0], (token.start, token.end), Attribute.POLICY, timing[1]
                )
                continue
            span = token.start, _with_tail(reading, place, token)
            yield candidate(reading, place, Attribute.POLICY, token.value, span, key=key, label=cue)
        yield from _validity(reading, context)


def _key(reading: Reading, place: Place, token: Token) -> tuple[str, Span] | None:
    """Which policy a duration belongs to: the nearest word of its sentence, else its label."""
    first, last = place.sentence
    best: tuple[int, str, Span] | None = None
    for concept, key in KEYS.items():
        for cue in reading.cues.within(concept, first, last):
            distance = _distance(reading, cue, token)
            if distance is not None and (best is None or distance < best[0]):
                best = distance, key, cue
    if best is not None:
        return best[1], best[2]
    for label in (*place.labels, *reading.headings(place.block)[:1]):
        for concept, key in KEYS.items():
            if reading.cues.any(*label, concept) and not reading.cues.any(
                first, last, "lead.ships", "lead.time"
            ):
                return key, label
    return None


def _distance(reading: Reading, cue: Span, token: Token) -> int | None:
    """How far a policy word stands from a duration; None where it speaks of something else."""
    if token.start < cue[1] and cue[0] < token.end:
        return 0
    after = cue[0] >= token.end
    gap = (token.end, cue[0]) if after else (cue[1], token.start)
    if gap[1] - gap[0] > (_REACH_BACK if not after else _REACH_AHEAD):
        return None
    return None if _ANOTHER.search(reading.plain(*gap)) else gap[1] - gap[0]


def _with_tail(reading: Reading, place: Place, token: Token) -> int:
    """The end of the statement up to the next comma: "30 days of delivery", "30 Tage netto"."""
    tail = reading.page.text[token.end : min(place.clause[1], token.end + 40)]
    for stop in ",.;(":
        tail = tail.split(stop, 1)[0]
    words = tail.split(" ")[:4]
    return token.end + len(" ".join(words).rstrip())


def _validity(reading: Reading, context: Context) -> Iterator[Candidate]:
    last: Span = (-1, -1)
    for hit in reading.cues.found.get("time.validity", ()):
        place = reading.place(hit[0])
        if place is None or place.sentence == last or not _is_of_prices(reading, place, hit):
            continue
        end = window_end(reading, place.sentence, context.timezone)
        if end is None:
            continue
        last = place.sentence
        if place.block.region in _OTHERS or not_today(reading, place, *hit, announced=False):
            continue
        span = trimmed(reading, *place.sentence)
        word = Word(reading.page.text[slice(*span)], end.date().isoformat())
        made = candidate(
            reading, place, Attribute.POLICY, word, span, key=PRICE_VALIDITY, label=hit
        )
        yield replace(made, valid_to=end)


def _is_of_prices(reading: Reading, place: Place, hit: Span) -> bool:
    """Prices in general, not one sale price: no amount of money in the sentence."""
    if any(t.kind is Kind.MONEY for t in reading.tokens_in(*place.sentence)):
        return False
    if reading.cues.any(*place.sentence, "amount.sale", "offer.benefit"):
        return False
    if _PRICE_LIST.search(reading.plain(*hit)):
        return True
    return reading.cues.any(*place.sentence, "amount.price") is not None

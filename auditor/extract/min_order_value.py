"""Minimum order value: money where others have a number of pieces."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.extract.cues import Span
from auditor.extract.interface import Context
from auditor.extract.quantities import names_a_count, refuses_orders
from auditor.extract.reading import Place, Reading
from auditor.extract.statement import candidate, refused
from auditor.extract.terms import page_terms, terms_of
from auditor.extract.timing import not_today
from auditor.model import Attribute, Candidate, Skipped
from auditor.values.tokens import Bound, Kind, Token
from auditor.values.types import Basis, Money

# How far the amount may stand behind the words: "minimum order value (goods, net) is $100".
_REACH = 56
_CUES = ("amount.minimum_value", "order.moq", "order.minimum")


class MinOrderValueExtractor:
    """Minimum order values; thresholds for free shipping or for a fee are none."""

    name = "min_order_value"
    attributes = frozenset({Attribute.MIN_ORDER_VALUE})

    def extract(self, reading: Reading, context: Context) -> Iterator[Candidate | Skipped]:
        """Yield every amount of money that is named a minimum."""
        terms = reading.once("terms", lambda page: page_terms(page, context))
        is_named = any(cue in reading.cues for cue in (*_CUES, "order.below"))
        for token in reading.tokens:
            if token.kind is not Kind.MONEY or not isinstance(token.value, Money):
                continue
            if not is_named and token.bound is not Bound.UP_TO:
                continue
            place = reading.place(token.core[0])
            if place is None:
                continue
            cue = _minimum(reading, place, token)
            if cue is None or (token.basis is not None and token.basis.unit_stated):
                continue
            span = min(cue[0], token.start), max(cue[1], token.end)
            timing = not_today(reading, place, token.start, token.end)
            if timing is not None:
                yield refused(reading, timing[0], span, Attribute.MIN_ORDER_VALUE, timing[1])
                continue
            money = Money(token.value.amount, token.value.currency or terms.currency)
            basis = terms_of(
                reading, place, (token.start, token.end), token.basis or Basis(), terms
            )
            made = Basis(tax=basis.tax)
            yield candidate(
                reading, place, Attribute.MIN_ORDER_VALUE, money, span, basis=made, label=cue
            )


def _minimum(reading: Reading, place: Place, token: Token) -> Span | None:
    """The words that make an amount the minimum order value, None where it is none."""
    if any(reading.cues.any(*label, "amount.minimum_value") for label in place.labels):
        return token.start, token.end
    if _is_refused_below(reading, place, token):
        return token.start, token.end
    if reading.cues.any(*place.sentence, "amount.threshold"):
        return None
    first = max(place.sentence[0], token.core[0] - _REACH)
    hit = reading.cues.last(first, token.core[0], *_CUES)
    if hit is not None and _leads_to(reading, place, hit, token):
        return hit[1]
    after = reading.cues.any(token.end, min(token.end + 40, place.sentence[1]), *_CUES)
    beside = after is not None and not reading.page.text[token.end : after[0]].strip(" -")
    if after is not None and beside and not names_a_count(reading, after):
        return after
    return None


def _is_refused_below(reading: Reading, place: Place, token: Token) -> bool:
    """ "We do not accept orders worth less than $45": the least that an order has to come to."""
    below = reading.cues.last(
        max(place.sentence[0], token.start - 24), token.core[0], "order.below"
    )
    is_below = token.bound is Bound.UP_TO or (
        below is not None and token.core[0] - below[1][1] <= 3
    )
    return is_below and refuses_orders(reading, place)


def _leads_to(reading: Reading, place: Place, hit: tuple[str, Span], token: Token) -> bool:
    """Whether a minimum word names this amount: nothing else is named or counted in between."""
    concept, (_, end) = hit
    if token.bound is Bound.UP_TO:  # "no order below $75": the refusal holds the bound's word
        return concept == "amount.minimum_value" and end > token.start
    if concept != "amount.minimum_value" and token.core[0] - end > 24:
        return False
    if any(
        hit[1][0] - 3 < t.core[1] <= hit[1][0]
        for t in reading.tokens_in(max(place.sentence[0], hit[1][0] - 24), end)
    ):
        return False  # "50 pc minimum = $105": the minimum is counted
    if any(t.core[0] < token.core[0] for t in reading.tokens_in(end, token.core[0])):
        return False
    return not reading.cues.any(
        end, token.core[0], "amount.fee", "amount.threshold", "amount.saving"
    )

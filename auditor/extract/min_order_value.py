"""Minimum order value: money where others have a number of pieces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from auditor.extract.cues import Span
from auditor.extract.interface import Context
from auditor.extract.markets import other_market
from auditor.extract.quantities import answered, names_a_count, refuses_orders
from auditor.extract.reading import Place, Reading
from auditor.extract.statement import candidate, refused
from auditor.extract.terms import PageTerms, page_terms, terms_of
from auditor.extract.timing import not_today
from auditor.model import Attribute, Candidate, Reason, Skipped
from auditor.values.phrasing import Phrasing
from auditor.values.tokens import Bound, Kind, Token
from auditor.values.types import Basis, Money, Quantity

# How far the amount may stand behind the words: "minimum order value (goods, net) is $100".
_REACH = 56
# How far behind the amount the words may stand: "£35 ex VAT remains the minimum order value".
_BEHIND = 40
_CUES = ("amount.minimum_value", "order.moq", "order.minimum")
_LINK = Phrasing(r"[\s,:-]*(?:(?:<<order.is>>)[\s,:-]+){0,3}")
_BASKET = Phrasing(r"\b(?:<<order.basket>>)\b")
_ONLY = Phrasing(r"\b(?:<<order.only>>)")
# An obligation, nothing that makes it one of some orders alone between it and the amount.
_MUST = Phrasing(r"\b(?:<<order.must>>)\b(?!.*\b(?:<<order.if>>)\b)")
_PERIOD = Phrasing(r"\s?(?:<<order.period>>)\b")
# "purchases from $5,000 need …": some orders, no least of all
_SOME_ORDERS = Phrasing(r"\b(?:<<order.basket>>) (?:<<order.opens>>)\s*$")
_OVER = Phrasing(r"(?:<<price.over_under>>)\b")
_REWARD = Phrasing(r"\b(?:<<order.reward>>)\b")
_AT_LEAST = Phrasing(r"(?:<<order.least>>)[\s:]*(?:<<order.worth>>)?\s*$")
_OR_MORE = Phrasing(r"\s?(?:<<break.open>>)\b")
# The least an order may come to stands right behind these: "must reach $100".
_REACHES = Phrasing(r"\b(?:<<order.reaches>>)\s*$")
_LEAST_REACH = 40
# No obligation is said in less; most amounts stand alone in their line.
_SHORTEST = 20
# How far behind the amount words that go with it may stand.
_WORDS = 16


class MinOrderValueExtractor:
    """Minimum order values; thresholds for free shipping or for a fee are none."""

    name = "min_order_value"
    attributes = frozenset({Attribute.MIN_ORDER_VALUE})

    def extract(self, reading: Reading, context: Context) -> Iterator[Candidate | Skipped]:
        """Yield every amount of money that is named a minimum."""
        terms = reading.once("terms", lambda page: page_terms(page, context))
        values = reading.cues.found.get("amount.minimum_value", ())
        asked = {token.start: hit for hit, _, token in answered(reading, values)}
        is_named = any(cue in reading.cues for cue in (*_CUES, "order.below"))
        for token in reading.tokens:
            amount = _in_pounds(reading, token) if token.kind is Kind.QUANTITY else token
            if amount.kind is not Kind.MONEY or not isinstance(amount.value, Money):
                continue
            place = reading.place(token.core[0])
            if place is None:
                continue
            if not is_named and token.bound is not Bound.UP_TO and not _is_prose(place):
                continue
            cue = _minimum(reading, place, amount) or asked.get(token.start)
            if cue is None or (token.basis is not None and token.basis.unit_stated):
                continue
            yield _stated(reading, place, amount, cue, terms, context)


def _in_pounds(reading: Reading, token: Token) -> Token:
    """ "two hundred pounds" of a British minimum spend are no weight."""
    value = token.value
    if reading.locale.currency != "GBP" or not isinstance(value, Quantity) or value.unit != "lb":
        return token
    if not reading.page.text.endswith("pounds", token.start, token.end):
        return token
    return replace(token, kind=Kind.MONEY, value=Money(value.amount, "GBP"))


def _stated(  # noqa: PLR0913 - all that is known of one amount
    reading: Reading, place: Place, token: Token, cue: Span, terms: PageTerms, context: Context
) -> Candidate | Skipped:
    assert isinstance(token.value, Money)
    span = min(cue[0], token.start), max(cue[1], token.end)
    if cue[1] <= place.sentence[0]:  # the words stand in the question before
        span = token.start, token.end
    # "will be refused" is no announcement, where no day is named
    announced = not _is_refused_below(reading, place, token) or any(
        t.kind is Kind.DATE for t in reading.tokens_in(*place.sentence)
    )
    timing = not_today(reading, place, token.start, token.end, announced=announced)
    if timing is not None:
        return refused(reading, timing[0], span, Attribute.MIN_ORDER_VALUE, timing[1])
    abroad = other_market(reading, place, token, context)
    if abroad is not None:
        return refused(reading, Reason.OTHER_MARKET, span, Attribute.MIN_ORDER_VALUE, abroad)
    money = Money(token.value.amount, token.value.currency or terms.currency)
    basis = terms_of(reading, place, (token.start, token.end), token.basis or Basis(), terms)
    made = Basis(tax=basis.tax)
    return candidate(reading, place, Attribute.MIN_ORDER_VALUE, money, span, basis=made, label=cue)


def _minimum(reading: Reading, place: Place, token: Token) -> Span | None:
    """The words that make an amount the minimum order value, None where it is none."""
    if _PERIOD.of(reading.locale.own).match(reading.plain(token.end, token.end + _WORDS)):
        return None
    if any(reading.cues.any(*label, "amount.minimum_value") for label in place.labels):
        return token.start, token.end
    if _is_refused_below(reading, place, token):
        return token.start, token.end
    named = _named(reading, place, token)
    if named is None and _is_obliged(reading, place, token):
        return token.start, token.end
    return named


def _named(reading: Reading, place: Place, token: Token) -> Span | None:
    """The words of a minimum before the amount or behind it."""
    if reading.cues.any(*place.sentence, "amount.threshold"):
        return None
    first = max(place.sentence[0], token.core[0] - _REACH)
    hit = reading.cues.last(first, token.core[0], *_CUES)
    if hit is not None and _leads_to(reading, place, hit, token):
        return None if _is_rewarded(reading, place, hit[1]) else hit[1]
    after = reading.cues.any(token.end, min(token.end + _BEHIND, place.sentence[1]), *_CUES)
    if after is None or names_a_count(reading, after):
        return None
    gap = reading.plain(token.end, after[0])
    return after if not gap or _LINK.of(reading.locale.own).fullmatch(f"{gap} ") else None


def _is_prose(place: Place) -> bool:
    return place.block.cell is None and place.sentence[1] - place.sentence[0] >= _SHORTEST


def _is_rewarded(reading: Reading, place: Place, cue: Span) -> bool:
    """ "Orders must total $100 before freight is free": from there on something else is had."""
    own = reading.locale.own
    if not _MUST.of(own).search(reading.plain(*cue)):
        return False
    return _REWARD.of(own).search(reading.plain(*place.sentence)) is not None


def _is_obliged(reading: Reading, place: Place, token: Token) -> bool:
    """ "Your cart must hit $100 before checkout": the least that an order has to come to.

    Not where anything else is had from there on: carriage, a discount, an account.
    """
    own, (first, last) = reading.locale.own, place.sentence
    if not _is_prose(place):
        return False
    near = max(first, token.core[0] - _LEAST_REACH)
    before, lead = reading.plain(near, token.core[0]), reading.plain(first, token.core[0])
    opened = token.bound is Bound.FROM and not _OVER.of(own).match(
        reading.plain(token.start, token.core[0])
    )
    behind = reading.plain(token.end, min(last, token.end + _WORDS))
    least = opened or _AT_LEAST.of(own).search(before) or _REACHES.of(own).search(before)
    if not (least or _OR_MORE.of(own).match(behind)):
        return False
    is_must = _MUST.of(own).search(lead) and not _SOME_ORDERS.of(own).search(before)
    said = reading.plain(first, last)
    if not (is_must or _ONLY.of(own).search(lead)) or not _BASKET.of(own).search(said):
        return False
    return _REWARD.of(own).search(said) is None and not reading.cues.any(
        first, last, "amount.fee", "amount.saving", "amount.charge", "amount.price"
    )


def _is_refused_below(reading: Reading, place: Place, token: Token) -> bool:
    """ "We do not accept orders worth less than $45": the least that an order has to come to."""
    below = reading.cues.last(
        max(place.sentence[0], token.start - 24), token.core[0], "order.below"
    )
    is_below = token.bound is Bound.UP_TO or (
        below is not None and token.core[0] - below[1][1] <= 3
    )
    return is_below and refuses_orders(reading, place, or_else=_BASKET.of(reading.locale.own))


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

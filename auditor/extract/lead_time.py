"""Lead time: how long until the goods ship ("ships in 2–3 weeks", "Lieferzeit 3 Werktage").

Not a lead time: the hour until which an order leaves the same day, a return period, a payment
term, a shelf life, somebody's time to answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from auditor.extract.cues import Span
from auditor.extract.interface import Context
from auditor.extract.quantities import is_whole_label
from auditor.extract.reading import Place, Reading
from auditor.extract.statement import candidate, refused
from auditor.extract.timing import not_today
from auditor.model import Attribute, Candidate, Reason, Skipped
from auditor.page.model import Region
from auditor.values.phrasing import Phrasing
from auditor.values.tokens import Kind, Token
from auditor.values.types import Amount, Duration, DurationUnit, Interval

# A duration in brackets right behind another says the same again: "2 Wochen (10 Arbeitstage)".
_SAME_AGAIN = re.compile(r"\s?[(=/≈~]\s?(?:ca\.?\s|approx\.?\s|=\s)?$")
_SHIPS_TODAY = Phrasing(r"(?<!\w)(?:<<lead.same_day>>)(?!\w)")
# Labels that mean a lead time when a duration stands behind them.
_DELIVERY = Phrasing(r"(?:<<lead.label>>)")
_REACH = 70
# "Lead time for 500 pieces or more: 4 weeks"
_FOR_MANY = Phrasing(
    r"\b(?:<<lead.for_many>>) (?:(?:<<lead.many_of>>) )?\d[\d.,]* ?(?:\+|(?:<<lead.pieces>>)(?!\w))"
)
# "Assembly takes 2 days": verbs that need goods, not work, for a subject.
_TAKES = Phrasing(r"(?:<<lead.takes>>)")
_WORK = Phrasing(r"(?<!\w)(?:<<lead.work>>)(?!\w)")
_NEXT_DAY = Phrasing(r"(?<!\w)(?:<<ship.next_day>>)(?!\w)")
_SHIPS = Phrasing(r"(?<!\w)(?:<<ship.verb>>)(?!\w)")
_SLOGAN = Phrasing(r"(?<!\w)(?:<<ship.slogan>>)(?!\w)")
_HOUR = re.compile(r"\d ?(?:am|pm|a\.m\.|p\.m\.|uhr|h\b|:\d\d|o'clock)")
_ONE_DAY = Duration(Amount("1", (Interval.point(Decimal(1)),)), DurationUnit.BUSINESS_DAYS)


class LeadTimeExtractor:
    """Lead times, from labels, columns and sentences about shipping."""

    name = "lead_time"
    attributes = frozenset({Attribute.LEAD_TIME})

    def extract(self, reading: Reading, context: Context) -> Iterator[Candidate | Skipped]:
        """Yield every duration that says when goods ship."""
        previous: Token | None = None
        for token in reading.tokens:
            if token.kind is not Kind.DURATION or not isinstance(token.value, Duration):
                continue
            place = reading.place(token.core[0])
            if place is None:
                continue
            again = previous is not None and _says_again(reading, previous, token)
            previous = token
            if again:
                continue
            made = _statement(reading, place, token)
            if made is not None:
                yield made
        yield from _next_day(reading)


def _next_day(reading: Reading) -> Iterator[Candidate]:
    """ "They leave the next business day", but not "order by 2 pm, ships the next business day"."""
    own = reading.locale.own
    for hit in _NEXT_DAY.in_page(reading.lowered, own):
        place = reading.place(hit.start())
        if place is None or place.block.region is not Region.MAIN:
            continue
        said = reading.plain(*place.sentence)
        if not _SHIPS.of(own).search(said) or _SLOGAN.of(own).search(said):
            continue
        if any(c.isdigit() for c in said.replace(hit[0], "")) and _HOUR.search(said):
            continue
        if not_today(reading, place, *hit.span()) is None:
            yield candidate(reading, place, Attribute.LEAD_TIME, _ONE_DAY, hit.span())


def _statement(reading: Reading, place: Place, token: Token) -> Candidate | Skipped | None:
    own = reading.locale.own
    cue = _shipping_words(reading, place, token)
    if cue is None or _is_other(reading, place, token, cue):
        return None
    twin = _twin(reading, place, token)
    span = token.start, token.end
    value = token.value
    if twin is not None:
        close = reading.page.text.find(")", twin.end, twin.end + 2) + 1
        span = token.start, max(close, twin.end)
        if isinstance(twin.value, Duration) and twin.value.unit is DurationUnit.BUSINESS_DAYS:
            value = twin.value
    exception = reading.cues.any(place.clause[0], token.start, "lead.exception")
    if exception is None:
        exception = reading.cues.any(token.end, place.clause[1], "lead.exception")
    if exception is not None:
        return refused(
            reading, Reason.NOT_CURRENT, span, Attribute.LEAD_TIME, "for a special variant"
        )
    if _FOR_MANY.of(own).search(
        reading.plain(place.clause[0], token.start)
    ) and not reading.cues.any(
        place.clause[0], token.start, "order.moq", "order.opening", "order.from"
    ):
        return refused(
            reading, Reason.NOT_CURRENT, span, Attribute.LEAD_TIME, "for a certain quantity"
        )
    timing = not_today(reading, place, token.start, token.end)
    if timing is not None:
        return refused(reading, timing[0], span, Attribute.LEAD_TIME, timing[1])
    assert value is not None
    label = cue if cue[0] < cue[1] else None
    return candidate(
        reading, place, Attribute.LEAD_TIME, value, span, label=label, tentative=label is None
    )


def _shipping_words(reading: Reading, place: Place, token: Token) -> Span | None:
    """The words that make a duration a lead time; an empty span for working days that speak for
    themselves, None where nothing does."""
    for label in place.labels:
        if _is_label(reading, label):
            return label
    first, last = place.sentence
    head = reading.cues.last(first, token.core[0], "lead.column")
    if head is not None and _is_head(reading, place, head[1], token):
        return head[1]
    hit = reading.cues.last(first, token.core[0], "lead.time", "lead.ships")
    if hit is not None and token.core[0] - hit[1][1] <= _REACH:
        return hit[1]
    inside = reading.cues.any(token.start, token.end, "lead.time", "lead.ships")
    if inside is not None:
        return inside
    after = reading.cues.any(token.start, min(last, token.end + 40), "lead.time", "lead.ships")
    if after is not None:
        return after
    duration = token.value
    assert isinstance(duration, Duration)
    return (token.start, token.start) if duration.unit is DurationUnit.BUSINESS_DAYS else None


def _is_head(reading: Reading, place: Place, head: Span, token: Token) -> bool:
    """ "Fabrication: 8 weeks": a word that opens its sentence, and a colon."""
    text = reading.page.text
    return (
        not text[place.sentence[0] : head[0]].strip() and text[head[1] : token.start].strip() == ":"
    )


def _is_label(reading: Reading, label: Span) -> bool:
    return (
        reading.cues.any(*label, "lead.time") is not None
        or _DELIVERY.of(reading.locale.own).fullmatch(reading.plain(*label).strip(" :*"))
        is not None
        or is_whole_label(reading, label, "lead.column")
    )


def _is_other(reading: Reading, place: Place, token: Token, cue: Span) -> bool:
    """Whether nearer words say that the duration is something else."""
    if any(_is_label(reading, label) for label in place.labels):
        return False
    own, (first, last) = reading.locale.own, place.sentence
    is_weak = cue[0] == cue[1] or _TAKES.of(own).fullmatch(reading.plain(*cue)) is not None
    if is_weak and _WORK.of(own).search(reading.plain(first, token.start)):
        return True
    other = reading.cues.last(first, token.core[0], "lead.other")
    if other is not None and other[1][1] > cue[0]:
        return True
    after = reading.cues.any(token.end, min(last, token.end + 32), "lead.other")
    parted = after is not None and "," in reading.page.text[token.end : after[0]]
    if after is not None and not parted and not cue[0] >= token.end:
        return True
    strong = reading.cues.any(*cue, "lead.time") if cue[0] < cue[1] else None
    if strong is None and other is not None:
        return True
    return _SHIPS_TODAY.of(own).search(reading.plain(first, last)) is not None


def _says_again(reading: Reading, previous: Token, token: Token) -> bool:
    gap = reading.page.text[previous.end : token.start]
    return len(gap) <= 12 and _SAME_AGAIN.fullmatch(gap) is not None


def _twin(reading: Reading, place: Place, token: Token) -> Token | None:
    """The duration in brackets behind one."""
    for other in reading.tokens_in(token.end, min(place.block.end, token.end + 40)):
        if other.kind is Kind.DURATION and _says_again(reading, token, other):
            return other
        return None
    return None

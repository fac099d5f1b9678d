"""Minimum order quantity: the smallest number of pieces (metres, kilos, packs) one can order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from auditor.extract.cues import Span
from auditor.extract.interface import Context
from auditor.extract.quantities import (
    MEASURED,
    ORDERING,
    Named,
    answered,
    is_count,
    is_whole_label,
    labelled,
    refuses_orders,
    speaks_of_ordering,
    spelt_numbers,
    statement,
    with_noun,
    worded,
)
from auditor.extract.reading import Place, Reading
from auditor.extract.statement import candidate, refused, trimmed
from auditor.extract.timing import not_today
from auditor.model import Attribute, Candidate, Skipped
from auditor.values.lexicon import lexicon
from auditor.values.phrasing import Phrasing
from auditor.values.tokens import Bound, Kind
from auditor.values.types import Amount, Interval, Quantity
from auditor.values.units import COUNTED

_SOLD = COUNTED | MEASURED
_ONE = Quantity(Amount("1", (Interval.point(Decimal(1)),)), "pcs")
_MONEY_WORD = re.compile(
    r"\s*(?:value|amount|spend|charge|wert|montant|importe|bedrag|surcharge|fee)"
)
# How far a number in words may go on.
_MORE = 16
_YEAR = re.compile(r"(?:19|20)\d\d")
# "8 MIN READ": minutes, whatever is done in them.
_MINUTES = re.compile(r"\s*(?:reads?|reading|to read|watch|video|listen|walk|drive|ride)\b")
# "you have to take", "moet u … nemen", "du müssen Sie … abnehmen"
_MUST_TAKE = Phrasing(
    r"\b(?:(?:<<order.buyer>>)(?:'ll)?\s(?:\w+\s){0,2}(?:<<order.must>>)"
    r"|(?:<<order.must>>)\s(?:\w+\s){0,2}?(?:<<order.buyer>>)"
    r"|hay que|bisogna|occorre|il faut)\b.{0,60}\b(?:<<order.taking>>)\b"
)
# In a list of minimums: what parts its items, and a part number.
_SEPARATED = re.compile(r",|\b(?:and|und|et|y|e|en)\b")
_PART = re.compile(r"\b(?=[\w./-]*\d)[\w][\w./-]{2,}")
_BESIDE = 40
_OTHER_FACTS = ("order.multiple", "order.pack", "order.step", "lead.time", "amount.price")
_MUST = Phrasing(r"\b(?:<<order.must>>)\b")
_TAKING = Phrasing(r"\b(?:<<order.taking>>)\b")
# Columns beside which "Min." is the lower end of a specification.
_SPEC_COLUMNS = re.compile(
    r"\b(?:typ\.?|typical|max\.?|maximum|nom\.?|nominal|unit|units|einheit)\b"
)


class MoqExtractor:
    """Minimum order quantities, from labels, columns and sentences."""

    name = "moq"
    attributes = frozenset({Attribute.MOQ})

    def extract(self, reading: Reading, context: Context) -> Iterator[Candidate | Skipped]:
        """Yield one statement for each number that is named a minimum."""
        done: set[int] = set()
        found: dict[int, Named] = {}
        for named in _named(reading):
            found.setdefault(named.token.start, named)
        for named in [*found.values()]:
            for more in _listed(reading, named, found):
                found.setdefault(more.token.start, more)
        for start, named in sorted(found.items()):
            if start in done:
                continue
            done.add(start)
            made = statement(reading, named, Attribute.MOQ)
            if isinstance(made, Candidate) and (
                _may_be_a_break(reading, named) or _counts_anything(reading, named)
            ):
                made = replace(made, tentative=True)
            yield made
            now = _but_now(reading, named) if isinstance(made, Skipped) else None
            if now is not None and now.token.start not in done:
                done.add(now.token.start)
                yield statement(reading, now, Attribute.MOQ)
        yield from _singles(reading)


def _named(reading: Reading) -> Iterator[Named]:
    yield from _under_labels(reading)
    for named in worded(reading, "order.moq", units=_SOLD):
        if _holds(reading, named, weak=False):
            yield named
    for named in worded(reading, "order.minimum", units=_SOLD):
        if _holds(reading, named, weak=True):
            yield named
    for named in worded(reading, "order.from", units=_SOLD, before=False):
        if _counts_goods(named) or _opens(reading, named):
            yield named
    for named in worded(reading, "order.opening", units=_SOLD):
        if _opens(reading, named):
            yield named
    yield from _from_behind(reading)
    yield from _refused_below(reading)
    yield from _answers(reading)


def _under_labels(reading: Reading) -> Iterator[Named]:
    yield from labelled(reading, "order.moq", units=_SOLD)
    for named in labelled(reading, "order.minimum", units=_SOLD):
        if _is_bare_label(reading, named) and not _beside_spec_columns(reading, named.place):
            yield named
    for named in labelled(reading, "order.column", units=_SOLD):
        if is_whole_label(reading, named.label, "order.column"):
            yield named
    for named in labelled(reading, "order.from", units=_SOLD):
        yield named
    for named in labelled(reading, "order.opening", units=_SOLD):
        if speaks_of_ordering(reading, named.label):
            yield named


def _answers(reading: Reading) -> Iterator[Named]:
    """ "Is there a minimum?" and behind it or in the block below: "Yes, 10 pieces."."""
    cues = reading.cues.found
    asked = sorted({*cues.get("order.moq", ()), *cues.get("order.minimum", ())})
    for hit, place, first in answered(reading, asked):
        if not is_count(first, _SOLD):
            continue
        named = Named(first, place, (first.start, with_noun(reading, place, first)), hit)
        is_moq = reading.cues.any(*hit, "order.moq") is not None
        if is_moq or _counts_goods(named):
            yield named


def _from_behind(reading: Reading) -> Iterator[Named]:
    """ "ab 12 Paar bestellbar"."""
    for cue in reading.cues.found.get("order.from_behind", ()):
        place = reading.place(cue[0])
        near = reading.tokens_in(max(0, cue[0] - _BESIDE), cue[0]) if place is not None else ()
        if place is None or not near or cue[0] - near[-1].end > 1:
            continue
        named = Named(near[-1], place, (near[-1].start, cue[1]), cue)
        if near[-1].bound is Bound.FROM and is_count(near[-1]) and _counts_goods(named):
            yield named


def _listed(reading: Reading, named: Named, found: Mapping[int, Named]) -> Iterator[Named]:
    """ "Minimum: 10 pieces for the A-1, 20 pieces for the A-2": a list goes on after the first.

    Each further number has a part number beside it, and nothing else names it.
    """
    text, place, last = reading.page.text, named.place, named.token
    if not _counts_goods(named) or place.block.cell is not None:
        return
    following = [t for t in reading.tokens_in(last.end, place.sentence[1]) if t.start >= last.end]
    for token in following:
        gap = text[last.end : token.start]
        parted = _SEPARATED.search(gap) if len(gap) <= _BESIDE and ";" not in gap else None
        behind = text[token.end : min(place.sentence[1], token.end + _BESIDE)].partition(",")[0]
        is_owned = (
            parted is not None
            and (
                _PART.search(gap, parted.end())  # "at the A-1 ten, at the A-2 twenty"
                or (_PART.search(gap[: parted.start()]) and _PART.search(behind))
            )
        )
        if not is_owned or token.start in found or not is_count(token, COUNTED):
            return
        if reading.cues.any(last.end, token.end, *_OTHER_FACTS):
            return
        more = Named(token, place, (token.start, with_noun(reading, place, token)), named.label)
        if not _counts_goods(more):
            return
        yield more
        last = token


def _but_now(reading: Reading, named: Named) -> Named | None:
    """ "The MOQ used to be 100 but is now 25": the number after "now" holds."""
    last = named.place.sentence[1]
    since = reading.cues.any(named.token.end, last, "time.since")
    if since is None:
        return None
    for token in reading.tokens_in(since[1], min(last, since[1] + 40)):
        if is_count(token, _SOLD) and not _YEAR.fullmatch(reading.plain(*token.core)):
            span = (token.start, with_noun(reading, named.place, token))
            return Named(token, named.place, span, named.label)
    return None


def _refused_below(reading: Reading) -> Iterator[Named]:
    """ "Orders for less than 30 pcs are not accepted": 30 can be ordered."""
    for named in worded(reading, "order.below", units=_SOLD, before=False):
        if refuses_orders(reading, named.place):
            yield named


def _counts_goods(named: Named) -> bool:
    """Whether a number counts pieces or packs: "sold from 10 bags", not "sold from 3 places"."""
    value = named.token.value
    return isinstance(value, Quantity) and value.unit in COUNTED


def _counts_anything(reading: Reading, named: Named) -> bool:
    """Whether a bare number behind "sold from" counts a noun that may be no goods."""
    if reading.cues.any(*named.label, "order.from") is None or _counts_goods(named):
        return False
    return with_noun(reading, named.place, named.token) > named.token.end


def _opens(reading: Reading, named: Named) -> bool:
    """Whether words that open any range are about ordering, and no price is named before them."""
    clause = named.place.clause
    if not _counts_goods(named) and _YEAR.fullmatch(reading.plain(*named.token.core)):
        return False  # "desde 1968 servimos": since then
    if any(t.kind is Kind.MONEY for t in reading.tokens_in(clause[0], named.token.start)):
        return False
    if reading.cues.any(clause[0], named.token.start, "amount.saving", "amount.price"):
        return False  # "the price falls from 100 pieces on"
    return speaks_of_ordering(reading, named.place.sentence) or _must_take(reading, named)


def _must_take(reading: Reading, named: Named) -> bool:
    """ "You'll need to take at least a dozen": whoever has to take it can only be the buyer."""
    return _MUST_TAKE.of(reading.locale.own).search(reading.plain(*named.place.clause)) is not None


def _may_be_a_break(reading: Reading, named: Named) -> bool:
    """ "We sell from 100 at $0.62": the minimum, or the quantity that this price holds from."""
    if not reading.cues.any(*named.label, "order.opening", "order.from"):
        return False
    after = reading.tokens_in(named.token.end, named.place.clause[1])
    return any(t.kind is Kind.MONEY for t in after)


def _holds(reading: Reading, named: Named, *, weak: bool) -> bool:
    """Whether a worded number is a minimum order, not a limit of something else."""
    if not weak:
        return not _is_only_must(reading, named)
    if _beside_spec_columns(reading, named.place):
        return False
    end = named.label[1]
    if _MINUTES.match(reading.plain(end, min(end + 16, named.place.block.end))):
        return False
    value = named.token.value
    assert isinstance(value, Quantity)
    if value.unit in COUNTED or value.unit == "" or speaks_of_ordering(reading, named.place.clause):
        return True
    return any(  # "£3.40 a metre with a 25 m minimum"
        t.kind is Kind.MONEY and t.basis is not None and t.basis.price_unit == value.unit
        for t in reading.tokens_in(*named.place.sentence)
    )


def _is_only_must(reading: Reading, named: Named) -> bool:
    """ "You must at least loosen two screws": an obligation that nobody buys by."""
    own, label = reading.locale.own, reading.plain(*named.label)
    if _MUST.of(own).search(label) is None or ORDERING.of(own).search(label) is not None:
        return False
    said = reading.plain(*named.place.clause)
    return not ORDERING.of(own).search(said) and not _TAKING.of(own).search(said)


def _is_bare_label(reading: Reading, named: Named) -> bool:
    """A label that is just "Minimum" or "Min." (not "Min. bend radius")."""
    words = reading.plain(*named.label).strip(" .:*()")
    rest = re.sub(
        r"\b(?:minimum|minimal|min|mindestens|mind|mini|mínimo|mín|minimo|minimaal|order|qty|pcs|units?|stk|stück)\b",
        "",
        words,
    )
    return not rest.strip(" .:*()/")


def _beside_spec_columns(reading: Reading, place: Place) -> bool:
    if place.block.cell is None:
        return False
    number, _, _ = place.block.cell
    header = " ".join(
        reading.plain(cell.start, cell.end)
        for cell in reading.page.tables[number].cells[:48]
        if cell.row == 0 or cell.is_header
    )
    return (
        _SPEC_COLUMNS.search(header) is not None and "price" not in header and "preis" not in header
    )


def _singles(reading: Reading) -> Iterator[Candidate | Skipped]:
    """ "No minimum", "single pieces are welcome": one piece can be had."""
    last: Span = (-1, -1)
    for hit in reading.cues.found.get("order.single", ()):
        place = reading.place(hit[0])
        if (
            place is None
            or place.clause == last
            or reading.cues.any(*place.sentence, "offer.benefit")  # "buy one, get one free"
            or _MONEY_WORD.match(reading.plain(hit[1], hit[1] + 16))
            or _goes_on(reading, hit)
        ):
            continue
        last = place.clause
        span = trimmed(
            reading, *(place.clause if place.clause[1] - place.clause[0] <= 160 else hit)
        )
        timing = not_today(reading, place, *hit)
        if timing is not None:
            yield refused(reading, timing[0], span, Attribute.MOQ, timing[1])
        else:
            yield candidate(reading, place, Attribute.MOQ, _ONE, span, label=hit)


def _goes_on(reading: Reading, hit: Span) -> bool:
    """ "pedir una docena": the one is of a dozen, a box or a number in words."""
    reach = min(len(reading.page.text), hit[1] + _MORE)
    if any(word.start < hit[1] < word.end for word in spelt_numbers(reading, (hit[0], reach))):
        return True
    behind = reading.page.text[hit[1] : reach].lower()
    unit = lexicon(reading.locale.language, reading.locale.own).unit(behind, behind, 1)
    return behind.startswith(" ") and unit is not None and unit[1] in COUNTED - {"pcs"}

"""Pack size: how many pieces are in the selling unit ("Boîte de 200 pièces", "500/box")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from auditor.extract.cues import Span
from auditor.extract.groups import groups
from auditor.extract.interface import Context
from auditor.extract.quantities import (
    MEASURED,
    Named,
    after_cue,
    answered,
    is_count,
    labelled,
    spelt_after,
    statement,
    with_noun,
    worded,
)
from auditor.extract.reading import Place, Reading
from auditor.extract.statement import candidate, refused, trimmed
from auditor.extract.timing import not_today
from auditor.model import Attribute, Candidate, Skipped
from auditor.values.lexicon import lexicon
from auditor.values.tokens import Kind, Token
from auditor.values.types import Amount, Interval, Quantity
from auditor.values.units import CONTAINERS, COUNTED

_HELD = COUNTED | MEASURED
# A container word and its number stand next to each other.
_GAP = 14
# … an abbreviation and its number at once.
_NO_GAP = 4
# How far before the verb the container may stand: "a box of M4 screws costs $9 and holds 144".
_REACH = 90
_WORD = re.compile(r"[^\W\d_]{2,}\.?")
# "cond. : x6", "bolsa c/200"
_TIMES = re.compile(
    r"(?:[\s.:(]{0,3}[x×]\s?|(?<=c/))(?P<number>[1-9]\d{0,4})(?![\w/]|[.,]\d)", re.IGNORECASE
)


class PackSizeExtractor:
    """Pack sizes, from labels, columns and phrases that name a container."""

    name = "pack_size"
    attributes = frozenset({Attribute.PACK_SIZE})

    def extract(self, reading: Reading, context: Context) -> Iterator[Candidate | Skipped]:
        """Yield one statement for each number that is named the content of a pack."""
        done: set[int] = set()
        for named, is_sure in _all(reading):
            if named.token.start in done:
                continue
            done.add(named.token.start)
            made = statement(reading, named, Attribute.PACK_SIZE)
            yield made if is_sure or isinstance(made, Skipped) else replace(made, tentative=True)
        yield from _in_groups(reading)
        yield from _times(reading, done)
        yield from _in_price_units(reading)


def _all(reading: Reading) -> Iterator[tuple[Named, bool]]:
    """Every named content, and whether it can be nothing else."""
    for named in _named(reading):
        yield named, True
    for named in worded(reading, "order.abbr", units=_HELD, before=False):
        if named.token.core[0] - named.label[1] <= _NO_GAP:
            yield named, True
    for named in _answers(reading):
        yield named, True
    yield from _held(reading)
    for named in _a_pack(reading):
        yield named, True


def _named(reading: Reading) -> Iterator[Named]:
    for named in worded(reading, "order.pack", units=_HELD):
        start, end = named.span
        token, cue = named.token, named.label
        after = token.core[0] >= cue[1]
        gap = token.core[0] - cue[1] if after else cue[0] - with_noun(reading, named.place, token)
        if is_measured(token) and (not after or gap > _NO_GAP):
            continue
        if gap <= _GAP and not (after and _is_unit_price(reading, cue)):
            yield Named(
                token, named.place, (start, max(end, with_noun(reading, named.place, token))), cue
            )
    yield from labelled(reading, "order.pack", units=COUNTED)


def is_measured(token: Token) -> bool:
    """Whether a token is a length, mass or volume."""
    return isinstance(token.value, Quantity) and token.value.unit in MEASURED


def _is_unit_price(reading: Reading, cue: Span) -> bool:
    """ "per box 12 €": the box is the price unit, the number that follows is something else."""
    return reading.plain(*cue).startswith(("per ", "/", "to "))


def _held(reading: Reading) -> Iterator[tuple[Named, bool]]:
    """ "A case of BX-20 holds 144 pieces": a verb of holding with a container before it.

    Sure only where pieces or a measure are named: "contains four compartments" is a feature.
    """
    for concept in ("order.holds", "order.includes"):
        for cue in reading.cues.found.get(concept, ()):
            place = reading.place(cue[0])
            if place is None or not _has_container(reading, place, cue, concept):
                continue
            token = after_cue(reading, place, cue, _HELD) or spelt_after(reading, place, cue)
            if token is None or token.core[0] - cue[1] > _GAP:
                continue
            end = with_noun(reading, place, token)
            is_bare = isinstance(token.value, Quantity) and token.value.unit == ""
            counts = not is_bare or end == token.end
            yield Named(token, place, (token.start, end), cue), counts and _is_plain(reading, end)


def _is_plain(reading: Reading, end: int) -> bool:
    """Whether no noun follows a unit: "2 pieces", not "2 pieces of side trim"."""
    return not reading.page.text.startswith("-", end)


def _has_container(reading: Reading, place: Place, cue: Span, concept: str) -> bool:
    """Whether a word for a pack stands before a verb, or behind "there are" in its sentence."""
    first = max(place.sentence[0], cue[0] - _REACH)
    if _containers(reading, (first, cue[0])):
        return True
    return concept == "order.includes" and _containers(reading, (cue[1], place.sentence[1]))


def _containers(reading: Reading, span: Span) -> bool:
    words = lexicon(reading.locale.language, reading.locale.own)
    text = reading.page.text[slice(*span)]
    lowered = text.lower()
    if len(lowered) != len(text):
        return False
    for word in _WORD.finditer(lowered):
        unit = words.unit(text, lowered, word.start())
        if unit is not None and unit[1] in CONTAINERS:
            return True
    return False


def _answers(reading: Reading) -> Iterator[Named]:
    """ "How many are there in a bag? Twenty-five.\""""
    asked = reading.cues.found.get("order.how_many", ())
    for hit, place, token in answered(reading, asked):
        question = reading.place(hit[0])
        if question is None or not is_count(token, _HELD):
            continue
        about = reading.cues.any(*question.sentence, "order.pack", "order.holds", "order.includes")
        if about is not None and _containers(reading, question.sentence):
            yield Named(token, place, (token.start, with_noun(reading, place, token)), hit)


def _a_pack(reading: Reading) -> Iterator[Named]:
    """ "100 gloves a box": a number, its noun and a container."""
    for named in worded(reading, "order.a_pack", units=COUNTED, after=False):
        end = with_noun(reading, named.place, named.token)
        is_counted = end > named.token.end or _counts(named.token)
        if is_counted and named.label[0] - end <= 1:
            yield named


def _counts(token: Token) -> bool:
    return isinstance(token.value, Quantity) and token.value.unit in COUNTED


def _in_groups(reading: Reading) -> Iterator[Candidate | Skipped]:
    """ "boxed in 24s", "im Zehnerpack": the number is part of the words."""
    for group in groups(reading):
        if not group.in_pack:
            continue
        timing = not_today(reading, group.place, *group.span)
        if timing is not None:
            yield refused(reading, timing[0], group.span, Attribute.PACK_SIZE, timing[1])
            continue
        made = candidate(reading, group.place, Attribute.PACK_SIZE, group.value, group.span)
        yield replace(made, tentative=group.doubtful)


def _times(reading: Reading, done: set[int]) -> Iterator[Candidate]:
    """Numbers glued to a sign, which are no values elsewhere: "cond. : x6", "bolsa c/200"."""
    cues = reading.cues.found
    for cue in sorted({*cues.get("order.abbr", ()), *cues.get("order.pack", ())}):
        found = _TIMES.match(reading.page.text, cue[1])
        place = reading.place(cue[0]) if found else None
        if found is None or place is None or found.end() > place.block.end:
            continue
        if found.start("number") in done:
            continue
        amount = Amount(found["number"], (Interval.point(Decimal(found["number"])),))
        span = cue[0], found.end()
        yield candidate(reading, place, Attribute.PACK_SIZE, Quantity(amount, "pcs"), span)


def _in_price_units(reading: Reading) -> Iterator[Candidate]:
    """ "$148.00 / case of 500": the price unit says what is in the case."""
    for token in reading.tokens:
        basis = token.basis
        if token.kind is not Kind.MONEY or basis is None or basis.pack_size is None:
            continue
        if basis.pack_unit not in _HELD:
            continue
        place = reading.place(token.core[0])
        if place is None or not_today(reading, place, token.start, token.end) is not None:
            continue
        size = Amount(f"{basis.pack_size:f}", (Interval.point(basis.pack_size),))
        span = trimmed(reading, token.core[1], token.end)
        if span[0] < span[1]:
            held = Quantity(size, basis.pack_unit)
            yield candidate(reading, place, Attribute.PACK_SIZE, held, span)

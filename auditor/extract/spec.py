"""Specifications, closed world: only what the truths have a name for is looked for.

From label and value ("Thread: M8"), table columns and rows, min/typ/max columns, composite
dimensions ("L x W x H: 24 x 16 x 12 in") and prose ("5/8 in. diameter").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from auditor.extract.cues import Span
from auditor.extract.interface import Context
from auditor.extract.part_labels import readings_of
from auditor.extract.reading import Place, Reading
from auditor.extract.spec_axes import axes_of, keys_of_axes
from auditor.extract.spec_names import SpecNames, is_qualified, spec_names_of, unit_in
from auditor.extract.spec_prose import prose_specs, unnamed_specs, worded_specs
from auditor.extract.spec_ranges import extreme_columns, extremes
from auditor.extract.statement import candidate, refused
from auditor.extract.timing import not_today
from auditor.model import Attribute, Candidate, Skipped
from auditor.page.model import Region
from auditor.values.codes import whole_code
from auditor.values.fold import plain
from auditor.values.tokens import Kind, Token
from auditor.values.types import Dimensions, Quantity, Value, Word
from auditor.values.units import canonical_unit

# A value longer than this is a paragraph under a heading, not a value.
_LONGEST_VALUE = 160
_LONGEST_LABEL = 64
_LONGEST_STACKED = 60
_LONGEST_CODE = 24
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_READ = (Kind.QUANTITY, Kind.NUMBER, Kind.CODE, Kind.DIMENSIONS, Kind.PERCENT, Kind.DURATION)
_DASHED = re.compile(r"\s[–—-]\s(?P<value>[^–—]{1,80})")
_GRADE = re.compile(r"\d{3}[A-Z]{1,2}")
_EMPTY = re.compile(r"[\s–—−./-]*|n/?a|tbd|tba|k\.\s?a\.|n\.?c\.?", re.I)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A value span with its label, from a pair or a table cell; ``quote`` is what to point at."""

    label: Span
    value: Span
    quote: Span
    is_stacked: bool = False


class SpecExtractor:
    """Specifications the catalogue has truths for, by name or synonym."""

    name = "spec"
    attributes = frozenset({Attribute.SPEC})

    def extract(self, reading: Reading, context: Context) -> Iterator[Candidate | Skipped]:
        """Yield specs from pairs and tables in order, then from prose."""
        names = spec_names_of(tuple(sorted(context.spec_names.items())))
        if not names:
            return
        taken: set[int] = set()
        loose: set[int] = set()  # of these, a sentence may still say the name in so many words
        listed = (*_pairs(reading), *_cells(reading), *_lines(reading))
        for labelled in (*listed, *_stacked(reading, names)):
            if labelled.value[0] in taken:
                continue
            made = list(_statements(reading, labelled, names))
            if not made:
                continue
            taken.add(labelled.value[0])
            if not names.keys(reading.page.text[slice(*labelled.label)]):
                loose.add(labelled.value[0])
            yield from made
        yield from extremes(reading, names)
        yield from _dimensions(reading, names, taken)
        for key, value, span, place in prose_specs(reading, names):
            if not any(at in taken and at not in loose for at in range(span[0], span[1])):
                taken.update(range(span[0], span[1]))
                said = reading.page.text[slice(*span)]
                limited = is_qualified(said) and not said.endswith(")")
                yield candidate(
                    reading, place, Attribute.SPEC, value, span, key=key, tentative=limited
                )
        yield from unnamed_specs(reading, taken)
        yield from worded_specs(reading, names)


def _pairs(reading: Reading) -> Iterator[Labelled]:
    for pair in reading.page.pairs:
        if pair.region in (Region.NAV, Region.REVIEWS, Region.COMMENTS):
            continue
        if 0 < pair.value[1] - pair.value[0] <= _LONGEST_VALUE:
            one_line = 0 <= pair.value[0] - pair.label[1] <= 3
            same_block = reading.block_at(pair.label[0]) == reading.block_at(pair.value[0])
            quote = (pair.label[0], pair.value[1]) if one_line and same_block else pair.value
            yield Labelled(pair.label, pair.value, quote)


def _cells(reading: Reading) -> Iterator[Labelled]:
    yield from _rows(reading)
    graded = {n for n in range(len(reading.page.tables)) if len(extreme_columns(reading, n)) > 1}
    for index, block in enumerate(reading.blocks):
        if (
            block.cell is None
            or block.cell[0] in graded
            or block.end - block.start > _LONGEST_VALUE
        ):
            continue
        for label in reading.labels(index, block.start):
            yield Labelled(label, (block.start, block.end), (block.start, block.end))


def _rows(reading: Reading) -> Iterator[Labelled]:
    """Rows of two-column tables, whatever the page reader took for a header."""
    for number, table in enumerate(reading.page.tables):
        if table.n_columns != 2:
            continue
        cells = reading.cells(number)
        for row in range(table.n_rows):
            left, right = cells.get((row, 0)), cells.get((row, 1))
            if left is None or right is None or left.end <= left.start or right.end <= right.start:
                continue
            span = (right.start, right.end)
            if right.end - right.start <= _LONGEST_VALUE and left.start != right.start:
                yield Labelled((left.start, left.end), span, span)


def _lines(reading: Reading) -> Iterator[Labelled]:
    """ "Label: value" lines and clauses."""
    text = reading.page.text
    for index, block in enumerate(reading.blocks):
        if block.cell is not None or block.region in (Region.NAV, Region.REVIEWS, Region.COMMENTS):
            continue
        if text.find(": ", block.start, block.end) < 0 and not (
            block.end - block.start <= 2 * _LONGEST_LABEL
            and _DASHED.search(text, block.start, block.end)
        ):
            continue
        for start, end in reading.clauses(index):
            colon = text.find(": ", start, min(end, start + _LONGEST_LABEL))
            is_short = end - start <= _LONGEST_LABEL and end < block.end
            if colon < 0 and is_short and not _has_measure(reading, start, end):
                dash = _DASHED.match(text, end, block.end)
                if dash and dash.end() == block.end:
                    yield Labelled((start, end), dash.span("value"), (start, block.end))
            if colon > start and 0 < end - colon - 2 <= _LONGEST_VALUE:
                yield Labelled((start, colon), (colon + 2, end), (start, end))


def _has_measure(reading: Reading, start: int, end: int) -> bool:
    """Whether a label would hold a value itself: "output 24 V – rating IP20" are two facts."""
    kinds = (Kind.QUANTITY, Kind.DIMENSIONS, Kind.PERCENT)
    return any(t.kind in kinds for t in reading.tokens_in(start, end))


def _stacked(reading: Reading, names: SpecNames) -> Iterator[Labelled]:
    """A label and its value in two lines of their own: "Material" above "Steel".

    Two labels in a row are the head of columns: then nothing says which value is whose.
    """
    text = reading.page.text
    was_label = False
    for before, block in pairwise(reading.blocks):
        is_label = (
            before.cell is None
            and before.region is Region.MAIN
            and before.tag not in _HEADINGS
            and 0 < before.end - before.start <= _LONGEST_LABEL
            and bool(names.keys(text[before.start : before.end]))
        )
        beside = block.cell is None and block.region is Region.MAIN
        if is_label and not was_label and beside and block.heading == before.heading:
            span = (block.start, block.end)
            is_name = block.end - block.start <= _LONGEST_LABEL and names.keys(text[slice(*span)])
            if not is_name and block.end - block.start <= _LONGEST_STACKED:
                yield Labelled((before.start, before.end), span, span, is_stacked=True)
        was_label = is_label


def _statements(
    reading: Reading, labelled: Labelled, names: SpecNames
) -> Iterator[Candidate | Skipped]:
    label = reading.page.text[slice(*labelled.label)]
    keys = next((found for said in readings_of(label) if (found := names.keys(said))), ())
    loose = () if keys else names.loose(label)
    if not keys and not loose and not _has_dimensions(reading, labelled.value):
        return
    place = reading.place(labelled.value[0])
    if place is None or _EMPTY.fullmatch(reading.page.text[slice(*labelled.value)]):
        return
    if not keys:
        composite = list(_composite(reading, labelled, label, names, place))
        yield from composite
        if composite or not loose:
            return
    timing = not_today(reading, place, *labelled.value)
    if timing is not None:
        if keys:
            yield refused(reading, timing[0], labelled.quote, Attribute.SPEC, timing[1])
        return
    value = _value(reading, labelled.value, label)
    if isinstance(value, Dimensions) and len(value.parts) > 1:
        yield from _composite(reading, labelled, label, names, place)
    is_word = isinstance(value, Word) or (isinstance(value, Quantity) and not value.unit)
    for key in keys or loose:
        yield candidate(
            reading,
            place,
            Attribute.SPEC,
            value,
            labelled.quote,
            key=key,
            label=labelled.label,
            tentative=not keys or (labelled.is_stacked and is_word) or is_qualified(label),
        )


def _has_dimensions(reading: Reading, span: Span) -> bool:
    return any(isinstance(t.value, Dimensions) for t in reading.tokens_in(*span))


def _value(reading: Reading, span: Span, label: str) -> Value:
    """The typed value of a span: its first token where it starts with or is one, else its words."""
    tokens = [t for t in reading.tokens_in(*span) if t.kind in _READ and t.value is not None]
    text = reading.page.text[slice(*span)]
    if len(text) <= _LONGEST_CODE and (code := whole_code(text)) is not None:
        return code
    codes = [t for t in tokens if t.kind is Kind.CODE]
    if tokens and _leads(reading, span, tokens[0]):
        return _with_unit(tokens[0], label)
    if codes and codes[0].value is not None:
        return codes[0].value
    return Word(text, plain(text))


def _leads(reading: Reading, span: Span, token: Token) -> bool:
    """Whether a value opens its span, or only a word or two stand before it."""
    before = reading.page.text[span[0] : token.start]
    if not re.search(r"[^\W\d_]{3}", before):
        return True
    if _GRADE.fullmatch(reading.page.text, token.start, token.end):
        return False  # "Stainless steel 316L" is no volume
    return (
        token.kind is not Kind.NUMBER and len(before.split()) <= 2 and token.kind is not Kind.CODE
    )


def _with_unit(token: Token, label: str) -> Value:
    """The value, with the unit of its label where it has none of its own: "Length (mm): 40"."""
    value = token.value
    assert value is not None
    if isinstance(value, Quantity) and value.unit == "":
        unit = canonical_unit(unit_in(label)) if unit_in(label) else None
        return replace(value, unit=unit) if unit else value
    if isinstance(value, Dimensions) and not any(part.unit for part in value.parts):
        unit = canonical_unit(unit_in(label)) if unit_in(label) else None
        if unit:
            return replace(value, parts=tuple(replace(part, unit=unit) for part in value.parts))
    return value


def _composite(
    reading: Reading, labelled: Labelled, label: str, names: SpecNames, place: Place
) -> Iterator[Candidate | Skipped]:
    """Length, width and height out of one value, where label or value names their order."""
    tokens = [t for t in reading.tokens_in(*labelled.value) if isinstance(t.value, Dimensions)]
    if len(tokens) != 1:
        return
    value = _with_unit(tokens[0], label)
    if not isinstance(value, Dimensions):
        return
    said = f"{label} {reading.page.text[slice(*labelled.value)]}"
    axes = axes_of(value, said, reading.locale.language)
    if not axes:
        return
    timing = not_today(reading, place, *labelled.value)
    for part, keys in zip(value.parts, keys_of_axes(axes, names), strict=False):
        if keys and timing is not None:
            yield refused(reading, timing[0], labelled.quote, Attribute.SPEC, timing[1])
            return
        for key in keys:
            yield candidate(
                reading, place, Attribute.SPEC, part, labelled.quote, key=key, label=labelled.label
            )


def _dimensions(
    reading: Reading, names: SpecNames, taken: set[int]
) -> Iterator[Candidate | Skipped]:
    """Dimensions in prose that say themselves what is what: "5/8 in. diameter x 4 in. length"."""
    for token in reading.tokens:
        if not isinstance(token.value, Dimensions) or not all(token.value.labels):
            continue
        place = reading.place(token.core[0])
        if place is None or place.block.region is not Region.MAIN or place.block.tag == "h1":
            continue
        if any(start in taken for start in range(token.start, token.end)):
            continue
        if not_today(reading, place, token.start, token.end) is not None:
            continue
        span = (token.start, token.end)
        for part, keys in zip(
            token.value.parts, keys_of_axes(token.value.labels, names), strict=False
        ):
            for key in keys:
                yield candidate(reading, place, Attribute.SPEC, part, span, key=key)

"""Specifications in running text: "5/8 in. diameter", "rated voltage of 24 V"."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from functools import lru_cache

from ahocorasick_rs import AhoCorasick, MatchKind

from auditor.extract.cues import Span
from auditor.extract.reading import Place, Reading
from auditor.extract.spec_names import SpecNames, said_names
from auditor.extract.statement import candidate
from auditor.extract.timing import not_today
from auditor.model import Attribute, Candidate
from auditor.page.model import Region
from auditor.values.fold import plain
from auditor.values.phrasing import Phrasing
from auditor.values.tokens import Kind, Token
from auditor.values.types import Duration, DurationUnit, Quantity, Value, Word
from auditor.values.units import COUNTED
from auditor.values.vocabulary import vocabulary

# Between name and value: "of", "is", ":", "level of about", "of the BX-20 is".
_GAP = Phrasing(
    r"(?:\s(?:<<spec.noun>>)(?!\w))?(?:\s?\([^()]{1,48}\))?(?P<product>{product})?"
    r"\s*(?:[:=–—]|(?P<link>(?<!\w)(?:<<spec.link>>)(?!\w)))?"
    r"\s*(?:(?<!\w)(?:<<spec.about>>)(?!\w))?\s*".replace(
        "{product}",
        # a word or two of grammar, the product's own number, a word or two more before a colon
        r"(?:\s[^\W\d]{3,14})?\s(?:<<spec.of>>)\s*(?:(?<!\w)(?:<<subject.article>>)\s*)?"
        r"(?!(?:<<spec.variant>>)(?!\w))(?-i:(?:[^\W\d][\w]{1,15}\s){0,2}"
        r"(?:[A-ZÀ-Þ][\w./+-]*[\d-][\w./+-]*|[A-ZÀ-Þ][\w-]*\s\d[\w./-]*))"
        r"(?:(?:\s[^\W\d]{2,14}){0,3}\s?(?=[:=])|(?=\s(?:<<spec.link>>)(?!\w)))",
    )
)
_OPTIONAL = Phrasing(r"(?<!\w)(?:<<spec.optional>>)(?!\w)")
_MADE = Phrasing(r"(?<!\w)(?:<<spec.made>>)\s+(?:(?:<<subject.article>>)\s+)?$")
# How far a colour or a material goes on: "nero opaco".
_MORE_WORDS = re.compile(r"(?:\s[^\W\d]{3,12}){0,2}(?=\s*(?:[.,;:)]|$))")
_AHEAD = 96
_SHORT_GAP = 2
# More values without a name than this are no description of one product.
_MOST_UNNAMED = 60
# A count of goods beside a word ("the weight of 20 pieces") is no measure of them.
_UNMEASURED = COUNTED | {""}
_NO_SPEC = frozenset({"", "%", "pcs"})
_REGIONS = (Region.MAIN, Region.RELATED)


def prose_specs(reading: Reading, names: SpecNames) -> Iterator[tuple[str, Value, Span, Place]]:
    """Spec key, value, quote and place of each measured value that stands beside a known name."""
    if reading.blocks and len(reading.lowered) != len(reading.page.text):
        return  # invisible characters shift the offsets; labels and tables still read such pages
    own, said = reading.locale.own, said_names()
    matcher, words = _matcher((*names.names, *said))
    last = -1
    hits = sorted(
        (
            (start, -end, index)
            for index, start, end in matcher.find_matches_as_indexes(
                reading.lowered, overlapping=True
            )
        )
    )
    for start, negative_end, index in hits:
        end = -negative_end
        if start < last or not _is_word(reading.lowered, start, end):
            continue
        found = _beside(reading, (start, end))
        if found is None:
            continue
        last = end
        value, span, place = found
        if _OPTIONAL.of(own).search(
            reading.plain(place.clause[0], min(place.clause[1], span[1] + 24))
        ):
            continue
        if not_today(reading, place, *span) is None:
            for key in names.keys(words[index]) or names.keys(said.get(words[index], "")):
                yield key, value, span, place


def unnamed_specs(reading: Reading, taken: Container[int]) -> Iterator[Candidate]:
    """Measured values and codes without a name: "rated IP65", "a 6 kA device".

    They can confirm the one specification that has this very value, and accuse none.
    """
    number = 0
    for token in reading.tokens:
        if token.start in taken or not _may_be_a_spec(token):
            continue
        place = reading.place(token.core[0])
        if place is None or place.block.region is not Region.MAIN:
            continue
        span = (token.start, token.end)
        if not_today(reading, place, *span) is not None:
            continue
        number += 1
        if number > _MOST_UNNAMED:
            return
        assert token.value is not None
        yield candidate(reading, place, Attribute.SPEC, token.value, span, tentative=True)


def worded_specs(reading: Reading, names: SpecNames) -> Iterator[Candidate]:
    """Colours and materials that a sentence gives without a name: "it is grey", "made of steel".

    Like numbers without a name, they confirm one specification and accuse none.
    """
    kinds = [kind for kind in ("colour", "material") if names.keys(kind)]
    text, made = reading.page.text, _MADE.of(reading.locale.own)
    number = 0
    for hit in (hit for kind in kinds for hit in vocabulary().find(kind, text)):
        place = reading.place(hit.start)
        if place is None or place.block.region is not Region.MAIN or place.block.cell is not None:
            continue
        if not made.search(text, max(place.sentence[0], hit.start - 24), hit.start):
            continue
        span = hit.start, hit.end
        if not_today(reading, place, *span) is not None:
            continue
        number += 1
        if number > _MOST_UNNAMED:
            return
        word = Word(text[slice(*span)], hit.canonical)
        yield candidate(reading, place, Attribute.SPEC, word, span, tentative=True)


def _may_be_a_spec(token: Token) -> bool:
    value = token.value
    if token.kind is Kind.CODE:
        return value is not None
    if isinstance(value, Duration):
        return value.unit is DurationUnit.HOURS
    return isinstance(value, Quantity) and value.unit not in COUNTED and value.unit not in _NO_SPEC


def _beside(reading: Reading, name: Span) -> tuple[Value, Span, Place] | None:
    place = reading.place(name[0])
    if place is None or place.block.cell is not None or place.block.region not in _REGIONS:
        return None
    first, last = place.sentence
    ahead = _ahead(reading, name, min(last, name[1] + _AHEAD)) or _worded(reading, name, last)
    if ahead is not None:
        return *ahead, place
    behind = reading.tokens_in(max(first, name[0] - 40), name[0])
    if behind and (value := _measure(behind[-1])) is not None:
        gap = reading.page.text[behind[-1].end : name[0]]
        if len(gap) <= _SHORT_GAP and not gap.strip():
            return value, (behind[-1].start, name[1]), place
        if gap.strip() == "(" and reading.page.text.startswith(")", name[1]):
            return value, (behind[-1].start, name[1] + 1), place
    return None


def _ahead(reading: Reading, name: Span, stop: int) -> tuple[Value, Span] | None:
    """The first measured value behind a name, with nothing but linking words between."""
    gap = _GAP.of(reading.locale.own)
    for token in reading.tokens_in(name[1], stop):
        value = _measure(token)
        starts = (token.start, token.core[0]) if value is not None else ()
        if any(gap.fullmatch(reading.page.text, name[1], start) for start in starts):
            assert value is not None
            return value, (name[0], token.end)
        if value is not None and reading.page.text.rfind("(", name[1], token.start) < 0:
            return None  # numbers of a part number and what stands in brackets may be passed
    return None


def _worded(reading: Reading, name: Span, last: int) -> tuple[Value, Span] | None:
    """A colour, a material or a code behind a name: "the colour of the BX-20 is matt black"."""
    text, own = reading.page.text, reading.locale.own
    link = _GAP.of(own).match(text, name[1], min(last, name[1] + _AHEAD))
    if link is None or link.end() == name[1] or not text[link.end() - 1].isspace():
        return None
    at = link.end()
    words = vocabulary()
    is_said = text[name[1] : at].rstrip().endswith((":", "=")) or link["link"] is not None
    for kind in ("colour", "material"):
        hit = next(iter(words.find(kind, text, at, min(last, at + 40))), None)
        if hit is not None and hit.start == at and is_said:
            more = _MORE_WORDS.match(text, hit.end, last)
            end = more.end() if more else hit.end
            return Word(text[at:end], plain(text[at:end])), (name[0], end)
    return None


def _measure(token: Token) -> Value | None:
    """A quantity with a unit, a code or a time; a bare number beside a word says too little."""
    value = token.value
    if token.kind in (Kind.CODE, Kind.DURATION):
        return value
    is_measured = isinstance(value, Quantity) and value.unit not in _UNMEASURED
    return value if is_measured and token.kind in (Kind.QUANTITY, Kind.PERCENT) else None


def _is_word(text: str, start: int, end: int) -> bool:
    if start and text[start - 1].isalnum():
        return False
    return not (end < len(text) and text[end].isalnum())


@lru_cache(maxsize=8)
def _matcher(names: tuple[str, ...]) -> tuple[AhoCorasick, tuple[str, ...]]:
    kept = tuple(name for name in names if len(name) > 2) or ("\x00",)
    return AhoCorasick(list(kept), matchkind=MatchKind.Standard), kept

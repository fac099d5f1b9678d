"""Specifications in running text: "5/8 in. diameter", "rated voltage of 24 V"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ahocorasick_rs import AhoCorasick, MatchKind

from auditor.extract.cues import Span
from auditor.extract.reading import Place, Reading
from auditor.extract.spec_names import SpecNames
from auditor.extract.timing import not_today
from auditor.page.model import Region
from auditor.values.tokens import Kind, Token
from auditor.values.types import Quantity, Value

# Between name and value: "of", "is", ":", "=", "from", "up to" …
_LINK = re.compile(
    r"\s*(?:\([^()]{1,16}\)\s*)?(?:[:=]|is|are|of|from|up to|max\.?|min\.?|von|ist|beträgt|bis "
    r"zu|liegt bei|"
    r"de|est de|est|es de|è di|è|van|bedraagt|di)?\s*(?:up to|max\.?|about|approx\.?|ca\.?)?\s*",
    re.I,
)
# What prose says instead of a name: "120 mm long", "weighs 350 g", "rated for 24 V".
_SAID = {
    "long": "length", "wide": "width", "high": "height", "tall": "height", "deep": "depth",
    "thick": "thickness", "lang": "länge", "breit": "breite", "hoch": "höhe", "tief": "tiefe",
    "dick": "dicke", "weighs": "weight", "weighing": "weight", "wiegt": "gewicht", "pèse": "poids",
    "pesa": "peso", "weegt": "gewicht", "de long": "longueur", "de large": "largeur",
    "de haut": "hauteur",
}  # fmt: skip
_SHORT_GAP = 2
_REGIONS = (Region.MAIN, Region.RELATED)


def prose_specs(reading: Reading, names: SpecNames) -> Iterator[tuple[str, Value, Span, Place]]:
    """Spec key, value, quote and place of each measured value that stands beside a known name."""
    if reading.blocks and len(reading.lowered) != len(reading.page.text):
        return  # invisible characters shift the offsets; labels and tables still read such pages
    matcher, words = _matcher((*names.names, *_SAID))
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
        if not_today(reading, place, *span) is None:
            for key in names.keys(_SAID.get(words[index], words[index])):
                yield key, value, span, place


def _beside(reading: Reading, name: Span) -> tuple[Value, Span, Place] | None:
    place = reading.place(name[0])
    if place is None or place.block.cell is not None or place.block.region not in _REGIONS:
        return None
    first, last = place.sentence
    ahead = reading.tokens_in(name[1], min(last, name[1] + 48))
    if ahead and (value := _measure(ahead[0])) is not None:
        linked = _LINK.fullmatch(reading.page.text, name[1], ahead[0].start)
        if linked:
            return value, (name[0], ahead[0].end), place
    behind = reading.tokens_in(max(first, name[0] - 40), name[0])
    if behind and (value := _measure(behind[-1])) is not None:
        gap = reading.page.text[behind[-1].end : name[0]]
        if len(gap) <= _SHORT_GAP and not gap.strip():
            return value, (behind[-1].start, name[1]), place
    return None


def _measure(token: Token) -> Value | None:
    """A quantity with a unit, or a code; a bare number beside a word says too little."""
    value = token.value
    if token.kind is Kind.CODE:
        return value
    is_measured = isinstance(value, Quantity) and value.unit != ""
    return value if is_measured and token.kind in (Kind.QUANTITY, Kind.PERCENT) else None


def _is_word(text: str, start: int, end: int) -> bool:
    if start and text[start - 1].isalnum():
        return False
    return not (end < len(text) and text[end].isalnum())


@lru_cache(maxsize=8)
def _matcher(names: tuple[str, ...]) -> tuple[AhoCorasick, tuple[str, ...]]:
    kept = tuple(name for name in names if len(name) > 2) or ("\x00",)
    return AhoCorasick(list(kept), matchkind=MatchKind.Standard), kept

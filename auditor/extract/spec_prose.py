"""Specifications in running text: "5/8 in. diameter", "rated voltage of 24 V"."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from functools import lru_cache

from ahocorasick_rs import AhoCorasick, MatchKind

from auditor.extract.cues import Span
from auditor.extract.reading import Place, Reading
from auditor.extract.spec_names import SpecNames
from auditor.extract.statement import candidate
from auditor.extract.timing import not_today
from auditor.model import Attribute, Candidate
from auditor.page.model import Region
from auditor.values.tokens import Kind, Token
from auditor.values.types import Duration, DurationUnit, Quantity, Value
from auditor.values.units import COUNTED

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
# "the length of AB-20 is 40 mm": between name and value stands the product's own number.
_OF_PRODUCT = re.compile(
    r"\s*(?:of|for|von|des|der|de|du|del|della|di|van)\s(?:the |our |dem |le |la |het )?"
    r"(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{3,24}\s(?:is|are|beträgt|ist|est|es|è|bedraagt)\s",
    re.I,
)
# "Optional: protection rating IP67", "IP67 on request": what one can have, not what one gets.
_OPTIONAL = re.compile(
    r"\b(?:optional(?:ly)?|on request|at extra cost|auf wunsch|auf anfrage|gegen aufpreis|"
    r"en option|sur demande|opcional|bajo pedido|opzionale|su richiesta|optioneel|op aanvraag)\b"
)
_SHORT_GAP = 2
# More values without a name than this are no description of one product.
_MOST_UNNAMED = 60
_NO_SPEC = frozenset({"", "%", "pcs"})
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
        if _OPTIONAL.search(reading.plain(place.clause[0], min(place.clause[1], span[1] + 24))):
            continue
        if not_today(reading, place, *span) is None:
            for key in names.keys(_SAID.get(words[index], words[index])):
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
    ahead = reading.tokens_in(name[1], min(last, name[1] + 48))
    if ahead and (value := _measure(ahead[0])) is not None:
        after = _OF_PRODUCT.match(reading.page.text, name[1], ahead[0].start)
        at = after.end() if after else name[1]
        linked = _LINK.fullmatch(reading.page.text, at, ahead[0].start)
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

"""Numbers that are part of a word: "in fives", "im Zehnerpack", "de cinco en cinco".

Behind a verb of packing they say what a pack holds, else in which steps one orders.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from auditor.extract.cues import Span
from auditor.extract.quantities import speaks_of_ordering
from auditor.extract.reading import Place, Reading
from auditor.values.number_words import group_of, spelled
from auditor.values.phrasing import Phrasing
from auditor.values.types import Amount, Interval, Quantity

_WORD = re.compile(r"[\w’'-]+")
# "in twos complement", "in tens digits": the number word belongs to what follows.
_NOUN = re.compile(
    r"\s*(?!(?:of|or|and|at|per|each|from|to|up|only|please|with|by|for|but|as|on|when|if|unless)\b)"
    r"[a-z]{3,}"
)
_IN_DIGITS = re.compile(r"\b(?:in|by)\s[1-9]\d{0,4}['’]?s\b", re.IGNORECASE)
_N_PACK = re.compile(r"\b[1-9]\d{0,3}-pack\b", re.IGNORECASE)
# "de 4 en 4", "di dieci in dieci"
_REPEATED = re.compile(
    r"\b(?:de|di)\s(?P<word>\w{1,20})\s(?:en|in)\s(?P=word)\b(?!\s?(?:[°%]|\w+s?\s?°))",
    re.IGNORECASE,
)
_REPEATING = frozenset({"fr", "es", "it"})
_PACKING = Phrasing(r"\b(?:<<pack.verb>>)\b(?:\s\w+){0,2}\s?$")
_BEFORE_GROUP = Phrasing(r"\b(?:<<pack.before_group>>)\s$")
_ALSO = Phrasing(r"\b(?:<<pack.also>>)\b")
_REACH = 40
_NOUN_REACH = 16
_TWO = Decimal(2)


@dataclass(frozen=True, slots=True)
class Group:
    """A group of so many pieces: where it is said, and whether of a pack. ``doubtful`` ones may be
    of another variant ("also available as a 10-pack")."""

    value: Quantity
    place: Place
    span: Span
    in_pack: bool
    doubtful: bool = False


def groups(reading: Reading) -> tuple[Group, ...]:
    """The groups of a page in order, found once."""
    return reading.once("groups", _read_groups)


def _read_groups(reading: Reading) -> tuple[Group, ...]:
    found: list[Group] = []
    for group in sorted(_groups(reading), key=lambda g: (g.span[0], -g.span[1])):
        if not found or group.span[0] >= found[-1].span[1]:
            found.append(group)
    return tuple(found)


def _groups(reading: Reading) -> Iterator[Group]:
    language = reading.locale.language
    for concept in ("order.multiple", "order.group"):
        for hit in reading.cues.found.get(concept, ()):
            yield from _group(reading, hit, _number_in(reading, hit))
    for hit in reading.cues.found.get("order.pack", ()):
        number = _packs_of(reading.plain(*hit), language)
        yield from _group(reading, hit, number, in_pack=True)
    text = reading.page.text
    if language == "en":
        for found in _IN_DIGITS.finditer(text):
            yield from _group(reading, found.span(), group_of(found[0].split()[1].lower(), "en"))
        for found in _N_PACK.finditer(text):
            yield from _group(reading, found.span(), found[0].partition("-")[0], in_pack=True)
    if language in _REPEATING:
        for found in _REPEATED.finditer(text):
            said = found["word"].lower()
            number = said if said.isdigit() else spelled(language).get(said, "")
            yield from _group(reading, found.span(), number)


def _number_in(reading: Reading, hit: Span) -> str:
    """The number of a phrase: its last word that is a group's."""
    language = reading.locale.language
    words = _WORD.findall(reading.plain(*hit))
    if language == "en" and words and words[-1].isalpha():
        place = reading.place(hit[0])
        end = min(hit[1] + _NOUN_REACH, place.clause[1]) if place is not None else hit[1]
        if _NOUN.match(reading.plain(hit[1], end)):
            return ""
    if len(words) == 1 and not _BEFORE_GROUP.of(reading.locale.own).search(
        reading.page.text[max(0, hit[0] - _REACH) : hit[0]].lower()
    ):
        return ""
    return next((n for word in reversed(words) if (n := group_of(word, language))), "")


def _packs_of(said: str, language: str) -> str:
    """The number of a pack's word: "zehnerpack", "six-pack"."""
    first = said.partition(" ")[0]
    if language == "en":
        return spelled(language).get(first.partition("-")[0], "") if "-" in first else ""
    return group_of(first, language) if language == "de" else ""


def _group(reading: Reading, hit: Span, number: str, *, in_pack: bool = False) -> Iterator[Group]:
    place = reading.place(hit[0]) if number and Decimal(number) >= _TWO else None
    if place is None:
        return
    own = reading.locale.own
    before = reading.plain(max(place.sentence[0], hit[0] - _REACH), hit[0])
    in_pack = in_pack or _PACKING.of(own).search(f"{before} ") is not None
    is_step = not in_pack and (speaks_of_ordering(reading, place.sentence) or bool(place.labels))
    if in_pack or is_step:
        amount = Amount(number, (Interval.point(Decimal(number)),))
        doubtful = in_pack and _ALSO.of(own).search(reading.plain(*place.sentence)) is not None
        yield Group(Quantity(amount, "pcs"), place, hit, in_pack, doubtful)

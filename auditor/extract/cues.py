"""Which words on a page say what a number is: phrases found once, in linear time.

The phrases stand in ``cues.toml`` (its head explains the notation). A concept is "family.name",
as in ``amount.fee``; within a family the longest phrase wins at a place.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import product

from ahocorasick_rs import AhoCorasick, MatchKind

from auditor.values.fold import plain
from auditor.values.own_words import NO_WORDS, OwnWords
from auditor.values.units import CONTAINERS
from auditor.values.vocabulary import vocabulary

Span = tuple[int, int]

LANGUAGES = ("en", "de", "fr", "es", "it", "nl")
_PACK = "{pack}"
# English words that mean something else in a language: Italian "due" is two, Spanish "sale" leaves.
_FALSE_FRIENDS = {
    "de": frozenset({"also", "list", "fee", "most"}),
    "fr": frozenset({"sale", "due", "course", "charge", "store", "rent"}),
    "es": frozenset({"sale", "once", "set", "total"}),
    "it": frozenset({"sale", "due", "once", "male", "list"}),
    "nl": frozenset({"list", "most", "door"}),
}
_CHOICE = re.compile(r"\(([^()]*)\)")


@dataclass(frozen=True, slots=True)
class Cues:
    """The phrases found in one text; spans are of the text searched, each concept in order."""

    found: dict[str, tuple[Span, ...]]

    def __contains__(self, concept: str) -> bool:
        """Whether the text has any word of ``concept``: asked before anything costly."""
        return concept in self.found

    def within(self, concept: str, start: int, end: int) -> tuple[Span, ...]:
        """The hits of ``concept`` that lie wholly in [start, end)."""
        spans = self.found.get(concept)
        if not spans:
            return ()
        first = bisect_left(spans, (start, start))
        last = first
        while last < len(spans) and spans[last][0] < end:
            last += 1
        return tuple(span for span in spans[first:last] if span[1] <= end)

    def any(self, start: int, end: int, *concepts: str) -> Span | None:
        """The first hit of any of ``concepts`` in [start, end), None where there is none."""
        for concept in concepts:
            spans = self.found.get(concept)
            if not spans:
                continue
            at = bisect_left(spans, (start, start))
            while at < len(spans) and spans[at][0] < end:
                if spans[at][1] <= end:
                    return spans[at]
                at += 1
        return None

    def last(self, start: int, end: int, *concepts: str) -> tuple[str, Span] | None:
        """The hit of any of ``concepts`` in [start, end) that ends last, with its concept."""
        best: tuple[str, Span] | None = None
        for concept in concepts:
            hits = self.within(concept, start, end)
            if hits:
                span = max(hits, key=lambda hit: (hit[1], -hit[0]))
                if best is None or (span[1], -span[0]) > (best[1][1], -best[1][0]):
                    best = (concept, span)
        return best


def find_cues(lowered: str, language: str = "", own: OwnWords = NO_WORDS) -> Cues:
    """Every phrase of ``cues.toml`` in ``lowered`` (folded, lower-case); linear in its length.

    ``language`` (a primary tag) limits the phrases to it and English; any other word than the six
    languages of the file takes all of them. ``own`` phrases are found like those of the file.

    >>> cues = find_cues("currently not in stock, lieferzeitangabe folgt")
    >>> cues.found["stock.out_of_stock"], "stock.in_stock" in cues.found
    (((10, 22),), False)
    >>> cues.found["lead.time"]
    ((24, 40),)
    """
    lexicon = _lexicon(language if language in LANGUAGES else "", own)
    by_family: dict[str, list[tuple[int, int, str]]] = {}
    for index, start, end in lexicon.matcher.find_matches_as_indexes(lowered, overlapping=True):
        phrase = lexicon.phrases[index]
        start, end = _grown(lowered, start, end, phrase)
        if end < 0:
            continue
        for concept in phrase.concepts:
            family = concept.partition(".")[0]
            by_family.setdefault(family, []).append((start, end, concept))
    found: dict[str, list[Span]] = {}
    for hits in by_family.values():
        for start, end, concept in _longest(hits):
            spans = found.setdefault(concept, [])
            if not spans or spans[-1] != (start, end):
                spans.append((start, end))
    return Cues({concept: tuple(spans) for concept, spans in found.items()})


@dataclass(frozen=True, slots=True)
class _Phrase:
    text: str
    open_start: bool
    open_end: bool
    concepts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Lexicon:
    phrases: tuple[_Phrase, ...]
    matcher: AhoCorasick


@lru_cache(maxsize=1)
def concepts() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Every concept ("order.moq") of ``cues.toml`` with its phrases by language."""
    text = resources.files("auditor.extract").joinpath("cues.toml").read_text("utf-8")
    return {
        f"{family}.{name}": {
            tongue: tuple(dict.fromkeys(each for p in phrases for each in _spelled_out(p, tongue)))
            for tongue, phrases in languages.items()
        }
        for family, names in tomllib.loads(text).items()
        for name, languages in names.items()
    }


def _spelled_out(phrase: str, language: str) -> Iterator[str]:
    """Every phrase that one line of the file stands for.

    >>> list(_spelled_out("(least|fewest) we (sell|ship)", "en"))[::3]
    ['least we sell', 'fewest we ship']
    >>> "beutel zu" in list(_spelled_out("{pack} zu", "de"))
    True
    """
    parts = enumerate(_CHOICE.split(phrase))
    for chosen in product(*(part.split("|") if at % 2 else [part] for at, part in parts)):
        spelled = " ".join("".join(chosen).split())
        if _PACK not in spelled:
            yield spelled
            continue
        for unit, words in vocabulary(language).phrases("unit").items():
            if unit in CONTAINERS:
                yield from (spelled.replace(_PACK, plain(word)) for word in words if len(word) > 1)


@lru_cache(maxsize=24)
def _lexicon(language: str, own: OwnWords) -> _Lexicon:
    concepts_of: dict[str, list[str]] = {}
    for concept, languages in concepts().items():
        for tongue, phrases in languages.items():
            for phrase in phrases if language in ("", tongue) or tongue == "en" else ():
                if tongue == "en" and phrase in _FALSE_FRIENDS.get(language, ()):
                    continue
                concepts_of.setdefault(phrase, []).append(concept)
    for concept, phrase in own.of(language):
        if concept in concepts():
            concepts_of.setdefault(phrase, []).append(concept)
    made = tuple(
        _Phrase(
            phrase.strip("*"),
            phrase.startswith("*"),
            phrase.endswith("*"),
            tuple(dict.fromkeys(names)),
        )
        for phrase, names in concepts_of.items()
    )
    return _Lexicon(made, AhoCorasick([p.text for p in made], matchkind=MatchKind.Standard))


# How far an open end may run: longer than any real compound, short enough to stay linear.
_LONGEST_REST = 40


def _grown(text: str, start: int, end: int, phrase: _Phrase) -> Span:
    """The hit with its open ends run out to the word's; end -1 where it cuts through a word."""
    if text[start].isalnum() and start and text[start - 1].isalnum():
        if not phrase.open_start:
            return start, -1
        floor = max(0, start - _LONGEST_REST)
        while start > floor and text[start - 1].isalnum():
            start -= 1
    if text[end - 1].isalnum() and end < len(text) and text[end].isalnum():
        if not phrase.open_end:
            return start, -1
        ceiling = min(len(text), end + _LONGEST_REST)
        while end < ceiling and text[end].isalnum():
            end += 1
    return start, end


def _longest(hits: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """The hits of one family without those that lie inside a longer one."""
    hits.sort(key=lambda hit: (hit[0], -hit[1]))
    kept: list[tuple[int, int, str]] = []
    reach = start_of_reach = -1
    for start, end, concept in hits:
        if end <= reach and (start, end) != (start_of_reach, reach):
            continue
        kept.append((start, end, concept))
        if end > reach:
            start_of_reach, reach = start, end
    return kept

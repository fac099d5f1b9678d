"""The words a page may use, per language, as data (``vocabulary/*.yaml``).

Only what values themselves are made of; the words around them stand in ``extract/cues.toml``,
and :mod:`auditor.extract.kinds` lists all of them. A vocabulary maps kind → canonical word →
phrases. The kinds:

==================  ===============================================================================
``availability``    in_stock, out_of_stock, backorder, made_to_order, preorder: as feeds say it
``status``          discontinued, superseded, active: as feeds say it
``tax``             excl, incl
``related_heading`` headings of other products' boxes
``review_heading``  headings of reviews and comments
``unit``            canonical unit → words (pieces, packs, metres, kilos …)
``time``            hours, days, business_days, weeks, months
``number``          number words, canonical is the decimal
``month``           month names, canonical 1–12
``bound``           from, up_to: in front of a value
``range``           to, or: between two values (or: of durations only)
``per``, ``each``   "per", "pro", "la"; "each", "ea.", "je Stück"
``dimension``       length, width, height, depth, diameter, thickness
``material``        materials and finishes, the same list for every language
``colour``          colours, the same list for every language
==================  ===============================================================================

Phrases are compared folded (see :mod:`auditor.values.fold`), in lower case, on word boundaries.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

import yaml
from ahocorasick_rs import AhoCorasick, MatchKind

from auditor.values.fold import fold, plain
from auditor.values.own_words import NO_WORDS, OwnWords

LANGUAGES = ("en", "de", "fr", "es", "it", "nl")

Phrases = Mapping[str, Mapping[str, tuple[str, ...]]]


class Found(NamedTuple):
    """A phrase found in a text: its span there and its canonical word."""

    start: int
    end: int
    canonical: str


class Vocabulary:
    """The words of one language (with English beside it) or of all, ready to be looked up."""

    def __init__(self, language: str, kinds: Phrases) -> None:
        self.language = language
        self._kinds = kinds
        self._exact = {
            kind: {
                plain(phrase): canonical
                for canonical, phrases in reversed(list(words.items()))
                for phrase in reversed(phrases)
            }
            for kind, words in kinds.items()
        }
        self._matchers: dict[tuple[str, ...], tuple[AhoCorasick, list[str]]] = {}

    def phrases(self, kind: str) -> Mapping[str, tuple[str, ...]]:
        """Canonical word → phrases of a kind; empty for a kind nobody defined."""
        return self._kinds.get(kind, {})

    def words(self, kind: str) -> Mapping[str, str]:
        """Folded phrase → canonical word of a kind."""
        return self._exact.get(kind, {})

    def canonical(self, kind: str, text: str) -> str | None:
        """The canonical word when ``text`` as a whole is a phrase of ``kind``, else None.

        >>> vocabulary("de").canonical("availability", "Auf Lager")
        'in_stock'
        >>> vocabulary("de").canonical("availability", "Auf Lagerplatz 5") is None
        True
        """
        return self.words(kind).get(plain(text).rstrip(":"))

    def find(self, kind: str, text: str, start: int = 0, end: int | None = None) -> list[Found]:
        """Every phrase of ``kind`` in ``text[start:end]``, longest first at a place, in order.

        Linear in the text. Spans are of ``text`` as given; soft hyphens and the like inside a
        phrase do not hide it. A phrase never matches inside a longer word.

        >>> vocabulary("en").find("availability", "Currently not in stock.")
        [Found(start=10, end=22, canonical='out_of_stock')]
        """
        words = self.words(kind)
        if not words:
            return []
        matcher, canonicals = self._matcher(kind)
        folded = fold(text, start, end)
        return [
            Found(*folded.back(left, right), canonicals[index])
            for index, left, right in find_words(matcher, folded.text.lower())
        ]

    def _matcher(self, kind: str) -> tuple[AhoCorasick, list[str]]:
        known = self._matchers.get((kind,))
        if known is None:
            words = self.words(kind)
            known = (AhoCorasick(list(words), matchkind=MatchKind.Standard), list(words.values()))
            self._matchers[(kind,)] = known
        return known


def find_words(matcher: AhoCorasick, lowered: str) -> list[tuple[int, int, int]]:
    """Non-overlapping whole-word hits (pattern, start, end), leftmost longest."""
    hits = sorted(
        (
            hit
            for hit in matcher.find_matches_as_indexes(lowered, overlapping=True)
            if _is_bounded(lowered, hit[1], hit[2])
        ),
        key=lambda hit: (hit[1], -hit[2]),
    )
    found: list[tuple[int, int, int]] = []
    position = 0
    for hit in hits:
        if hit[1] >= position:
            found.append(hit)
            position = hit[2]
    return found


@lru_cache(maxsize=64)
def vocabulary(language: str = "", own: OwnWords = NO_WORDS) -> Vocabulary:
    """The vocabulary of a BCP 47 ``language``, English beside it; "" or unknown: all languages.

    ``own`` words go first; those of kinds that no file here has belong to other readers.

    >>> vocabulary("nl").canonical("unit", "Stuks")
    'pcs'
    """
    tongue = language.replace("_", "-").partition("-")[0].lower()
    tongues = (tongue, "en") if tongue in LANGUAGES else LANGUAGES
    merged: dict[str, dict[str, tuple[str, ...]]] = {}
    for source in [_load(each) for each in (*dict.fromkeys(tongues), "common")]:
        for kind, words in source.items():
            into = merged.setdefault(kind, {})
            for canonical, phrases in words.items():
                into[canonical] = (*into.get(canonical, ()), *phrases)
    for name, phrase in own.of(tongue if tongue in LANGUAGES else ""):
        kind, _, canonical = name.partition(".")
        known = merged.get(kind, {})
        if canonical in known:
            known[canonical] = (phrase, *known[canonical])
    return Vocabulary(tongue if tongue in LANGUAGES else "", merged)


@lru_cache(maxsize=16)
def _load(language: str) -> Phrases:
    """The phrases of one language file; data of the package, read once."""
    text = (
        resources.files("auditor.values")
        .joinpath("vocabulary", f"{language}.yaml")
        .read_text("utf-8")
    )
    return {
        kind: {
            str(canonical): tuple(str(p) for p in phrases) for canonical, phrases in words.items()
        }
        for kind, words in yaml.safe_load(text).items()
    }


def _is_bounded(text: str, start: int, end: int) -> bool:
    if text[start].isalnum() and start and text[start - 1].isalnum():
        return False
    return not (text[end - 1].isalnum() and end < len(text) and text[end].isalnum())

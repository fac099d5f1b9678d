"""The vocabularies arranged for reading at one place of a text: what stands right here?

Everything is looked up by the first characters, so a look-up costs the same on any text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from ahocorasick_rs import AhoCorasick, MatchKind

from auditor.values.codes import PREFIXES
from auditor.values.currencies import FORMS
from auditor.values.number_words import spelled
from auditor.values.own_words import NO_WORDS, OwnWords
from auditor.values.units import symbols
from auditor.values.vocabulary import Vocabulary, vocabulary

Buckets = Mapping[str, list[tuple[str, str]]]

# Behind "12 in" these words make it the preposition, not the inch.
_NOT_INCH = re.compile(
    r" (?:stock|the|a|an|one|our|your|this|that|total|all|any|each|every|store|warehouse|less|"
    r"under|lots|packs?|increments|multiples|sets|boxes|bags|advance|inventory|transit|steps|"
    r"production|addition|use|black|white|red|blue|green|grey|january|february|march|april|may|"
    r"june|july|august|september|october|november|december|der|den|dem|die|das|einem|einer)\b"
)
_VERB = re.compile(r" [a-z]")
_CURRENT = re.compile(r"[ -]?(?:AC/DC|DC/AC|AC|DC|ac|dc|a\.c\.|d\.c\.|RMS|rms)(?![A-Za-z0-9])")


class Lexicon:
    """The look-up tables of one language (with English; all languages where it is unknown)."""

    def __init__(self, language: str, own: OwnWords = NO_WORDS) -> None:
        words = vocabulary(language, own)
        self.language = language
        self.units_caseless = tuple(_CASELESS)
        self.units = _buckets({**words.words("unit"), **_CASELESS})
        self.times = _buckets(words.words("time"))
        self.taxes = _buckets(words.words("tax"))
        self.pers = _buckets(words.words("per"))
        self.eaches = _buckets(words.words("each"))
        self.months = {k.rstrip("."): v for k, v in words.words("month").items()}
        self.lower_bounds = _endings(words.phrases("bound").get("from", ()))
        self.upper_bounds = _endings(words.phrases("bound").get("up_to", ()))
        self.dimensions = dict(words.words("dimension"))
        self.range = _range_pattern(words.phrases("range").get("to", ()))
        self.range_or = _range_pattern(words.phrases("range").get("or", ()), dashes=False)
        self.range_starts = frozenset(" –-…~÷.")
        self.month_pattern = _alternation(self.months)
        self.left_words = _last_words(self, words)
        self.right_words = _first_words(self, words)
        # Number words of the page's own language only: "once" is eleven in Spanish alone.
        tongue = _own(language, own) if language else words.words("number")
        numbers = {w: d for w, d in words.words("number").items() if w in tongue}
        numbers = {**spelled(words.language), **numbers}
        self.number_words = list(numbers)
        self.number_values = list(numbers.values())
        self.number_matcher = AhoCorasick(self.number_words, matchkind=MatchKind.LeftmostLongest)

    def numbers_in(self, lowered: str) -> Iterator[tuple[int, int, str]]:
        """The number words in a lower-case text: start, end and decimal, in order."""
        for index, start, end in self.number_matcher.find_matches_as_indexes(lowered):
            if start and (lowered[start - 1].isalnum() or lowered[start - 1] == "-"):
                continue
            if not lowered[end : end + 1].isalnum():
                yield start, end, self.number_values[index]

    def unit(self, text: str, lowered: str, at: int) -> tuple[int, str] | None:
        """The unit at ``at``: its end and canonical symbol; symbols as printed, words folded."""
        symbol = _symbol(text, at)
        word = lookup(self.units, lowered, at)
        found = symbol if symbol and (not word or symbol[0] >= word[0]) else word
        if found is None:
            return None
        end, canonical = found
        if canonical == "in" and lowered[at:end] == "in" and _NOT_INCH.match(lowered, end):
            return None
        if canonical == "can" and lowered[at:end] == "can" and _VERB.match(text, end):
            return None  # "the 5/05 can support"
        if canonical in {"V", "A", "mA", "mV", "kV", "W"}:
            current = _CURRENT.match(text, end)
            end = current.end() if current else end
        if canonical == "ft" and text[at] in "'′" and self.language not in {"", "en"}:
            return None  # elsewhere a prime is a minute
        if canonical == "minutes" and text.startswith(".", end):
            return None
        return end, canonical


def lookup(buckets: Buckets, lowered: str, at: int) -> tuple[int, str] | None:
    """The longest phrase that stands whole at ``at``: its end and canonical word."""
    for phrase, canonical in buckets.get(lowered[at : at + 2], ()):
        if lowered.startswith(phrase, at):
            end = at + len(phrase)
            if not phrase[-1].isalnum() or not lowered[end : end + 1].isalnum():
                return end, canonical
    for phrase, canonical in buckets.get(lowered[at : at + 1], ()):
        if lowered.startswith(phrase, at):
            end = at + len(phrase)
            if not phrase[-1].isalnum() or not lowered[end : end + 1].isalnum():
                return end, canonical
    return None


@lru_cache(maxsize=16)
def lexicon(language: str, own: OwnWords = NO_WORDS) -> Lexicon:
    """The Lexicon of a language and a company's own words, built once."""
    return Lexicon(language, own)


# Unit symbols that people also write in the other case where no other unit is meant.
_CASELESS = {
    "mm": "mm", "cm": "cm", "kg": "kg", "ml": "ml", "psi": "psi", "rpm": "rpm", "vdc": "V",
    "vac": "V", "khz": "kHz", "kwh": "kWh", "lbs": "lb", "lb": "lb", "oz": "oz", "ft": "ft",
    "gpm": "gpm", "cfm": "cfm", "kpa": "kPa", "mpa": "MPa", "mbar": "mbar", "ppm": "ppm",
    "l/min": "l/min", "m³/h": "m³/h",
}  # fmt: skip


_WORD = re.compile(r"[^\W\d_]+")
# Words behind a number that are in no vocabulary: multiplication, magnitudes, coded values.
_MORE_RIGHT = frozenset(
    {
        "x", "by", "k", "m", "million", "mio", "mln", "millionen", "millions", "millones",
        "milioni", "miljoen", "thousand", "tsd", "tausend", "mille", "mila", "duizend", "lakh",
        "lakhs", "crore", "crores", "bn", "billion", "mrd", "milliarden", "milliard", "milliards",
        "miliardi", "miljard", "awg", "nc", "no", "co", "unc", "unf", "unef", "un", "bsp", "bspp",
        "bspt", "npt", "nptf", "nps", "ss", "stainless", "and", "or", "und", "oder", "et", "ou",
        "y", "o", "e", "en", "of", "upwards", "min", "max", "minimum", "maximum", "minimal",
        "maximal", "st", "nd", "rd", "th", "er", "de", "del", "di", "am", "pm", "uhr", "h",
    }
)  # fmt: skip


def _last_words(words: Lexicon, known: Vocabulary) -> frozenset[str]:
    """Every word that can stand right before a number and belong to it."""
    phrases = [*words.lower_bounds, *words.upper_bounds, *known.words("month"), *FORMS, *PREFIXES]
    return frozenset(
        {phrase.lower().split()[-1].rstrip(",;:.)!?") for phrase in phrases}
        | {"de", "del", "di", "of"}
    )


def _first_words(words: Lexicon, known: Vocabulary) -> frozenset[str]:
    """Every word that can stand right behind a number and belong to it."""
    kinds = ("unit", "time", "range", "month", "dimension", "number", "bound")
    phrases = [*(phrase for kind in kinds for phrase in known.words(kind)), *symbols(), *FORMS]
    found = (_WORD.match(phrase.lower()) for phrase in (*phrases, *words.units_caseless))
    return frozenset({word.group() for word in found if word}) | _MORE_RIGHT


def _symbol(text: str, at: int) -> tuple[int, str] | None:
    for symbol, canonical in _symbol_buckets().get(text[at : at + 1], ()):
        if text.startswith(symbol, at):
            end = at + len(symbol)
            following = text[end : end + 1]
            if following.isalnum() and (symbol[-1].isalnum() or symbol in {"'", "′", "°"}):
                continue
            if symbol[-1].isalpha() and following in {"'", "°"} and following:
                continue
            if following == "-" and len(symbol) == 1 and text[end + 1 : end + 2].isdigit():
                continue  # "100 A-103" is no current: the part number of the next line
            return end, canonical
    return None


@lru_cache(maxsize=1)
def _symbol_buckets() -> Buckets:
    return _buckets(symbols(), width=1)


def _buckets(table: Mapping[str, str], width: int = 2) -> Buckets:
    buckets: dict[str, list[tuple[str, str]]] = {}
    for phrase, canonical in table.items():
        buckets.setdefault(phrase[:width], []).append((phrase, canonical))
    for entries in buckets.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return buckets


def _endings(phrases: Iterable[str]) -> tuple[str, ...]:
    """Bound phrases, longest first, as they stand right before a value."""
    return tuple(sorted({phrase.lower() for phrase in phrases}, key=len, reverse=True))


def _range_pattern(phrases: Iterable[str], *, dashes: bool = True) -> re.Pattern[str]:
    words = "|".join(re.escape(p) for p in sorted(phrases, key=len, reverse=True))
    marks = r" ?(?:–|-|…|\.{2,3}|~|÷) ?|" if dashes else ""
    return re.compile(rf"(?:{marks} (?:{words}) )")


def _alternation(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@lru_cache(maxsize=16)
def _own(language: str, added: OwnWords) -> frozenset[str]:
    own = vocabulary(language, added)
    if language == "en" or not own.language:
        return frozenset(own.words("number"))
    phrases = vocabulary("en").words("number")
    return frozenset(
        word
        for word in own.words("number")
        if word not in phrases or word in _ALSO_OWN.get(language, ())
    )


_ALSO_OWN = {"fr": ("six",)}

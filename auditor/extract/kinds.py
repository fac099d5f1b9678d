"""Every kind of phrase a page is read by, and how a company adds its own words to one.

The phrases stand in four places, each next to its reader: what numbers and units look like in
``auditor/values/vocabulary/*.yaml``, the words around them in ``cues.toml``, the small words that
patterns are built of in ``auditor/values/phrasing.toml``, names of specifications in
``spec_names.toml``. This module is the one list over all of them.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import lru_cache

from auditor.extract.cues import LANGUAGES, concepts
from auditor.extract.spec_names import SpecNames, normalized
from auditor.values.fold import plain
from auditor.values.own_words import OwnWords
from auditor.values.phrasing import lists
from auditor.values.vocabulary import vocabulary

MAX_PHRASE = 80
"""Characters of a phrase; what is longer is a sentence that no second page has."""

FAMILIES: Mapping[str, str] = {
    "amount": "what an amount of money is",
    "time": "whether a statement is about today; units of time",
    "unpriced": "why a page shows no price",
    "order": "quantities one can order",
    "pack": "what a pack holds",
    "lead": "when goods leave or arrive",
    "stock": "availability",
    "state": "where a product is in its life",
    "offer": "promotions",
    "policy": "terms that hold for every product",
    "tax": "whether a price holds the sales tax",
    "unit": "units and packs",
    "per": 'between a price and what it is for, like "per"',
    "each": 'behind a price for one piece, like "each"',
    "month": "months, 1–12",
    "bound": "in front of the end of an open range",
    "dimension": "which side a length is of",
    "range": "between the two ends of a range",
    "number": "numbers in words",
    "related_heading": "headings of boxes with other products",
    "review_heading": "headings of reviews and comments",
    "subject": "of which product a sentence speaks",
    "price": "links between an amount and what it is",
    "break": "quantities that a price holds from",
    "past": "statements about the past",
    "ship": "goods that leave the next business day",
    "spec": "other names of a specification",
}
_READ = (
    "unit", "time", "tax", "per", "each", "month", "bound", "dimension", "range", "number",
    "related_heading", "review_heading",
)  # fmt: skip


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Every kind that can be extended ("order.moq"), with the phrases it comes with by language.

    Beside these there is ``spec.NAME`` for any name of a specification.
    """
    found = {name: dict(languages) for name, languages in (*concepts().items(), *lists().items())}
    for language in LANGUAGES:
        own = vocabulary(language)
        english = vocabulary("en") if language != "en" else None
        for family in _READ:
            for name, phrases in own.phrases(family).items():
                known = set(english.phrases(family).get(name, ())) if english else set()
                mine = tuple(phrase for phrase in phrases if phrase not in known)
                into = found.setdefault(f"{family}.{name}", {})
                into[language] = tuple(dict.fromkeys((*into.get(language, ()), *mine)))
    return found


@lru_cache(maxsize=1)
def _by_short_name() -> Mapping[str, tuple[str, ...]]:
    short: dict[str, tuple[str, ...]] = {}
    for name in kinds():
        last = name.partition(".")[2]
        if not last[0].isdigit():
            short[last] = (*short.get(last, ()), name)
    return short


def full_name(kind: str) -> str:
    """The full name of a kind, which may be given without its family where only one fits.

    Raises ValueError with a suggestion for a kind that does not exist.

    >>> full_name("moq"), full_name("spec.Operating voltage")
    ('order.moq', 'spec.Operating voltage')
    >>> full_name("mok")
    Traceback (most recent call last):
    ...
    ValueError: no such kind of phrase: 'mok', did you mean 'moq'? docs/vocabulary.md lists them
    """
    if kind in kinds() or (kind.startswith("spec.") and normalized(kind[5:])):
        return kind
    fitting = _by_short_name().get(kind, ())
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise ValueError(f"{kind!r} can be {' or '.join(fitting)}; write one of them")
    close = difflib.get_close_matches(kind.lower(), [*_by_short_name(), *kinds()], n=1)
    hint = f", did you mean {close[0]!r}?" if close else ";"
    raise ValueError(f"no such kind of phrase: {kind!r}{hint} docs/vocabulary.md lists them")


def problem_of(phrase: str) -> str:
    """Why ``phrase`` cannot be looked for; "" where it can.

    >>> problem_of("Mindestabnahme*"), problem_of("*")
    ('', "'*' has no letter or sign to look for")
    """
    text = phrase.strip("* ")
    if not any(not c.isspace() and not c.isdigit() for c in text):
        return f"{phrase!r} has no letter or sign to look for"
    if "*" in text:
        return f"{phrase!r}: * stands only at the start or end of a phrase"
    if len(text) > MAX_PHRASE:
        return f"{phrase[:20]!r}… is longer than {MAX_PHRASE} characters"
    return ""


def own_words(added: Mapping[str, Mapping[str, tuple[str, ...]]]) -> OwnWords:
    """The words of ``vocabulary:`` as readers take them, kinds with their full names.

    Raises ValueError for a kind that does not exist.
    """
    return OwnWords(
        {
            language: {
                full_name(kind): tuple(plain(phrase) for phrase in phrases)
                for kind, phrases in by_kind.items()
            }
            for language, by_kind in added.items()
        }
    )


def with_own_names(spec_names: Mapping[str, str], own: OwnWords, language: str) -> dict[str, str]:
    """``spec_names`` with the own names of specifications that the catalogue has.

    >>> own = own_words({"de": {"spec.weight": ("Masse netto",)}})
    >>> with_own_names({"weight": "weight"}, own, "de-AT")
    {'weight': 'weight', 'masse netto': 'weight'}
    """
    found = dict(spec_names)
    known = SpecNames(spec_names)
    tongue = language.replace("_", "-").partition("-")[0].lower()
    for kind, phrase in own.of(tongue if tongue in LANGUAGES else ""):
        keys = known.keys(kind[5:]) if kind.startswith("spec.") else ()
        if keys:
            found.setdefault(phrase, keys[0])
    return found

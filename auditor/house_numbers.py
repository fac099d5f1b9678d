"""How a company writes its numbers: what its SKUs share, and what is no word of any language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

_GROUPED = re.compile(r"(?=(?:\D*\d){5})\d{2,}(?:-\d{2,})+")
# "Levante XL", "Alder Mini": a name in words that all begin with a capital.
_NAMED = re.compile(r"[A-ZÀ-Þ][^\W\d_]{2,}(?: [A-ZÀ-Þ][^\W\d_]*)+")
# "6131-A": four digits or more, for "12-V" is a voltage.
_HYPHENED = re.compile(r"\d{4,}-[A-Z]{1,3}|[A-Z]{1,3}-\d{3,}")
# So many SKUs of one kind make it the company's own.
_HOUSE = 3
_SHAPE = {code: "9" if chr(code).isdigit() else "A" for code in range(128) if chr(code).isalnum()}
_VOWELS = frozenset("AEIOUYÄÖÜ")


@dataclass(frozen=True, slots=True)
class HouseNumbers:
    """How a company writes its numbers: prefixes and shapes that several of its SKUs share."""

    prefixes: frozenset[str]
    shapes: frozenset[str]

    @classmethod
    def of(cls, skus: Iterable[str]) -> HouseNumbers:
        """What ``skus`` have in common."""
        prefixes: Counter[str] = Counter()
        shapes: Counter[str] = Counter()
        for sku in skus:
            prefix, hyphen, _ = sku.partition("-")
            if hyphen:
                prefixes[prefix] += 1
                shapes[_shape(sku)] += 1
        return cls(*(frozenset(k for k, n in c.items() if n >= _HOUSE) for c in (prefixes, shapes)))

    def is_own_word(self, spelling: str) -> bool:
        """Whether a spelling is no number and no word of any language.

        "41-2207", "FL-LIN", "Levante XL"; "CA-BOX" where several of the company's numbers begin
        with "CA-"; "6131-A" where several are four digits, a hyphen and a letter.

        >>> house = HouseNumbers.of(["CA-BOX", "CA-LID", "CA-BAG", "6131-A", "6132-A", "6133-B"])
        >>> [house.is_own_word(text) for text in ("CA-BOX", "6140-C", "Levante XL")]
        [True, True, True]
        >>> [house.is_own_word(text) for text in ("PLUG-IN", "12-V", "Box")]
        [False, False, False]
        """
        if _GROUPED.fullmatch(spelling) or _NAMED.fullmatch(spelling):
            return True
        if _is_capitals(spelling):
            return _has_no_vowel(spelling) or spelling.partition("-")[0] in self.prefixes
        return _HYPHENED.fullmatch(spelling) is not None and _shape(spelling) in self.shapes


def _shape(text: str) -> str:
    """A number with its digits and letters made alike: "6131-A" is "9999-A"."""
    return text.translate(_SHAPE)


def _is_capitals(text: str) -> bool:
    """Whether a text is letters in capitals with a hyphen, as part numbers are written.

    >>> _is_capitals("CA-BOX"), _is_capitals("ca-box"), _is_capitals("BOX")
    (True, False, False)
    """
    parts = text.split("-")
    return (
        len(parts) > 1
        and len(text) > 4
        and text.isupper()
        and all(part.isalpha() for part in parts)
    )


def _has_no_vowel(text: str) -> bool:
    """Whether a part of it is no syllable, so that no language has such a word.

    >>> _has_no_vowel("FL-LIN"), _has_no_vowel("PLUG-IN")
    (True, False)
    """
    return any(len(part) > 1 and _VOWELS.isdisjoint(part) for part in text.split("-"))

"""Which texts are copies of one another, give or take a few words? Pure and deterministic.

A text is the set of its hashed shingles (runs of ``WORDS`` words). Two texts are near copies where
those sets overlap by at least ``ALIKE`` (Jaccard). Candidates are found exactly, not by chance: of
two sets that alike, the rarest few shingles of the one hold one of the rarest few of the other
(prefix filtering; Bayardo, Ma and Srikant, "Scaling Up All Pairs Similarity Search", 2007), so
only texts that share a rare shingle are ever compared. MinHash would only estimate the overlap, and
on paragraphs of twenty words its error is larger than what is asked here.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

WORDS = 3
"""Words of a shingle: two make texts about prices alike, five tear at every changed word."""

ALIKE = 0.7
"""Overlap from which a text is a copy: in a paragraph of 40 words, some three words changed."""

FEWEST_WORDS = 10
"""Shorter texts (a cell, a label with its value) are alike by what they say, not by copying."""


def near_copies(texts: Mapping[str, str]) -> dict[str, str]:
    """Copies by key → the key that stands for all copies of that text; lone texts are left out.

    The one that stands for the others is the first by key of those first met, in the order of
    length and key; so the same texts give the same answer in any order.

    >>> near_copies({
    ...     "a": "For BX-20 the minimum order is 50 pieces, and we ship on every working day.",
    ...     "b": "For BX-31 the minimum order is 50 pieces, and we ship on every working day.",
    ...     "c": "Call us: for anything else our colleagues at the counter will help you out.",
    ... })
    {'a': 'a', 'b': 'a'}
    """
    sets = {key: found for key, text in texts.items() if (found := shingles(text))}
    by_set: dict[frozenset[int], list[str]] = defaultdict(list)
    for key in sorted(sets):
        by_set[sets[key]].append(key)
    frequency = Counter(shingle for found in by_set for shingle in found)
    leader: dict[str, str] = {}
    leaders_with: dict[int, list[frozenset[int]]] = defaultdict(list)
    for found in sorted(by_set, key=lambda s: (len(s), by_set[s][0])):
        rare = sorted(found, key=lambda shingle: (frequency[shingle], shingle))
        prefix = rare[: len(rare) - ceil(ALIKE * len(rare)) + 1]
        close = {other for shingle in prefix for other in leaders_with[shingle]}
        head = max(
            (other for other in close if overlap(found, other) >= ALIKE),
            key=lambda other: (overlap(found, other), by_set[other][0]),
            default=found,
        )
        if head is found:
            for shingle in prefix:
                leaders_with[shingle].append(found)
        for key in by_set[found]:
            leader[key] = by_set[head][0]
    size = Counter(leader.values())
    return {key: head for key, head in sorted(leader.items()) if size[head] > 1}


def shingles(text: str) -> frozenset[int]:
    """The hashed runs of words of a text; none where it is too short to be a copy.

    Case and punctuation do not count, and every word with a digit is the same: a part number or
    a price in it does not make another paragraph.
    """
    words = ["#" if any(map(str.isdigit, w)) else w for w in _WORD.findall(text.casefold())]
    if len(words) < FEWEST_WORDS:
        return frozenset()
    return frozenset(
        int.from_bytes(
            hashlib.blake2b(" ".join(words[i : i + WORDS]).encode(), digest_size=8).digest()
        )
        for i in range(len(words) - WORDS + 1)
    )


def overlap(one: frozenset[int], other: frozenset[int]) -> float:
    """Jaccard: what both share of what either has, 0–1.

    >>> overlap(frozenset({1, 2, 3}), frozenset({2, 3, 4}))
    0.5
    """
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)


_WORD = re.compile(r"[^\W_]+(?:[-./][^\W_]+)*")

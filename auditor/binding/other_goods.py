"""A line that names goods of its own is not about the page's product.

"Spill kit refill £47.80" under a drum of acetone: no heading and no box says so, but the words do.
Only short lines that end in their amount, only in languages whose words are known, and only where
not one of the words is one of the product's name.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from auditor.binding.listing import AMOUNT
from auditor.binding.prose import sentence_of
from auditor.extract.cues import LANGUAGES, concepts
from auditor.extract.kinds import kinds
from auditor.values.fold import plain

if TYPE_CHECKING:
    from auditor.binding.ground import Ground
    from auditor.page.model import Block

_WORD = re.compile(r"[^\W\d_]{4,}")
_LONGEST_LINE = 80
_MOST_WORDS = 8
# What may follow the amount: its unit, its tax, a footnote.
_REST = 24
_STEM = 4
_PRICES = ("amount.price", "amount.list", "amount.sale", "amount.was", "amount.rrp", "time.today")


def names_other_goods(ground: Ground, block: Block, start: int, end: int, own: list[str]) -> bool:
    """Whether the line of a statement names goods, and none of ``own`` (the product's names)."""
    text = ground.page.text
    first, last = sentence_of(ground, start, end)
    lead = text[first:start]
    if last - first > _LONGEST_LINE or text[end:last].strip(" .*†)")[_REST:]:
        return False
    is_line = block.cell is None and block.tag != "h1" and len(lead.split()) <= _MOST_WORDS
    if not is_line or not AMOUNT.search(text, start, end):
        return False
    language = ground.page.language.partition("-")[0].lower()
    if language and language not in LANGUAGES:
        return False
    words = [plain(word) for word in _WORD.findall(lead)]
    if any(word in _price_words() for word in words):
        return False
    unknown = [word for word in words if word not in _known_words()]
    if len(unknown) < 2:
        return False
    stems = {plain(word)[:_STEM] for name in own for word in _WORD.findall(name)}
    return bool(stems) and not any(word[:_STEM] in stems for word in words)


@lru_cache(maxsize=1)
def _known_words() -> frozenset[str]:
    """Every word that a phrase of the vocabularies holds: it says how, when or for how much."""
    return frozenset(
        word
        for name, languages in kinds().items()
        if not name.startswith("subject.")
        for phrases in languages.values()
        for phrase in phrases
        for word in _WORD.findall(plain(phrase))
    )


@lru_cache(maxsize=1)
def _price_words() -> frozenset[str]:
    return frozenset(
        word
        for name in _PRICES
        for phrases in concepts()[name].values()
        for phrase in phrases
        for word in _WORD.findall(plain(phrase))
    )

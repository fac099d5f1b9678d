"""The words around a quote, cut at words."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.model import Judgement
    from auditor.page.model import Page

CONTEXT_CHARACTERS = 160

LONGEST_PASSAGE = 2_000
"""Characters from which a block is no paragraph any more, but a page without blocks."""


def around(text: str, quote: str, start: int) -> tuple[str, str] | None:
    """Text before and after ``quote``, which stands at ``start`` or is looked for.

    None where it is not in ``text`` at all.

    >>> around("Cable tie 200 mm 12,40 € / 100 Stk. zzgl. MwSt.", "12,40 €", -1)
    ('Cable tie 200 mm ', ' / 100 Stk. zzgl. MwSt.')
    >>> around("Cable tie", "12,40 €", 0) is None
    True
    """
    if not quote:
        return None
    if start < 0 or text[start : start + len(quote)] != quote:
        start = text.find(quote)
    if start < 0:
        return None
    end = start + len(quote)
    before = text[max(0, start - CONTEXT_CHARACTERS) : start]
    after = text[end : end + CONTEXT_CHARACTERS]
    if start > CONTEXT_CHARACTERS:
        before = "… " + before.split(" ", 1)[-1]
    if end + CONTEXT_CHARACTERS < len(text):
        after = after.rsplit(" ", 1)[0] + " …"
    return before, after


def passages(page: Page, judgements: Sequence[Judgement]) -> dict[int, str]:
    """The paragraphs that the quotes of wrong statements stand in, by the judgement's index.

    None for what stands in a table's cell or in a heading, or is no visible text.
    """
    starts = [block.start for block in page.blocks]
    found = {}
    for index, judgement in enumerate(judgements):
        start = judgement.locator.start
        if start < 0 or not judgement.verdict.is_finding or not judgement.quote:
            continue
        place = bisect_right(starts, start) - 1
        if place < 0:
            continue
        block = page.blocks[place]
        is_prose = block.cell is None and block.tag not in _HEADINGS
        if is_prose and start < block.end <= block.start + LONGEST_PASSAGE:
            found[index] = page.text[block.start : block.end]
    return found


_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

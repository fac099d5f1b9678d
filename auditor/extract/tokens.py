"""The tokens of a page, read a block at a time, in page offsets."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import replace

from auditor.page.model import Block, Page
from auditor.values.fold import Folded
from auditor.values.locale import Locale
from auditor.values.tokenizer import tokenize
from auditor.values.tokens import Kind, Token
from auditor.values.types import Tax


def page_tokens(page: Page, blocks: tuple[Block, ...], locale: Locale) -> tuple[Token, ...]:
    """Every typed value of the blocks, in order; none spans two blocks."""
    made: list[Token] = []
    cuts = seams_of(page)
    for block in blocks:
        for piece in _pieces(block, cuts):
            made.extend(_block_tokens(page, piece, locale))
    made.sort(key=lambda token: (token.start, token.end))
    return tuple(made)


def seams_of(page: Page) -> list[int]:
    """Where only markup parts a label from its value ("MOQ50"), so that no value spans it."""
    text = page.text
    starts = {span[0] for pair in page.pairs for span in (pair.label, pair.value)}
    return sorted(at for at in starts if at > 0 and not text[at - 1].isspace())


def _pieces(block: Block, cuts: list[int]) -> Iterator[Block]:
    """The block, cut at its seams."""
    start = block.start
    for at in cuts[bisect_right(cuts, start) : bisect_left(cuts, block.end)]:
        yield replace(block, start=start, end=at)
        start = at
    yield block if start == block.start else replace(block, start=start)


def _block_tokens(page: Page, block: Block, locale: Locale) -> list[Token]:
    """The tokens of a block in page offsets; split decimals get their point for the parsing."""
    text = page.text[block.start : block.end]
    points = [s - block.start for s, e in page.split_decimals if block.start < s and e <= block.end]
    if not points:
        return [
            _moved(_kept(token, text), lambda at: at + block.start)
            for token in tokenize(text, locale)
        ]
    mark = locale.decimal or "."
    whole, last = "", 0
    for point in points:
        whole, last = whole + text[last:point] + mark, point
    whole += text[last:]

    def back(at: int) -> int:
        return at + block.start - sum(1 for n, point in enumerate(points) if point + n < at)

    return [_moved(token, back) for token in tokenize(whole, locale)]


def _kept(token: Token, text: str) -> Token:
    """A price without the dressing that belongs to the next one: "45 € · Bruttopreis 53 €"."""
    if token.kind is not Kind.MONEY or token.basis is None or token.end - token.core[1] < 3:
        return token
    cut = min(
        (at for c in "·|•;" if (at := text.find(c, token.core[1], token.end)) >= 0), default=-1
    )
    if cut < 0:
        return token
    end = cut
    while end > token.core[1] and text[end - 1] == " ":
        end -= 1
    return replace(token, end=end, basis=replace(token.basis, tax=Tax.UNKNOWN))


def _moved(token: Token, back: Callable[[int], int]) -> Token:
    return replace(
        token,
        start=back(token.start),
        end=back(token.end),
        core=(back(token.core[0]), back(token.core[1])),
    )


def blockwise(lowered: str, folded: Folded, starts: list[int]) -> str:
    """The text with a line feed before each block, so that no phrase spans two blocks."""
    if len(starts) < 2:
        return lowered
    letters = list(lowered)
    for start in starts:
        at = start if folded.offsets is None else bisect_left(folded.offsets, start)
        if 0 < at <= len(letters) and letters[at - 1] == " ":
            letters[at - 1] = "\n"
    return "".join(letters)


def parted(lowered: str, folded: Folded, cuts: list[int]) -> tuple[str, Folded]:
    """The text with a line feed at each seam, so that a label glued to its value is a word."""
    if not cuts:
        return lowered, folded
    offsets = folded.offsets or tuple(range(len(lowered)))
    pieces: list[str] = []
    places: list[int] = []
    last = 0
    for cut in cuts:
        at = bisect_left(offsets, cut)
        if last < at < len(lowered):
            pieces.append(lowered[last:at])
            places.extend((*offsets[last:at], cut))
            last = at
    pieces.append(lowered[last:])
    places.extend(offsets[last:])
    text = "\n".join(pieces)
    return text, Folded(text, folded.base, tuple(places))

"""The tokens of a page, read a block at a time, in page offsets."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from auditor.extract.cues import Span
from auditor.page.model import Block, Page
from auditor.values.fold import Folded
from auditor.values.locale import Locale
from auditor.values.tokenizer import tokenize
from auditor.values.tokens import Kind, Token
from auditor.values.types import Tax

# A site says the same in menus, footers and labels on every page: pieces up to this long are read
# once, and this many of them are remembered.
_REPEATED = 240
_REMEMBERED = 8192
_LOCALES = 8


def page_tokens(page: Page, blocks: tuple[Block, ...], locale: Locale) -> tuple[Token, ...]:
    """Every typed value of the blocks, in order; none spans two blocks."""
    made: list[Token] = []
    cuts = seams_of(page)
    read = _reader(locale)
    for block in blocks:
        for start, end in _pieces(block, cuts):
            text = page.text[start:end]
            points = page.split_decimals and [
                s - start for s, e in page.split_decimals if start < s and e <= end
            ]
            if points:
                made += _with_points(text, start, points, locale)
            elif found := (read(text) if len(text) <= _REPEATED else _read(text, locale)):
                made += [_moved(token, start.__add__) for token in found]
    made.sort(key=lambda token: (token.start, token.end))
    return tuple(made)


def seams_of(page: Page) -> list[int]:
    """Where only markup parts a label from its value ("MOQ50"), so that no value spans it."""
    text = page.text
    starts = {span[0] for pair in page.pairs for span in (pair.label, pair.value)}
    return sorted(at for at in starts if at > 0 and not text[at - 1].isspace())


def _pieces(block: Block, cuts: list[int]) -> list[Span]:
    """The block, cut at its seams."""
    if not cuts:
        return [(block.start, block.end)]
    inner = cuts[bisect_right(cuts, block.start) : bisect_left(cuts, block.end)]
    return list(pairwise((block.start, *inner, block.end)))


def _with_points(text: str, start: int, points: list[int], locale: Locale) -> Iterable[Token]:
    """The tokens of a piece in page offsets; split decimals get their point for the parsing."""
    mark = locale.decimal or "."
    whole, last = "", 0
    for point in points:
        whole, last = whole + text[last:point] + mark, point
    whole += text[last:]

    def back(at: int) -> int:
        return at + start - sum(1 for n, point in enumerate(points) if point + n < at)

    return [_moved(token, back) for token in tokenize(whole, locale)]


def _read(text: str, locale: Locale) -> tuple[Token, ...]:
    return tuple([_kept(token, text) for token in tokenize(text, locale)])


@lru_cache(maxsize=_LOCALES)
def _reader(locale: Locale) -> Callable[[str], tuple[Token, ...]]:
    """What reads short pieces and remembers them, for the pages of one locale."""

    @lru_cache(maxsize=_REMEMBERED)
    def read(text: str) -> tuple[Token, ...]:
        return _read(text, locale)

    return read


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
    first, last = token.core
    return Token(
        token.kind,
        back(token.start),
        back(token.end),
        token.value,
        (back(first), back(last)),
        token.basis,
        token.bound,
        token.instant,
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

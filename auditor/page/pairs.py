"""Which text is the label of which value?

Rules, each measured on pages nobody wrote for it: definition lists, two-cell rows, "Label: value"
lines, bold labels in front of text, and two elements side by side whose class says what they are
or whose pattern repeats. A pair is evidence of layout only; what a label means is not asked here.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from auditor.page.frames import trim
from auditor.page.model import Pair

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.page.frames import Frame, Mark, Run, Walked
    from auditor.page.grid import Grid, Slot

MAX_LABEL = 60
"""Characters; labels of real spec tables stay below it, sentences do not."""

MAX_VALUE = 120
"""Characters of a value that only stands beside its label; longer ones are a section's text."""

Span = tuple[int, int]

_BOLD = frozenset(("b", "strong", "label"))
_COLON = re.compile(r"\s?[:：]\s*")
_LINE = re.compile(r"([^:：]{1,60}?)\s?[:：]\s+(?=\S)")
_SPLIT = re.compile(r" [|·•] ")
_LETTER = re.compile(r"[^\W\d_]")
_SENTENCE_END = (".", "!", "?", ";", ",")


def pairs(walked: Walked, grids: list[Grid]) -> tuple[Pair, ...]:
    """Every label with its value, in document order, each pair once."""
    found: dict[tuple[Span, Span], Pair] = {}
    for pair in _all(walked, grids):
        found.setdefault((pair.label, pair.value), pair)
    return tuple(sorted(found.values(), key=lambda pair: (pair.label, pair.value)))


def _all(walked: Walked, grids: list[Grid]) -> Iterator[Pair]:
    yield from _definitions(walked)
    for grid in grids:
        yield from _cells(walked, grid)
    yield from _lines(walked)
    yield from _siblings(walked)


def _pair(walked: Walked, label: Span, value: Span, kind: str, run: Run) -> Iterator[Pair]:
    """The pair, with the label's colon cut off; nothing where either side is empty or too long."""
    text = walked.text
    label = trim(text, *label)
    start, end = label
    while end > start and text[end - 1] in " :：":
        end -= 1
    value = trim(text, *value)
    if end <= start or value[1] <= value[0] or end - start > MAX_LABEL:
        return
    if not _LETTER.search(text, start, end):
        return
    yield Pair((start, end), value, kind, run.region, run.heading, run.owner.path())


def _definitions(walked: Walked) -> Iterator[Pair]:
    label: Frame | None = None
    for frame in walked.terms:
        if frame.tag == "dt":
            label = frame
        elif label is not None and _share_list(label, frame):
            left = walked.runs_span(label.first, label.last)
            right = walked.runs_span(frame.first, frame.last)
            if left and right:
                yield from _pair(walked, left, right, "dl", walked.runs[label.first])


def _share_list(term: Frame, value: Frame) -> bool:
    return _list_of(term) is _list_of(value)


def _list_of(frame: Frame) -> Frame:
    parent = frame.parent
    return parent if parent.tag == "dl" else parent.parent


def _cells(walked: Walked, grid: Grid) -> Iterator[Pair]:
    for index, row in enumerate(grid.rows):
        slots = [slot for slot in row if slot and slot.origin and slot.text]
        if grid.is_data:
            if grid.headers[index]:
                continue
            yield from _data_row(walked, grid, slots)
        elif len(slots) in (2, 4):
            for left, right in zip(slots[::2], slots[1::2], strict=True):
                if left.text.endswith((":", "：")) and _is_small(left):
                    yield from _slots(walked, left, right)


def _data_row(walked: Walked, grid: Grid, slots: list[Slot]) -> Iterator[Pair]:
    if any(grid.headers) and grid.n_columns != 2:
        return
    if grid.n_columns == 2 and len(slots) == 2:
        yield from _slots(walked, slots[0], slots[1])
        return
    for left, right in pairwise(slots):
        is_label = left.header or left.text.endswith((":", "："))
        if is_label and not right.header and not right.text.endswith((":", "：")):
            yield from _slots(walked, left, right)


def _is_small(slot: Slot) -> bool:
    return slot.raw.frame.last - slot.raw.frame.first == 1


def _slots(walked: Walked, left: Slot, right: Slot) -> Iterator[Pair]:
    run = walked.runs[left.raw.frame.first]
    yield from _pair(walked, left.span, right.span, "table", run)


def _lines(walked: Walked) -> Iterator[Pair]:
    inside = _inlines(walked)
    for index, run in enumerate(walked.runs):
        frames = inside.get(index)
        if frames:
            found = list(_labels(walked, run, frames))
            if found:
                yield from found
                continue
        if ":" in run.text or "：" in run.text:
            yield from _colons(walked, run)


def _inlines(walked: Walked) -> dict[int, list[tuple[Span, Mark]]]:
    """The outermost inline elements of each run, by run."""
    found: dict[int, list[tuple[Span, Mark]]] = {}
    n_runs = len(walked.runs)
    for frame in walked.inlines:
        if frame.first >= n_runs or frame.last > frame.first + 1:
            continue
        run = walked.runs[frame.first]
        start, end = trim(walked.text, frame.start, frame.end)
        if start >= end or start < run.start or end > run.end:
            continue
        if start == run.start and end == run.end:
            continue
        group = found.setdefault(frame.first, [])
        if not group or start >= group[-1][0][1]:
            group.append(((start, end), frame))
    return found


def _labels(walked: Walked, run: Run, frames: list[tuple[Span, Mark]]) -> Iterator[Pair]:
    text = walked.text
    starts = [
        (span, frame)
        for span, frame in frames
        if text[span[1] - 1] in ":：" or _COLON.match(text, span[1], run.end)
    ]
    starts = [item for item in starts if item[0][1] - item[0][0] <= MAX_LABEL]
    for index, (span, _) in enumerate(starts):
        colon = _COLON.match(text, span[1], run.end)
        begin = colon.end() if colon else span[1]
        end = starts[index + 1][0][0] if index + 1 < len(starts) else run.end
        yield from _pair(walked, span, (begin, end), "bold", run)
    if not starts:
        yield from _unmarked(walked, run, frames)


def _unmarked(walked: Walked, run: Run, frames: list[tuple[Span, Mark]]) -> Iterator[Pair]:
    """A bold label without a colon, or two elements that fill the line."""
    text = walked.text
    (start, end), first = frames[0]
    if start != run.start or text[end - 1] in _SENTENCE_END or end - start > MAX_LABEL:
        return
    rest = (end, run.end)
    if first.tag in _BOLD:
        if run.end - end <= 80 and not run.links:
            yield from _either(walked, (start, end), rest, "bold", run)
        return
    if len(frames) == 2 and frames[1][0][1] == run.end and not text[end : frames[1][0][0]].strip():
        if _named(first, frames[1][1]) or not _has_digit(text[start:end]):
            yield from _either(walked, (start, end), rest, "sibling", run)
    elif first.shape.is_label and run.end - end <= 120:
        yield from _pair(walked, (start, end), rest, "sibling", run)


def _either(walked: Walked, left: Span, right: Span, kind: str, run: Run) -> Iterator[Pair]:
    """The pair, turned round where the value stands first ("100 pcs" over "Minimum order")."""
    text = walked.text
    said = text[slice(*right)].strip()
    is_value = text[left[0]].isdigit() or text[left[0]] in "$€£¥₹<>≥±~"
    if is_value and len(said) <= 40 and not _has_digit(said):
        left, right = right, left
    yield from _pair(walked, left, right, kind, run)


def _colons(walked: Walked, run: Run) -> Iterator[Pair]:
    at = run.start
    parts = _SPLIT.split(run.text) if len(run.text) < 400 else [run.text]
    for part in parts:
        match = _LINE.match(part)
        if match and not part[: match.end(1)].endswith(_SENTENCE_END):
            label = (at, at + match.end(1))
            if not re.search(r"[.!?] ", match[1]):
                yield from _pair(walked, label, (at + match.end(), at + len(part)), "line", run)
        at += len(part) + 3


def _siblings(walked: Walked) -> Iterator[Pair]:
    repeated = _repeated(walked.rows)
    for frame in walked.rows:
        if frame.last - frame.first != 2:
            continue
        left, right = walked.runs[frame.first], walked.runs[frame.first + 1]
        if left.owner is frame and right.owner is frame:
            continue
        if left.owner.is_cell or right.owner.is_cell:
            continue
        named = _named(left.owner, right.owner) or right.owner.shape.is_label
        if not (named or id(frame) in repeated or left.text.endswith((":", "："))):
            continue
        yield from _row(walked, left, right)
    yield from _flat(walked)


def _row(walked: Walked, left: Run, right: Run) -> Iterator[Pair]:
    if len(left.text) > MAX_LABEL or left.text.endswith(_SENTENCE_END):
        return
    if len(right.text) > MAX_VALUE and not left.text.endswith((":", "：")):
        return
    swapped = _has_digit(left.text) and not _has_digit(right.text) and len(right.text) <= 40
    if swapped and not left.text.endswith((":", "：")) and right.owner.shape.is_label:
        left, right = right, left
    spans = (left.start, left.end), (right.start, right.end)
    yield from _pair(walked, *spans, "sibling", left)


def _flat(walked: Walked) -> Iterator[Pair]:
    """Label and value as siblings without a row of their own."""
    runs = walked.runs
    for index in range(len(runs) - 1):
        left, right = runs[index], runs[index + 1]
        if left.owner is right.owner or left.owner.parent is not right.owner.parent:
            continue
        ends = left.text.endswith((":", "："))
        if not ends and not (left.owner.shape.is_label and right.owner.shape.is_value):
            continue
        if not left.owner.is_cell and right.owner.tag not in ("ul", "ol", "table"):
            yield from _row(walked, left, right)


def _repeated(rows: list[Frame]) -> set[int]:
    groups: dict[tuple[int, str, str], list[int]] = {}
    for frame in rows:
        key = (id(frame.parent), frame.tag, frame.names)
        groups.setdefault(key, []).append(id(frame))
    return {one for group in groups.values() if len(group) > 1 for one in group}


def _named(left: Frame | Mark, right: Frame | Mark) -> bool:
    return left.tag == "label" or left.shape.is_label or right.shape.is_value


def _has_digit(text: str) -> bool:
    return any(c.isdigit() for c in text)

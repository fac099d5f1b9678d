"""Which runs belong to one repeated card or list item?"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditor.page.frames import Frame, Walked

MAX_CARD_RUNS = 60
"""More text than this is a section of the page, not a card of a listing."""


def containers(walked: Walked) -> list[int]:
    """A number for each run: the same for runs of one card or list item, 0 for runs of none.

    A card is one of at least two like siblings (tag and first class) with two runs or more and
    a link or heading in it; the smallest one wins. A list item outside any card counts as well.
    """
    numbers = [0] * len(walked.runs)
    levels = [0] * (len(walked.runs) + 1)
    for heading in walked.headings:
        levels[heading.first] = heading.level
    subjects = [heading.first for heading in walked.headings if heading.level == 1]
    items: list[Frame] = []
    number = 0
    for parent in walked.parents:
        for group in _groups(parent.children or []):
            items.extend(f for f in group if f.tag == "li" and f.last - f.first <= MAX_CARD_RUNS)
            cards = [frame for frame in group if _is_card(frame, levels)]
            if len(cards) < 2 or 2 * len(cards) < len(group) or _holds_subject(group, subjects):
                continue
            for frame in cards:
                number += 1
                _fill(numbers, frame, number)
        parent.children = None  # no reference circles: pages are freed at once
    for frame in items:
        number += 1
        _fill(numbers, frame, number)
    return numbers


def _groups(children: list[Frame]) -> list[list[Frame]]:
    found: dict[tuple[str, str], list[Frame]] = {}
    for frame in children:
        found.setdefault((frame.tag, frame.shape.group), []).append(frame)
    return [group for group in found.values() if len(group) > 1]


def _is_card(frame: Frame, levels: list[int]) -> bool:
    size = frame.last - frame.first
    if not 2 <= size <= MAX_CARD_RUNS:
        return False
    inside = levels[frame.first : frame.last]
    return frame.n_links > 0 or any(inside)


def _holds_subject(group: list[Frame], subjects: list[int]) -> bool:
    return any(
        bisect_left(subjects, frame.first) < bisect_left(subjects, frame.last) for frame in group
    )


def _fill(numbers: list[int], frame: Frame, number: int) -> None:
    for index in range(frame.first, frame.last):
        if not numbers[index]:
            numbers[index] = number

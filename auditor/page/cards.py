"""Which runs belong to one repeated card or list item?"""

from __future__ import annotations

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
    headed = [False] * (len(walked.runs) + 1)
    for heading in walked.headings:
        headed[heading.first] = True
    items: list[Frame] = []
    number = 0
    for parent in walked.parents:
        for group in _groups(parent.children or []):
            items.extend(frame for frame in group if frame.tag == "li")
            cards = [frame for frame in group if _is_card(frame, headed)]
            if len(cards) < 2:
                continue
            for frame in cards:
                number += 1
                _fill(numbers, frame, number)
    for frame in items:
        number += 1
        _fill(numbers, frame, number)
    return numbers


def _groups(children: list[Frame]) -> list[list[Frame]]:
    found: dict[tuple[str, str], list[Frame]] = {}
    for frame in children:
        names = "" if frame.tag in ("li", "article") else frame.attrs.get("class", "")
        first = names.split(None, 1)[0] if names.strip() else ""
        found.setdefault((frame.tag, first), []).append(frame)
    return [group for group in found.values() if len(group) > 1]


def _is_card(frame: Frame, headed: list[bool]) -> bool:
    size = frame.last - frame.first
    if not 2 <= size <= MAX_CARD_RUNS:
        return False
    return frame.n_links > 0 or any(headed[frame.first : frame.last])


def _fill(numbers: list[int], frame: Frame, number: int) -> None:
    for index in range(frame.first, frame.last):
        if not numbers[index]:
            numbers[index] = number

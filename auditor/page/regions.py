"""Which part of a page is this: its subject, or what every page carries around it?

Order of trust: what start tags say (``auditor.page.hints``), then headings ("Related products").
A hint never hides the page's only first-level heading.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from auditor.page.headings import MAX_HEADING, heading_region, may_hold_data
from auditor.page.model import Region
from auditor.values.own_words import NO_WORDS, OwnWords

if TYPE_CHECKING:
    from auditor.page.frames import Frame, RawTable, Walked

MAX_SECTION = 400
"""Runs that a heading-like line is followed for."""

_SUBJECT = frozenset(("html", "body", "main", "#document"))
_LIKE_HEADING = frozenset(("div", "p", "summary", "button", "legend", "center"))


def settle(walked: Walked, containers: list[int], own: OwnWords = NO_WORDS) -> None:
    """Give every run its final region: headings open regions, first-level headings undo hints.

    A short line of its own counts as a heading here even where it is a mere ``div`` or ``p``.
    """
    _free_subject(walked)
    _leave_main(walked)
    runs = walked.runs
    headings = {frame.first: index for index, frame in enumerate(walked.headings)}
    for table in walked.tables:
        caption = table.caption
        if caption is not None and caption.last - caption.first == 1:
            region = heading_region(runs[caption.first].text, own)
            if region is not None and not may_hold_data(runs[caption.first].text):
                _paint(walked, table.frame.first, table.frame.last, region)
    for at, run in enumerate(runs):
        if run.region is not Region.MAIN or len(run.text) > MAX_HEADING:
            continue
        index = headings.get(at, -1)
        if index >= 0:
            _settle_heading(walked, index, containers, own)
        elif not run.links and run.owner.tag in _LIKE_HEADING:
            region = heading_region(run.text, own)
            if region is not None and run.owner.last - run.owner.first == 1:
                _paint(walked, at, _line_end(walked, run.owner), region)


def _settle_heading(walked: Walked, index: int, containers: list[int], own: OwnWords) -> None:
    frame = walked.headings[index]
    region = heading_region(walked.heading_text(frame), own) if frame.level > 1 else None
    if region is None:
        return
    end = _section_end(walked, index, containers)
    _paint(walked, frame.first, end, region)
    _restore_heading(walked, index, end)


def _paint(walked: Walked, first: int, end: int, region: Region) -> None:
    runs = walked.runs
    at = bisect_left(walked.tables, first, key=_first_run)
    holds_table = at < len(walked.tables) and walked.tables[at].frame.first < end
    if holds_table and region is Region.RELATED and may_hold_data(runs[first].text):
        return
    for run in runs[first:end]:
        if run.region is Region.MAIN:
            run.region = region


def _first_run(table: RawTable) -> int:
    return table.frame.first


def _line_end(walked: Walked, line: Frame) -> int:
    """The run behind the section that a heading-like line opens: its holder's end, or the next
    line that looks the same."""
    holder = _holder(line)
    if holder.last > line.last:
        return holder.last
    limit = holder.parent.last
    look = (holder.tag, holder.names)
    for at in range(line.last, min(limit, line.last + MAX_SECTION)):
        owner = walked.runs[at].owner
        if owner.parent is holder.parent and (owner.tag, owner.names) == look:
            text = walked.runs[at].text
            if len(text) <= MAX_HEADING and not walked.runs[at].links:
                return at
    return limit


def _holder(frame: Frame) -> Frame:
    """The outermost element that begins with this heading."""
    holder = frame
    while holder.parent is not holder and holder.parent.first == frame.first:
        if holder.parent.tag in _SUBJECT:
            break
        holder = holder.parent
        if holder.last > frame.last:
            break
    return holder


def _free_subject(walked: Walked) -> None:
    """A region that holds the only first-level heading is the subject after all."""
    firsts = [h for h in walked.headings if h.level == 1 and h.last > h.first]
    if len(firsts) != 1:
        return
    heading = firsts[0]
    holders = [f for f in walked.regions if f.first <= heading.first and heading.last <= f.last]
    for frame in holders:
        wide = frame.region in (Region.RELATED, Region.REVIEWS, Region.COMMENTS, Region.ASIDE)
        last = frame.last if wide or frame.region is Region.NAV else heading.last
        first = frame.first if wide or frame.region is Region.NAV else heading.first
        for run in walked.runs[first:last]:
            if run.region is frame.region:
                run.region = Region.MAIN


def _leave_main(walked: Walked) -> None:
    """What stands outside of a page's one ``main`` is not its subject, if its title stands inside.

    Source: https://html.spec.whatwg.org/multipage/grouping-content.html#the-main-element.
    """
    if len(walked.mains) != 1 or not walked.headings:
        return
    main = walked.mains[0]
    top = min(walked.headings, key=lambda h: h.level)
    if not (main.first <= top.first and top.last <= main.last):
        return
    if any(h.level == top.level and h.first >= main.last for h in walked.headings):
        return
    for at, run in enumerate(walked.runs):
        if run.region is Region.MAIN and not main.first <= at < main.last:
            run.region = Region.ASIDE


def _section_end(walked: Walked, index: int, containers: list[int]) -> int:
    """The run behind the section that a heading opens."""
    heading = walked.headings[index]
    holder = _holder(heading)
    if holder.last > heading.last:
        return holder.last
    limit = holder.parent.last
    for number in range(index + 1, len(walked.headings)):
        later = walked.headings[number]
        if later.first >= limit:
            break
        if later.level <= heading.level and not containers[later.first]:
            return later.first
    return limit


def _restore_heading(walked: Walked, index: int, end: int) -> None:
    """Behind the section the heading before it governs again."""
    before = (
        walked.runs[walked.headings[index].first - 1].heading
        if walked.headings[index].first
        else -1
    )
    inner = {index}
    for later in range(index + 1, len(walked.headings)):
        if walked.headings[later].first >= end:
            break
        inner.add(later)
    for at in range(end, len(walked.runs)):
        if walked.runs[at].heading not in inner:
            break
        walked.runs[at].heading = before

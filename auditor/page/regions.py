"""Which part of a page is this: its subject, or what every page carries around it?

Order of trust: what start tags say (``auditor.page.hints``), then headings ("Related products").
A hint never hides the page's only first-level heading.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from auditor.page.model import Region

if TYPE_CHECKING:
    from auditor.page.frames import Frame, Run, Walked

MAX_HEADING = 80
"""Characters; a longer line is text, not a heading."""

_SUBJECT = frozenset(("html", "body", "main", "#document"))
_LIKE_HEADING = frozenset(("div", "p", "summary", "button", "legend", "center"))

_RELATED_HEADING = re.compile(
    r"(?:related|similar) (?:[\w&-]+ ){0,3}(?:products?|items?|parts?|articles?|accessories)"
    r"|(?:you|customers?) (?:may|might|will) also (?:like|need|be interested.*)|also bought"
    r"|customers? (?:who|also) .*|people also .*|others? also .*|(?:frequently|often) bought .*"
    r"|recommended (?:for you|products?|accessories)|recently viewed.*|more from .*"
    r"|(?:matching |suitable )?accessories|works? (?:well )?with|goes (?:well )?with|complete the .*"
    r"|our recommendations?|we (?:also )?recommend|alternatives?|alternative products?"
    r"|ähnliche (?:produkte|artikel)|verwandte (?:produkte|artikel)|passende[sr]? .*|(?:passendes )?zubehör"
    r"|das könnte (?:sie|ihnen|dich|dir) auch .*|kunden (?:kauften|haben|bestellten) (?:auch|sich|ebenfalls).*"
    r"|kunden,? die .*|wird oft zusammen gekauft|zuletzt (?:angesehen|gesehen)|weitere (?:produkte|artikel).*"
    r"|unsere empfehlungen?|empfohlene (?:produkte|artikel)|alternativ(?:e |-)?(?:produkte|artikel)"
    r"|produits (?:similaires|associés|apparentés|complémentaires|connexes)|vous aimerez (?:aussi|peut-être).*"
    r"|vous (?:pourriez|aimerez) (?:aussi|également) .*|les clients .*|dans la même catégorie.*"
    r"|\d+ autres produits .*|accessoires|récemment consultés|nos recommandations"
    r"|productos (?:relacionados|similares)|también te (?:puede|podría) .*|te puede interesar.*"
    r"|los clientes .*|accesorios|vistos recientemente|artículos relacionados"
    r"|prodotti (?:correlati|simili|consigliati)|potrebbe(?:ro)? (?:anche )?interessar.*"
    r"|ti potrebbe(?:ro)? .*|i clienti .*|accessori|visti di recente"
    r"|gerelateerde (?:producten|artikelen)|vergelijkbare (?:producten|artikelen)"
    r"|anderen (?:kochten|bekeken) .*|klanten (?:kochten|bekeken) .*|misschien (?:vind|ook) .*"
    r"|bijpassende .*|recent bekeken|aanbevolen .*"
)
_REVIEW_HEADING = re.compile(
    r"(?:customer |product |user |verified )*(?:reviews?|ratings?(?: (?:and|&) reviews?)?|testimonials?)"
    r"(?: \(?\d+\)?)?|what (?:our )?customers say.*|\d+ (?:customer )?reviews?"
    r"|(?:kunden|produkt)?(?:bewertungen|rezensionen|meinungen|stimmen)(?: \(?\d+\)?)?|\d+ bewertungen"
    r"|das sagen unsere kunden.*"
    r"|(?:les )?(?:avis|commentaires|témoignages)(?: (?:des |de nos )?clients?)?(?: \(?\d+\)?)?|évaluations.*"
    r"|(?:opiniones|reseñas|valoraciones)(?: de (?:los )?clientes)?(?: \(?\d+\)?)?"
    r"|(?:recensioni|opinioni|valutazioni)(?: dei clienti)?(?: \(?\d+\)?)?"
    r"|(?:klant)?(?:beoordelingen|reviews|ervaringen|recensies)(?: \(?\d+\)?)?"
)
_COMMENT_HEADING = re.compile(
    r"(?:\d+ )?(?:comments?|kommentare?|commentaires?|comentarios?|commenti|reacties)(?: \(?\d+\)?)?"
    r"|leave a (?:reply|comment)|(?:\d+ )?(?:responses?|thoughts) (?:to|on) .*"
)


@lru_cache(maxsize=16384)
def heading_region(text: str) -> Region | None:
    """The region a heading opens, None where it is a heading like any other.

    >>> heading_region("Das könnte Sie auch interessieren"), heading_region("Customer reviews (12)")
    (<Region.RELATED: 'related'>, <Region.REVIEWS: 'reviews'>)
    >>> heading_region("Technical data") is None
    True
    """
    if len(text) > MAX_HEADING:
        return None
    plain = text.lower().strip(" :.…!?›»>*")
    if _RELATED_HEADING.fullmatch(plain):
        return Region.RELATED
    if _REVIEW_HEADING.fullmatch(plain):
        return Region.REVIEWS
    if _COMMENT_HEADING.fullmatch(plain):
        return Region.COMMENTS
    return None


def settle(walked: Walked, containers: list[int]) -> None:
    """Give every run its final region: headings open regions, first-level headings undo hints.

    A short line of its own counts as a heading here even where it is a mere ``div`` or ``p``.
    """
    _free_subject(walked)
    runs = walked.runs
    headings = {frame.first: index for index, frame in enumerate(walked.headings)}
    for at, run in enumerate(runs):
        if run.region is not Region.MAIN or len(run.text) > MAX_HEADING:
            continue
        index = headings.get(at, -1)
        if index >= 0:
            _settle_heading(walked, index, containers)
        elif not run.targets and run.owner.tag in _LIKE_HEADING:
            region = heading_region(run.text)
            if region is not None and run.owner.last - run.owner.first == 1:
                _paint(runs, at, _line_end(walked, run.owner), region)


def _settle_heading(walked: Walked, index: int, containers: list[int]) -> None:
    frame = walked.headings[index]
    region = heading_region(walked.heading_text(frame)) if frame.level > 1 else None
    if region is None:
        return
    end = _section_end(walked, index, containers)
    _paint(walked.runs, frame.first, end, region)
    _restore_heading(walked, index, end)


def _paint(runs: list[Run], first: int, end: int, region: Region) -> None:
    for run in runs[first:end]:
        if run.region is Region.MAIN:
            run.region = region


def _line_end(walked: Walked, line: Frame) -> int:
    """The run behind the section that a heading-like line opens: its holder's end, or the next
    line that looks the same."""
    holder = _holder(line)
    if holder.last > line.last:
        return holder.last
    limit = holder.parent.last
    look = (holder.tag, holder.names)
    for later in walked.runs[line.last : limit]:
        owner = later.owner
        if (owner.tag, owner.names) == look and owner.parent is holder.parent:
            if len(later.text) <= MAX_HEADING and not later.targets:
                return walked.runs.index(later, line.last, limit)
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


def _section_end(walked: Walked, index: int, containers: list[int]) -> int:
    """The run behind the section that a heading opens."""
    heading = walked.headings[index]
    holder = _holder(heading)
    if holder.last > heading.last:
        return holder.last
    limit = holder.parent.last
    for later in walked.headings[index + 1 :]:
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
    for run in walked.runs[end:]:
        if run.heading not in inner:
            break
        run.heading = before

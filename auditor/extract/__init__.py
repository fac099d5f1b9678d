"""Extraction: a page in, statements out. One extractor a file; add one here or by entry point."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from importlib.metadata import entry_points

from auditor.errors import AuditorError
from auditor.extract.availability import AvailabilityExtractor
from auditor.extract.hints import HintExtractor
from auditor.extract.interface import Context, Extractor
from auditor.extract.lead_time import LeadTimeExtractor
from auditor.extract.min_order_value import MinOrderValueExtractor
from auditor.extract.moq import MoqExtractor
from auditor.extract.offer import OfferExtractor
from auditor.extract.order_multiple import OrderMultipleExtractor
from auditor.extract.pack_size import PackSizeExtractor
from auditor.extract.policy import PolicyExtractor
from auditor.extract.price import PriceExtractor
from auditor.extract.reading import Reading, read
from auditor.extract.spec import SpecExtractor
from auditor.extract.status import StatusExtractor
from auditor.extract.structured import StructuredExtractor
from auditor.model import Candidate, Skipped
from auditor.page.model import Page

__all__ = [
    "BUILT_IN",
    "Context",
    "Extractor",
    "Reading",
    "extract",
    "load_extractors",
    "read",
]

_JUST_BEFORE = 4
BUILT_IN: Mapping[str, Extractor] = {
    extractor.name: extractor
    for extractor in (
        PriceExtractor(),
        MoqExtractor(),
        OrderMultipleExtractor(),
        PackSizeExtractor(),
        MinOrderValueExtractor(),
        LeadTimeExtractor(),
        AvailabilityExtractor(),
        StatusExtractor(),
        SpecExtractor(),
        OfferExtractor(),
        PolicyExtractor(),
        StructuredExtractor(),
        HintExtractor(),
    )
}
"""The extractors that always run, in this order."""


def extract(
    page: Page, context: Context, extractors: Mapping[str, Extractor] = BUILT_IN
) -> tuple[list[Candidate], list[Skipped]]:
    """Everything the extractors read on a page, and what they saw but could not use.

    Pure and deterministic; both lists are in the order of the extractors, then of the page.
    """
    reading = read(page, context)
    candidates: list[Candidate] = []
    skipped: list[Skipped] = []
    for extractor in extractors.values():
        for found in extractor.extract(reading, context):
            if isinstance(found, Candidate):
                candidates.append(found)
            else:
                skipped.append(found)
    return _without_known(candidates), skipped


def _without_known(candidates: list[Candidate]) -> list[Candidate]:
    """The candidates without hints at numbers that another statement is made of."""
    if not any(candidate.hint for candidate in candidates):
        return candidates
    stated = [(c.locator.start, c.locator.end) for c in candidates if c.visible and not c.hint]
    ends = sorted(stated)
    starts = [start for start, _ in ends]
    return [
        c
        for c in candidates
        if not c.hint or not _is_inside(c.locator.start, c.locator.end, starts, ends)
    ]


def _is_inside(start: int, end: int, starts: list[int], spans: list[tuple[int, int]]) -> bool:
    """Whether [start, end) shares characters with one of the few spans that begin just before."""
    at = bisect_right(starts, end - 1)
    return any(last > start for _, last in spans[max(0, at - _JUST_BEFORE) : at])


def load_extractors(names: Iterable[str]) -> dict[str, Extractor]:
    """The built-in extractors and the third-party ones that the configuration names.

    Third parties register under the entry point group ``sellby.extractors``; nothing is loaded
    that is not named. Raises AuditorError for a name that nothing provides.
    """
    chosen = dict(BUILT_IN)
    offered = {point.name: point for point in entry_points(group="sellby.extractors")}
    for name in names:
        if name in chosen:
            continue
        if name not in offered:
            known = ", ".join(sorted(offered)) or "none installed"
            raise AuditorError(f"no extractor named {name!r}; installed plug-ins: {known}")
        made = offered[name].load()
        chosen[name] = made() if isinstance(made, type) else made
    return chosen

"""Candidates and refusals made from spans of a page: the one place that fills their fields."""

from __future__ import annotations

from auditor.extract.cues import Span
from auditor.extract.reading import Place, Reading
from auditor.model import Attribute, Candidate, Locator, Method, Reason, Role, Skipped
from auditor.page.model import Region
from auditor.values.types import Basis, Value

# What stands outside the main text may be furniture: less sure, never silent.
_DOUBT = {
    Region.NAV: 0.3,
    Region.HEADER: 0.5,
    Region.FOOTER: 0.5,
    Region.ASIDE: 0.5,
    Region.RELATED: 0.6,
}
_SURE = {Method.TABLE: 0.95, Method.PAIR: 0.95, Method.PROSE: 0.85}


def candidate(  # noqa: PLR0913 - the fields of a record, named at every call
    reading: Reading,
    place: Place,
    attribute: Attribute,
    value: Value,
    span: Span,
    *,
    key: str = "",
    role: Role = Role.NONE,
    basis: Basis | None = None,
    label: Span | None = None,
    tentative: bool = False,
) -> Candidate:
    """A visible candidate whose quote is ``span``; labels, scope and region come from ``place``."""
    method = _method(place)
    labels = (label,) if label else place.labels
    return Candidate(
        attribute=attribute,
        key=key,
        role=role,
        value=value,
        basis=basis or Basis(),
        quote=reading.page.text[slice(*span)],
        locator=Locator(span[0], span[1], place.block.path),
        method=method,
        visible=True,
        confidence=_SURE[method] * _DOUBT.get(place.block.region, 1.0),
        scope=reading.scope(place),
        label=" / ".join(reading.plain(*each) for each in labels),
        region=place.block.region.value,
        tentative=tentative,
    )


def refused(
    reading: Reading, reason: Reason, span: Span, attribute: Attribute, note: str = ""
) -> Skipped:
    """Something seen at ``span`` that is no statement about today's product."""
    index = reading.block_at(span[0])
    path = reading.blocks[index].path if index >= 0 else ""
    quote = reading.page.text[slice(*span)]
    return Skipped(reason, quote, Locator(span[0], span[1], path), attribute, note=note)


def trimmed(reading: Reading, start: int, end: int) -> Span:
    """The span without blanks and separators at its ends."""
    text = reading.page.text
    while start < end and text[start] in " ,;:·•|–—-(":
        start += 1
    while end > start and text[end - 1] in " ,;:·•|–—-.(":
        end -= 1
    return start, end


def _method(place: Place) -> Method:
    if place.block.cell is not None:
        return Method.TABLE
    return Method.PAIR if place.labels else Method.PROSE

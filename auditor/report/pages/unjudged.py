"""What could not be judged, and why; what was noticed beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditor.plain import web_link
from auditor.report.counts import coverage
from auditor.report.material import Material
from auditor.report.page import Page
from auditor.report.view import ReasonRow, RemarkRow
from auditor.report.wording import reason_meaning
from auditor.store import ReasonCount

EXAMPLES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class UnjudgedView:
    """``coverage`` is the share of the facts met that could be judged, in words."""

    coverage: str
    remarks: tuple[RemarkRow, ...]
    not_judged: tuple[ReasonRow, ...]
    skipped: tuple[ReasonRow, ...]


def _view(material: Material, _id: str) -> UnjudgedView:
    audits = material.store.audits
    return UnjudgedView(
        coverage=coverage(material),
        remarks=tuple(
            RemarkRow(
                kind=r.kind.replace("_", " "),
                subject=r.subject,
                count=r.count,
                message=r.message,
                examples=tuple((url, web_link(url), sku, text) for url, sku, text in r.examples),
            )
            for r in material.store.overview.remarks()
        ),
        not_judged=_reasons(audits.not_judged(EXAMPLES_SHOWN)),
        skipped=_reasons(audits.skipped(EXAMPLES_SHOWN)),
    )


def _reasons(counts: Sequence[ReasonCount]) -> tuple[ReasonRow, ...]:
    return tuple(
        ReasonRow(
            reason=row.reason.replace("_", " "),
            meaning=reason_meaning(row.reason),
            count=row.count,
            examples=tuple((url, web_link(url), sku, quote) for _, url, sku, quote in row.examples),
        )
        for row in counts
    )


UNJUDGED = Page("unjudged", _view, "Not judged")

"""What will become wrong soon: the preview of scheduled truths, owner by owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from auditor.compare.words import attribute_name
from auditor.forecast import ahead
from auditor.impact import Coming, Effect, Notice, notices
from auditor.plain import web_link
from auditor.report.material import Material
from auditor.report.page import Page

DAYS_AHEAD = 30
DAY = len("2026-12-01")


@dataclass(frozen=True, slots=True)
class ComingRow:
    """One statement that is true today and will not be, or the other way round."""

    wrong_from: str
    lead_days: int
    opens_from: str
    effect: str
    sku: str
    product: str
    group: str
    owner: str
    attribute: str
    key: str
    fact: str
    claimed: str
    expected: str
    kind: str
    source: str
    url: str
    link: str | None
    priority: str


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """How much one owner has to prepare, and by when."""

    owner: str
    first: str
    lead_days: int
    statements: int
    pages: int


@dataclass(frozen=True, slots=True)
class ComingView:
    """What a run at ``until`` would find changed, most urgent first."""

    days: int
    until: str
    coming: tuple[ComingRow, ...]
    owners: tuple[NoticeRow, ...]


def _view(material: Material, _id: str) -> ComingView:
    at = material.now + timedelta(days=DAYS_AHEAD)
    found = ahead(material.config, material.snapshots, material.store, at=at)
    owners = notices(found.coming, material.now, timedelta(days=DAYS_AHEAD))
    return ComingView(
        days=DAYS_AHEAD,
        until=material.clock(at),
        coming=tuple(_row(material, one) for one in found.coming),
        owners=tuple(_notice(material, notice) for notice in owners),
    )


def _row(material: Material, one: Coming) -> ComingRow:
    j = one.finding.judgement
    return ComingRow(
        wrong_from=material.clock(one.wrong_from)[:DAY],
        lead_days=one.lead_days(material.local_now),
        opens_from=material.clock(one.opens_from)[:DAY],
        effect="" if one.effect is Effect.BREAKS else one.effect.meaning,
        sku=j.sku,
        product=one.finding.product,
        group=one.finding.group,
        owner=one.finding.owner,
        attribute=j.attribute.replace("_", " "),
        key=j.key,
        fact=attribute_name(j.attribute, j.key),
        claimed=j.claimed.replace("_", " "),
        expected=j.expected.replace("_", " "),
        kind=one.kind,
        source=j.source,
        url=j.url,
        link=web_link(j.url),
        priority=f"{one.finding.priority:.1f}",
    )


def _notice(material: Material, notice: Notice) -> NoticeRow:
    return NoticeRow(
        owner=notice.owner,
        first=material.clock(notice.first)[:DAY],
        lead_days=notice.items[0].lead_days(material.local_now),
        statements=len(notice.items),
        pages=notice.pages,
    )


COMING = Page("coming", _view, "Coming")

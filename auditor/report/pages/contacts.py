"""Which stale facts stand behind which tickets and calls."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.compare.words import attribute_name
from auditor.contacts import Link, Toll, by_finding, toll
from auditor.model import Finding
from auditor.report.material import Material
from auditor.report.page import Page
from auditor.report.wording import percent
from auditor.store import Filter

FINDINGS_SHOWN = 500


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One finding and what contacts it stands behind cost."""

    id: str
    href: str
    state: str
    sku: str
    product: str
    attribute: str
    key: str
    fact: str
    claimed: str
    expected: str
    source: str
    url: str
    owner: str
    contacts: int
    repeats: int
    minutes: float


@dataclass(frozen=True, slots=True)
class ContactsView:
    """All contacts, those with a stale fact behind them, and the findings they go back to.

    ``sure`` is how many of them ask about the very kind of fact that is wrong.
    """

    contacts: int
    explained: int
    share: str
    sure: int
    repeats: int
    explained_repeats: int
    minutes: float
    explained_minutes: float
    unplaced: int
    unmeasured: int
    findings: tuple[ContactRow, ...]


def _view(material: Material, _id: str) -> ContactsView:
    found = material.costs.behind
    every, explained = toll(found, explained=False), toll(found)
    tolls = by_finding(found)
    rows = [
        (finding, tolls[finding.fingerprint])
        for finding in (material.store.findings.matching(Filter(every_state=True)) if found else ())
        if finding.fingerprint in tolls
    ]
    rows.sort(key=lambda pair: (-pair[1].contacts, -pair[1].minutes, -pair[0].priority))
    return ContactsView(
        contacts=every.contacts,
        explained=explained.contacts,
        share=percent(explained.contacts, every.contacts),
        sure=sum(any(link is Link.FACT for _key, link in one.findings) for one in found),
        repeats=every.repeats,
        explained_repeats=explained.repeats,
        minutes=float(every.minutes),
        explained_minutes=float(explained.minutes),
        unplaced=sum(not one.told.sku for one in found),
        unmeasured=every.unmeasured,
        findings=tuple(_row(material, *pair) for pair in rows[:FINDINGS_SHOWN]),
    )


def _row(material: Material, finding: Finding, cost: Toll) -> ContactRow:
    j = finding.judgement
    return ContactRow(
        id=finding.id,
        href=material.href_of(finding),
        state=finding.state.replace("_", " "),
        sku=j.sku,
        product=finding.product,
        attribute=j.attribute.replace("_", " "),
        key=j.key,
        fact=attribute_name(j.attribute, j.key),
        claimed=j.claimed.replace("_", " "),
        expected=j.expected.replace("_", " "),
        source=j.source,
        url=j.url,
        owner=finding.owner,
        contacts=cost.contacts,
        repeats=cost.repeats,
        minutes=round(float(cost.minutes), 1),
    )


CONTACTS = Page("contacts", _view, "Contacts")

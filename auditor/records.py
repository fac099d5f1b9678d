"""Findings and tasks as data, for programs: what `--format json` prints and the server answers.

Keys are a public contract: only ever added to.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from auditor.decide import revision
from auditor.model import (
    Attribute,
    Cause,
    Claim,
    Diagnosis,
    Finding,
    Judgement,
    Locator,
    Method,
    Role,
    State,
    Truth,
    Verdict,
)
from auditor.plain import instant
from auditor.tasks import task_id
from auditor.values.types import Basis, Word

if TYPE_CHECKING:
    from auditor.contacts import Toll
    from auditor.costs import Cost
    from auditor.exposure import Counted, Exposure
    from auditor.store.overview import Beside
    from auditor.tasks import Task

# The keys of `findings --format json`: a public contract, only ever added to.
COLUMNS = (
    "id", "fingerprint", "state", "verdict", "diagnosis", "sku", "product", "group", "owner",
    "source", "url", "attribute", "key", "role", "claimed", "expected", "unit", "quote", "note",
    "replacement", "stale_since", "versions_behind", "first_seen", "last_seen", "observed_at",
    "waived_until", "closed_at", "priority", "task", "task_id", "cause", "method",
    "confidence", "three_way", "truth", "exposure", "contacts", "revision", "place",
)  # fmt: skip


def record(
    finding: Finding, beside: Beside | None = None, cost: Cost | None = None
) -> dict[str, object]:
    """A finding as data: the keys are ``COLUMNS``.

    ``beside`` is its fact's cross-check, ``cost`` what it exposed customers to and caused.
    """
    j = finding.judgement
    truth = j.truth
    return {
        "id": finding.id,
        "fingerprint": finding.fingerprint,
        "state": str(finding.state),
        "verdict": str(j.verdict),
        "diagnosis": str(j.diagnosis),
        "sku": j.sku,
        "product": finding.product,
        "group": finding.group,
        "owner": finding.owner,
        "source": j.source,
        "url": j.url,
        "attribute": str(j.attribute),
        "key": j.key,
        "role": str(j.role),
        "claimed": j.claimed,
        "expected": j.expected,
        "unit": j.unit,
        "quote": j.quote,
        "place": j.locator.place,
        "note": j.note,
        "replacement": j.replacement,
        "stale_since": instant(j.stale_since),
        "versions_behind": j.versions_behind,
        "first_seen": instant(finding.first_seen),
        "last_seen": instant(finding.last_seen),
        "observed_at": instant(finding.observed_at),
        "waived_until": instant(finding.waived_until),
        "closed_at": instant(finding.closed_at),
        "priority": round(finding.priority, 1),
        "task": finding.task,
        "task_id": task_id(finding.task),
        "cause": str(finding.cause),
        "method": str(j.claim.method) if j.claim else "",
        "confidence": j.claim.confidence if j.claim else None,
        "three_way": None
        if beside is None
        else {
            "standing": beside.standing,
            "website": beside.website,
            "website_url": beside.website_url,
            "kms": beside.kms,
            "kms_url": beside.kms_url,
            "note": beside.note,
        },
        "truth": {
            "feed": truth.feed if truth else "",
            "row": truth.row if truth else "",
            "valid_from": instant(truth.valid_from) if truth else None,
        },
        "exposure": exposed(cost.exposure) if cost is not None else None,
        "contacts": tolled(cost.toll) if cost is not None else None,
        "revision": revision(finding),
    }


def exposed(exposure: Exposure) -> dict[str, object]:
    """An exposure as data, each figure with its formula; None where it cannot be counted."""
    return {
        "days_wrong": round(exposure.days, 1),
        "views_wrong": _figure(exposure.views),
        "order_lines_wrong": _figure(exposure.order_lines),
        "error_percent": exposure.error,
        "formulas": dict(exposure.formulas),
    }


def tolled(toll: Toll) -> dict[str, object]:
    """What contacts cost, as data."""
    return {
        "count": toll.contacts,
        "repeats": toll.repeats,
        "minutes": round(float(toll.minutes), 1),
        "unmeasured": toll.unmeasured,
    }


def _figure(counted: Counted | None) -> dict[str, object] | None:
    if counted is None:
        return None
    return {
        "count": round(counted.count),
        "days_counted": counted.covered,
        "days": counted.days,
        "estimated": counted.estimated,
    }


def task_record(task: Task) -> dict[str, object]:
    """A task as data, without its findings."""
    return {
        "id": task.id,
        "task": task.name,
        "cause": str(task.cause),
        "fix": task.fix,
        "priority": round(task.priority, 1),
        "pages": list(task.pages),
        "products": list(task.products),
        "owners": list(task.owners),
    }


def finding_of(row: dict[str, Any]) -> Finding:
    """The finding that ``record`` made ``row`` of, as far as that says; types checked.

    Raises ValueError, KeyError or TypeError where it is no such record.
    """
    truth = row["truth"]
    known = Truth(
        sku=str(row["sku"]),
        attribute=Attribute(row["attribute"]),
        key=str(row["key"]),
        value=Word(row["expected"], row["expected"]),
        valid_from=_instant(truth["valid_from"]),
        feed=str(truth["feed"]),
        row=str(truth["row"]),
    )
    judgement = Judgement(
        source=str(row["source"]),
        url=str(row["url"]),
        sku=str(row["sku"]),
        attribute=Attribute(row["attribute"]),
        key=str(row["key"]),
        role=str(row["role"]),
        verdict=Verdict(row["verdict"]),
        diagnosis=Diagnosis(row["diagnosis"]),
        claim=_claim(row) if row["method"] else None,
        truth=known if known.feed or known.row else None,
        claimed=str(row["claimed"]),
        expected=str(row["expected"]),
        unit=str(row["unit"]),
        note=str(row["note"]),
        quote=str(row["quote"]),
        stale_since=_instant(row["stale_since"]),
        versions_behind=row["versions_behind"],
        replacement=str(row["replacement"]),
    )
    first, last = _instant(row["first_seen"]), _instant(row["last_seen"])
    if first is None or last is None:
        raise ValueError("a finding was seen at some time")
    return Finding(
        id=str(row["id"]),
        fingerprint=str(row["fingerprint"]),
        judgement=judgement,
        state=State(row["state"]),
        first_seen=first,
        last_seen=last,
        product=str(row["product"]),
        group=str(row["group"]),
        owner=str(row["owner"]),
        priority=float(row["priority"]),
        task=str(row["task"]),
        observed_at=_instant(row["observed_at"]),
        waived_until=_instant(row["waived_until"]),
        closed_at=_instant(row["closed_at"]),
        cause=Cause(row["cause"]),
        snapshot=str(row.get("snapshot", "")),
        priority_parts=tuple(
            (str(part["factor"]), str(part["shown"]), float(part["value"]))
            for part in row.get("priority_parts", ())
        ),
    )


def _claim(row: dict[str, Any]) -> Claim:
    method = Method(row["method"])
    return Claim(
        source=str(row["source"]),
        url=str(row["url"]),
        sku=str(row["sku"]),
        attribute=Attribute(row["attribute"]),
        key=str(row["key"]),
        role=Role(row["role"]) if row["role"] in set(Role) else Role.NONE,
        value=Word(row["claimed"], row["claimed"]),
        basis=Basis(),
        quote=str(row["quote"]),
        locator=Locator(-1, -1),
        method=method,
        visible=method in (Method.TABLE, Method.PAIR, Method.PROSE, Method.PROFILE),
        confidence=float(row["confidence"] or 0),
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def plain(value: object) -> object:
    """``value`` as JSON knows it: instants and decimals as text. Raises TypeError."""
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"{type(value).__name__} is no JSON")

"""Findings and decisions as rows of their tables, and back.

A stored finding keeps the canonical text of both values, not their types: the claim and the
truth that come back with it hold that text as a ``Word``.
"""

from __future__ import annotations

import json
from typing import Any

from auditor.model import (
    Attribute,
    Before,
    Cause,
    Claim,
    Decision,
    DecisionKind,
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
from auditor.store.instants import from_text, instant, to_text
from auditor.tasks import task_id
from auditor.values.types import Basis, Word

_MARKUP = frozenset({Method.JSON_LD, Method.MICRODATA, Method.RDFA, Method.OPEN_GRAPH})

COLUMNS = (
    "fingerprint", "id", "source", "url", "sku", "attribute", "key", "role", "verdict",
    "diagnosis", "claimed", "expected", "unit", "quote", "quote_start", "quote_end", "path",
    "method", "confidence", "note", "replacement", "stale_since", "versions_behind", "truth_feed",
    "truth_row", "truth_valid_from", "product", "product_group", "owner", "state", "priority",
    "priority_parts", "task", "task_id", "cause", "snapshot", "observed_at", "waived_until",
    "first_seen", "last_seen", "closed_at",
)  # fmt: skip

UPSERT = (
    f"insert into finding ({', '.join(COLUMNS)}) values ({', '.join('?' * len(COLUMNS))}) "
    "on conflict (fingerprint) do update set "
    + ", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name != "fingerprint")
)


def row_of(finding: Finding) -> tuple[object, ...]:
    """A finding as the values of ``COLUMNS``."""
    j, claim, truth = finding.judgement, finding.judgement.claim, finding.judgement.truth
    return (
        finding.fingerprint,
        finding.id,
        j.source,
        j.url,
        j.sku,
        j.attribute,
        j.key,
        j.role,
        j.verdict,
        j.diagnosis,
        j.claimed,
        j.expected,
        j.unit,
        j.quote,
        j.locator.start,
        j.locator.end,
        j.locator.path,
        claim.method if claim else "",
        claim.confidence if claim else 1.0,
        j.note,
        j.replacement,
        to_text(j.stale_since),
        j.versions_behind,
        truth.feed if truth else "",
        truth.row if truth else "",
        to_text(truth.valid_from) if truth else None,
        finding.product,
        finding.group,
        finding.owner,
        finding.state,
        finding.priority,
        json.dumps(finding.priority_parts, ensure_ascii=False),
        finding.task,
        task_id(finding.task),
        finding.cause,
        finding.snapshot,
        to_text(finding.observed_at),
        to_text(finding.waived_until),
        to_text(finding.first_seen),
        to_text(finding.last_seen),
        to_text(finding.closed_at),
    )


def finding_of(row: dict[str, Any]) -> Finding:
    """The finding of a row."""
    return Finding(
        id=row["id"],
        fingerprint=row["fingerprint"],
        judgement=_judgement(row),
        state=State(row["state"]),
        first_seen=instant(row["first_seen"]),
        last_seen=instant(row["last_seen"]),
        product=row["product"],
        group=row["product_group"],
        owner=row["owner"],
        priority=row["priority"],
        priority_parts=tuple(
            (str(name), str(shown), float(value))
            for name, shown, value in json.loads(row["priority_parts"])
        ),
        task=row["task"],
        cause=Cause(row["cause"]),
        snapshot=row["snapshot"],
        observed_at=from_text(row["observed_at"]),
        waived_until=from_text(row["waived_until"]),
        closed_at=from_text(row["closed_at"]),
    )


def _judgement(row: dict[str, Any]) -> Judgement:
    locator = Locator(row["quote_start"], row["quote_end"], row["path"])
    return Judgement(
        source=row["source"],
        url=row["url"],
        sku=row["sku"],
        attribute=Attribute(row["attribute"]),
        key=row["key"],
        role=row["role"],
        verdict=Verdict(row["verdict"]),
        diagnosis=Diagnosis(row["diagnosis"]),
        claim=_claim(row, locator) if row["method"] else None,
        truth=_truth(row) if row["truth_feed"] or row["truth_row"] else None,
        claimed=row["claimed"],
        expected=row["expected"],
        unit=row["unit"],
        note=row["note"],
        quote=row["quote"],
        locator=locator,
        stale_since=from_text(row["stale_since"]),
        versions_behind=row["versions_behind"],
        replacement=row["replacement"],
    )


def _claim(row: dict[str, Any], locator: Locator) -> Claim:
    method = Method(row["method"])
    return Claim(
        source=row["source"],
        url=row["url"],
        sku=row["sku"],
        attribute=Attribute(row["attribute"]),
        key=row["key"],
        role=Role(row["role"]) if row["role"] in set(Role) else Role.NONE,
        value=Word(row["claimed"], row["claimed"]),
        basis=Basis(),
        quote=row["quote"],
        locator=locator,
        method=method,
        visible=method not in _MARKUP,
        confidence=row["confidence"],
    )


def _truth(row: dict[str, Any]) -> Truth:
    return Truth(
        sku=row["sku"],
        attribute=Attribute(row["attribute"]),
        key=row["key"],
        value=Word(row["expected"], row["expected"]),
        valid_from=from_text(row["truth_valid_from"]),
        feed=row["truth_feed"],
        row=row["truth_row"],
    )


def decision_of(row: dict[str, Any]) -> Decision:
    """The decision of a row."""
    return Decision(
        fingerprint=row["fingerprint"],
        kind=DecisionKind(row["kind"]),
        who=row["who"],
        at=instant(row["at"]),
        reason=row["reason"],
        note=row["note"],
        until=from_text(row["until"]),
        assignee=row["assignee"],
        claimed=row["claimed"],
        expected=row["expected"],
        evidence=row["evidence"],
        before=_before(row) if row["old_state"] else None,
        id=row["id"],
        undoes=row["undoes"] or 0,
    )


def _before(row: dict[str, Any]) -> Before:
    return Before(
        State(row["old_state"]),
        row["old_owner"],
        from_text(row["old_waived_until"]),
        from_text(row["old_closed_at"]),
    )

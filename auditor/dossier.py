"""One finding with all its evidence, as data: what `show` prints and the server answers.

Keys are a public contract: only ever added to.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from auditor.costs import costs_of
from auditor.findings import StateChange
from auditor.model import Decision, DecisionKind
from auditor.plain import instant
from auditor.popularity import explain
from auditor.records import record

if TYPE_CHECKING:
    from auditor.config import Config
    from auditor.model import Finding
    from auditor.store import AuditStore


def dossier(
    store: AuditStore, config: Config, finding: Finding, around: tuple[str, str], now: datetime
) -> dict[str, Any]:
    """The finding's record with its history, decisions, cost, popularity and priority's factors.

    ``around`` are the words before and after its quote.
    """
    cost = costs_of(store, config, [finding], now)[finding.id]
    popularity = store.catalogue.popularity().get(finding.judgement.sku)
    key = finding.fingerprint
    return record(finding, store.overview.beside(finding), cost) | {
        "before": around[0],
        "after": around[1],
        "snapshot": finding.snapshot,
        "priority_parts": [
            {"factor": name, "shown": shown, "value": value}
            for name, shown, value in finding.priority_parts
        ],
        "popularity": explain(popularity) if popularity else "no popularity signal",
        "history": [_step(step) for step in store.findings.history(key)],
        "decisions": [_decided(d) for d in store.findings.decisions([key]).get(key, [])],
    }


def history_of(row: dict[str, Any]) -> list[StateChange]:
    """The steps that ``dossier`` wrote down. Raises KeyError or ValueError where it did not."""
    key = str(row["fingerprint"])
    return [
        StateChange(
            key,
            datetime.fromisoformat(step["at"]),
            str(step["old"]),
            str(step["new"]),
            str(step["why"]),
        )
        for step in row["history"]
    ]


def decisions_of(row: dict[str, Any]) -> list[Decision]:
    """The decisions that ``dossier`` wrote down. Raises KeyError or ValueError where it did not."""
    key = str(row["fingerprint"])
    return [
        Decision(
            key,
            DecisionKind(each["kind"]),
            str(each["who"]),
            datetime.fromisoformat(each["at"]),
            reason=str(each["reason"]),
            note=str(each["note"]),
            until=datetime.fromisoformat(each["until"]) if each["until"] else None,
            assignee=str(each["assignee"]),
        )
        for each in row["decisions"]
    ]


def _step(step: StateChange) -> dict[str, object]:
    return {"at": instant(step.at), "old": step.old, "new": step.new, "why": step.why}


def _decided(decision: Decision) -> dict[str, object]:
    return {
        "at": instant(decision.at),
        "kind": str(decision.kind),
        "who": decision.who,
        "reason": decision.reason,
        "note": decision.note,
        "until": instant(decision.until),
        "assignee": decision.assignee,
        "claimed": decision.claimed,
        "expected": decision.expected,
    }

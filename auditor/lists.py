"""The lists beside the work list, as data: what is late, what feeds are asked, how rules fared.

What `--format json` prints and the server answers. Keys are a public contract: only ever added to.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from auditor.owners import answering_for
from auditor.plain import instant
from auditor.precision import rule_records
from auditor.service_levels import standings
from auditor.tasks import task_id

if TYPE_CHECKING:
    from datetime import datetime

    from auditor.config import Config
    from auditor.precision import RuleRecord
    from auditor.service_levels import Standing
    from auditor.store import AuditStore, Filter
    from auditor.store.desk import Question

LATE_COLUMNS = (
    "id", "class", "late", "acknowledge_by", "fix_by", "opened_at", "owner", "escalated_to",
    "sku", "attribute", "key", "url", "claimed", "expected", "priority", "task_id", "source",
)  # fmt: skip
QUESTION_COLUMNS = (
    "finding", "feed", "feed_owner", "row", "sku", "attribute", "key", "page_says", "feed_says",
    "url", "who", "at", "note",
)  # fmt: skip
RULE_COLUMNS = (
    "rule", "attribute", "method", "problem", "right", "wrong", "precision", "doubtful",
)  # fmt: skip


def late_list(
    store: AuditStore, config: Config, where: Filter, now: datetime, *, mine: str = ""
) -> dict[str, Any]:
    """Every finding that fits and whose clock ran out, most urgent first.

    ``mine`` is a person: only what is theirs, or their turn by now. ``has_levels`` says whether
    any service level is configured.
    """
    found = store.findings.matching(replace(where, owner="") if mine else where)
    late = [s for s in standings(store, config, found, now).values() if s.late]
    if mine:
        late = [s for s in late if mine in (s.finding.owner, *s.escalated_to)]
    return {"has_levels": bool(config.service.levels), "late": [_late(one) for one in late]}


def question_list(store: AuditStore, config: Config, *, mine: str = "") -> list[dict[str, Any]]:
    """Open questions to the owners of feeds; with ``mine`` those that this person answers."""
    rows = [_question(config, question) for question in store.desk.questions()]
    return [row for row in rows if not mine or row["feed_owner"] == mine]


def rule_list(store: AuditStore, config: Config) -> dict[str, Any]:
    """Every rule on whose findings anything was decided, and the bound below which one is doubtful.

    ``precision_floor`` is a share, 0–1; ``fewest_decided`` how many decisions a verdict needs.
    """
    asking = config.asking
    floor, fewest = asking.precision_floor, asking.fewest_decided
    return {
        "precision_floor": floor,
        "fewest_decided": fewest,
        "rules": [
            _rule(rule, is_doubtful=rule.is_doubtful(floor, fewest)) for rule in rule_records(store)
        ],
    }


def _late(standing: Standing) -> dict[str, Any]:
    finding = standing.finding
    j = finding.judgement
    return {
        "id": finding.id,
        "class": standing.abc,
        "late": list(standing.late),
        "acknowledge_by": instant(standing.acknowledge_by),
        "fix_by": instant(standing.fix_by),
        "opened_at": instant(standing.opened_at),
        "owner": finding.owner,
        "escalated_to": list(standing.escalated_to),
        "sku": j.sku,
        "attribute": str(j.attribute),
        "key": j.key,
        "url": j.url,
        "claimed": j.claimed,
        "expected": j.expected,
        "priority": round(finding.priority, 1),
        "task_id": task_id(finding.task),
        "source": j.source,
    }


def _question(config: Config, question: Question) -> dict[str, Any]:
    return {
        "finding": question.finding,
        "feed": question.feed,
        "feed_owner": answering_for(config, question.feed),
        "row": question.row,
        "sku": question.sku,
        "attribute": question.attribute,
        "key": question.key,
        "page_says": question.page_says,
        "feed_says": question.feed_says,
        "url": question.url,
        "who": question.who,
        "at": instant(question.at),
        "note": question.note,
    }


def _rule(rule: RuleRecord, *, is_doubtful: bool) -> dict[str, Any]:
    return {
        "rule": rule.name,
        "attribute": rule.attribute,
        "method": rule.method,
        "problem": rule.problem,
        "right": rule.right,
        "wrong": rule.wrong,
        "precision": None if rule.precision is None else round(rule.precision, 4),
        "doubtful": is_doubtful,
    }

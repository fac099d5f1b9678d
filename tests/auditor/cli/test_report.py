"""What ``sellby report`` writes from a real audit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conftest import Company


def report(company: Company) -> dict[str, Any]:
    company.sellby("report")
    found: dict[str, Any] = json.loads((company.directory / "report/report.json").read_text())
    return found


def test_each_group_owner_and_source_is_counted_once(audited: Company) -> None:
    written = report(audited)
    counted, headline = written["groups"], written["index"]["headline"]
    groups = {row["name"]: (row["wrong"], row["open"]) for row in counted["groups"]}
    assert groups == {"Terminals": (2, 2), "Relays": (0, 0)}
    assert len(counted["groups"]) == 2
    assert [row["name"] for row in counted["owners"]] == ["tom@acme.example", "rita@acme.example"]
    assert [row["name"] for row in counted["sources"]] == ["website"]
    right, wrong = (sum(row[name] for row in counted["groups"]) for name in ("right", "wrong"))
    assert (right, wrong) == (headline["right"], headline["wrong"])


def test_every_finding_is_in_one_piece_of_work(audited: Company) -> None:
    written = report(audited)
    listed = [finding for task in written["tasks"] for finding in task["findings"]]
    findings = json.loads((audited.directory / "report/findings.json").read_text())
    assert sorted(listed) == sorted(row["id"] for row in findings)
    assert len(listed) == 2

"""How much is asked of people at once."""

from __future__ import annotations

from datetime import UTC, datetime

from auditor.asking import newly_asked
from auditor.model import Attribute, Finding, Judgement, State, Verdict

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def finding(number: int, owner: str = "ines", state: State = State.OPEN) -> Finding:
    judgement = Judgement("web", "u", f"S-{number}", Attribute.MOQ, "", "", Verdict.MISMATCH)
    key = f"{number:08}"
    return Finding(key, key * 8, judgement, state, NOW, NOW, owner=owner, task=f"task {number}")


def new(
    findings: list[Finding], asked: dict[str, list[str]], nights: int = 0
) -> dict[str, list[str]]:
    return newly_asked(findings, asked, {"ines": nights}, first_nights=(2, 3), per_night=4)


def test_the_first_night_asks_for_the_few_most_urgent() -> None:
    assert new([finding(n) for n in range(9)], {}) == {"ines": ["task 0", "task 1"]}


def test_what_was_not_answered_leaves_less_room() -> None:
    found = [finding(n) for n in range(9)]
    assert new(found, {"ines": ["task 0", "task 1"]}, 1) == {"ines": ["task 2"]}
    assert new(found, {"ines": [f"task {n}" for n in range(4)]}, 5) == {}


def test_what_was_answered_makes_room() -> None:
    found = [finding(0, state=State.ACKNOWLEDGED), *(finding(n) for n in range(1, 9))]
    assert new(found, {"ines": ["task 0", "task 1"]}, 1) == {"ines": ["task 2", "task 3"]}


def test_a_task_is_asked_for_once_however_many_findings_it_has() -> None:
    assert new([finding(1), finding(1), finding(2)], {}) == {"ines": ["task 1", "task 2"]}


def test_nobody_is_asked_for_what_nobody_owns() -> None:
    assert new([finding(1, owner="")], {}) == {}

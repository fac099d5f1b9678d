"""Findings with one root cause are one piece of work."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.model import Cause

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditor.model import Finding

ID_MARK = "t"
"""What a task's id starts with; no finding's does, so a command knows which is meant."""


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work: its findings, most urgent first, and whom it concerns.

    ``priority`` is that of its most urgent finding: fixing a template does not get more urgent by
    the number of its pages, and a single very popular page must not hide behind many.
    """

    name: str
    findings: tuple[Finding, ...]

    @property
    def id(self) -> str:
        """What commands know it by: the same every night, as long as it has any finding."""
        return task_id(self.name)

    @property
    def cause(self) -> Cause:
        """What one fix would clear all its findings."""
        return self.findings[0].cause

    @property
    def priority(self) -> float:
        """0–100, of the most urgent finding."""
        return self.findings[0].priority

    @property
    def products(self) -> tuple[str, ...]:
        """SKUs concerned, by urgency."""
        return tuple(dict.fromkeys(f.judgement.sku for f in self.findings if f.judgement.sku))

    @property
    def pages(self) -> tuple[str, ...]:
        """URLs concerned, by urgency."""
        return tuple(dict.fromkeys(finding.judgement.url for finding in self.findings))

    @property
    def owners(self) -> tuple[str, ...]:
        """Owners concerned, by urgency."""
        return tuple(dict.fromkeys(finding.owner for finding in self.findings if finding.owner))

    @property
    def fix(self) -> str:
        """What to do, and how much that clears, in one sentence."""
        first = self.findings[0].judgement
        match self.cause:
            case Cause.PRICE_LIST:
                what = f"Publish the new {_plain(first.attribute)}s on {first.source}"
            case Cause.TEMPLATE:
                what = (
                    f"Mend the template of {first.source} that prints the {_plain(first.attribute)}"
                )
            case Cause.COPY:
                what = "Correct the paragraph and its copies"
            case Cause.PRODUCT:
                what = f"Publish what changed of {first.sku}"
            case Cause.FEED:
                what = f"Ask whether {first.truth.feed if first.truth else 'the feed'} is right"
            case _:
                what = "Correct it" if len(self.pages) == 1 else "Correct it wherever it is said"
        return f"{what}: {self.clears}"

    @property
    def clears(self) -> str:
        """How much one fix settles: "one fix clears 214 findings on 180 pages"."""
        n, pages = len(self.findings), len(self.pages)
        return f"one fix clears {n:,} finding{'s' * (n != 1)} on {pages:,} page{'s' * (pages != 1)}"


def task_id(name: str) -> str:
    """The id of the task of that name: ``t`` and seven letters of a digest.

    >>> task_id("S-1: moq")
    't6bb13f2'
    """
    return ID_MARK + hashlib.sha256(name.encode()).hexdigest()[:7]


def tasks(findings: Iterable[Finding]) -> list[Task]:
    """Findings bundled by what has to be done, most urgent first."""
    bundles: dict[str, list[Finding]] = {}
    for finding in findings:
        bundles.setdefault(finding.task or finding.id, []).append(finding)
    made = [
        Task(name, tuple(sorted(bundle, key=lambda f: (-f.priority, f.id))))
        for name, bundle in bundles.items()
    ]
    return sorted(made, key=lambda task: (-task.priority, -len(task.findings), task.name))


def _plain(name: str) -> str:
    return name.replace("_", " ")

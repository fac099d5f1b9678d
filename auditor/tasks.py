"""Findings with one root cause are one piece of work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditor.model import Finding


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work: its findings, most urgent first, and whom it concerns.

    ``priority`` is that of its most urgent finding: fixing a template does not get more urgent by
    the number of its pages, and a single very popular page must not hide behind many.
    """

    name: str
    findings: tuple[Finding, ...]

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

"""The floors of the judgement: precision and recall on labelled sets, pinned with their content.

A floor only ever goes up. When a set changes, look at the figures (``pytest -s`` prints them),
then pin its new digest; when a figure rises, raise its floor with it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from auditor.baseline import audited_by_others
from auditor.cli.evaluate import command
from auditor.evaluate import beside, evaluate, table

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Floor:
    """A set, the digest of all its files, and what the judgement may not fall below on it."""

    folder: Path
    digest: str
    precision: float
    recall: float
    matched: float
    abstained: float


FLOORS = [
    Floor(ROOT / "tests/auditor/labelled", "08470f93c9cc2627", 1.0, 1.0, 1.0, 1.0),
    Floor(ROOT.parent / "shared/pitfalls", "fcd81d71dd7abc3a", 1.0, 1.0, 1.0, 1.0),
]
# A figure this far above its floor means that somebody forgot to raise the floor.
SLACK = 0.02


@pytest.mark.parametrize("floor", FLOORS, ids=lambda floor: floor.folder.name)
def test_the_judgement_does_not_fall_below_its_floors(floor: Floor) -> None:
    if not floor.folder.exists():
        pytest.skip(f"the labelled set {floor.folder.name} is not here")
    assert digest(floor.folder) == floor.digest, "the set changed: look, then pin it again"
    report = evaluate(floor.folder)
    total = report.total
    print(f"\n{floor.folder.name}\n{table(report)}")
    said = "\n".join(f"{w.what}: {w.page}: {w.text}" for w in report.wrong)
    figures = {
        "precision": total.precision or 0.0,
        "recall": total.recall or 0.0,
        "matched": total.matched / total.matches,
        "abstained": total.abstained / total.abstains,
    }
    for name, figure in figures.items():
        assert figure >= getattr(floor, name), f"{name}\n{said}"
        assert figure <= getattr(floor, name) + SLACK, f"raise the floor of {name} to {figure}"
    assert (report.control_findings, report.trap_hits) == (0, 0), said


def test_other_tools_do_worse_on_the_same_pages() -> None:
    pytest.importorskip("extruct")
    pytest.importorskip("price_parser")
    own = FLOORS[0].folder
    ours, theirs = evaluate(own), evaluate(own, audit=audited_by_others())
    print(f"\n{beside(ours, theirs)}")
    assert theirs.pages == ours.pages
    assert theirs.total.reported > 0
    assert (theirs.total.recall or 0) <= (ours.total.recall or 0)
    assert (theirs.total.precision or 0) <= (ours.total.precision or 0)


def test_the_command_prints_the_baseline_or_why_not(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = [str(FLOORS[0].folder), "--case", "02", "--baseline"]
    with monkeypatch.context() as patched:
        patched.setitem(__import__("sys").modules, "extruct", None)
        missing = CliRunner().invoke(command, arguments)
    assert "no baseline: extruct is not installed" in missing.output
    pytest.importorskip("extruct")
    assert "extruct+price-parser" in CliRunner().invoke(command, arguments).output


def digest(folder: Path) -> str:
    """Of every file of a set, with its path."""
    found = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        found.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return found.hexdigest()[:16]

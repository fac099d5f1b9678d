"""The next night's report leaves alone what stays the same, and is what a new one would be."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from auditor.config import Config
from auditor.model import Decision, DecisionKind, State
from auditor.report import Material, Report, write_report
from auditor.report.ledger import LEDGER
from crawler.snapshot import Outcome, Snapshot

from .conftest import NOW, a_finding

if TYPE_CHECKING:
    from conftest import MakeReport

Change = "Callable[[Nights], None]"
PAGE = "<html><body><h1>Cable tie</h1><p>Price of KB-{n}: 12,40 € / 100 Stk. net</p></body></html>"


class Nights:
    """A company over several nights, its report in ``directory``."""

    def __init__(self, report: Report, home: Path) -> None:
        self.store, self.snapshots = report.material.store, report.material.snapshots
        self.config, self.now = Config(company="Example & Sons"), NOW
        self.directory, self._home = home / "report", home
        self.templates: Path | None = None

    def write(self, directory: Path | None = None) -> None:
        material = Material(self.store, self.snapshots, self.config, self.now)
        write_report(Report(material), directory or self.directory, templates=self.templates)

    def override(self, name: str, text: str) -> None:
        self.templates = self._home / "templates"
        self.templates.mkdir(exist_ok=True)
        (self.templates / name).write_text(text)

    def anew(self) -> dict[str, bytes]:
        """All files of a report that is written where there was none."""
        fresh = self._home / f"fresh-{len(list(self._home.iterdir()))}"
        self.write(fresh)
        return files(fresh)


def files(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }


def inodes(directory: Path) -> dict[str, int]:
    return {
        str(path.relative_to(directory)): path.stat().st_ino
        for path in directory.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def nights(report_of: MakeReport, tmp_path: Path) -> Nights:
    findings = [a_finding(n, snapshot=f"{n:064x}") for n in range(1, 6)]
    report = report_of(*findings, a_finding(9, state=State.VERIFIED, closed_at=NOW))
    report.material.snapshots.save(
        [
            Snapshot(
                "website", f.judgement.url, NOW, Outcome.OK, 200, "text/html",
                body=PAGE.format(n=n).encode(),
            )
            for n, f in enumerate(findings, 1)
        ]
    )  # fmt: skip
    made = Nights(report, tmp_path / "out")
    made.write()
    return made


def nothing(_nights: Nights) -> None:
    """The same again."""


def a_later_hour(nights: Nights) -> None:
    nights.now += timedelta(hours=5)


def a_fix(nights: Nights) -> None:
    fixed = replace(a_finding(2, snapshot=f"{2:064x}"), state=State.VERIFIED, closed_at=nights.now)
    nights.store.findings.save([fixed])


def a_new_finding(nights: Nights) -> None:
    nights.store.findings.save([a_finding(7, snapshot=f"{7:064x}")])


def a_decision(nights: Nights) -> None:
    finding = a_finding(3, snapshot=f"{3:064x}")
    decision = Decision(finding.fingerprint, DecisionKind.ACK, "ines", nights.now, note="on it")
    acked = replace(finding, state=State.ACKNOWLEDGED)
    nights.store.findings.record(decision, acked, None)


def another_company(nights: Nights) -> None:
    nights.config = Config(company="Sons & Daughters")


def fewer_copies(nights: Nights) -> None:
    nights.config = Config.model_validate({"company": "Example & Sons", "report": {"copies": 2}})


def another_time_zone(nights: Nights) -> None:
    nights.config = Config.model_validate({"company": "Example & Sons", "timezone": "Asia/Tokyo"})


def a_template_of_ones_own(nights: Nights) -> None:
    nights.override("task.html", "{{ view.task.first.sku }} of {{ frame.company }}")


def another_frame_for_copies(nights: Nights) -> None:
    nights.override("copy.html", "<!-- ours -->{{ view.document }}")


CHANGES = (
    nothing, a_later_hour, a_fix, a_new_finding, a_decision, another_company, fewer_copies,
    another_time_zone, a_template_of_ones_own, another_frame_for_copies,
)  # fmt: skip


def test_the_report_after_any_change_is_what_a_new_one_would_be(nights: Nights) -> None:
    for change in CHANGES:
        change(nights)
        nights.write()
        assert files(nights.directory) == nights.anew(), change.__name__


def test_what_stays_the_same_is_left_alone(nights: Nights) -> None:
    before = inodes(nights.directory)
    a_later_hour(nights)
    nights.write()
    after = inodes(nights.directory)
    made = {path for path, inode in after.items() if before[path] != inode}
    assert before.keys() == after.keys()
    assert {path for path in made if path.startswith(("task/", "copy/"))} == set()
    assert {"index.html", "findings.csv"} <= made


def test_what_changed_is_made_anew_and_what_is_gone_goes(nights: Nights) -> None:
    before, decided = inodes(nights.directory), task_of(nights, "KB-3")
    a_decision(nights)
    nights.write()
    after = inodes(nights.directory)
    made = {path for path, inode in after.items() if before.get(path) != inode}
    assert {path for path in made if path.startswith("task/")} == {
        f"task/{decided}.{suffix}" for suffix in ("html", "json", "csv", "xlsx")
    }
    a_fix(nights)
    nights.write()
    gone = before.keys() - inodes(nights.directory).keys()
    assert [path.split("/")[0] for path in gone] == ["copy"]
    fixed = task_of(nights, "KB-2")
    nights.now += timedelta(days=60)  # what was fixed is told of for some weeks alone
    nights.write()
    assert not list(nights.directory.glob(f"task/{fixed}.*"))


def task_of(nights: Nights, sku: str) -> str:
    material = Material(nights.store, nights.snapshots, nights.config, nights.now)
    return next(t.id for t in material.task_by_id.values() if t.findings[0].judgement.sku == sku)


@pytest.mark.parametrize("ledger", [None, "{", '{"edition": 0, "files": {}}'])
def test_without_a_ledger_that_can_be_read_all_is_made_anew(
    nights: Nights, ledger: str | None
) -> None:
    path, before = nights.directory / LEDGER, inodes(nights.directory)
    path.unlink() if ledger is None else path.write_text(ledger)
    (nights.directory / "health.html").write_text("an old one")
    nights.write()
    after = inodes(nights.directory)
    assert [path for path in after if path != LEDGER and before.get(path) == after[path]] == []
    assert files(nights.directory) == nights.anew()


def test_a_file_that_somebody_took_away_is_made_again(nights: Nights) -> None:
    for path in (*nights.directory.glob("task/*"), *nights.directory.glob("copy/*")):
        path.unlink()
    nights.write()
    assert files(nights.directory) == nights.anew()


def test_a_disk_without_links_costs_time_alone(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_paths: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr("os.link", refuse)
    nights.write()
    monkeypatch.undo()
    assert files(nights.directory) == nights.anew()


def test_another_version_makes_everything_anew(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = inodes(nights.directory)
    monkeypatch.setattr("auditor.report.html.installed_version", lambda: "99.0")
    nights.write()
    after = inodes(nights.directory)
    pages = {path for path in after if path.endswith(".html")}
    assert pages
    assert not [path for path in pages if before.get(path) == after[path]]


def test_the_earlier_report_is_never_written_to(nights: Nights) -> None:
    earlier = {path: path.stat().st_ino for path in nights.directory.rglob("*") if path.is_file()}
    held = {path: path.open("rb") for path in earlier}
    texts = {path: handle.read() for path, handle in held.items()}
    for change in CHANGES:
        change(nights)
    nights.write()
    for path, handle in held.items():
        handle.seek(0)
        assert handle.read() == texts[path], path
        handle.close()

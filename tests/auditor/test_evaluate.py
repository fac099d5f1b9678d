"""The judgement's floors, on the project's own labelled pages and on a shared set where present."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from auditor.cli.evaluate import command
from auditor.evaluate import evaluate, figures, table

OWN = Path(__file__).parent / "labelled"
SHARED = Path(__file__).parents[3] / "shared" / "pitfalls"
OWN_DIGEST = "cdc4525a38b02f7b"
"""Of every file of the own set: pages, labels and floors change together or not at all."""


def digest(folder: Path) -> str:
    found = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        found.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return found.hexdigest()[:16]


def test_the_own_labelled_pages_are_all_judged_right() -> None:
    assert digest(OWN) == OWN_DIGEST, "the set changed: look at the scores, then pin it again"
    report = evaluate(OWN)
    assert [wrong.text for wrong in report.wrong] == []
    assert (report.total.precision, report.total.recall) == (1.0, 1.0)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared labelled set is not here")
def test_the_floors_hold_on_the_shared_set() -> None:
    report = evaluate(SHARED)
    total = report.total
    said = "\n".join(f"{w.what}: {w.page}: {w.text}" for w in report.wrong)
    assert total.precision is not None, said
    assert total.recall is not None, said
    assert total.precision >= 0.98, said
    assert total.recall >= 0.92, said
    assert report.control_findings == 0, said
    assert report.trap_hits == 0, said
    assert total.abstained == total.abstains, said
    assert total.matched >= 0.97 * total.matches, said


def test_a_wrong_label_is_counted_and_quoted(tmp_path: Path) -> None:
    for name in ("set.yaml", "products.csv", "truths.csv"):
        (tmp_path / name).write_bytes((OWN / name).read_bytes())
    page = "shop-us/parts/sc-08.html"
    (tmp_path / page).parent.mkdir(parents=True)
    (tmp_path / page).write_bytes((OWN / page).read_bytes())
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "02-wrong.yaml").write_text(
        f"pitfall: 2\ntitle: x\npages: [{page}]\nfindings: []\n"
        f"matches: [{{page: {page}, sku: SC-08, attribute: price, quote: 0.85 USD}}]\n",
        encoding="utf-8",
    )
    report = evaluate(tmp_path)
    assert [w.what for w in report.wrong] == ["no match", "false finding"]
    assert report.total.precision == 0.0
    assert "SC-08" in report.wrong[0].text
    assert "pitfall 2" in table(report)
    assert figures(report)["groups"]["all"]["reported"] == 1


def test_the_command_prints_scores_and_keeps_floors() -> None:
    good = CliRunner().invoke(command, [str(OWN), "--case", "02", "--min-precision", "1"])
    assert good.exit_code == 0, good.output
    assert "pitfall 2" in good.output
    data = CliRunner().invoke(command, [str(OWN), "--case", "02", "--format", "json"])
    assert json.loads(data.output)["groups"]["all"]["findings"] == 1
    bad = CliRunner().invoke(command, [str(OWN), "--case", "00", "--min-recall", "0.5"])
    assert bad.exit_code == 1

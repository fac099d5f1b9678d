"""Scoring a labelled set, and the command that does it; the floors stand in test_quality."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from auditor.cli.evaluate import command
from auditor.evaluate import evaluate, figures, table

OWN = Path(__file__).parent / "labelled"


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

"""The demo, as a user runs it: what is wrong is found, nothing else, and a fix is verified."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from auditor.demo.company import Mistake, load_company

pytestmark = pytest.mark.timeout(300)


def sellby(directory: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "auditor", *words]
    return subprocess.run(
        command, cwd=directory, capture_output=True, text=True, check=False, timeout=280
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("demo")
    done = sellby(directory, "demo", "--dir", "company")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Seven commands to try next" in done.stdout + done.stderr
    return directory


def findings(directory: Path, *words: str) -> list[dict[str, Any]]:
    config = str(directory / "company" / "config.yaml")
    done = sellby(directory, "-c", config, "findings", "--limit", "0", "--format", "json", *words)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def is_about(finding: dict[str, Any], mistake: Mistake, path: str) -> bool:
    same_fact = (finding["sku"], finding["attribute"]) == (mistake.sku, mistake.attribute)
    same_key = mistake.attribute != "spec" or finding["key"] == mistake.key
    return same_fact and same_key and finding["url"].endswith(path)


def page_of(mistake: Mistake, paths: dict[str, str]) -> str:
    if mistake.page.startswith("wiki:"):
        return "/wiki/" + mistake.page.removeprefix("wiki:").replace(" ", "_")
    return paths[mistake.sku]


def test_every_planted_mistake_is_found_with_its_reason_and_nothing_else(demo: Path) -> None:
    company = load_company(datetime.now(UTC).date())
    paths = {item.sku: item.path for item in company.items}
    found = findings(demo)
    missed, misjudged = [], []
    for mistake in company.mistakes:
        about = [f for f in found if is_about(f, mistake, page_of(mistake, paths))]
        if not about:
            missed.append(mistake)
        elif (mistake.verdict, mistake.diagnosis) not in {
            (f["verdict"], f["diagnosis"]) for f in about
        }:
            misjudged.append((mistake, [(f["verdict"], f["diagnosis"]) for f in about]))
    false_alarms = [
        f for f in found if not any(is_about(f, m, page_of(m, paths)) for m in company.mistakes)
    ]
    lines = [f"missed {mistake}" for mistake in missed]
    lines += [f"misjudged {mistake}: {got}" for mistake, got in misjudged]
    lines += [f"false alarm {shown}" for shown in _shown(false_alarms)]
    assert not lines, "\n".join(lines)


def test_a_confirmed_fix_is_verified_only_after_the_page_was_corrected(demo: Path) -> None:
    first = next(f["id"] for f in findings(demo) if f["diagnosis"] == "outdated")
    place = ("demo", "--dir", "company")
    unfixed = sellby(demo, *place, "confirm", first, "--recheck", "--as", "ines")
    assert unfixed.returncode in (0, 1, 3), unfixed.stderr
    assert state_of(demo, first) == "not_observed"
    fixed = sellby(demo, *place, "--fix", first, "confirm", first, "--recheck", "--as", "ines")
    assert fixed.returncode == 0, fixed.stdout + fixed.stderr
    assert state_of(demo, first) == "verified"


def test_a_stored_wiki_page_is_read_again_by_its_readers_address(demo: Path) -> None:
    url = "http://wiki.brightwater.example/wiki/CG_quick_facts"
    config = str(demo / "company" / "config.yaml")
    done = sellby(demo, "-c", config, "claims", url, "--format", "json")
    assert done.returncode == 0, done.stderr
    assert "BW-CG-25" in {claim["sku"] for claim in json.loads(done.stdout)["claims"]}


def state_of(directory: Path, finding: str) -> str:
    return next(f["state"] for f in findings(directory, "--all") if f["id"] == finding)


def _shown(rows: Sequence[dict[str, Any]]) -> list[str]:
    keys = ("url", "sku", "attribute", "key", "verdict", "diagnosis", "claimed", "expected")
    return [" | ".join(str(row[key]) for key in keys) for row in rows]

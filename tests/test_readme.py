"""What the README tells people to type works, and what it points at is there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from auditor.cli.exit_codes import ExitCode
from auditor.cli.group import COMMANDS, HIDDEN

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """The text under a heading of the README."""
    found = re.search(rf"(?ms)^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", README)
    assert found, title
    return found[1]


def typed(text: str) -> list[list[str]]:
    """The indented commands of a section, without their comments."""
    lines = re.findall(r"(?m)^ {4}(\S.*)$", text)
    return [shlex.split(line, comments=True) for line in lines]


def sellby(directory: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "auditor", *words],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_every_file_it_points_at_is_there() -> None:
    for text in (README, (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")):
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
            if "://" not in target:
                assert (ROOT / target).exists(), target


def test_its_table_has_every_command_and_no_other() -> None:
    cells = re.findall(r"(?m)^\| (`sellby .*?|`.*?) \|", section("Commands"))
    words = re.findall(r"`(?:sellby )?([a-z]+)", " ".join(cells))
    written = set(words) | set(re.findall(r"`sellby ([a-z]+)", README))
    assert written - set(HIDDEN) == set(COMMANDS)


def test_its_exit_codes_are_those_of_the_program() -> None:
    codes = {int(code) for code in re.findall(r"(?m)^\| (\d+) \|", section("Exit codes"))}
    assert codes == {int(code) for code in ExitCode}


def test_its_make_targets_exist() -> None:
    targets = set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))
    text = README + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert set(re.findall(r"(?m)^ {4}make ([a-z-]+)", text)) <= targets


def test_its_installation_leads_to_a_first_night(tmp_path: Path) -> None:
    commands = [words for words in typed(section("Install")) if words[0] in ("sellby", "cd")]
    assert [words[:2] for words in commands] == [
        ["sellby", "init"], ["cd", "my-audit"], ["sellby", "check"], ["sellby", "run"],
    ]  # fmt: skip
    where = tmp_path
    (where / "prices.csv").write_text("Item no.,Name,Price USD\nRL-500,Relay,12.40\n")
    for words in commands:
        if words[0] == "cd":
            where /= words[1]
            continue
        if words[1] == "check":
            _fill_in(where)
        done = sellby(where, *words[1:])
        assert done.returncode == 0, done.stdout + done.stderr
    assert (where / "report" / "index.html").is_file()
    assert "1 ÷ 1" in (where / "report" / "index.html").read_text(encoding="utf-8")


def _fill_in(directory: Path) -> None:
    """Pages on disk in the place of the website that the reader's own would be."""
    (directory / "pages").mkdir()
    (directory / "pages/index.html").write_text("<h1>Relay RL-500</h1><p>Price: 12.40 USD</p>")
    text = (directory / "config.yaml").read_text(encoding="utf-8")
    assert "https://www.example.com/" in text
    sources = "sources:\n  saved: {kind: folder, path: pages, base_url: 'https://www.a.example/'}\n"
    text = re.sub(r"(?ms)^sources:\n.*?(?=^feeds:)", sources, text)
    (directory / "config.yaml").write_text(text, encoding="utf-8")


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_make_without_a_target_says_what_there_is() -> None:
    done = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "make demo" in done.stdout
    assert "make test" in done.stdout

"""A disk that is full: a clear message, exit code 4, and what was stored before is still there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

CONFIG = """sources:
  site: {{kind: folder, path: {pages}, base_url: 'https://a.example/', language: en-US,
         currency: EUR, tax: excl}}
feeds:
  products: {{format: products_csv, path: products.csv}}
  truths: {{format: truths_csv, path: truths.csv}}
"""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB, mounted for this test."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to mount a small file system")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "sellby-test", str(disk)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if mounted.returncode != 0:
        pytest.skip(f"cannot mount a file system here: {mounted.stderr.strip()}")
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def sellby(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "auditor", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "COLUMNS": "200"},
    )


def test_a_full_disk_is_said_and_loses_nothing(small_disk: Path, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "relay.html").write_text("<h1>Relay RL-500</h1><p>RL-500</p><p>Price: 12.40 EUR</p>")
    (small_disk / "config.yaml").write_text(CONFIG.format(pages=pages))
    (small_disk / "products.csv").write_text("sku,name\nRL-500,Relay\n")
    (small_disk / "truths.csv").write_text(
        "sku,attribute,value,unit,price_per,price_unit,tax,valid_from\n"
        "RL-500,price,13.10,EUR,1,pcs,excl,2025-01-01\n"
    )
    first = sellby(small_disk, "run")
    assert first.returncode == 0, first.stderr
    before = sellby(small_disk, "findings", "--format", "json").stdout
    assert json.loads(before)[0]["claimed"].startswith("12.40 EUR")

    for number in range(300):
        noise = os.urandom(8000).hex()  # nothing to compress
        (pages / f"{number}.html").write_text(f"<h1>Relay {number}</h1><p>{noise}</p>")
    full = sellby(small_disk, "run")
    assert full.returncode == 4, full.stdout + full.stderr
    assert "full" in full.stderr.lower()
    assert "Traceback" not in full.stderr

    for number in range(300):
        (pages / f"{number}.html").unlink()
    larger = ["mount", "-o", "remount,size=60m", str(small_disk)]
    subprocess.run(larger, check=True)
    assert sellby(small_disk, "findings", "--format", "json").stdout == before
    again = sellby(small_disk, "run")
    assert again.returncode == 0, again.stderr
    assert len(json.loads(sellby(small_disk, "findings", "--format", "json").stdout)) == 1


def test_a_report_that_does_not_fit_leaves_the_earlier_one(small_disk: Path, demo: Path) -> None:
    company = small_disk.parent / "company"
    shutil.copytree(demo, company)
    out = small_disk / "report"
    out.mkdir()
    (out / "report.json").write_text("{}")
    (out / "index.html").write_text("the report of yesterday")
    (small_disk / "ballast").write_bytes(bytes(2_900_000))
    done = sellby(company, "-c", str(company / "config.yaml"), "report", "--out", str(out))
    assert done.returncode == 4, done.stderr
    assert "full" in done.stderr.lower() or "No space left" in done.stderr
    assert (out / "index.html").read_text() == "the report of yesterday"
    assert sorted(path.name for path in small_disk.iterdir()) == ["ballast", "report"]

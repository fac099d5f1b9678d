"""A built wheel installs into an empty virtual environment and works, templates included."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(target), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(target.glob("sellby-*.whl"))


@pytest.mark.timeout(300)
def test_the_wheel_holds_templates_example_and_vocabulary(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert "auditor/_templates/_base.html" in names
    assert "auditor/_templates/config.yaml" in names
    assert "auditor/_examples/company.yaml" in names
    assert "crawler/kms/presets/outline.yaml" in names
    assert any(name.startswith("auditor/values/vocabulary/") for name in names)
    assert not any(name.startswith("tests/") for name in names)


@pytest.mark.integration
@pytest.mark.timeout(600)
def test_an_installed_wheel_runs_the_demo_from_an_empty_environment(
    wheel: Path, tmp_path: Path
) -> None:
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    python = str(venv / "bin" / "python")
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--no-compile", str(wheel)], check=True
    )
    sellby = str(venv / "bin" / "sellby")
    done = subprocess.run(
        [sellby, "demo", "--dir", "company"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "company" / "report" / "index.html").is_file()

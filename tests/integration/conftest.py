"""Real programs of the Debian system: installed where missing, started on loopback, stopped."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def install() -> Callable[..., None]:
    """Installs Debian packages by name; skips the test where that is not possible."""
    return _install


def _install(*packages: str) -> None:
    missing = [name for name in packages if not _installed(name)]
    if not missing:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        pytest.skip(f"needs the Debian packages {' '.join(missing)}, or root to install them")
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    waiting = ["apt-get", "-o", "DPkg::Lock::Timeout=300", "-qq"]
    subprocess.run([*waiting, "update"], check=True, env=environ, timeout=300)
    subprocess.run(
        [*waiting, "-y", "--no-install-recommends", "install", *missing],
        check=True,
        env=environ,
        timeout=600,
        stdin=subprocess.DEVNULL,
    )


def _installed(package: str) -> bool:
    if shutil.which("dpkg-query") is None:
        return False
    done = subprocess.run(
        ["dpkg-query", "-W", "-f=${db:Status-Abbrev}", package],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.startswith("ii")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's directory after its first night: sellby.db and report."""
    directory = tmp_path_factory.mktemp("demo") / "company"
    done = subprocess.run(
        [sys.executable, "-m", "auditor", "demo", "--dir", str(directory)],
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return directory


@pytest.fixture(scope="session")
def chromium(install: Callable[..., None]) -> None:
    """A Chromium of the system, for pages that have to be rendered."""
    install("chromium")


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """axe-core, the script that finds barriers; skips where npm cannot bring it."""
    if shutil.which("npm") is None:
        pytest.skip("needs npm, to install axe-core")
    folder = tmp_path_factory.mktemp("axe")
    done = subprocess.run(
        ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "axe-core@4"],
        cwd=folder, capture_output=True, text=True, check=False, timeout=180,
    )  # fmt: skip
    if done.returncode != 0:
        pytest.skip(f"npm could not install axe-core: {done.stderr[-200:]}")
    return (folder / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")

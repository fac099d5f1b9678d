"""Datasette opens the database: every table, view and row."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.integration, pytest.mark.timeout(400)]
pytest.importorskip("datasette", reason="needs datasette: pip install 'sellby[datasette]'")


@pytest.fixture(scope="module")
def served(demo: Path) -> Iterator[str]:
    """The address of the demo's database in Datasette, opened as its documentation says."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "datasette", str(demo / "sellby.db"), "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stderr is not None
        said = []
        for line in process.stderr:
            said.append(line)
            if "Uvicorn running" in line:
                break
        else:
            pytest.fail("".join(said))
        yield f"http://127.0.0.1:{port}/sellby"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=20)


def get(address: str) -> str:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(address, timeout=60) as answer:
        assert answer.status == 200, address
        text: str = answer.read().decode()
    return text


def names(demo: Path) -> list[str]:
    connection = sqlite3.connect(demo / "sellby.db")
    found = connection.execute(
        "select name from sqlite_master where type in ('table', 'view') "
        "and name not like 'sqlite_%' order by name"
    ).fetchall()
    connection.close()
    return [name for (name,) in found]


def test_every_table_and_view_is_shown_with_its_rows(served: str, demo: Path) -> None:
    start = get(served)
    everything = names(demo)
    assert "open_findings" in everything
    assert len(everything) > 10
    for name in everything:
        page = get(f"{served}/{quote(name)}?_size=20")
        assert "message-error" not in page, name
        assert f"/sellby/{name}" in start, name
        rows: dict[str, Any] = json.loads(get(f"{served}/{quote(name)}.json?_size=20"))
        assert not rows.get("error"), name
        assert "rows" in rows, name
        for link in re.findall(rf'href="(/sellby/{re.escape(name)}/[^"?]+)"', page)[:2]:
            get(served.removesuffix("/sellby") + link)


def test_open_findings_are_those_of_the_command_line(served: str, demo: Path) -> None:
    answer = json.loads(get(f"{served}/open_findings.json?_shape=array&_size=max"))
    said = subprocess.run(
        [sys.executable, "-m", "auditor", "-c", str(demo / "config.yaml"), "findings",
         "--limit", "0", "--format", "json"],
        capture_output=True, check=True, text=True, timeout=60,
    )  # fmt: skip
    listed = {finding["id"]: finding["claimed"] for finding in json.loads(said.stdout)}
    assert {row["id"]: row["claimed"] for row in answer} == listed


def test_a_query_counts_findings_by_owner(served: str) -> None:
    query = quote("select owner, count(*) as n from open_findings group by owner order by n desc")
    rows = json.loads(get(f"{served}.json?sql={query}&_shape=array"))
    assert sum(row["n"] for row in rows) > 20

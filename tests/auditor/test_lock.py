"""One writing run at a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.errors import Locked
from auditor.lock import hold_lock

NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)


def test_a_second_holder_is_told_who_holds_it(tmp_path: Path) -> None:
    database = tmp_path / "sellby.db"
    with (
        hold_lock(database, command="sellby run", now=NOW),
        pytest.raises(Locked) as caught,
        hold_lock(database, command="sellby audit", now=NOW),
    ):
        pass
    text = str(caught.value)
    assert f"process {os.getpid()} on " in text
    assert "since 2026-11-22 02:30:00 UTC" in text
    assert "Run this again" in text


def test_it_is_free_again_after_an_error(tmp_path: Path) -> None:
    database = tmp_path / "sellby.db"
    with pytest.raises(ValueError, match="x"), hold_lock(database, command="a", now=NOW):
        raise ValueError("x")
    with hold_lock(database, command="b", now=NOW):
        pass


def test_a_killed_holder_blocks_nobody(tmp_path: Path) -> None:
    database = tmp_path / "sellby.db"
    code = (
        "import sys, time; from datetime import datetime, UTC; from pathlib import Path\n"
        "from auditor.lock import hold_lock\n"
        "with hold_lock(Path(sys.argv[1]), command='sellby run', now=datetime.now(UTC)):\n"
        "    print('held', flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(database)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(Locked, match=f"process {process.pid} "):
            hold_lock(database, command="x", now=NOW).__enter__()
        process.kill()
    left = json.loads((tmp_path / "sellby.db.lock").read_text())
    assert left["pid"] == process.pid
    with hold_lock(database, command="y", now=NOW):
        pass


def test_a_left_over_file_with_nonsense_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "sellby.db.lock").write_text("not json")
    with hold_lock(tmp_path / "sellby.db", command="y", now=NOW):
        pass

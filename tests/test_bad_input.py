"""Bad input from end to end: each piece gets a clear message, and nothing is lost.

What one part does with it is tested beside that part: answers of servers in
``tests/crawler/test_bad_answers.py`` and ``test_guard.py``, a kill in ``test_run.py``, Ctrl-C in
``tests/auditor/cli/test_stopping.py``, configuration, locks, newer databases and hostile text on
a terminal in ``tests/auditor/cli/test_commands.py``, hostile text in a browser and a full disk in
``tests/integration``.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
PRODUCTS = "sku,name,group,owner\nRL-500,Relay,Relays,ines\nRL-600,Relay wide,Relays,ines\n"
TRUTHS = (
    "sku,attribute,value,unit,price_per,price_unit,tax,valid_from\n"
    "RL-500,price,13.10,EUR,1,pcs,excl,2025-01-01\n"
    "RL-600,price,20.00,EUR,1,pcs,excl,2025-01-01\n"
)
CONFIG = """sources:
  site: {kind: folder, path: pages, base_url: 'https://a.example/', language: en-US,
         currency: EUR, tax: excl}
feeds:
  products: {format: products_csv, path: products.csv}
  truths: {format: truths_csv, path: truths.csv}
"""
WRONG = "<h1>Relay RL-500</h1><p>Part number RL-500</p><p>Price: 12.40 EUR</p>"
RIGHT = "<h1>Relay RL-600</h1><p>Part number RL-600</p><p>Price: 20.00 EUR</p>"
HOSTILE = '<script>alert(1)</script>=HYPERLINK("http://x") \x1b[31m\x9b2J\u202egnp.exe'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two relays: the price of one is wrong on its page."""
    return _found(tmp_path)


@pytest.fixture(scope="module")
def _first_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = _found(tmp_path_factory.mktemp("relays"))
    sellby(folder, "run")
    return folder


@pytest.fixture
def audited(_first_night: Path, tmp_path: Path) -> Path:
    """The same after its first night."""
    shutil.copytree(_first_night, tmp_path, dirs_exist_ok=True)
    return tmp_path


def _found(folder: Path) -> Path:
    (folder / "pages").mkdir()
    (folder / "pages/wrong.html").write_text(f"<body>{WRONG}</body>")
    (folder / "pages/right.html").write_text(f"<body>{RIGHT}</body>")
    (folder / "products.csv").write_text(PRODUCTS)
    (folder / "truths.csv").write_text(TRUTHS)
    (folder / "config.yaml").write_text(CONFIG)
    return folder


def start(folder: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "auditor", *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
    )


def sellby(folder: Path, *words: str, code: int = 0) -> tuple[str, str]:
    """A command's output and talk; it never ends in a traceback."""
    with start(folder, *words) as process:
        out, err = process.communicate(timeout=100)
    assert process.returncode == code, out + err
    assert "Traceback" not in err
    return out, err


def findings(folder: Path) -> list[dict[str, Any]]:
    out, _ = sellby(folder, "findings", "--all", "--format", "json")
    return list(json.loads(out))


def test_pages_of_every_broken_kind_do_not_hide_the_others(folder: Path) -> None:
    pages = folder / "pages"
    (pages / "empty.html").write_bytes(b"")
    (pages / "huge.html").write_bytes(b"<p>" + b"x" * 50_000_000)
    (pages / "binary.html").write_bytes(bytes(range(256)) * 400)
    (pages / "charset.html").write_bytes(
        b'<meta charset="utf-8"><h1>Relais RL-600 f\xfcr K\xe4lte</h1><p>Preis: 20,00 \x80</p>'
    )
    (pages / "malformed.html").write_text("<table><tr><td><b><i><p></table></b>RL-600<" * 300)
    (pages / "hostile.html").write_text(HOSTILE * 50)
    _, err = sellby(folder, "run", code=3)  # what could not be read is said, and is no finding
    assert "a.example/huge.html" in err
    assert "too large" in err
    assert "unreadable" in err
    assert [(each["sku"], each["state"]) for each in findings(folder)] == [("RL-500", "open")]
    outcomes = json.loads((folder / "report/report.json").read_text())["health"]["sources"][0][
        "outcomes"
    ]
    assert dict(outcomes)["too large"] == 1
    assert dict(outcomes)["unreadable"] >= 1


def test_hostile_text_stays_text_from_page_and_feed_to_report_csv_and_terminal(
    folder: Path,
) -> None:
    escaped = HOSTILE.replace("&", "&amp;").replace("<", "&lt;")
    (folder / "pages/wrong.html").write_text(
        f"<body><h1>Relay RL-500</h1><p>RL-500</p><p>Price: 12.40 EUR {escaped}</p></body>"
    )
    name = HOSTILE.replace('"', "'")
    (folder / "products.csv").write_text(PRODUCTS.replace("Relay,", f"{name},", 1))
    printed = [sellby(folder, "run"), sellby(folder, "findings")]
    (finding,) = findings(folder)
    printed.append(sellby(folder, "show", finding["id"]))
    printed.append(sellby(folder, "findings", "--format", "csv"))
    for out, err in printed:
        assert not set("\x1b\x9b\u202e") & set(out + err)
    assert finding["product"] == name
    for page in (folder / "report").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "<script>alert" not in text
        assert not set("\x1b\x9b\u202e") & set(text)
    with (folder / "report/findings.csv").open(encoding="utf-8-sig", newline="") as handle:
        cells = [cell for row in csv.reader(handle) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t"))]


def test_five_mistakes_in_the_configuration_come_at_once_with_their_lines(folder: Path) -> None:
    (folder / "config.yaml").write_text(
        "compnay: Acme\n"
        "timezone: Mars/Olympus\n"
        "sources:\n  site: {kind: folder}\n  web: {kind: website, start: ['not an address']}\n"
        "feeds:\n  truths: {format: truth_csv, path: truths.csv}\n"
    )
    _, err = sellby(folder, "run", code=2)
    for line in (1, 2, 4, 5, 7):
        assert f"config.yaml:{line}" in err, err
    assert "company" in err
    assert not (folder / "sellby.db").exists()


def test_a_feed_with_another_delimiter_or_none_at_all_is_an_incident_and_judges_nothing(
    audited: Path,
) -> None:
    before = findings(audited)
    (audited / "truths.csv").write_text(TRUTHS.replace(",", ";").replace("13.10", "12.40"))
    _, err = sellby(audited, "run", code=3)
    assert "truths.csv" in err
    (audited / "truths.csv").unlink()
    _, err = sellby(audited, "run", code=3)
    assert "truths.csv" in err
    after = findings(audited)
    assert [(f["id"], f["state"], f["expected"]) for f in after] == [
        (f["id"], f["state"], f["expected"]) for f in before
    ]
    (audited / "truths.csv").write_text(TRUTHS.replace("13.10", "12.40"))
    sellby(audited, "run")
    assert [f["state"] for f in findings(audited)] == ["verified"]


def test_a_database_of_a_newer_version_is_not_touched(audited: Path) -> None:
    path = audited / "sellby.db"
    connection = sqlite3.connect(path)
    connection.execute(
        "insert into _sqlite_migrations (migration_set, name, applied_at) "
        "values ('crawler', 'm999_future', '2030-01-01')"
    )
    connection.commit()
    connection.close()
    before = path.read_bytes()
    for words in (["run"], ["findings"], ["report"]):
        _, err = sellby(audited, *words, code=4)
        assert "newer" in err
    assert path.read_bytes() == before


def test_a_second_run_says_who_is_at_work_and_the_first_one_ends_well(folder: Path) -> None:
    holding = (
        "import sys\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from auditor.lock import hold_lock\n"
        "with hold_lock(Path('sellby.db'), command='sellby run', now=datetime.now(UTC)):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.readline()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holding], cwd=folder, stdin=subprocess.PIPE, text=True,
        stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as first:  # fmt: skip
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        _, err = sellby(folder, "run", code=75)
        assert f"process {first.pid}" in err
        assert "`sellby run`" in err
        first.communicate("\n", timeout=30)
    sellby(folder, "run")


def test_ctrl_c_in_an_audit_keeps_the_last_one(audited: Path) -> None:
    before = findings(audited)
    for number in range(400):
        (audited / f"pages/{number}.html").write_text(RIGHT * 8)
    (audited / "pages/wrong.html").write_text(f"<body>{WRONG.replace('12.40', '13.10')}</body>")
    sellby(audited, "crawl")
    with start(audited, "audit") as process:
        path, until = audited / "sellby.db-wal", time.monotonic() + 60
        while time.monotonic() < until and process.poll() is None:
            if path.exists() and path.stat().st_size > 0:
                break
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 4, err
    assert "Stopped" in err
    assert "Traceback" not in err
    assert findings(audited) == before
    sellby(audited, "audit")
    assert [f["state"] for f in findings(audited)] == ["verified"]


def test_claims_reads_any_file(folder: Path) -> None:
    for name, body in (("empty", b""), ("zeros", bytes(5000)), ("text", HOSTILE.encode())):
        (folder / f"{name}.html").write_bytes(body)
        out, _ = sellby(folder, "claims", f"{name}.html", "--format", "json")
        assert json.loads(out)["claims"] == []

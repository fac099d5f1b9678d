"""How many readers can a server bear while people decide?

python benchmarks/serve.py [FINDINGS] [SECONDS]

Makes a database of FINDINGS findings (10,000), serves it with `sellby serve`, and lets 50 clients
read (their list, tasks, the first page, the API) for SECONDS (15) while three people decide. Beside
it in the same run, with the same clients: Datasette on the same database (its JSON of the view
`open_findings`), where it is installed, and a Starlette application that only says hello. Prints
requests a second, the median and the 99th percentile, and whether every decision that was answered
is in the log.
"""

from __future__ import annotations

import http.client
import itertools
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from auditor.findings import StateChange, fingerprint
from auditor.model import (
    Attribute,
    Cause,
    Diagnosis,
    Finding,
    Judgement,
    Locator,
    State,
    Truth,
    Verdict,
)
from auditor.store import AuditStore
from auditor.values.types import Word
from crawler.store import SnapshotStore

CLIENTS = 50
WARM_UP_SECONDS = 4.0
NOW = datetime.now(UTC).replace(microsecond=0)
TOKENS = {f"person{n}@acme.example": f"token-{n}" for n in range(10)}
LEAD = "lead@acme.example"


def main(findings: int, seconds: float) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        tasks = _company(home, findings)
        rows = [
            _hello(home, seconds),
            *([_datasette(home, seconds)] if shutil.which("datasette") else []),
        ]
        rows.append(_sellby(home, tasks, seconds))
    hello = rows[0][1]
    print(f"\n{findings:,} findings, {CLIENTS} clients, {seconds:g} s each")
    print(f"{'':34}{'requests/s':>11}{'of hello':>10}{'median ms':>11}{'p99 ms':>9}")
    for name, rate, median, p99 in rows:
        print(f"{name:34}{rate:11,.0f}{rate / hello:10.0%}{median:11.1f}{p99:9.1f}")


def _company(home: Path, number: int) -> list[str]:
    """A database of that many findings, and its config.yaml; the ids of some tasks."""
    people = "".join(f"  {name}: {{token: {token}}}\n" for name, token in TOKENS.items())
    (home / "config.yaml").write_text(
        "company: Acme\nserve: {requests_per_second: 1000000, burst: 1000000}\n"
        f"people:\n{people}  {LEAD}: {{role: lead, token: token-lead}}\n"
    )
    names = list(TOKENS)
    found = [_finding(n, names[n % len(names)]) for n in range(number)]
    with SnapshotStore(home / "sellby.db"), AuditStore(home / "sellby.db") as store:
        store.findings.save(
            found, [StateChange(f.fingerprint, NOW, "", State.OPEN, "seen") for f in found]
        )
        asked = {name: [f.task for f in found if f.owner == name][:20] for name in names}
        store.desk.ask(asked, NOW)
    with AuditStore(home / "sellby.db") as store:
        rows = store.database.execute("select distinct task_id from finding limit 400").fetchall()
    return [row[0] for row in rows]


def _finding(number: int, owner: str) -> Finding:
    sku = f"SKU-{number // 2:05}"
    judgement = Judgement(
        source="web",
        url=f"https://shop.example/{sku}",
        sku=sku,
        attribute=(Attribute.PRICE, Attribute.MOQ)[number % 2],
        key="",
        role="",
        verdict=Verdict.MISMATCH,
        diagnosis=Diagnosis.OUTDATED,
        truth=Truth(sku, Attribute.PRICE, "", Word("", ""), valid_from=NOW, feed="erp", row="9"),
        claimed=f"{number}.40 EUR",
        expected=f"{number}.90 EUR",
        note="The page shows an old value.",
        quote=f"{number}.40 EUR",
        locator=Locator(10, 20),
    )
    key = fingerprint(judgement)
    priority = round(100 * (number % 997) / 997, 1)
    return Finding(
        key[:8], key, judgement, State.OPEN, NOW, NOW, f"Product {number}", "Group", owner,
        priority, (), f"{sku}: change", "ab" * 32, NOW, cause=Cause.PRODUCT,
    )  # fmt: skip


# --- what is measured ------------------------------------------------------------------------


def _sellby(home: Path, tasks: list[str], seconds: float) -> tuple[str, float, float, float]:
    port = _free_port()
    words = ["-m", "auditor", "-c", str(home / "config.yaml"), "serve", "--port", str(port)]
    with _process([sys.executable, *words], port):
        cookies = [_sign_in(port, token) for token in TOKENS.values()]
        cycle = itertools.cycle(
            [
                *(("/mine.html", cookie) for cookie in cookies),
                *((f"/task/{task}.html", cookies[0]) for task in tasks[:10]),
                ("/index.html", cookies[0]),
                *(
                    ("/api/findings?limit=50&owner=" + name, token)
                    for name, token in TOKENS.items()
                ),
            ]
        )
        stop, answered = threading.Event(), [0, 0, 0]
        people = [
            threading.Thread(target=_decide, args=(port, n, stop, answered)) for n in range(3)
        ]
        for person in people:
            person.start()
        result = _read(port, cycle, seconds)
        stop.set()
        for person in people:
            person.join()
    with AuditStore(home / "sellby.db") as store:
        logged = store.database.execute("select count(*) from decision").fetchone()[0]
    rate = sum(answered) / (seconds + WARM_UP_SECONDS)
    print(f"decisions answered {sum(answered):,} ({rate:.0f}/s), in the log {logged:,}")
    assert logged == sum(answered), "a decision was lost"
    return "sellby serve, while 3 decide", *result


def _hello(home: Path, seconds: float) -> tuple[str, float, float, float]:
    (home / "hello.py").write_text(
        "from starlette.applications import Starlette\n"
        "from starlette.responses import PlainTextResponse\n"
        "from starlette.routing import Route\n"
        "async def hello(request):\n    return PlainTextResponse('hello')\n"
        "app = Starlette(routes=[Route('/', hello)])\n"
    )
    port = _free_port()
    words = ["-m", "uvicorn", "--app-dir", str(home), "--log-level", "error", "--no-access-log"]
    with _process([sys.executable, *words, "--port", str(port), "hello:app"], port):
        return "bare Starlette, hello", *_read(port, itertools.cycle([("/", "")]), seconds)


def _datasette(home: Path, seconds: float) -> tuple[str, float, float, float]:
    port = _free_port()
    words = [str(home / "sellby.db"), "--port", str(port), "--setting", "num_sql_threads", "8"]
    path = "/sellby/open_findings.json?_size=50&_shape=array&_nocount=1&_facet_size=0&owner="
    cycle = itertools.cycle([(path + name, "") for name in TOKENS])
    with _process([shutil.which("datasette") or "", *words], port):
        return "Datasette, open_findings by owner", *_read(port, cycle, seconds)


def _read(
    port: int, cycle: Iterator[tuple[str, str]], seconds: float
) -> tuple[float, float, float]:
    """Requests a second, median and 99th percentile in ms, of 50 clients."""
    starts = time.monotonic() + WARM_UP_SECONDS
    ends, times, guard = starts + seconds, list[float](), threading.Lock()
    failures: list[str] = []

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        own = []
        while time.monotonic() < ends:
            with guard:
                path, who = next(cycle)
            header = {"Authorization": f"Bearer {who}"} if "/api/" in path else {"Cookie": who}
            begun = time.monotonic()
            connection.request("GET", path, headers=header if who else {})
            answer = connection.getresponse()
            answer.read()
            if begun >= starts:
                own.append(time.monotonic() - begun)
            if answer.status != 200:
                failures.append(f"{path}: {answer.status}")
        connection.close()
        with guard:
            times.extend(own)

    clients = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    assert not failures, failures[:3]
    times.sort()
    return len(times) / seconds, 1000 * times[len(times) // 2], 1000 * times[len(times) * 99 // 100]


def _decide(port: int, number: int, stop: threading.Event, answered: list[int]) -> None:
    """One person who acknowledges and takes back, over and over."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": "Bearer token-lead"}
    connection.request("GET", f"/api/findings?limit={10 + number}", headers=headers)
    ids = [row["id"] for row in json.loads(connection.getresponse().read())][number * 3 :][:3]
    for kind, one in itertools.cycle([(k, i) for i in ids for k in ("ack", "undo")]):
        if stop.is_set():
            break
        connection.request(
            "POST", "/api/decisions", json.dumps({"kind": kind, "ids": [one]}), headers
        )
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, body
        answered[number] += 1
    connection.close()


def _sign_in(port: int, token: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/signin", urlencode({"token": token}), form)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return (answer.getheader("set-cookie") or "").split(";")[0]


@contextmanager
def _process(words: list[str], port: int) -> Iterator[None]:
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while True:
            assert process.poll() is None, words
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(30)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 10_000,
        float(sys.argv[2]) if len(sys.argv) > 2 else 15,
    )

"""How fast is a price list of a million rows taken in, and how much memory does it need?

Beside ours, in the same run and over the same files: the plain way (``csv`` rows into SQLite under
a key, nothing understood, no history), and duckdb finding the same difference between two nights
(columns as text, keys compared NULL-safe: a plain ``using`` never joins empty cells). Each step is
a process of its own, so that its peak memory is its own. The files are 250,000 products with four
price breaks each; "unchanged" is the next night's export with the same values in another order
(what most systems write), "changed" has 1 % other prices, 0.2 % rows gone and 0.2 % new ones.
Ours, duckdb and the file's maker must count the same. Ratios are of processor seconds, which other
work on the machine changes least; duckdb uses both processors at once.

    python benchmarks/feeds.py [--rows 1000000] [--check]
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

FIRST_LOAD = 3.0
"""Most times the plain keyed insert that the first load may take."""
READ_AGAIN = 1 / 3
"""Most of the first load that an unchanged export may take."""
PEAK_MB = 300
"""Most memory any of our steps may take at a million rows."""
SCORE_SECONDS = 3.0
"""Most seconds that scoring 50,000 products may take."""
SCORED = 50_000

HEADER = (
    *("sku", "attribute", "value", "unit", "price_per", "price_unit", "min_qty", "tax", "market"),
    *("valid_from", "valid_to"),
)
BREAKS = (1, 10, 100, 1000)
NIGHT = datetime(2026, 11, 1, 2, tzinfo=UTC)
KEY = ("sku", "attribute", "min_qty", "market", "valid_from")

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds on the clock and of the processor, peak megabytes, and what a step printed."""

    seconds: float
    processor: float
    megabytes: float
    said: str


def make_files(folder: Path, rows: int) -> tuple[int, int, int]:
    """Write the three nights' exports; how many facts the third adds, changes and lacks."""
    first = list(_rows(rows))
    _write(folder / "first.csv", first)
    order = random.Random(7)
    again = list(first)
    order.shuffle(again)
    _write(folder / "again.csv", again)
    changed, added, lost = rows // 100, rows // 500, rows // 500
    picked = order.sample(range(rows), changed + lost)
    dearer, gone = set(picked[:changed]), set(picked[changed:])
    third = [
        (*row[:2], str(Decimal(row[2]) * 2), *row[3:]) if index in dearer else row
        for index, row in enumerate(first)
        if index not in gone
    ]
    third += [(f"NEW-{n:06d}", *row[1:]) for n, row in enumerate(first[:added])]
    order.shuffle(third)
    _write(folder / "changed.csv", third)
    return added, changed, lost


def _rows(count: int) -> Iterator[Row]:
    made = random.Random(1)
    for index in range(count):
        product, place = divmod(index, len(BREAKS))
        cents = made.randrange(50, 500_000)
        price = f"{cents // (place + 1) / 100:.2f}"
        yield (
            f"TK-{product:07d}", "price", price, "EUR", "1", "pcs", str(BREAKS[place]), "excl",
            ("DE", "", "FR")[product % 3], "2026-01-01", "",
        )  # fmt: skip


def _write(path: Path, rows: list[Row]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(rows)


# The steps, each in a process of its own ---------------------------------------------------------


def plain(folder: Path, name: str) -> str:
    """The rows of the file under their key in SQLite, as text; nothing else."""
    db = sqlite3.connect(folder / "plain.db")
    db.execute("pragma journal_mode = wal")
    columns = ", ".join(f"{column} text not null" for column in HEADER)
    db.execute(f"create table if not exists price ({columns}, primary key ({', '.join(KEY)}))")
    with (folder / name).open(newline="", encoding="utf-8") as file, db:
        reader = csv.reader(file)
        next(reader)
        marks = ",".join("?" * len(HEADER))
        db.executemany(f"insert or replace into price values ({marks})", reader)
    return str(db.execute("select count(*) from price").fetchone()[0])


def ours(folder: Path, name: str, night: str) -> str:
    """`sellby ingest` of the file, without its command line.

    Without pandas, which only benchmarks need: sqlite-utils imports it wherever it is installed,
    and it takes half as much memory as the step.
    """
    sys.modules["pandas"] = None  # type: ignore[assignment]
    from auditor.feeds.config import FeedConfig
    from auditor.ingest import ingest
    from auditor.store import AuditStore

    feed = FeedConfig(format="truths_csv", path=name)
    written = NIGHT + timedelta(days=int(night))
    os.utime(folder / name, (written.timestamp(), written.timestamp()))
    with AuditStore(folder / "ours.db") as store:
        summary = ingest("prices", feed, folder, store.catalogue, written + timedelta(hours=1))
    if summary.state not in ("applied", "unchanged"):
        raise SystemExit(f"{name}: {summary.state}: {summary.message}")
    return f"{summary.added} {summary.changed} {summary.missing}"


def duck(folder: Path, before: str, after: str) -> str:
    """The same difference in duckdb, both files as text, keys NULL-safe."""
    import duckdb

    db = duckdb.connect()
    db.execute("set threads = 2")
    for table, name in (("a", before), ("b", after)):
        file = folder / name
        db.execute(f"create view {table} as from read_csv('{file}', all_varchar = true)")
    same_key = " and ".join(f"a.{name} is not distinct from b.{name}" for name in KEY)
    rest = [name for name in HEADER if name not in KEY]
    other = " or ".join(f"a.{name} is distinct from b.{name}" for name in rest)
    found = db.execute(
        f"select count(*) filter (where a.sku is null), "
        f"count(*) filter (where a.sku is not null and b.sku is not null and ({other})), "
        f"count(*) filter (where b.sku is null) from a full join b on {same_key}"
    ).fetchone()
    assert found is not None
    return " ".join(map(str, found))


def score(_folder: Path) -> str:
    """Popularity scores of 50,000 products with four signals each."""
    from auditor import popularity

    made = random.Random(3)
    signals = [
        (f"TK-{product:07d}", signal, Decimal(int(made.paretovariate(0.9))), 30)
        for product in range(SCORED)
        for signal in ("orders", "pageviews", "searches", "tickets")
    ]
    started = time.perf_counter()
    scored = len(list(popularity.scores(signals)))
    return f"{time.perf_counter() - started:.3f} {scored}"


STEPS: dict[str, Callable[..., str]] = {
    "make": lambda folder, rows: " ".join(map(str, make_files(folder, int(rows)))),
    "plain": plain,
    "ours": ours,
    "duck": duck,
    "score": score,
}


def run_step(folder: Path, *step: str) -> Measured:
    """Run one step in a process of its own."""
    command = [sys.executable, __file__, "--step", str(folder), *step]
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out:
        child = subprocess.Popen(command, stdout=out)
        _pid, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise SystemExit(f"{' '.join(step)} failed")
        out.seek(0)
        busy = usage.ru_utime + usage.ru_stime
        return Measured(seconds, busy, usage.ru_maxrss / 1024, out.read().strip())


def main() -> int:
    """Run every step, print what each took, and with --check fail where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--check", action="store_true", help="exit with 1 where a target is missed")
    parser.add_argument("--step", nargs="+", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        folder, name, *rest = arguments.step
        print(STEPS[name](Path(folder), *rest))
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        return measure(Path(temporary), arguments.rows, check=arguments.check)


def measure(folder: Path, rows: int, *, check: bool) -> int:
    """The steps in their order, and whether the targets are met."""
    wanted = tuple(map(int, run_step(folder, "make", str(rows)).said.split()))
    size = (folder / "first.csv").stat().st_size / 1e6
    print(f"{rows:,} rows, {size:.0f} MB of CSV; each step in a process of its own\n")
    print(f"{'':36}{'seconds':>9}{'processor':>11}{'peak MB':>9}  new changed gone")
    steps = {
        "plain csv + SQLite keyed insert": ("plain", "first.csv"),
        "first load": ("ours", "first.csv", "0"),
        "unchanged, the same bytes": ("ours", "first.csv", "1"),
        "unchanged, another order": ("ours", "again.csv", "2"),
        "1 % changed": ("ours", "changed.csv", "3"),
        "duckdb, unchanged": ("duck", "first.csv", "again.csv"),
        "duckdb, 1 % changed": ("duck", "first.csv", "changed.csv"),
    }
    found = {}
    for label, step in steps.items():
        found[label] = took = run_step(folder, *step)
        said = "" if step[0] == "plain" else took.said
        print(
            f"{label:36}{took.seconds:9.2f}{took.processor:11.2f}{took.megabytes:9.0f}  {said}",
            flush=True,
        )
    scored, products = run_step(folder, "score").said.split()
    print(f"{f'scoring {int(products):,} products':36}{float(scored):9.2f}")
    return _judge(found, float(scored), wanted, check=check)


def _judge(
    found: dict[str, Measured], scored: float, wanted: tuple[int, int, int], *, check: bool
) -> int:
    first = found["first load"].processor
    same = found["unchanged, the same bytes"].processor / first
    again = found["unchanged, another order"].processor / first
    memory = max(
        found[name].megabytes for name in found if "plain" not in name and "duck" not in name
    )
    times = first / found["plain csv + SQLite keyed insert"].processor
    right = " ".join(map(str, wanted))
    ours = [took for name, took in found.items() if "plain" not in name and "duck" not in name]
    memory = max(took.megabytes for took in ours)
    counted = {found[name].said for name in ("1 % changed", "duckdb, 1 % changed")}
    met = {
        f"first load is {times:.2f} × the plain insert (at most {FIRST_LOAD:g})": times
        <= FIRST_LOAD,
        f"the same bytes take {same:.2f} of the first (at most {READ_AGAIN:.2f})": same
        <= READ_AGAIN,
        f"another order takes {again:.2f} of the first (at most {READ_AGAIN:.2f})": again
        <= READ_AGAIN,
        f"peak memory is {memory:.0f} MB (at most {PEAK_MB})": memory <= PEAK_MB,
        f"scoring takes {scored:.2f} s (at most {SCORE_SECONDS:g})": scored <= SCORE_SECONDS,
        f"both count {right}": counted == {right},
    }
    print()
    for target, is_met in met.items():
        print(f"{'met   ' if is_met else 'MISSED'} {target}")
    return int(check and not all(met.values()))


if __name__ == "__main__":
    raise SystemExit(main())

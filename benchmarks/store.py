"""How small and how fast is the snapshot store, beside the usual ways to keep every fetch?

Twenty nights of a site where every fetched body is unique (CSRF token, timestamp) and a few pages
a night really change. Four stores take the same pages, interleaved night by night: one zstd blob
a fetch in SQLite; a gzip WARC written by warcio with an index in SQLite; every raw body as
keyframe + patch (our layout without the content digest); ours. Then pages are read back at
random, interleaved round by round, and compared with what was saved.

    python benchmarks/store.py [--pages DIR] [--count 250] [--nights 20] [--check]
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import random
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import zstandard
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.content import content_digest
from crawler.snapshot import Outcome, Snapshot
from crawler.store import SnapshotStore
from crawler.store.bodies import Bodies
from crawler.store.connection import open_database

SMALLER = 10.0
"""Least factor by which ours is smaller than one zstd blob a fetch."""
FASTER_READ = 2.0
"""Least ratio of our random reads a second to those of the indexed gzip WARC."""

FIRST_NIGHT = datetime(2026, 11, 1, 2, tzinfo=UTC)
BATCH = 64
READS_A_ROUND = 150
ROUNDS = 7
WORDS = [
    *("steel", "brass", "valve", "pump", "seal", "relay", "sensor", "cable", "terminal", "gauge"),
    *("housing", "bracket", "filter", "hose", "clamp", "motor", "coupling", "bearing", "gasket"),
]

Fetch = tuple[str, int, bytes]
"""URL, night, body."""


class Kept(ABC):
    """One way to keep fetches in files of a folder."""

    name = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    @abstractmethod
    def save(self, fetches: list[Fetch]) -> None:
        """Keep one night's fetches."""

    @abstractmethod
    def read(self, url: str, night: int) -> bytes:
        """The page as it was in a night."""

    @abstractmethod
    def close(self) -> None:
        """Write everything out."""

    def size(self) -> int:
        """Bytes on disk."""
        return sum(file.stat().st_size for file in self.folder.iterdir())


class Blobs(Kept):
    """One zstd blob a fetch."""

    name = "zstd-3 blob a fetch"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.db = _sqlite(folder, "url text, night int, data blob, primary key (url, night)")
        self.packer = zstandard.ZstdCompressor(level=3)

    def save(self, fetches: list[Fetch]) -> None:
        for start in range(0, len(fetches), BATCH):
            with self.db:
                self.db.executemany(
                    "insert into kept values (?, ?, ?)",
                    [
                        (url, night, self.packer.compress(body))
                        for url, night, body in fetches[start : start + BATCH]
                    ],
                )

    def read(self, url: str, night: int) -> bytes:
        found = self.db.execute(
            "select data from kept where url = ? and night = ?", (url, night)
        ).fetchone()
        return zstandard.ZstdDecompressor().decompress(found[0])

    def close(self) -> None:
        self.db.close()


class Patches(Kept):
    """Every raw body as keyframe + zstd patch: our layout, every fetch kept byte for byte."""

    name = "keyframe + patch a fetch"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.database = open_database(folder / "kept.db")
        self.db = self.database.conn
        self.db.execute(
            "create table kept (url text, night int, body int, primary key (url,night))"
        )
        self.bodies = Bodies(self.db)
        self.last: dict[str, int] = {}

    def save(self, fetches: list[Fetch]) -> None:
        for start in range(0, len(fetches), BATCH):
            self.db.execute("begin")
            for url, night, body in fetches[start : start + BATCH]:
                sha256 = hashlib.sha256(body).hexdigest()
                row = self.bodies.put(
                    body, sha256=sha256, previous=self.last.get(url), source="shop"
                )
                self.last[url] = row
                self.db.execute("insert into kept values (?, ?, ?)", (url, night, row))
            self.db.execute("commit")

    def read(self, url: str, night: int) -> bytes:
        found = self.db.execute(
            "select body from kept where url = ? and night = ?", (url, night)
        ).fetchone()
        return self.bodies.get(found[0])

    def close(self) -> None:
        self.database.close()


class Warc(Kept):
    """A gzip WARC a night, as warcio writes it, and where each record stands."""

    name = "gzip WARC + index"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.db = _sqlite(folder, "url text, night int, at int, primary key (url, night)")
        self.files: dict[int, BytesIO | object] = {}

    def save(self, fetches: list[Fetch]) -> None:
        night = fetches[0][1]
        with (self.folder / f"{night}.warc.gz").open("wb") as file:
            writer = WARCWriter(file, gzip=True)
            for start in range(0, len(fetches), BATCH):
                places = []
                for url, _, body in fetches[start : start + BATCH]:
                    places.append((url, night, file.tell()))
                    headers = StatusAndHeaders(
                        "200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1"
                    )
                    writer.write_record(
                        writer.create_warc_record(
                            url, "response", payload=BytesIO(body), http_headers=headers
                        )
                    )
                with self.db:
                    self.db.executemany("insert into kept values (?, ?, ?)", places)

    def read(self, url: str, night: int) -> bytes:
        (at,) = self.db.execute(
            "select at from kept where url = ? and night = ?", (url, night)
        ).fetchone()
        file = self.files.get(night)
        if file is None:
            file = self.files[night] = (self.folder / f"{night}.warc.gz").open("rb")
        file.seek(at)
        record = next(iter(ArchiveIterator(file)))
        content: bytes = record.content_stream().read()
        return content

    def close(self) -> None:
        for file in self.files.values():
            file.close()
        self.db.close()


class Ours(Kept):
    """SnapshotStore as a crawl uses it: visits, digests, bodies."""

    name = "ours"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.store = SnapshotStore(folder / "sellby.db")

    def save(self, fetches: list[Fetch]) -> None:
        for start in range(0, len(fetches), BATCH):
            self.store.save(
                [
                    Snapshot("shop", url, _at(night), Outcome.OK, 200, "text/html", "utf-8", body)
                    for url, night, body in fetches[start : start + BATCH]
                ]
            )

    def read(self, url: str, night: int) -> bytes:
        found = self.store.snapshot_at("shop", url, _at(night))
        assert found is not None
        assert found.body is not None
        return found.body

    def close(self) -> None:
        self.store.close()


def main() -> int:
    """Run the nights and the reads; print one line a store."""
    options = _options()
    rng = random.Random(20261101)
    site = _stored(options.pages) if options.pages else _generated(rng, options.count)
    if options.changed * len(site) < 1:
        sys.exit("too few pages for a share of changed ones; give more")
    with tempfile.TemporaryDirectory(dir=options.dir) as folder:
        stores = [kind(Path(folder) / kind.__name__) for kind in (Blobs, Warc, Patches, Ours)]
        wrote, versions, raw = _nights(rng, site, stores, options)
        reads = _random_reads(rng, stores, versions)
        for store in stores:
            store.close()
        sizes = {store.name: store.size() for store in stores}
    fetches = len(site) * options.nights
    size = raw / fetches / 1000
    print(
        f"{options.nights} nights x {len(site)} pages of {size:.0f} KB, {options.changed:.0%} "
        f"changed a night, every body unique; raw {raw / 1e6:.0f} MB"
    )
    for name, bytes_kept in sizes.items():
        print(
            f"{name:26s} {bytes_kept / 1e6:9.2f} MB {bytes_kept / fetches:9.0f} B/fetch"
            f" {raw / bytes_kept:8.1f} x smaller than raw"
            f" {1 / wrote[name]:8.0f} writes/s {1 / reads[name]:8.0f} random reads/s"
        )
    smaller = sizes[Blobs.name] / sizes[Ours.name]
    faster = reads[Warc.name] / reads[Ours.name]
    print(f"ours is {smaller:.1f} x smaller than one zstd blob a fetch (target >= {SMALLER:g})")
    print(f"ours reads {faster:.2f} x as fast as the indexed WARC (target >= {FASTER_READ:g})")
    print(f"ours writes {wrote[Blobs.name] / wrote[Ours.name]:.2f} x as fast as zstd blobs, with")
    print(f"  the digest of every page; peak memory {_peak_mb()} MB")
    return int(options.check and (smaller < SMALLER or faster < FASTER_READ))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=Path, help="a directory of .html files to use instead")
    parser.add_argument("--count", type=int, default=250, help="generated pages")
    parser.add_argument("--nights", type=int, default=20)
    parser.add_argument("--changed", type=float, default=0.05, help="share changed a night")
    parser.add_argument("--dir", type=Path, help="where the files are put; default: temporary")
    parser.add_argument("--check", action="store_true", help="exit 1 where a target is missed")
    return parser.parse_args()


def _nights(
    rng: random.Random, site: list[bytes], stores: list[Kept], options: argparse.Namespace
) -> tuple[dict[str, float], dict[tuple[str, int], str], int]:
    """(median CPU seconds a write, digest by URL and night, raw bytes)."""
    spent: dict[str, list[float]] = {store.name: [] for store in stores}
    digests: dict[tuple[str, int], str] = {}
    raw = 0
    for night in range(options.nights):
        if night:
            for index in rng.sample(range(len(site)), round(options.changed * len(site))):
                site[index] = _changed(site[index], night)
        fetches = [
            (f"https://shop.example/products/{index}.html", night, _unique(body, rng))
            for index, body in enumerate(site)
        ]
        raw += sum(len(body) for _, _, body in fetches)
        for url, _, body in rng.sample(fetches, min(40, len(fetches))):
            digests[url, night] = content_digest(body, "text/html", "utf-8")
        for store in rng.sample(stores, len(stores)):
            gc.collect()
            begun = time.process_time()
            store.save(fetches)
            spent[store.name].append((time.process_time() - begun) / len(fetches))
    return {name: statistics.median(each) for name, each in spent.items()}, digests, raw


def _random_reads(
    rng: random.Random, stores: list[Kept], digests: dict[tuple[str, int], str]
) -> dict[str, float]:
    """Median CPU seconds a read; what was read must show what was saved."""
    spent: dict[str, list[float]] = {store.name: [] for store in stores}
    for _ in range(ROUNDS):
        keys = rng.choices(list(digests), k=READS_A_ROUND)
        for store in rng.sample(stores, len(stores)):
            begun = time.process_time()
            bodies = [store.read(url, night) for url, night in keys]
            spent[store.name].append((time.process_time() - begun) / len(keys))
            for key, body in zip(keys, bodies, strict=True):
                if content_digest(body, "text/html", "utf-8") != digests[key]:
                    sys.exit(f"{store.name}: {key} was read back with other content")
    return {name: statistics.median(each) for name, each in spent.items()}


def _unique(body: bytes, rng: random.Random) -> bytes:
    """As fetched: with a token and a timestamp that differ every time."""
    token = rng.randbytes(20).hex().encode()
    stamp = str(rng.random()).encode()
    head = b'<head><meta name="csrf-token" content="%s">' % token
    tail = b'<script nonce="%s">window.__t=%s;</script></body>' % (token, stamp)
    return body.replace(b"<head>", head, 1).replace(b"</body>", tail, 1)


def _changed(body: bytes, night: int) -> bytes:
    """A page whose price and one sentence were edited."""
    edited = b"<p>Price as of night %d: <b>%d.%02d EUR</b></p></body>" % (night, night * 7, night)
    return body.replace(b"</body>", edited, 1)


def _sqlite(folder: Path, columns: str) -> sqlite3.Connection:
    connection = sqlite3.connect(folder / "kept.db")
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = normal")
    connection.execute(f"create table kept ({columns})")
    return connection


def _at(night: int) -> datetime:
    return FIRST_NIGHT + timedelta(days=night)


def _stored(folder: Path) -> list[bytes]:
    bodies = [path.read_bytes() for path in sorted(folder.rglob("*.htm*")) if path.is_file()]
    kept = [body for body in bodies if b"<head>" in body and b"</body>" in body]
    if not kept:
        sys.exit(f"{folder}: no .html files; give the directory of a checked-out site")
    return kept


def _generated(rng: random.Random, count: int) -> list[bytes]:
    """Pages of three templates, about 90 KB, a tenth of it text and figures of their own."""
    frames = [_frame(random.Random(seed)) for seed in range(3)]
    pages = []
    for number in range(count):
        head, foot = frames[number % len(frames)]
        own = "".join(
            f"<tr><th>{rng.choice(WORDS)} {n}</th><td>{rng.randrange(10**6) / 100}</td></tr>"
            for n in range(40)
        )
        text = "".join(f"<p>{' '.join(rng.choices(WORDS, k=60))}.</p>" for _ in range(10))
        body = f"{head}<h1>Part {number}</h1><table>{own}</table>{text}{foot}"
        pages.append(body.encode())
    return pages


def _frame(rng: random.Random) -> tuple[str, str]:
    """What every page of one template carries: styles, menu, footer, scripts."""
    css = "".join(f".c{n}-{rng.choice(WORDS)}{{margin:{n}px;color:#{n:06x}}}" for n in range(600))
    menu = "".join(
        f'<li class="menu-item menu-item-{n}"><a href="/c/{rng.choice(WORDS)}-{n}"><span>'
        f"{rng.choice(WORDS).title()} {rng.choice(WORDS)}</span></a></li>"
        for n in range(300)
    )
    code = "".join(
        f"function f{n}(a){{return a.q[{n}]||'{rng.choice(WORDS)}'}}" for n in range(300)
    )
    head = (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Shop</title>"
        f"<style>{css}</style></head><body><nav><ul>{menu}</ul></nav><main>"
    )
    return head, f"</main><footer>All prices net.</footer><script>{code}</script></body></html>"


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    sys.exit(main())

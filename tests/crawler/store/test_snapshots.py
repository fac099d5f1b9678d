"""SnapshotStore: what is stored, what is found again, and what it refuses."""

from __future__ import annotations

import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlite_utils import Database

from crawler.errors import DiskFull, NewerDatabase, StoreError
from crawler.snapshot import Editorial, Outcome, Snapshot
from crawler.store import KmsDocument, Listing, SnapshotStore
from crawler.store.schema import migrations
from crawler.summary import CrawlSummary, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NIGHT = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
PAGE = "<!doctype html><html><head><meta name='csrf' content='{nonce}'></head><body><h1>Pump</h1><p>{price} EUR</p><script nonce='{nonce}'>var t={nonce};</script></body></html>"  # noqa: E501


def snapshot(
    url: str = "https://shop.example/a",
    body: str | bytes | None = "<p>9.99 EUR",
    *,
    night: int = 0,
    outcome: Outcome = Outcome.OK,
    source: str = "shop",
    **more: object,
) -> Snapshot:
    if isinstance(body, str):
        body = body.encode()
    return Snapshot(
        source=source,
        url=url,
        fetched_at=NIGHT + timedelta(days=night),
        outcome=outcome,
        body=body if outcome.is_content else None,
        media_type="text/html",
        charset="utf-8",
        **more,  # type: ignore[arg-type]
    )


def summary(source: str = "shop", **more: object) -> CrawlSummary:
    given = {"counts": {"ok": 1}, "started_at": NIGHT, "finished_at": NIGHT} | more
    return CrawlSummary(source=source, **given)  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sellby.db"


@pytest.fixture
def store(path: Path) -> Iterator[SnapshotStore]:
    with SnapshotStore(path) as opened:
        yield opened


def count(path: Path, table: str) -> int:
    connection = sqlite3.connect(path)
    try:
        found: int = connection.execute(f"select count(*) from {table}").fetchone()[0]
    finally:
        connection.close()
    return found


# Refusals ------------------------------------------------------------------------------------


def test_a_database_of_a_newer_version_is_refused_and_left_alone(path: Path) -> None:
    SnapshotStore(path).close()
    database = Database(path)
    database["_sqlite_migrations"].insert(
        {"migration_set": "crawler", "name": "m999_future", "applied_at": "2030-01-01"}
    )
    database.close()
    before = path.read_bytes()
    with pytest.raises(NewerDatabase, match=r"m999_future.*upgrade Sellby"):
        SnapshotStore(path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    path.write_bytes(b"sku;price\n" * 1000)
    with pytest.raises(StoreError, match="not a database"):
        SnapshotStore(path)
    assert path.read_bytes() == b"sku;price\n" * 1000


def test_a_damaged_database_says_so(path: Path) -> None:
    with SnapshotStore(path) as store:
        store.save([snapshot(f"https://shop.example/{n}", f"<p>{n}" * 50) for n in range(500)])
    raw = bytearray(path.read_bytes())
    raw[8192 : len(raw) // 2] = b"\xff" * (len(raw) // 2 - 8192)
    path.write_bytes(raw)
    with pytest.raises(StoreError, match="damaged"), SnapshotStore(path) as store:
        list(store.latest())


def test_reading_only_never_creates_a_database(path: Path) -> None:
    with pytest.raises(StoreError, match="no database yet"):
        SnapshotStore(path, read_only=True)
    assert not path.exists()


def test_a_folder_that_does_not_exist_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="folder exist"):
        SnapshotStore(tmp_path / "missing" / "sellby.db")


def test_a_full_disk_loses_nothing_that_was_saved(path: Path, store: SnapshotStore) -> None:
    store.save([snapshot()])
    pages = store._connection.execute("pragma page_count").fetchone()[0]
    store._connection.execute(f"pragma max_page_count = {pages + 2}")
    noise = "".join(f"<p>{n * 7919 % 10007} {n * 104729 % 99991}" for n in range(20_000))
    with pytest.raises(DiskFull, match="no room left"):
        store.save([snapshot("https://shop.example/big", noise), snapshot(night=1)])
    assert [visit.fetched_at for visit in store.visits("shop", "https://shop.example/a")] == [NIGHT]
    store._connection.execute("pragma max_page_count = 100000")
    assert store.save([snapshot("https://shop.example/big", noise)]) == [Outcome.OK]
    assert store.snapshot_at("shop", "https://shop.example/big").body == noise.encode()  # type: ignore[union-attr]


def test_an_instant_without_time_zone_is_refused_and_nothing_saved(store: SnapshotStore) -> None:
    naive = Snapshot("shop", "https://shop.example/b", datetime(2026, 1, 1), Outcome.GONE)  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone"):
        store.save([snapshot(), naive])
    assert list(store.latest()) == []


def test_what_also_raises_rolls_the_whole_batch_back(path: Path, store: SnapshotStore) -> None:
    def fail(connection: sqlite3.Connection) -> None:
        raise RuntimeError("frontier")

    with pytest.raises(RuntimeError, match="frontier"):
        store.save([snapshot()], also=fail)
    assert count(path, "page") == count(path, "visit") == count(path, "body") == 0
    assert store.save([snapshot()]) == [Outcome.OK]


def test_unchanged_without_stored_content_is_unreadable(store: SnapshotStore) -> None:
    assert store.save([snapshot(body=None, outcome=Outcome.UNCHANGED, status=304)]) == [
        Outcome.UNREADABLE
    ]
    (visit,) = store.visits("shop", "https://shop.example/a")
    assert visit.detail is not None
    assert "no content was ever stored" in visit.detail


def test_a_body_nobody_stored_is_refused(store: SnapshotStore) -> None:
    with pytest.raises(StoreError, match="no body"):
        store.body("0" * 64)


def test_evidence_that_does_not_give_its_hash_is_refused(store: SnapshotStore) -> None:
    store.save([snapshot()])
    (page,) = store.latest()
    assert store.body(page.sha256) == b"<p>9.99 EUR"
    store._connection.execute("update body set sha256 = ?", ("0" * 64,))
    with pytest.raises(StoreError, match="does not give its hash"):
        store.body("0" * 64)


# Content -------------------------------------------------------------------------------------


def test_a_new_nonce_is_no_new_content(path: Path, store: SnapshotStore) -> None:
    pages = [snapshot(body=PAGE.format(nonce=n, price=9), night=n) for n in range(5)]
    outcomes = [store.save([page])[0] for page in pages]
    assert outcomes == [Outcome.OK, *[Outcome.UNCHANGED] * 4]
    assert count(path, "visit") == 5
    assert count(path, "content") == count(path, "body") == 1


def test_a_new_price_is_new_content_and_the_old_one_stays(store: SnapshotStore) -> None:
    for night, price in enumerate((9, 9, 8)):
        store.save([snapshot(body=PAGE.format(nonce=night, price=price), night=night)])
    url = "https://shop.example/a"
    before, after = (store.snapshot_at("shop", url, NIGHT + timedelta(days=n)) for n in (1, 2))
    assert before is not None
    assert after is not None
    assert b"9 EUR" in (before.body or b"")
    assert b"8 EUR" in (after.body or b"")
    assert before.fetched_at == NIGHT + timedelta(days=1)
    assert store.snapshot_at("shop", url, NIGHT - timedelta(days=1)) is None


def test_the_same_body_on_two_pages_is_stored_once(path: Path, store: SnapshotStore) -> None:
    store.save([snapshot("https://shop.example/a"), snapshot("https://shop.example/b")])
    assert count(path, "content") == 2
    assert count(path, "body") == 1


def test_one_batch_may_hold_a_page_twice(store: SnapshotStore) -> None:
    assert store.save([snapshot(), snapshot(night=1)]) == [Outcome.OK, Outcome.UNCHANGED]


def test_a_broken_night_keeps_the_content_and_shows_the_breakage(store: SnapshotStore) -> None:
    store.save([snapshot()])
    store.save([snapshot(night=1, outcome=Outcome.LOGIN_WALL, status=200, detail="asks to log in")])
    (page,) = store.latest()
    assert page.snapshot.fetched_at == NIGHT
    assert page.snapshot.body == b"<p>9.99 EUR"
    assert page.last.outcome is Outcome.LOGIN_WALL
    assert page.last.fetched_at == NIGHT + timedelta(days=1)
    assert page.last.sha256 is None


def test_pages_gone_or_moved_are_not_latest_until_they_come_back(store: SnapshotStore) -> None:
    urls = [f"https://shop.example/{name}" for name in "abc"]
    store.save([snapshot(url) for url in urls])
    store.save(
        [
            snapshot(urls[0], outcome=Outcome.GONE, status=410, night=1),
            snapshot(urls[1], outcome=Outcome.REDIRECTED, target=urls[2], night=1),
        ]
    )
    assert [page.snapshot.url for page in store.latest()] == urls[2:]
    assert [visit.outcome.value for visit in store.last_visits("shop")] == [
        "gone",
        "redirected",
        "ok",
    ]
    assert store.save([snapshot(urls[0], night=2)]) == [Outcome.UNCHANGED]
    assert [page.snapshot.url for page in store.latest()] == [urls[0], urls[2]]


def test_latest_is_ordered_by_source_and_url_over_many_batches(store: SnapshotStore) -> None:
    keys = [(source, f"https://{source}.example/{n:03}") for source in "ba" for n in range(150)]
    store.save([snapshot(url, source=source) for source, url in keys])
    assert [(p.snapshot.source, p.snapshot.url) for p in store.latest()] == sorted(keys)
    assert [p.snapshot.url for p in store.latest("b")] == sorted(u for s, u in keys if s == "b")


# Validators ----------------------------------------------------------------------------------


def test_validators_belong_to_content_that_is_stored(store: SnapshotStore) -> None:
    url = "https://shop.example/a"
    assert store.validators("shop", url).etag is None
    store.save([snapshot(etag='"1"', last_modified="Sun, 01 Nov 2026 02:00:00 GMT")])
    store.save([snapshot(night=1, outcome=Outcome.SERVER_ERROR, status=500, etag='"error"')])
    assert store.validators("shop", url).etag == '"1"'
    store.save([snapshot(night=2, body=None, outcome=Outcome.UNCHANGED, status=304)])
    assert store.validators("shop", url).last_modified == "Sun, 01 Nov 2026 02:00:00 GMT"
    store.save([snapshot(night=3, body="<p>8.99 EUR")])
    assert store.validators("shop", url).etag is None


# Editorial -----------------------------------------------------------------------------------


def test_what_a_kms_says_of_a_document_is_kept_per_visit(path: Path, store: SnapshotStore) -> None:
    first = Editorial("Pump", "anna", "pm", NIGHT, None, "https://wiki.example/edit/1")
    second = Editorial("Pump", "ben", "pm", NIGHT, NIGHT, "https://wiki.example/edit/1")
    for night, editorial in enumerate((first, first, second)):
        store.save([snapshot(night=night, editorial=editorial)])
    store.save([snapshot(night=3, body=None, outcome=Outcome.UNCHANGED)])
    (page,) = store.latest()
    assert page.snapshot.editorial == second
    at_first = store.snapshot_at("shop", "https://shop.example/a", NIGHT)
    assert at_first is not None
    assert at_first.editorial == first
    assert count(path, "editorial") == 2


# Crawls --------------------------------------------------------------------------------------


def test_a_crawl_that_never_ended_is_found_interrupted(path: Path) -> None:
    with SnapshotStore(path) as store:
        first = store.begin_crawl("shop", NIGHT)
        store.save([snapshot()])
    with SnapshotStore(path) as store:
        store.begin_crawl("other", NIGHT)
        assert store.last_crawl("shop").state == "running"  # type: ignore[union-attr]
        second = store.begin_crawl("shop", NIGHT)
        store.save([snapshot(night=1)])
        store.end_crawl(second, summary(problems=(Problem("limit", "stopped"),), complete=False))
        record = store.last_crawl("shop")
        assert record is not None
        assert (record.id, record.state, dict(record.counts)) == (second, "partial", {"ok": 1})
        assert record.problems == (Problem("limit", "stopped"),)
        assert store.last_crawl("shop", complete=True) is None
        visits = store.visits("shop", "https://shop.example/a")
        assert [visit.crawl for visit in visits] == [first, second]
        store.save([snapshot(night=2)])
        assert store.visits("shop", "https://shop.example/a")[-1].crawl is None


def test_sources_are_counted(store: SnapshotStore) -> None:
    crawl = store.begin_crawl("shop", NIGHT)
    store.save([snapshot(f"https://shop.example/{n}") for n in range(3)])
    store.save([snapshot("https://shop.example/0", outcome=Outcome.GONE, night=1)])
    store.end_crawl(crawl, summary())
    store.begin_crawl("wiki", NIGHT)
    states = {state.source: state for state in store.sources()}
    assert (states["shop"].pages, states["shop"].gone) == (2, 1)
    assert states["shop"].last_crawl is not None
    assert states["wiki"].pages == 0


def test_a_cursor_is_kept_until_a_later_run_gives_one(store: SnapshotStore) -> None:
    assert store.cursor("wiki") is None
    documents = tuple(KmsDocument(str(n), f"https://w.example/{n}", f"v{n}") for n in range(3))
    store.save_cursor("wiki", Listing(NIGHT, "c1", documents, swept=True))
    store.save_cursor(
        "wiki",
        Listing(
            NIGHT + timedelta(days=1), None, (KmsDocument("1", "https://w.example/x"),), ("2",)
        ),
    )
    assert store.cursor("wiki") == "c1"
    assert store.swept_at("wiki") == NIGHT
    assert store.versions("wiki") == {"0": "v0"}
    assert store.documents("wiki")["1"].url == "https://w.example/x"


# The file ------------------------------------------------------------------------------------


def test_every_table_is_strict_and_every_reference_holds(path: Path, store: SnapshotStore) -> None:
    for night in range(3):
        store.save([snapshot(body=PAGE.format(nonce=night, price=night), night=night)])
    database = Database(path)
    tables = [t for t in database.tables if not t.name.startswith(("_", "sqlite"))]
    assert len(tables) == 10
    assert all(table.strict for table in tables)
    assert database.execute("pragma foreign_key_check").fetchall() == []
    assert database.execute("pragma integrity_check").fetchall() == [("ok",)]
    assert [row["url"] for row in database["latest_page"].rows] == ["https://shop.example/a"]
    assert next(iter(database["latest_visit"].rows))["outcome"] == "ok"
    database.close()


def test_opening_twice_applies_nothing_twice(path: Path) -> None:
    for _ in range(2):
        SnapshotStore(path).close()
    database = Database(path)
    assert [m.name for m in migrations.applied(database)] == [
        migration.name for migration in migrations.pending(Database(memory=True))
    ]
    database.close()


def test_a_reader_sees_what_is_committed_while_a_writer_writes(path: Path) -> None:
    with SnapshotStore(path) as writer, SnapshotStore(path, read_only=True) as reader:
        writer.save([snapshot()])

        def look(connection: sqlite3.Connection) -> None:
            assert len(list(reader.latest())) == 1

        writer.save([snapshot("https://shop.example/b")], also=look)
        assert len(list(reader.latest())) == 2
        with pytest.raises(StoreError, match="read-only"):
            reader.save([snapshot()])


def test_two_threads_and_two_stores_write_without_losing_a_page(path: Path) -> None:
    def write(store: SnapshotStore, name: str) -> None:
        for n in range(20):
            store.save([snapshot(f"https://shop.example/{name}{n}", f"<p>{name}{n}")])

    with SnapshotStore(path) as one, SnapshotStore(path) as two:
        threads = [
            threading.Thread(target=write, args=(store, name))
            for store, name in ((one, "a"), (one, "b"), (two, "c"))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(list(one.latest())) == 60

"""Forgetting: what is old goes, what is needed stays readable, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.snapshot import Outcome, Snapshot
from crawler.store import SnapshotStore
from crawler.store.retention import Forgotten, Rules

NIGHT = datetime(2026, 1, 1, 2, tzinfo=UTC)
URL = "https://shop.example/pump"
WORDS = "A page about valves, seals and pumps with some words to read on it. " * 40


def snapshot(day: int, price: str, url: str = URL, outcome: Outcome = Outcome.OK) -> Snapshot:
    body = f"<title>Pump</title><h1>Pump</h1><p>{price} EUR</p><p>{WORDS}</p>".encode()
    at = NIGHT + timedelta(days=day)
    return Snapshot("web", url, at, outcome, 200, "text/html", "utf-8",
                    body if outcome is Outcome.OK else None)  # fmt: skip


def rules(day: int, contents: int = 1) -> Rules:
    at = NIGHT + timedelta(days=day)
    return Rules(contents, at, at)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SnapshotStore]:
    with SnapshotStore(tmp_path / "sellby.db") as opened:
        yield opened


def year(store: SnapshotStore) -> None:
    """A page whose price changes every thirty days, visited every ten."""
    for day in range(0, 300, 10):
        store.save([snapshot(day, f"{day // 30}.50")])


def shown(store: SnapshotStore, url: str = URL) -> list[tuple[int, str]]:
    return [((v.fetched_at - NIGHT).days, str(v.outcome)) for v in store.visits("web", url)]


def test_a_dry_run_says_the_same_as_the_run_and_changes_nothing(store: SnapshotStore) -> None:
    year(store)
    before = shown(store)
    would = store.forget(rules(250), (), dry_run=True)
    assert shown(store) == before
    assert store.forget(rules(250), ()) == would
    assert (would.contents, would.visits) == (8, 24)
    assert would.bodies > 0
    assert would.size > 0


def test_old_contents_go_with_their_visits_and_the_newest_stays(store: SnapshotStore) -> None:
    year(store)
    store.forget(rules(400), ())
    assert shown(store) == [(270, "ok"), (290, "unchanged")]
    last = store.snapshot_at("web", URL)
    assert last is not None
    assert b"9.50 EUR" in (last.body or b"")


def test_of_a_content_that_stays_first_and_last_visit_stay(store: SnapshotStore) -> None:
    year(store)
    store.forget(rules(400, contents=2), ())
    assert shown(store) == [(240, "ok"), (260, "unchanged"), (270, "ok"), (290, "unchanged")]
    then = store.snapshot_at("web", URL, NIGHT + timedelta(days=250))
    assert then is not None
    assert b"8.50 EUR" in (then.body or b"")


def test_evidence_stays_readable_and_so_does_what_it_is_a_patch_against(
    store: SnapshotStore,
) -> None:
    year(store)
    evidence = store.visits("web", URL)[0].sha256
    assert evidence is not None
    store.forget(rules(400), (evidence,))
    assert b"0.50 EUR" in store.body(evidence)
    assert (0, "ok") in shown(store)
    for page in store.latest():
        assert page.snapshot.body


def test_pages_that_are_patches_against_a_page_that_goes_stay_readable(
    store: SnapshotStore,
) -> None:
    store.save([snapshot(0, "1.00")])
    others = [f"https://shop.example/{n}" for n in range(5)]
    store.save([snapshot(1, f"{n}.20", url) for n, url in enumerate(others)])
    store.save([snapshot(2, "completely other text " * 300)])
    store.forget(rules(400), ())
    found = {page.snapshot.url: page.snapshot.body for page in store.latest()}
    assert all(f"{n}.20 EUR".encode() in (found[url] or b"") for n, url in enumerate(others))


def test_failed_visits_go_but_the_last_one_stays(store: SnapshotStore) -> None:
    store.save([snapshot(0, "1.00")])
    for day in (1, 2, 3):
        store.save([snapshot(day, "", outcome=Outcome.TIMEOUT)])
    store.forget(rules(400), ())
    assert shown(store) == [(0, "ok"), (3, "timeout")]


def test_a_stop_half_way_loses_nothing_and_the_next_run_goes_on(store: SnapshotStore) -> None:
    year(store)

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.forget(rules(400), (), progress=stop)
    assert store.snapshot_at("web", URL) is not None
    assert store.forget(rules(400), ()).bodies > 0
    assert store.forget(rules(400), ()) == Forgotten()


def test_the_file_becomes_smaller(store: SnapshotStore) -> None:
    import random

    noise = random.Random(7)
    for day in range(30):
        store.save([snapshot(day, noise.randbytes(20_000).hex())])
    store.forget(rules(400), ())
    before, after = store.vacuum()
    assert after < before / 4
    assert store.snapshot_at("web", URL) is not None

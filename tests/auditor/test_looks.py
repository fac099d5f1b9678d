"""What the store shows of each page now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from auditor.findings import Sight
from auditor.looks import look_of, looks
from crawler.snapshot import Outcome, Snapshot
from crawler.store import SnapshotStore

T0 = datetime(2026, 11, 20, 2, tzinfo=UTC)
CONTENT = b"<html><body><h1>Relay</h1><p>9 EUR</p></body></html>"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SnapshotStore]:
    with SnapshotStore(tmp_path / "sellby.db") as opened:
        yield opened


def visit(
    store: SnapshotStore,
    day: int,
    url: str,
    outcome: Outcome = Outcome.OK,
    *,
    status: int = 200,
    target: str | None = None,
) -> None:
    body = CONTENT if outcome is Outcome.OK else None
    at = T0 + timedelta(days=day)
    store.save(
        [Snapshot("web", url, at, outcome, status, "text/html", "utf-8", body, target=target)]
    )


def test_every_page_is_looked_at_once_in_order_whatever_it_shows(store: SnapshotStore) -> None:
    visit(store, 0, "https://a.example/c")
    visit(store, 0, "https://a.example/b")
    visit(store, 1, "https://a.example/b", Outcome.LOGIN_WALL)
    visit(store, 0, "https://a.example/a")
    visit(store, 1, "https://a.example/a", Outcome.GONE, status=404)
    visit(store, 0, "https://a.example/d", Outcome.TIMEOUT)
    visit(store, 0, "https://a.example/e", Outcome.REDIRECTED, status=301, target="https://x/")
    visit(store, 0, "https://a.example/f", Outcome.REDIRECTED, status=302, target="https://x/")
    seen = [(look.seen.url[-1], look.seen.sight) for look in looks(store, "web")]
    assert seen == [
        ("a", Sight.GONE),
        ("b", Sight.BLIND),
        ("c", Sight.CONTENT),
        ("d", Sight.BLIND),
        ("e", Sight.GONE),
        ("f", Sight.BLIND),
    ]


def test_one_page_is_looked_at_as_among_the_others(store: SnapshotStore) -> None:
    visit(store, 0, "https://a.example/c")
    visit(store, 2, "https://a.example/c")
    visit(store, 0, "https://a.example/g", Outcome.GONE, status=410)
    assert [look_of(store, "web", look.seen.url) for look in looks(store, "web")] == list(
        looks(store, "web")
    )


def test_a_page_never_visited_is_no_look(store: SnapshotStore) -> None:
    assert look_of(store, "web", "https://a.example/never") is None


def test_content_seen_unchanged_is_as_fresh_as_the_last_visit(store: SnapshotStore) -> None:
    visit(store, 0, "https://a.example/c")
    visit(store, 5, "https://a.example/c")
    (look,) = looks(store, "web")
    assert look.outcome is Outcome.UNCHANGED
    assert look.seen.fetched_at == T0 + timedelta(days=5)
    assert look.snapshot is not None
    assert look.snapshot.body == CONTENT

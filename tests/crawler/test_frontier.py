"""Nothing that is to be fetched is lost, and nothing is fetched twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crawler.errors import NewerDatabase
from crawler.frontier import FORGOTTEN_AFTER, Done, Found, Frontier, Kind, migrations
from crawler.store import SnapshotStore

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
START = [Found("https://a.example/", 0)]


def opened(path, at=NOW, seeds=START, source="s") -> Frontier:
    frontier = Frontier(path, source)
    frontier.open_run(at, seeds)
    return frontier


def drained(frontier: Frontier) -> list[str]:
    urls = []
    while (entry := frontier.next()) is not None:
        urls.append(entry.url)
    return urls


def commit(path, frontier: Frontier, *done: Done) -> None:
    """As the writer does: in the transaction of the store."""
    with SnapshotStore(path) as store:
        store.save([], also=lambda connection: frontier.write(connection, done))


def visited(path, frontier: Frontier, url: str, *found: str, gone: bool = False) -> None:
    new = [Found(each, 1) for each in found]
    commit(path, frontier, Done(url, gone, None, [each for each in new if frontier.add(each)]))


def test_a_url_is_given_once_however_often_it_is_found(database):
    frontier = opened(database)
    assert frontier.add(Found("https://a.example/x", 1))
    assert not frontier.add(Found("https://a.example/x", 2))

    assert drained(frontier) == ["https://a.example/", "https://a.example/x"]
    assert not frontier.has_more()
    frontier.close()


def test_an_interrupted_run_goes_on_with_what_was_found_but_not_done(database):
    frontier = opened(database)
    visited(database, frontier, "https://a.example/", "https://a.example/1", "https://a.example/2")
    visited(database, frontier, "https://a.example/1", "https://a.example/3")
    frontier.add(Found("https://a.example/uncommitted", 1))
    frontier.close()

    again = opened(database, NOW + timedelta(hours=3))

    assert again.resumed
    assert drained(again) == ["https://a.example/2", "https://a.example/3"]
    assert again.add(Found("https://a.example/uncommitted", 1)), "it is found again"
    again.close()


def test_an_interrupted_run_of_days_ago_is_not_gone_on_with(database):
    frontier = opened(database)
    visited(database, frontier, "https://a.example/", "https://a.example/1")
    frontier.close()

    again = opened(database, NOW + timedelta(days=3))

    assert not again.resumed
    assert sorted(drained(again)) == ["https://a.example/", "https://a.example/1"]
    again.close()


def test_a_finished_run_starts_afresh_and_pages_known_from_it_come_last(database):
    frontier = opened(database)
    visited(database, frontier, "https://a.example/", "https://a.example/orphan")
    visited(database, frontier, "https://a.example/orphan")
    commit(
        database, frontier, Done("https://a.example/map.xml", found=[Found("m", 1, Kind.SITEMAP)])
    )
    frontier.finish_run(NOW, 2)
    frontier.close()

    again = opened(database, NOW + timedelta(days=1))
    assert not again.resumed
    assert again.last_content_pages() == 2
    again.add(Found("https://a.example/new", 1))

    assert drained(again) == [
        "https://a.example/",
        "https://a.example/new",
        "https://a.example/orphan",
        "https://a.example/map.xml",
    ]
    again.close()


def test_known_pages_are_still_to_be_fetched_after_a_kill(database):
    frontier = opened(database)
    for name in ("", "1", "2"):
        visited(database, frontier, f"https://a.example/{name}")
    frontier.finish_run(NOW, 3)
    frontier.close()
    second = opened(database, NOW + timedelta(days=1))
    visited(database, second, "https://a.example/")
    visited(database, second, "https://a.example/1")
    second.close()

    third = opened(database, NOW + timedelta(days=1, hours=1))

    assert third.resumed
    assert drained(third) == ["https://a.example/2"]
    third.close()


def test_a_page_that_is_gone_is_asked_for_some_more_nights_and_then_forgotten(database):
    nights = 0
    for night in range(FORGOTTEN_AFTER + 3):
        frontier = opened(database, NOW + timedelta(days=night), seeds=[])
        urls = drained(frontier)
        if night == 0:
            urls = ["https://a.example/x"]
        for url in urls:
            nights += 1
            visited(database, frontier, url, gone=True)
        frontier.finish_run(NOW, 0)
        frontier.close()

    assert nights == FORGOTTEN_AFTER


def test_sources_do_not_see_each_other(database):
    one, two = opened(database, source="one"), opened(database, source="two", seeds=[])
    one.add(Found("https://a.example/x", 1))

    assert drained(two) == []
    assert len(drained(one)) == 2
    one.close()
    two.close()


def test_a_newer_database_is_refused_and_left_alone(database):
    frontier = opened(database)
    frontier._database.table(migrations.migrations_table).insert(
        {"migration_set": migrations.name, "name": "m999_future", "applied_at": "2030"}
    )
    frontier.close()

    with pytest.raises(NewerDatabase):
        Frontier(database, "s")

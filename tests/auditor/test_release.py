"""What waits for a person: values beyond a bound, exports set aside, and letting them through."""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from auditor.config import Config
from auditor.errors import DecisionRefused, NotFound
from auditor.feeds import FeedConfig
from auditor.ingest import ingest
from auditor.release import Wanted, release
from auditor.store import AuditStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from auditor.release import Outcome
    from auditor.store.history import FeedRunSummary

NOW = datetime(2026, 11, 1, 3, tzinfo=UTC)


class Desk:
    """A feed of prices, read night by night, and the person who answers for it."""

    def __init__(self, folder: Path, store: AuditStore, gates: dict[str, Any]) -> None:
        self.folder, self.store = folder, store
        self.feeds = {
            "erp": FeedConfig(path="erp.csv", currency="EUR", gates=gates),
            "shop": FeedConfig(path="shop.csv", currency="EUR"),
        }

    def night(self, number: int, *rows: str, feed: str = "erp") -> FeedRunSummary:
        """Read an export; without rows the one that is there already."""
        if rows:
            path = self.folder / f"{feed}.csv"
            path.write_text("sku,attribute,value,valid_from,valid_to\n" + "\n".join(rows) + "\n")
            written = (NOW + timedelta(days=number, hours=-4)).timestamp()
            os.utime(path, (written, written))
        now = NOW + timedelta(days=number)
        return ingest(feed, self.feeds[feed], self.folder, self.store.catalogue, now)

    def release(self, number: int, *ids: str, **more: Any) -> Outcome:
        config = Config(feeds=self.feeds, base_dir=self.folder)
        wanted = Wanted("erp", ids, more.pop("who", "ines"), "checked")
        return release(config, self.store, wanted, NOW + timedelta(days=number, hours=6), **more)

    def price(self, sku: str, number: int) -> list[str]:
        at = NOW + timedelta(days=number, hours=7)
        truths = self.store.catalogue.truths(sku)
        return [truth.value.amount.text for truth in truths if truth.in_force(at)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with AuditStore(tmp_path / "sellby.db") as store:
        yield Desk(tmp_path, store, {"max_factor": {"price": 3}, "max_drop": 0.3})


def rows(*values: str) -> list[str]:
    return [f"S{n},price,{value},," for n, value in enumerate(values)]


# By date alone ---------------------------------------------------------------------------------


def test_a_scheduled_price_that_takes_effect_is_told_though_the_file_is_the_same(desk: Desk):
    scheduled = ["S0,price,10,2026-01-01,2026-11-02", "S0,price,11,2026-11-02,"]
    desk.night(0, *scheduled)
    same = desk.night(1)
    assert (same.state, same.started, same.expired) == ("unchanged", 1, 1)
    assert desk.price("S0", 1) == ["11"]
    assert [desk.night(n).started for n in (2, 3)] == [0, 0]


def test_what_takes_effect_by_date_is_told_beside_what_changed(desk: Desk):
    desk.night(0, "S0,price,10,,2026-11-02", "S0,price,11,2026-11-02,", "S1,price,5,,")
    summary = desk.night(1, "S0,price,10,,2026-11-02", "S0,price,11,2026-11-02,", "S1,price,6,,")
    assert (summary.state, summary.changed, summary.started) == ("applied", 1, 1)


# Values beyond a bound -------------------------------------------------------------------------


def test_a_value_beyond_its_bound_waits_and_the_good_one_stays(desk: Desk):
    desk.night(0, *rows("10", "20"))
    summary = desk.night(1, *rows("100", "21"))
    assert (summary.state, summary.changed, summary.held) == ("applied", 1, 1)
    assert (desk.price("S0", 1), desk.price("S1", 1)) == (["10"], ["21"])
    assert desk.store.catalogue.held.facts() == {("erp", "S0", "price", "")}


def test_what_waits_does_not_go_missing_meanwhile(desk: Desk):
    desk.night(0, *rows("10", "20"))
    for number in (1, 2, 3):
        summary = desk.night(number, *rows("100", "20"), f"S7,price,{number},,")
        assert (summary.held, summary.removed) == (1, 0)
    assert desk.price("S0", 3) == ["10"]
    (waiting,) = desk.store.catalogue.held.of("erp")
    assert waiting.held_since == NOW + timedelta(days=1)


def test_a_released_value_holds_from_when_it_would_have_held(desk: Desk):
    desk.night(0, *rows("10", "20"))
    desk.night(1, *rows("100", "20"))
    (waiting,) = desk.store.catalogue.held.of("erp")
    outcome = desk.release(1, waiting.id[:6])
    assert outcome.releases[0].what == "price of S0: 10 EUR / 1 pcs → 100 EUR / 1 pcs"
    assert desk.price("S0", 1) == ["100"]
    assert desk.price("S0", 0) == ["100"]  # the export of the first night was from before
    assert desk.store.catalogue.held.of() == []
    summary = desk.night(2, *rows("100", "20"), "S9,price,1,,")
    assert (summary.held, summary.changed, summary.added) == (0, 0, 1)


def test_a_scheduled_value_beyond_the_bound_waits_beside_the_one_in_force(desk: Desk):
    desk.night(0, "S0,price,10,2026-01-01,")
    summary = desk.night(1, "S0,price,10,2026-01-01,", "S0,price,99,2026-12-01,")
    assert (summary.held, summary.added) == (1, 0)
    assert desk.price("S0", 60) == ["10"]
    desk.release(1)
    assert (desk.price("S0", 1), desk.price("S0", 60)) == (["10"], ["99"])
    summary = desk.night(2, "S0,price,10,2026-01-01,", "S0,price,99,2026-12-01,", "S1,price,1,,")
    assert (summary.added, summary.changed, summary.removed) == (1, 0, 0)
    assert (desk.price("S0", 1), desk.price("S0", 60)) == (["10"], ["99"])


def test_a_value_that_is_taken_back_waits_no_longer(desk: Desk):
    desk.night(0, *rows("10", "20"))
    desk.night(1, *rows("100", "20"))
    assert desk.night(2, *rows("10", "21")).held == 0
    assert desk.store.catalogue.held.of() == []
    assert desk.price("S0", 2) == ["10"]


def test_a_fall_beyond_the_bound_waits_too_and_a_change_within_it_does_not(desk: Desk):
    desk.night(0, *rows("10", "10"))
    assert desk.night(1, *rows("3.3", "30")).held == 1
    assert desk.price("S1", 1) == ["30"]


# Exports set aside -----------------------------------------------------------------------------


def test_a_released_export_is_read_past_its_gates_and_told_in_the_log(desk: Desk):
    desk.night(0, *rows(*"1234567890".replace("0", "9")))
    shut = desk.night(1, *rows("1", "2", "3"))
    assert shut.state == "quarantined"
    outcome = desk.release(1)
    assert outcome.run is not None
    assert outcome.run.state == "unchanged"  # what is gone must be gone twice
    assert "released by ines" in outcome.run.message
    (logged,) = desk.store.catalogue.releases.of("erp")
    assert (logged.kind, logged.who, logged.note) == ("export", "ines", "checked")
    gone = desk.night(2, *rows("1", "2", "4"))
    assert (gone.state, gone.removed) == ("applied", 7)


def test_only_the_export_that_was_set_aside_can_be_released(desk: Desk):
    desk.night(0, *rows(*"123456789"), "S9,price,9,,")
    desk.night(1, *rows("1", "2", "3"))
    (desk.folder / "erp.csv").write_text("sku,attribute,value\nS0,price,7\n")
    with pytest.raises(DecisionRefused, match="no longer"):
        desk.release(1)
    assert desk.store.catalogue.gated() == {"erp"}
    assert desk.store.catalogue.releases.of() == []


@pytest.mark.parametrize("broken", [True, False])
def test_where_nothing_waits_nothing_is_released(desk: Desk, broken: bool):
    with pytest.raises(DecisionRefused, match="was not read yet"):
        desk.release(0)
    desk.night(0, *rows("10"))
    if broken:
        (desk.folder / "erp.csv").unlink()
        assert desk.night(1).state == "failed"
    with pytest.raises(DecisionRefused, match="nothing"):
        desk.release(1)
    with pytest.raises(NotFound, match="no value with the id 'abc'"):
        desk.release(1, "abc")


def test_a_dry_run_says_what_would_be_released(desk: Desk):
    desk.night(0, *rows("10"))
    desk.night(1, *rows("100"))
    assert len(desk.release(1, dry_run=True).releases) == 1
    assert len(desk.store.catalogue.held.of()) == 1


def test_the_log_of_releases_is_append_only(desk: Desk):
    desk.night(0, *rows("10"))
    desk.night(1, *rows("100"))
    desk.release(1)
    for statement in ("update feed_release set who = 'x'", "delete from feed_release"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            desk.store.database.execute(statement)


# Truths of equal rank that disagree ------------------------------------------------------------


def test_feeds_that_disagree_are_a_conflict_until_one_gives_way(desk: Desk):
    desk.night(0, *rows("10", "20"))
    desk.night(0, "S0,price,10.00,,", "S1,price,25,,", feed="shop")
    (conflict,) = desk.store.catalogue.conflicts.of("erp")
    assert (conflict.sku, conflict.feeds) == ("S1", ("erp", "shop"))
    assert [side.value for side in conflict.sides] == ["20 EUR / 1 pcs", "25 EUR / 1 pcs"]
    desk.night(1, "S0,price,10.00,,", "S1,price,20,,", feed="shop")
    assert desk.store.catalogue.conflicts.of() == []


def test_windows_that_overlap_are_a_conflict_and_a_later_start_is_none(desk: Desk):
    desk.night(0, "S0,price,10,2026-01-01,", "S0,price,11,2026-10-01,")
    assert desk.store.catalogue.conflicts.of() == []
    overlap = ["S1,price,10,2026-01-01,2027-01-01", "S1,price,11,2026-10-01,2027-01-01"]
    desk.night(1, "S0,price,10,2026-01-01,", "S0,price,11,2026-10-01,", *overlap)
    assert [conflict.sku for conflict in desk.store.catalogue.conflicts.of()] == ["S1"]


def test_a_conflict_that_only_a_date_brings_is_told_on_that_day(desk: Desk):
    desk.night(0, "S1,price,10,2026-01-01,2027-01-01", "S1,price,11,2026-11-02,2027-01-01")
    assert desk.store.catalogue.conflicts.of() == []
    assert desk.night(1).started == 1
    assert len(desk.store.catalogue.conflicts.of()) == 1

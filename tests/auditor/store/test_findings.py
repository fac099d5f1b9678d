"""Findings, decisions and steps in the database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from auditor.errors import NotFound
from auditor.findings import StateChange
from auditor.model import (
    Attribute,
    Claim,
    Decision,
    DecisionKind,
    Diagnosis,
    Finding,
    Judgement,
    Locator,
    Method,
    Role,
    State,
    Truth,
    Verdict,
)
from auditor.store import AuditStore, Filter
from auditor.values.types import Basis, Word

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[AuditStore]:
    with AuditStore(tmp_path / "sellby.db") as opened:
        yield opened


def finding(number: int = 1, **more: object) -> Finding:
    key = f"{number:064x}"[::-1]
    locator = Locator(10, 19, "/html/body/p[1]")
    claim = Claim(
        "web", f"https://a.example/{number}", f"S-{number}", Attribute.PRICE, "", Role.LIST,
        Word("12.40 EUR", "12.40 EUR"), Basis(), "12,40 €", locator, Method.TABLE, True, 0.9,
    )  # fmt: skip
    truth = Truth(
        f"S-{number}", Attribute.PRICE, "", Word("13.10 EUR", "13.10 EUR"), valid_from=NOW,
        feed="erp", row="prices.csv:7",
    )  # fmt: skip
    judgement = Judgement(
        "web", f"https://a.example/{number}", f"S-{number}", Attribute.PRICE, "", "list",
        Verdict.MISMATCH, Diagnosis.OUTDATED, None, claim, truth, "12.40 EUR", "13.10 EUR", "EUR",
        "It was the price until today.", "12,40 €", locator, NOW, 2, "13,10 €",
    )  # fmt: skip
    made = Finding(
        key[:8], key, judgement, State.OPEN, NOW, NOW, "Relay", "Relays", "tom", 71.5,
        (("severity", "price", 1.0), ("age", "wrong for 3 days", 0.715)), "web: price", "ab" * 32,
        NOW,
    )  # fmt: skip
    return replace(made, **more)


def test_a_finding_comes_back_as_it_was_saved(store: AuditStore) -> None:
    saved = finding()
    store.findings.save([saved])
    assert store.findings.of_page("web", "https://a.example/1") == [saved]


def test_saving_again_replaces(store: AuditStore) -> None:
    store.findings.save([finding()])
    store.findings.save([finding(state=State.WAIVED, waived_until=NOW + timedelta(days=3))])
    (found,) = store.findings.matching(Filter(every_state=True))
    assert found.state is State.WAIVED
    assert found.waived_until == NOW + timedelta(days=3)


def test_ids_that_would_clash_grow(store: AuditStore) -> None:
    one, two = "ab" * 4 + "0" * 56, "ab" * 4 + "1" * 56
    store.findings.save([finding(1, fingerprint=one, id=one[:8])])
    store.findings.save([finding(2, fingerprint=two, id=two[:8])])
    store.findings.save([finding(2, fingerprint=two, id=two[:8])])
    ids = sorted(each.id for each in store.findings.matching(Filter()))
    assert ids == ["abababab", "abababab11"]
    assert store.findings.by_id("abababab").fingerprint == one
    assert store.findings.by_id("abababab1").fingerprint == two


@pytest.mark.parametrize("prefix", ["", "zz", "%", "0000", "' or 1=1"])
def test_a_prefix_that_fits_none_is_not_found(store: AuditStore, prefix: str) -> None:
    store.findings.save([finding(1), finding(2)])
    with pytest.raises(NotFound):
        store.findings.by_id(prefix)


def test_a_prefix_that_fits_several_names_them(store: AuditStore) -> None:
    store.findings.save(
        [finding(n, fingerprint=f"cc{n}" + "0" * 61, id=f"cc{n}00000") for n in (1, 2)]
    )
    with pytest.raises(NotFound, match=r"cc100000, cc200000; say more letters"):
        store.findings.by_id("cc")


def test_the_work_list_has_no_closed_findings_and_starts_with_the_most_urgent(
    store: AuditStore,
) -> None:
    states = [State.OPEN, State.VERIFIED, State.REJECTED, State.WAIVED, State.CLAIMED_FIXED]
    for number, state in enumerate(states, 1):
        store.findings.save([finding(number, state=state, priority=float(number))])
    listed = store.findings.matching(Filter())
    assert [each.state for each in listed] == [State.CLAIMED_FIXED, State.OPEN]
    view = store.database.execute("select state from open_findings").fetchall()
    assert [row[0] for row in view] == ["claimed_fixed", "open"]


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (Filter(sku="s-2"), [2]),
        (Filter(owner="TOM"), [1, 2, 3]),
        (Filter(text="a.example/3"), [3]),
        (Filter(group="Relays", limit=2), [1, 2]),
        (Filter(states=("waived",)), []),
        (Filter(sku="S-1' or '1'='1"), []),
    ],
)
def test_findings_are_filtered(store: AuditStore, wanted: Filter, numbers: list[int]) -> None:
    store.findings.save([finding(number, priority=90.0 - number) for number in (1, 2, 3)])
    found = [int(each.judgement.sku[2:]) for each in store.findings.matching(wanted)]
    assert found == numbers


def test_a_decision_is_never_changed_or_deleted(store: AuditStore) -> None:
    made = finding()
    store.findings.save([made])
    decision = Decision(
        made.fingerprint, DecisionKind.REJECT, "ines", NOW, "false_alarm", "no", None, "",
        "12.40 EUR", "13.10 EUR", "ab" * 32,
    )  # fmt: skip
    step = StateChange(made.fingerprint, NOW, "open", "rejected", "ines: …")
    store.findings.record(decision, replace(made, state=State.REJECTED), step)
    assert store.findings.decisions([made.fingerprint]) == {
        made.fingerprint: [replace(decision, id=1)]
    }
    assert store.findings.history(made.fingerprint) == [step]
    for statement in ("update decision set who = 'x'", "delete from decision"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            store.database.execute(statement)


def test_a_block_that_fails_leaves_nothing_behind(store: AuditStore) -> None:
    def write() -> None:
        with store.writing():
            store.findings.save([finding()])
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError):
        write()
    assert store.findings.counts() == {}
    store.findings.save([finding()])
    assert store.findings.counts() == {"open": 1}


def test_hostile_text_is_data_and_nothing_else(store: AuditStore) -> None:
    judgement = replace(finding().judgement, quote="'); drop table finding; --", note="\x00\u202e")
    store.findings.save([finding(judgement=judgement)])
    (found,) = store.findings.matching(Filter())
    assert found.judgement.quote == "'); drop table finding; --"
    assert found.judgement.note == "\x00\u202e"

"""``sellby impact``: what becomes wrong, before it does."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Company


def next_prices(company: Company, price: str, start: str) -> Path:
    """The truths' next export: RL-500 at another price from a day on."""
    text = (company.directory / "feeds/truths.csv").read_text()
    old = "RL-500,price,,48.50,EUR,1,pcs,,excl,,2025-01-01,"
    assert old in text
    new = f"{old}{start}\nRL-500,price,,{price},EUR,1,pcs,,excl,,{start},"
    path = company.directory / "next.csv"
    path.write_text(text.replace(old, new))
    return path


def in_days(days: int) -> str:
    return f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%d}"


def test_nothing_is_foreseen_where_nothing_is_scheduled(audited: Company) -> None:
    found = audited.read("impact")
    assert found["coming"] == []
    assert found["counts"] == {"breaks": 0, "worsens": 0, "heals": 0}


def test_a_proposed_price_list_names_page_owner_and_lead_time(audited: Company) -> None:
    path = next_prices(audited, "51.00", in_days(9))
    found = audited.read("impact", "--feed", f"truths={path}")
    (coming,) = found["coming"]
    assert coming["sku"] == "RL-500"
    assert coming["claimed"] == "48.50 EUR / 1 pcs"
    assert coming["expected"] == "51.00 EUR / 1 pcs"
    assert coming["owner"] == "rita@acme.example"
    assert coming["kind"] == "document"
    assert coming["lead_days"] in (8, 9)
    (notice,) = found["notices"]
    assert notice["owner"] == "rita@acme.example"
    assert notice["ids"] == [coming["id"]]
    assert audited.read("impact")["coming"] == []


def test_the_day_of_a_price_list_includes_what_takes_effect_on_it(audited: Company) -> None:
    path = next_prices(audited, "51.00", in_days(9))
    feed = f"truths={path}"
    assert audited.read("impact", "--feed", feed, "--on", in_days(8))["coming"] == []
    assert len(audited.read("impact", "--feed", feed, "--on", in_days(9))["coming"]) == 1


def test_a_file_that_its_gates_would_set_aside_is_said_and_still_previewed(
    audited: Company,
) -> None:
    path = next_prices(audited, "51.00", in_days(9))
    gates = "feeds/truths.csv, gates: {min_rows: 100}}"
    config = audited.directory / "config.yaml"
    config.write_text(config.read_text().replace("feeds/truths.csv}", gates))
    result = audited.sellby("impact", "--feed", f"truths={path}", "--format", "csv", code=3)
    assert "gates.min_rows" in result.stderr
    assert "would set this file aside" in result.stderr
    (row,) = csv.DictReader(io.StringIO(result.stdout))
    assert row["expected"].startswith("51.00 EUR")


def test_an_export_that_a_run_would_doubt_is_said_to_be_asked_about(audited: Company) -> None:
    text = (audited.directory / "feeds/truths.csv").read_text()
    path = audited.directory / "next.csv"
    path.write_text(text.replace(",22.00,", ",23.00,").replace(",48.50,", ",49.90,"))
    feed = f"truths={path}"
    assert audited.read("impact", "--feed", feed)["asks_first_about_pages"] == 0
    config = audited.directory / "config.yaml"
    config.write_text(config.read_text() + "judgement: {doubt_pages: 2}\n")
    assert audited.read("impact", "--feed", feed)["asks_first_about_pages"] == 2
    assert "ask the owner of the feed first" in audited.sellby("impact", "--feed", feed).stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--feed", "other.csv"), "say which feed other.csv is an export of"),
        (("--feed", "truth=feeds/truths.csv"), "did you mean"),
        (("--feed", "truths=nowhere.csv"), "there is no file nowhere.csv"),
        (("--on", "soon"), "is no instant"),
        (("--on", "2026-01-31"), "2026-01-31 is over"),
    ],
)
def test_a_wrong_question_says_what_to_do(
    audited: Company, words: tuple[str, str], says: str
) -> None:
    result = audited.sellby("impact", *words, code=2)
    assert says in result.stderr


def test_the_notices_are_written_owner_by_owner(audited: Company) -> None:
    path = next_prices(audited, "51.00", in_days(9))
    result = audited.sellby("impact", "--feed", f"truths={path}", "--notices")
    assert "rita@acme.example" in result.stdout
    assert "48.50 EUR / 1 pcs → 51.00 EUR / 1 pcs" in result.stdout

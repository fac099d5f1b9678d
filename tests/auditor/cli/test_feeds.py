"""``sellby feeds``: what waits for a person, and letting it through."""

from __future__ import annotations

from typing import Any


def _held_back(company: Any) -> None:
    config = company.directory / "config.yaml"
    old = "path: feeds/truths.csv}"
    gates = "path: feeds/truths.csv, owner: pim@acme.example, gates: {max_factor: {price: 3}}}"
    config.write_text(config.read_text().replace(old, gates))
    company.sellby("-q", "ingest")
    truths = company.directory / "feeds/truths.csv"
    truths.write_text(truths.read_text().replace("13.10", "131.00"))


def test_a_value_that_waits_is_told_listed_and_released(company: Any) -> None:
    _held_back(company)
    (told,) = company.read("ingest", "truths")
    assert (told["state"], told["held"]) == ("unchanged", 1)
    feed = next(each for each in company.read("feeds") if each["feed"] == "truths")
    (held,) = feed["held"]
    assert (held["old"], held["new"], held["row"]) == (
        "13.10 EUR / 1 pcs",
        "131.00 EUR / 1 pcs",
        "truths.csv:3",
    )
    shown = company.sellby("feeds").output
    assert held["id"][:8] in shown
    assert "pim@acme.example" in shown

    dry = company.sellby("feeds", "release", "truths", "--dry-run").output
    assert "would be released: price of TB-100" in dry
    (released,) = company.read(
        "feeds", "release", "truths", held["id"][:8], "--as", "ines", "--note", "new list"
    )
    assert (released["who"], released["note"]) == ("ines", "new list")
    after = next(each for each in company.read("feeds") if each["feed"] == "truths")
    assert after["held"] == []
    what = "price of TB-100: 13.10 EUR / 1 pcs → 131.00 EUR / 1 pcs"
    assert after["releases"][0]["what"] == what


def test_a_finding_does_not_rest_on_a_value_that_another_waits_to_replace(audited: Any) -> None:
    _held_back(audited)
    audited.sellby("-q", "ingest")
    audited.page("tb-100", "Terminal block", "TB-100", "131.00 EUR", 50)
    audited.sellby("-q", "crawl")
    audited.sellby("-q", "audit")
    assert audited.finding("TB-100", "price")["claimed"] == "12.40 EUR / 1 pcs"
    audited.sellby("-q", "feeds", "release", "truths")
    audited.sellby("-q", "audit")
    assert audited.finding("TB-100", "price")["state"] == "verified"


def test_an_export_set_aside_is_released_and_its_incident_closes(audited: Any) -> None:
    truths = audited.directory / "feeds/truths.csv"
    lines = truths.read_text().splitlines(keepends=True)
    truths.write_text("".join(lines[:4]))
    config = audited.directory / "config.yaml"
    old, gates = "truths.csv}", "truths.csv, gates: {min_facts: 1}}"
    config.write_text(config.read_text().replace(old, gates))
    audited.sellby("-q", "ingest", "truths", code=3)
    assert "lets through what is right" in audited.sellby("feeds").output
    assert "released the export set aside" in audited.sellby("feeds", "release", "truths").output
    assert audited.read("feeds")[1]["state"] == "unchanged"
    audited.sellby("-q", "audit")


def test_feeds_that_disagree_are_told_with_their_owner(company: Any) -> None:
    config = company.directory / "config.yaml"
    shop = "  shop: {format: truths_csv, path: feeds/shop.csv, owner: web@acme.example}\n"
    config.write_text(config.read_text() + shop)
    (company.directory / "feeds/shop.csv").write_text(
        "sku,attribute,value,unit,price_per,price_unit,tax\nTB-200,price,23.00,EUR,1,pcs,excl\n"
    )
    said = company.sellby("ingest").output
    assert "1 data conflict" in said
    assert "ask web@acme.example" in said
    company.sellby("-q", "report")
    page = (company.directory / "report/health.html").read_text()
    assert "Questions to the feeds’ owners" in page
    assert "22.00 EUR / 1 pcs (truths: truths.csv:5)" in page
    conflict = company.read("feeds")[-1]["conflicts"][0]
    assert [side["value"] for side in conflict["sides"]] == [
        "23.00 EUR / 1 pcs",
        "22.00 EUR / 1 pcs",
    ]


def test_before_the_first_ingest_it_says_what_to_do(company: Any) -> None:
    assert "sellby run" in company.sellby("feeds", code=2).output

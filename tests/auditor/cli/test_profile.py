"""``sellby profile``: the selectors of a source tried on its stored pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Company

PROFILE = """\
    profile:
      price: {css: "dl dd:nth-of-type(2)"}
      moq: {xpath: "//dd[3]"}
      lead_time: {css: .nowhere}
"""


def with_profile(company: Company, profile: str = PROFILE) -> Company:
    path = company.directory / "config.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("    tax: excl\n", f"    tax: excl\n{profile}"), encoding="utf-8")
    return company


def test_a_source_without_a_profile_is_named(audited: Company) -> None:
    assert "has no `profile`" in audited.sellby("profile", "website", code=2).output
    assert "no such source" in audited.sellby("profile", "wiki", code=2).output


def test_every_selector_says_how_many_pages_it_matched_with_an_example(audited: Company) -> None:
    rows = with_profile(audited).read("profile", "website", code=3)
    by = {row["attribute"]: row for row in rows}
    assert by["lead_time"]["matched"] == 0
    assert by["price"]["matched"] == by["price"]["pages"] >= 3
    assert "EUR" in by["price"]["value"]
    assert by["moq"]["value"].endswith("pcs")
    text = with_profile(audited, "").sellby("profile", "website", code=3).output
    assert "nothing that can be read" in text
    assert "css .nowhere" in text


def test_one_page_can_be_tried(audited: Company) -> None:
    url = "https://www.acme.example/tb-100.html"
    rows = with_profile(audited).read("profile", "website", url, code=3)
    assert {row["pages"] for row in rows} == {1}
    missing = audited.sellby("profile", "website", "https://www.acme.example/x", code=2)
    assert "no content of" in missing.output

"""A company's own words take effect on the pages of their language, and on no others."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from auditor.extract import Context, extract
from auditor.extract.cues import concepts
from auditor.extract.kinds import (
    FAMILIES,
    full_name,
    kinds,
    own_words,
    problem_of,
    with_own_names,
)
from auditor.model import Attribute, Candidate
from auditor.page.model import Page, Region
from auditor.page.read import read_page
from auditor.values.own_words import NO_WORDS, OwnWords
from auditor.values.text import canonical
from crawler.snapshot import Outcome, Snapshot


def page_of(*lines: str) -> Page:
    body = "<html><body><main>" + "".join(f"<p>{line}</p>" for line in lines) + "</main></body>"
    at = datetime(2026, 1, 1, tzinfo=UTC)
    snapshot = Snapshot("web", "https://a/", at, Outcome.OK, 200, "text/html", None, body.encode())
    return read_page(snapshot)


def read(page: Page, own: OwnWords, language: str = "de-DE", **names: str) -> list[Candidate]:
    context = Context(language=language, spec_names=names, own_words=own)
    return extract(page, context)[0]


@pytest.mark.parametrize(
    ("kind", "phrase", "line", "attribute", "value"),
    [
        ("moq", "Sockelposten*", "Sockelpostens: 50 Stück", Attribute.MOQ, "50 pcs"),
        ("moq", "Losgröße Einkauf", "Losgröße Einkauf 50 Stück", Attribute.MOQ, "50 pcs"),
        ("unit.pack", "Gebindl", "Mindestbestellmenge: 50 Gebindl", Attribute.MOQ, "50 pack"),
        ("lead.time", "Wartefrist", "Wartefrist: 3 Wochen", Attribute.LEAD_TIME, "3 weeks"),
        ("weeks", "Kalwo", "Lieferzeit: 3 Kalwo", Attribute.LEAD_TIME, "3 weeks"),
    ],
)
def test_a_page_is_read_that_was_not_read_before(
    kind: str, phrase: str, line: str, attribute: Attribute, value: str
) -> None:
    page, own = page_of("BX-20", line), own_words({"de": {kind: (phrase,)}})

    def values(own: OwnWords, language: str = "de-DE") -> list[str]:
        found = read(page, own, language)
        return [canonical(c.value) for c in found if c.attribute is attribute]

    assert values(NO_WORDS) != [value]
    assert values(own) == [value]
    assert values(own, "") == [value], "a page in an unknown language is read by all words"
    assert values(own, "fr-FR") == values(NO_WORDS, "fr-FR")


def test_a_name_of_a_specification_can_be_added() -> None:
    page = page_of("Nenndrehzahlwert: 50 mm")
    own = own_words({"de": {"spec.length": ("Nenndrehzahlwert",)}})
    names = with_own_names({"length": "length"}, own, "de")
    assert [c.key for c in read(page, own, length="length") if c.key] == []
    assert [c.key for c in read(page, own, **names) if c.key] == ["length"]
    assert with_own_names({"weight": "weight"}, own, "de") == {"weight": "weight"}
    assert with_own_names({"length": "length"}, own, "fr") == {"length": "length"}


def test_nothing_is_left_behind_by_reading_with_other_words() -> None:
    page, own = page_of("Sockelposten: 50 Stück"), own_words({"de": {"moq": ("Sockelposten",)}})
    before = read(page, NO_WORDS)
    assert read(page, own) != before
    assert read(page, NO_WORDS) == before


def test_equal_words_are_one_key_of_the_matchers() -> None:
    one, two = (own_words({"de": {"moq": ("Abnahme",)}}) for _ in range(2))
    assert (one, hash(one)) == (two, hash(two))
    assert one != NO_WORDS


def test_every_kind_belongs_to_a_family_that_is_explained() -> None:
    assert {name.partition(".")[0] for name in kinds()} | {"spec"} == set(FAMILIES)
    assert set(concepts()) <= set(kinds())
    assert full_name("pcs") == "unit.pcs"


def test_a_short_name_that_fits_two_kinds_is_refused() -> None:
    with pytest.raises(ValueError, match=r"order\.pack or unit\.pack"):
        full_name("pack")


@pytest.mark.parametrize("phrase", ["", "*", "12", "a*b", "x" * 81])
def test_a_phrase_that_cannot_be_looked_for_is_refused(phrase: str) -> None:
    assert problem_of(phrase)


def test_own_words_count_in_patterns_too() -> None:
    page = page_of("Sie stellte sich 2019 auf 3,00 €.", "Preis: ausschließlich jenseits 90 €")
    own = own_words({"de": {"past.verb": ("stellte",), "past.filler": ("sich", "2019"),
                            "price.over_under": ("jenseits",)}})  # fmt: skip
    assert [canonical(each.value) for each in read(page, NO_WORDS)] == ["3 EUR", "90 EUR"]
    assert read(page, own) == []


def test_own_headings_open_the_box_of_other_products() -> None:
    body = b"<main><h1>Valve</h1><h2>Na klar, dazu</h2><p>Seal kit 9,00 EUR</p></main>"
    at = datetime(2026, 1, 1, tzinfo=UTC)
    snapshot = Snapshot("web", "https://a/", at, Outcome.OK, 200, "text/html", None, body)
    own = own_words({"de": {"related_heading.related": ("Na klar, dazu",)}})
    assert {block.region for block in read_page(snapshot).blocks} == {Region.MAIN}
    assert read_page(snapshot, own=own).blocks[-1].region is Region.RELATED

"""Specifications in sentences: names, links, products between, colours, and what is none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from auditor.extract import Context, extract
from auditor.model import Attribute, Candidate
from auditor.page.read import read_page
from auditor.values.text import canonical
from crawler.snapshot import Outcome, Snapshot

AT = datetime(2026, 1, 1, tzinfo=UTC)


def specs(language: str, markup: str, *names: str) -> list[Candidate]:
    body = f"<html><body><main><h1>Notes</h1>{markup}</main></body></html>".encode()
    page = read_page(Snapshot("web", "https://a/", AT, Outcome.OK, 200, "text/html", None, body))
    found, _ = extract(page, Context(language=language, spec_names={n.lower(): n for n in names}))
    own = [c for c in found if c.attribute is Attribute.SPEC]
    assert all(page.quote(c.locator.start, c.locator.end) == c.quote for c in own)
    return own


def named(language: str, markup: str, *names: str) -> set[tuple[str, str]]:
    """Key and value of what a page states in so many words; no loose label, no lone number."""
    return {(c.key, canonical(c.value)) for c in specs(language, markup, *names) if not c.tentative}


@pytest.mark.parametrize(
    ("language", "line", "key", "value"),
    [
        ("en-GB", "The weight of the BX-20 is 4.5 kg.", "weight", "4.5 kg"),
        ("en-US", "Rated for 5 to 40 °C (operating temperature).", "operating temperature",
         "5..40 °C"),
        ("en-GB", "It has a fat content of about 12 %.", "fat", "12 %"),
        ("en-GB", "Its shelf life is 9 months.", "shelf life", "9 months"),
        ("de-DE", "Betriebsdruck des BX-20 laut Prüfung: 16 bar.", "Betriebsdruck", "16 bar"),
        ("fr-FR", "La masse volumique (20 °C) est de 1,2 kg/l.", "masse volumique",
         "1.2 kg/l"),
        ("it-IT", "La pressione di esercizio va da 2 a 8 bar.", "pressione di esercizio",
         "2..8 bar"),
        ("it-IT", "Il colore della maniglia BX-20 è rosso lucido.", "colore", "rosso lucido"),
        ("nl-NL", "De kleur is groen.", "kleur", "groen"),
        ("es-ES", "El color del BX-20 es azul.", "color", "azul"),
    ],
)  # fmt: skip
def test_a_sentence_gives_a_specification(language: str, line: str, key: str, value: str) -> None:
    assert named(language, f"<p>{line}</p>", key) == {(key, value)}


@pytest.mark.parametrize(
    ("language", "markup", "key", "value"),
    [
        ("it-IT", "<p>BX-20: diam. interno 9 mm</p>", "diametro interno", "9 mm"),
        ("fr-FR", "<p>BX-20, diamètre intérieur : 9 mm</p>", "diamètre intérieur", "9 mm"),
        ("en-GB", "<p>Airflow of BX-20: 900 m³/h</p>", "airflow", "900 m³/h"),
        ("it-IT", "<table><tr><th>Ø esterno</th><td>12 mm</td></tr></table>", "diametro esterno",
         "12 mm"),
        ("de-DE", "<table><tr><th>Gewinde</th><td>M 8</td></tr></table>", "Gewinde", "M8x1.25"),
        ("de-CH", "<table><tr><th>Anschluss</th><td>G ¾\"</td></tr></table>", "Anschluss", "G3/4"),
        ("nl-NL", ("<table><tr><th></th><th>min.</th><th>max.</th><th></th></tr>"
         "<tr><td>Werkdruk</td><td>2</td><td>9</td><td>bar</td></tr></table>"), "werkdruk",
         "2..9 bar"),
    ],
)  # fmt: skip
def test_a_label_may_be_short_or_name_the_product(
    language: str, markup: str, key: str, value: str
) -> None:
    assert (key, value) in named(language, markup, key)


@pytest.mark.parametrize(
    ("language", "line", "key"),
    [
        ("en-GB", "The weight of version 2 is 9 kg.", "weight"),
        ("en-GB", "The weight of 20 pieces is 9 kg.", "weight"),
        ("en-GB", "The length is hard to tell; a 9 mm drill fits.", "length"),
        ("de-DE", "Das Gewicht des Kartons beträgt 9 kg.", "Gewicht"),
        ("en-GB", "The colour of the label says nothing: a black mark is enough.", "colour"),
        (
            "en-GB",
            "Tightness (only lid closed) 5 bar, rated pressure (with open valve) 4 bar",
            "rated pressure",
        ),
    ],
)
def test_a_number_of_something_else_is_no_specification(language: str, line: str, key: str) -> None:
    assert named(language, f"<p>{line}</p>", key) == set()


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en-GB", "The BX-20 is grey."),
        ("de-DE", "Der BX-20 ist grau."),
        ("fr-FR", "Elle est grise."),
    ],
)
def test_a_colour_without_a_name_confirms_and_accuses_nobody(language: str, line: str) -> None:
    found = specs(language, f"<p>{line}</p>", "colour")
    assert [(c.key, canonical(c.value), c.tentative) for c in found] == [("", "grey", True)]


def test_two_facts_parted_by_a_dash_are_two() -> None:
    markup = "<p>BX-20 – rated voltage 24 V – IP rating IP54</p>"
    found = named("en-GB", markup, "rated voltage", "IP rating")
    assert found == {("rated voltage", "24 V"), ("IP rating", "IP54")}

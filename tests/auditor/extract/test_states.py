"""Lead times, stock and stages of life in the words of six languages, and what only sounds so."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from auditor.extract import Context, extract
from auditor.model import Attribute
from auditor.page.read import read_page
from auditor.values.text import canonical
from crawler.snapshot import Outcome, Snapshot

AT = datetime(2026, 1, 1, tzinfo=UTC)


def said(attribute: Attribute, language: str, line: str) -> list[str]:
    """The values of an attribute that a page of one paragraph states."""
    body = f"<html><body><main><h1>Notes</h1><p>{line}</p></main></body></html>".encode()
    page = read_page(Snapshot("web", "https://a/", AT, Outcome.OK, 200, "text/html", None, body))
    found, _ = extract(page, Context(language=language))
    own = [c for c in found if c.attribute is attribute and not c.hint]
    assert all(page.quote(c.locator.start, c.locator.end) == c.quote for c in own)
    return [canonical(c.value) for c in own]


@pytest.mark.parametrize(
    ("language", "line", "value"),
    [
        ("en-GB", "The foundry quotes nine weeks on the BX-20.", "9 weeks"),
        ("de-DE", "BX-20, LZ 4 Wo.", "4 weeks"),
        ("de-DE", "Der Hersteller nennt vierzehn Werktage für die BX-20.", "14 business_days"),
        ("fr-FR", "Pour la BX-20, le fabricant parle de trois à quatre semaines.", "3..4 weeks"),
        ("fr-FR", "Délai BX-20 : 12 j. ouvrés", "12 business_days"),
        ("es-ES", "Con el BX-20 cuente con 15 días háb.", "15 business_days"),
        ("it-IT", "Per il BX-20 calcolate dalle tre alle cinque settimane.", "3..5 weeks"),
        ("it-IT", "BX-20: tempo di fornitura 8 gg lav.", "8 business_days"),
        ("nl-NL", "Reken voor de BX-20 op vier tot vijf weken.", "4..5 weeks"),
        ("nl-NL", "Levertijd BX-20: 7 wd", "7 business_days"),
    ],
)
def test_a_lead_time_is_read_in_everyday_words(language: str, line: str, value: str) -> None:
    assert said(Attribute.LEAD_TIME, language, line) == [value]


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("de-DE", "Die Wartung der BX-20 erfordert zwei Tage."),
        ("fr-FR", "La formation sur la BX-20 demande trois jours."),
        ("es-ES", "La vida útil del BX-20 es de 24 meses."),
        ("nl-NL", "De levensduur van de BX-20 is 36 maanden, reken op 30."),
        ("en-GB", "Count on us to answer within 2 days."),
    ],
)
def test_other_spans_of_time_are_no_lead_times(language: str, line: str) -> None:
    assert said(Attribute.LEAD_TIME, language, line) == []


@pytest.mark.parametrize(
    ("language", "line", "value"),
    [
        ("en-GB", "We have run out of the BX-20.", "out_of_stock"),
        ("en-GB", "BX-20, on the shelf: none", "out_of_stock"),
        ("en-US", "Only two left of the BX-20", "in_stock"),
        ("de-DE", "BX-20: lieferbar", "in_stock"),
        ("de-DE", "Vom BX-20 ist im Moment nichts mehr am Lager.", "out_of_stock"),
        ("de-DE", "Bestand: knapp", "in_stock"),
        ("fr-FR", "BX-20 : en cours de réassort", "backorder"),
        ("fr-FR", "Le BX-20 est d'ailleurs en rupture.", "out_of_stock"),
        ("es-ES", "BX-20 → disponible", "in_stock"),
        ("es-ES", "Del BX-20 no nos quedan unidades.", "out_of_stock"),
        ("it-IT", "Il BX-20 è terminato.", "out_of_stock"),
        ("it-IT", "BX-20 / giacenza: scorte ridotte", "in_stock"),
        ("nl-NL", "Van de BX-20 hebben we volop op voorraad.", "in_stock"),
        ("nl-NL", "De BX-20 is nabesteld.", "backorder"),
    ],
)
def test_a_state_of_stock_is_read_in_everyday_words(language: str, line: str, value: str) -> None:
    assert set(said(Attribute.AVAILABILITY, language, line)) == {value}


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("de-DE", "Der BX-20 wiegt knapp 40 kg und passt in jede leere Kiste."),
        ("fr-FR", "Pompe utilisable à sec, à court terme."),
        ("en-GB", "Length 40 mm, colours: not available"),
        ("es-ES", "El BX-20 está disponible en tres colores."),
        ("it-IT", "Uso in casa e in negozio."),
        ("nl-NL", "Geschikt voor gebruik in huis; de kabel gaat er dwars doorheen."),
    ],
)
def test_words_that_only_sound_like_stock_say_nothing(language: str, line: str) -> None:
    assert said(Attribute.AVAILABILITY, language, line) == []


def test_in_stock_without_a_minimum_is_in_stock() -> None:
    line = "BX-20 in stock, no minimum order."
    assert said(Attribute.AVAILABILITY, "en-GB", line) == ["in_stock"]


@pytest.mark.parametrize(
    ("language", "line", "value"),
    [
        ("en-GB", "We no longer make the BX-20.", "discontinued"),
        ("en-GB", "The BX-20 has given way to the BX-30.", "superseded"),
        ("de-DE", "Die Fertigung des BX-20 wurde eingestellt.", "discontinued"),
        ("de-DE", "Der BX-20 ist nicht abgekündigt.", "active"),
        ("fr-FR", "Nous ne fabriquons plus la BX-20.", "discontinued"),
        ("fr-FR", "La BX-20 n'est pas abandonnée.", "active"),
        ("es-ES", "El BX-20 ya no se produce.", "discontinued"),
        ("es-ES", "El BX-20 ha dado paso al BX-30.", "superseded"),
        ("it-IT", "Il BX-20 è stato tolto dal catalogo.", "discontinued"),
        ("it-IT", "Il BX-20 resta a catalogo.", "active"),
        ("nl-NL", "De BX-20 is uit de collectie gehaald.", "discontinued"),
        ("nl-NL", "De BX-20 is opgevolgd door de BX-30.", "superseded"),
    ],
)
def test_a_stage_of_life_is_read_in_everyday_words(language: str, line: str, value: str) -> None:
    assert set(said(Attribute.STATUS, language, line)) == {value}


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("de-DE", "Weitere Artikel aus dem Sortiment, direkt aus der Produktion."),
        ("fr-FR", "La BX-20 est notre modèle le plus vendu."),
        ("en-US", "Current range 4 to 20 mA; the relay remains active."),
        ("de-DE", "Zwei Zellen in Serie geschaltet, das Gehäuse ist weiß gestrichen."),
        ("en-GB", "If the BX-20 is ever discontinued, we will tell you."),
        ("nl-NL", "Overtollige warmte wordt afgevoerd."),
    ],
)
def test_words_that_only_sound_like_a_stage_of_life_say_nothing(language: str, line: str) -> None:
    assert said(Attribute.STATUS, language, line) == []


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en-GB", "The BX-30 has taken the place of the BX-20."),
        ("de-DE", "An die Stelle des BX-20 tritt der BX-30."),
        ("fr-FR", "La BX-30 a pris la relève de la BX-20."),
        ("it-IT", "La BX-30 prende il posto della BX-20."),
    ],
)
def test_the_product_that_another_takes_the_place_of_is_superseded(
    language: str, line: str
) -> None:
    body = f"<html><body><main><p>{line}</p></main></body></html>".encode()
    page = read_page(Snapshot("web", "https://a/", AT, Outcome.OK, 200, "text/html", None, body))
    found, _ = extract(page, Context(language=language))
    assert {(c.sku_hint, canonical(c.value)) for c in found if c.attribute is Attribute.STATUS} == {
        ("BX-20", "superseded")
    }

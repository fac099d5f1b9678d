"""Minimums, steps and contents of packs as people say them, and what only sounds like them."""

from __future__ import annotations

import pytest

from auditor.extract import Context, extract
from auditor.page.model import Block, Page, Region


def stated(attribute: str, language: str, *lines: str) -> list[str]:
    """What the lines state of an attribute without a doubt, pieces without their unit."""
    blocks, start = [], 0
    for line in lines:
        blocks.append(Block(start, start + len(line), "p", Region.MAIN, -1, "/p"))
        start += len(line) + 1
    page = Page(source="s", url="u", text="\n".join(lines), language=language, blocks=tuple(blocks))
    found, _ = extract(page, Context(language=language, currency="EUR", market=language[-2:]))
    values = [c.value for c in found if c.attribute == attribute and not (c.hint or c.tentative)]
    return [f"{v.amount.readings[0].low:f} {v.unit}".removesuffix(" pcs") for v in values]


@pytest.mark.parametrize(
    ("attribute", "language", "text"),
    [
        ("pack_size", "en-US", "The case has 4 latches."),
        ("pack_size", "en-US", "Each box includes 2 spare keys."),
        ("pack_size", "en-US", "How many bags are left? 12."),
        ("pack_size", "en-US", "Also on offer as a 25-pack."),
        ("pack_size", "de-DE", "Auch im Fünferpack zu haben."),
        ("pack_size", "de-DE", "Die Kiste hat 3 Griffe."),
        ("pack_size", "fr-FR", "La caisse a 4 poignées."),
        ("order_multiple", "en-US", "The holes are drilled in fours."),
        ("order_multiple", "en-US", "Carry three at a time."),
        ("order_multiple", "de-DE", "Die Zähnezahl ist durch acht teilbar."),
        ("order_multiple", "es-ES", "Apriete los tornillos de dos en dos."),
        ("order_multiple", "fr-FR", "Des centaines de clients nous font confiance."),
        ("order_multiple", "nl-NL", "Honderdtallen bezoekers kwamen kijken."),
        ("moq", "de-DE", "Sie müssen mindestens zwei Muttern lösen."),
        ("moq", "es-ES", "Hay que pedir una caja al transportista."),
        ("moq", "nl-NL", "U moet minstens vier bouten gebruiken."),
        ("moq", "it-IT", "Servono almeno due chiavi."),
    ],
)
def test_a_number_that_is_of_something_else_is_not_read(attribute, language, text):
    assert stated(attribute, language, text) == []


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en-US", "Goblets are boxed in 18s.", "18"),
        ("en-US", "Tumblers come cased by the dozen.", "12"),
        ("en-US", "30 liners a bag", "30"),
        ("en-US", "Std. pkg. qty.: 400", "400"),
        ("en-US", "The spool of LW-7 holds 250 ft.", "250 ft"),
        ("en-GB", "How many are there in a tub? Forty.", "40"),
        ("de-DE", "Dichtringe im Zwanzigerpack", "20"),
        ("de-DE", "Faltbox mit 40 Paar", "40 pair"),
        ("de-DE", "1 Schachtel = 60 Stück", "60"),
        ("fr-FR", "Dans un sachet, il y en a trente.", "30"),
        ("fr-FR", "cond. : x15", "15"),
        ("es-ES", "bolsa c/80 tacos", "80"),
        ("es-ES", "La caja cuesta 4 € y trae 36 unidades.", "36"),
        ("it-IT", "Nel sacchetto ce ne sono quaranta.", "40"),
        ("it-IT", "rotolo da 33 metri", "33 m"),
        ("nl-NL", "120 stuks per zak", "120"),
        ("nl-NL", "In een emmer zitten er zestig.", "60"),
    ],
)
def test_the_content_of_a_pack_is_read_however_it_is_said(language, text, expected):
    assert stated("pack_size", language, text) == [expected]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en-US", "Reorder in whole dozens only.", "12"),
        ("en-US", "Ordered in 15s.", "15"),
        ("de-DE", "Bestellbar nur in Achterschritten.", "8"),
        ("de-DE", "Die Bestellmenge muss durch sechs teilbar sein.", "6"),
        ("fr-FR", "Se commande de six en six.", "6"),
        ("fr-FR", "Commandez par vingtaines entières.", "20"),
        ("es-ES", "Pedir de 8 en 8.", "8"),
        ("it-IT", "Vendiamo solo quantità multiple di nove.", "9"),
        ("nl-NL", "Alleen in achttallen te bestellen.", "8"),
        ("nl-NL", "Nabestellen kan per 40.", "40"),
    ],
)
def test_the_step_of_an_order_is_read_however_it_is_said(language, text, expected):
    assert stated("order_multiple", language, text) == [expected]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en-US", "Is there a minimum? Yes, thirty-five pieces.", "35"),
        ("en-US", "It can be bought one at a time.", "1"),
        ("de-DE", "Sie müssen mindestens achtzehn abnehmen.", "18"),
        ("de-DE", "Kürzeste bestellbare Länge: 15 m", "15 m"),
        ("fr-FR", "Une vingtaine : voilà la quantité minimale.", "20"),
        ("es-ES", "Hay que pedir una docena como mínimo.", "12"),
        ("es-ES", "Menos de treinta no se los podemos servir.", "30"),
        ("it-IT", "Non evadiamo ordini inferiori ai quaranta pezzi.", "40"),
        ("nl-NL", "U moet er minstens vijfendertig nemen.", "35"),
        ("en-US", "Six boxes (half a case) is the least we ship.", "6 box"),
        ("de-DE", "ab 14 Paar bestellbar: 3,10 € / Paar", "14 pair"),
        ("fr-FR", "Ce câble se coupe à partir de 15 m minimum.", "15 m"),
        ("nl-NL", "Pas bij acht rollen of meer nemen we een bestelling aan.", "8 roll"),
    ],
)
def test_the_least_quantity_is_read_however_it_is_said(language, text, expected):
    assert stated("moq", language, text) == [expected]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en-US", "Minimum: 15 pieces for the AX-1, 15 pieces in stock.", ["15"]),
        ("en-US", "Minimum: 15 pieces for the AX-1, packs of 40 pieces for the AX-2.", ["15"]),
        ("fr-FR", "Minimum : 15 pièces pour la AX-1, 25 pièces pour la AX-2.", ["15", "25"]),
        (
            "de-DE",
            "Mindestens abzunehmen sind bei der AX-1 zwölf Stück, bei der AX-2 acht Stück.",
            ["12", "8"],
        ),
    ],
)
def test_a_list_of_minimums_goes_on_as_far_as_products_are_named(language, text, expected):
    assert stated("moq", language, text) == expected

"""How people say the least an order has to come to, and what only sounds like it."""

from __future__ import annotations

import pytest

from auditor.extract import Context, extract
from auditor.model import Attribute
from auditor.page.model import Block, Page, Region

CURRENCY = {"en-GB": "GBP", "en-US": "USD"}


def order_values(language: str, *lines: str) -> list[str]:
    """What the lines state as minimum order values, hints left out."""
    blocks, start = [], 0
    for line in lines:
        blocks.append(Block(start, start + len(line), "p", Region.MAIN, -1, "/p"))
        start += len(line) + 1
    text = "\n".join(lines)
    page = Page(source="s", url="u", text=text, language=language, blocks=tuple(blocks))
    context = Context(
        language=language, currency=CURRENCY.get(language, "EUR"), market=language[-2:]
    )
    found, _ = extract(page, context)
    return [
        f"{c.value.amount.readings[0].low:f}"
        for c in found
        if c.attribute is Attribute.MIN_ORDER_VALUE and not c.hint
    ]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en-US", "Orders must total at least $500 before freight is free."),
        ("en-US", "You must sign for orders over $500."),
        ("en-US", "A purchase order is required for purchases from $500."),
        ("en-US", "You need to buy at least $500 a year to stay a dealer."),
        ("en-US", "Invoices must be paid if they reach $500."),
        ("de-DE", "Aufträge ab 500 € muss die Leitung prüfen."),
        ("de-DE", "Unter 50 € müssen wir auf die Bestellung 8 € Zuschlag rechnen."),
        ("fr-FR", "Il faut un acompte pour une commande à partir de 500 €."),
        ("es-ES", "Los pedidos a partir de 500 € tienen que pagarse con tarjeta."),
        ("nl-NL", "Bestellingen vanaf € 500 moeten worden goedgekeurd."),
    ],
)
def test_an_amount_from_which_something_else_holds_is_no_minimum_order(language, text):
    assert order_values(language, text) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en-US", "Your basket has to reach $70 before you can check out."),
        ("en-US", "We only ship orders of $70 or more."),
        ("en-US", "Anything under seventy dollars we do not ship as an order."),
        ("en-GB", "£70 is the minimum order value."),
        ("de-DE", "Damit wir liefern, muss Ihr Auftrag wenigstens siebzig Euro erreichen."),
        ("de-DE", "Bestellminimum 70 €"),
        ("fr-FR", "Une commande inférieure à 70 € sera refusée."),
        ("fr-FR", "Votre panier doit atteindre soixante-dix euros."),
        ("es-ES", "Por debajo de 70 € no tramitamos pedidos."),
        ("es-ES", "El carrito debe llegar a setenta euros."),
        ("it-IT", "Sotto i 70 euro non evadiamo ordini."),
        ("it-IT", "Accettiamo soltanto ordini a partire da settanta euro."),
        ("nl-NL", "Onder de 70 euro nemen we geen orders aan."),
        ("nl-NL", "U kunt pas bestellen vanaf zeventig euro."),
    ],
)
def test_the_least_of_an_order_is_read_however_it_is_said(language, text):
    assert order_values(language, text) == ["70"]


def test_an_answer_gives_the_value_its_question_asks_for():
    asked = "Is there a minimum order value?"
    assert order_values("en-GB", f"{asked} Yes, £70 net.") == ["70"]
    assert order_values("en-GB", asked, "Yes, £70 net.") == ["70"]
    assert order_values("en-GB", asked, "No. A BX-20 has a price of £70.") == []


def test_the_minimum_of_another_market_is_not_this_ones():
    said = "For customers in Austria the minimum order value is €70."
    assert order_values("en-GB", said) == []

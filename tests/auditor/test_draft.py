"""What a table of unknown shape is taken for."""

from __future__ import annotations

import pytest

from auditor.draft import Draft, draft, draft_sheet


def facts(found: Draft) -> dict[str, str]:
    return {fact.attribute: fact.column for fact in found.facts}


def test_a_table_without_a_product_number_is_no_draft() -> None:
    with pytest.raises(ValueError, match="product's number"):
        draft(b"Preis;Menge\n1,00;5\n")


def test_titles_above_the_header_and_sums_below_are_no_rows() -> None:
    text = "Preisliste, Stand 28.11.2026;;\n;;\nArt.-Nr.;Bezeichnung;Preis\n"
    text += "".join(f"A-{n};Schlauch {n};{n},50\n" for n in range(1, 9)) + "Summe;;\n"
    found = draft(text.encode("cp1252"))
    assert (found.delimiter, found.header_row, found.digits) == (";", 3, True)
    assert dict(found.columns) == {"sku": "Art.-Nr.", "name": "Bezeichnung"}
    assert facts(found) == {"price": "Preis"}


@pytest.mark.parametrize(
    ("header", "meant"),
    [
        ("Item No.,Description,List price USD,MOQ,Lead time (weeks)",
         {"price": "List price USD", "moq": "MOQ", "lead_time": "Lead time (weeks)"}),
        ("Référence,Désignation,Prix HT,Délai",
         {"price": "Prix HT", "lead_time": "Délai"}),
        ("Material,Benennung,Mindestbestellmenge",
         {"moq": "Mindestbestellmenge"}),
    ],
)  # fmt: skip
def test_columns_are_known_by_the_words_that_pages_use(header: str, meant: dict[str, str]) -> None:
    cells = "AB-1,Valve," + ",".join(["5"] * (header.count(",") - 1))
    assert facts(draft(f"{header}\n{cells}\n".encode())) == meant


def test_what_nobody_can_know_stays_a_question() -> None:
    found = draft(b"SKU,Price,Stock,Lead time\nA-1,1,17,about a week\n")
    asked = {fact.attribute: bool(fact.question) for fact in found.facts}
    assert asked == {"price": False, "availability": True, "lead_time": True}
    assert found.facts[0].unit == "", "no currency is made up"


def test_words_of_stock_are_looked_up_only_where_all_are_understood() -> None:
    known = draft(b"sku;Lagerstatus\nA-1;auf Lager\nA-2;nicht auf Lager\n").facts[0]
    assert known.lookup == (("auf Lager", "in_stock"), ("nicht auf Lager", "out_of_stock"))
    unknown = draft(b"sku;Lagerstatus\nA-1;auf Lager\nA-2;K7\n").facts[0]
    assert (unknown.lookup, unknown.question) == ((), "what do these mean: K7?")


def test_a_sheet_is_drafted_like_a_text() -> None:
    found = draft_sheet([["Price list"], ["Item no.", "Price EUR"], ["A-1", "12.5"]], "xlsx")
    assert (found.format, dict(found.columns)) == ("xlsx", {"sku": "Item no."})
    assert found.facts[0].unit == "EUR"

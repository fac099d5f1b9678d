"""What a table of unknown shape probably means: its encoding, its header, what its columns are.

A draft is a suggestion for a person, who reads it before any row is believed; nothing here is
used when feeds are read. Pure: it sees the head of a file, and the words that pages are read by.
"""

from __future__ import annotations

import csv
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from auditor.extract.cues import find_cues

if TYPE_CHECKING:
    from collections.abc import Sequence

HEAD_BYTES = 256 * 1024
"""How much of a file a draft looks at."""

_HEADER_WITHIN = 30
_SAMPLES = 200
_DELIMITERS = (";", ",", "\t", "|")

# The names that exports give to what is no fact itself; facts are known by the words of pages.
_KEY = r"(art(ikel|icle|\.)?|item|part|product|produkt|catalog(ue)?|stock|order|bestell)"
_NUMBER = r"(nr|no|num|nummer|number|code|id|#)\.?"
_OF_A_PRODUCT = r"((product|produkt|item|artikel|article|material|waren)[-_ ]*)?"
_FIELDS = {
    "sku": rf"sku|mat(erial)?[-_ .]*(nr|nummer|no|number)?|{_KEY}[-_ .]*{_NUMBER}"
    r"|ref(erence|erenz)?\.?|référence|codice( articolo)?|código|codigo|referencia",
    "name": rf"{_OF_A_PRODUCT}(name|bezeichnung|description|title|titel|d[ée]signation"
    r"|descrizione|descripción|omschrijving|benennung|kurztext|maktx)[-_ ]*\d?",
    "gtin": r"gtin|ean([-_ ]?(code|13))?|upc|barcode",
    "mpn": rf"mpn|(manufacturer|hersteller)(['’]?s)?[-_ ]*(part|item|teile)?[-_ ]*{_NUMBER}",
    "group": rf"{_OF_A_PRODUCT}(group|gruppe|category|kategorie|categoría|catégorie)",
    "url": r"((product|item)[-_ ]*)?(url|link|page)",
    "unit": r"w(ä|ae)hrung|currency([-_ ]code)?|curr\.?|devise|valuta|moneda|waers|konwa",
    "valid_from": r"g(ü|ue)ltig[-_ ]*(ab|von)|valid[-_ ]*from|datab|start[-_ ]*date",
}
_CONCEPTS = {
    "order.moq": "moq",
    "order.multiple": "order_multiple",
    "order.pack": "pack_size",
    "lead.time": "lead_time",
    "amount.list": "price",
    "amount.price": "price",
}
_AVAILABILITY = re.compile(r"bestand|lager|stock|availability|verfügbar|disponib|voorraad")
_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP"}
_ISO = re.compile(
    r"\b(EUR|USD|GBP|CHF|SEK|DKK|NOK|PLN|CZK|HUF|JPY|CNY|INR|CAD|AUD)\b", re.IGNORECASE
)
_YES = frozenset({"yes", "y", "ja", "j", "true", "oui", "sí", "si", "x"})
_NO = frozenset({"no", "n", "nein", "false", "non", "nee"})
_DATES = (("iso", "%Y-%m-%d"), ("%d.%m.%Y", "%d.%m.%Y"), ("%Y%m%d", "%Y%m%d"))


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact that each row states: its attribute, its column, and how its text is read.

    ``unit`` is a constant; ``lookup`` the feed's words and ours; ``question`` what a person has to
    decide about it, "" where nothing is open.
    """

    attribute: str
    column: str
    unit: str = ""
    decimal: str = ""
    thousands: str = ""
    regex: str = ""
    lookup: tuple[tuple[str, str], ...] = ()
    question: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """How a table would be read. ``columns`` are field and column; ``header_row`` is 1-based.

    ``canonical`` says that its columns bear the names of the fields already; ``dates`` the form of
    its dates, "" where none is known; ``format`` is csv, xlsx or ods; ``left`` are the columns
    nobody made sense of; ``digits`` says that keys without a digit are rows of sums and notes.
    """

    encoding: str
    delimiter: str
    header_row: int
    columns: tuple[tuple[str, str], ...]
    facts: tuple[Fact, ...]
    left: tuple[str, ...]
    canonical: bool = False
    dates: str = ""
    format: str = "csv"
    digits: bool = False


def draft(head: bytes) -> Draft:
    """The draft of a text table whose file begins with ``head``.

    Raises ValueError where no row looks like a header with a product's key.

    >>> found = draft("Stand 2026;;\\nArt.-Nr.;Preis;MBM\\nA-1;1.299,00 €;10\\n".encode("cp1252"))
    >>> found.encoding, found.delimiter, found.header_row, found.columns
    ('cp1252', ';', 2, (('sku', 'Art.-Nr.'),))
    >>> [(fact.attribute, fact.decimal, fact.thousands, fact.unit) for fact in found.facts]
    [('price', ',', '.', 'EUR'), ('moq', '', '', 'pcs')]
    """
    encoding, text = _decoded(head)
    found: list[tuple[int, str, int, list[list[str]]]] = []
    for delimiter in _DELIMITERS:
        rows = _rows(text, delimiter)
        with suppress(ValueError):
            score, place = _header_in(rows)
            found.append((score, delimiter, place, rows))
    if not found:
        raise ValueError("no row names a column for the product's number")
    _score, delimiter, place, rows = max(found, key=lambda each: each[0])
    header = rows[place]
    body = [row for row in rows[place + 1 :] if len(row) == len(header)][:_SAMPLES]
    line = _line_of(text.splitlines()[:_HEADER_WITHIN], header, delimiter)
    return _made(encoding, delimiter, line, header, body)


def draft_sheet(rows: Sequence[Sequence[str]], file_format: str) -> Draft:
    """The draft of a spreadsheet by the first rows of a sheet; as ``draft`` otherwise."""
    lines = [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]
    number = _header_in(lines)[1]
    made = _made("utf-8", ",", 1, lines[number], lines[number + 1 :][:_SAMPLES])
    return replace(made, format=file_format)


def _header_in(rows: Sequence[Sequence[str]]) -> tuple[int, int]:
    """How many columns of the likeliest header are understood, and its place.

    Raises ValueError where no row names a product's key.
    """
    scores = [
        (sum(map(bool, meanings)), -number)
        for number, row in enumerate(rows[:_HEADER_WITHIN])
        if "sku" in (meanings := [_meaning(cell) for cell in row])
    ]
    if not scores:
        raise ValueError("no row names a column for the product's number")
    best, place = max(scores)
    return best, -place


def _decoded(head: bytes) -> tuple[str, str]:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            # What is cut off may end inside a character.
            text = head.decode(encoding, "strict" if len(head) < HEAD_BYTES else "ignore")
        except UnicodeDecodeError:
            continue
        return encoding.removesuffix("-sig"), text
    return "latin-1", head.decode("latin-1")


def _rows(text: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    rows: list[list[str]] = []
    with suppress(csv.Error):  # what was read before it is enough
        rows.extend([cell.strip() for cell in row] for row in reader if any(map(str.strip, row)))
    return rows[: _HEADER_WITHIN + _SAMPLES]


def _line_of(lines: Sequence[str], header: Sequence[str], delimiter: str) -> int:
    for number, line in enumerate(lines, 1):
        if [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])] == header:
            return number
    return 1


def _meaning(cell: str) -> str:
    """The field or attribute that a column of this name most probably is, "" for none."""
    name = " ".join(cell.casefold().split())
    if not name or len(name) > 60:
        return ""
    for field, pattern in _FIELDS.items():
        if re.fullmatch(pattern, name):
            return field
    cues = find_cues(name)
    for concept, attribute in _CONCEPTS.items():
        if concept in cues.found:
            return attribute
    return "availability" if _AVAILABILITY.search(name) else ""


def _made(
    encoding: str, delimiter: str, row: int, header: Sequence[str], body: Sequence[Sequence[str]]
) -> Draft:
    canonical = {"sku", "attribute", "value"} <= {name.casefold() for name in header}
    columns: dict[str, str] = {}
    facts: dict[str, Fact] = {}
    left = []
    dates = ""
    for index, name in enumerate(header):
        cells = [line[index] for line in body if line[index]]
        meaning = _meaning(name)
        if meaning in _FIELDS and meaning not in columns:
            columns[meaning] = name
            if meaning == "valid_from":
                dates = next((form for form, test in _DATES if _all_dates(cells, test)), "")
        elif meaning and meaning not in _FIELDS and meaning not in facts and cells:
            facts[meaning] = _fact(meaning, name, cells)
        elif name:
            left.append(name)
    place = header.index(columns["sku"])
    with_digit = [bool(re.search(r"\d", line[place])) for line in body if line[place]]
    return Draft(
        encoding,
        delimiter,
        row,
        tuple(columns.items()),
        tuple(facts.values()),
        tuple(left),
        canonical,
        dates,
        digits=not all(with_digit) and sum(with_digit) > 0.8 * len(with_digit),
    )


def _all_dates(cells: Sequence[str], form: str) -> bool:
    try:
        for cell in cells:
            datetime.strptime(cell, form)  # noqa: DTZ007 - only its form is asked for
    except ValueError:
        return False
    return bool(cells)


def _fact(attribute: str, column: str, cells: Sequence[str]) -> Fact:
    if attribute == "availability":
        return _availability(column, cells)
    if not any(re.search(r"\d", cell) for cell in cells):
        return Fact(attribute, column, question="its cells are no numbers")
    decimal, thousands = _signs(cells)
    plain = all(re.fullmatch(r"-?[\d.,' ]+", cell) for cell in cells)
    regex = "" if plain else r"[^\d]*([\d.,]+)[^\d]*"
    if attribute == "lead_time":
        return _lead_time(column, cells, plain=plain)
    unit = "pcs"
    if attribute == "price":
        named = [*_ISO.findall(column), *(iso for sign, iso in _SIGNS.items() if sign in column)]
        named += [iso.upper() for cell in cells for iso in _ISO.findall(cell)]
        named += [iso for cell in cells for sign, iso in _SIGNS.items() if sign in cell]
        unit = named[0].upper() if len({iso.upper() for iso in named}) == 1 else ""
    return Fact(attribute, column, unit, decimal, thousands, regex)


def _signs(cells: Sequence[str]) -> tuple[str, str]:
    """Decimal sign and thousands separator as the cells prove them, "" where they do not.

    >>> _signs(["1.299,00", "12"]), _signs(["1,299.50"]), _signs(["12.5"]), _signs(["1,299"])
    ((',', '.'), ('.', ','), ('.', ''), ('', ''))
    """
    text = [re.sub(r"[^\d.,']", "", cell) for cell in cells]
    for decimal, other in ((",", "."), (".", ",")):
        if any(re.search(rf"{re.escape(decimal)}(\d{{1,2}}|\d{{4,}})$", cell) for cell in text):
            groups = next((sign for sign in (other, "'") if any(sign in cell for cell in text)), "")
            return decimal, groups
    return "", ""


def _lead_time(column: str, cells: Sequence[str], *, plain: bool) -> Fact:
    name = column.casefold()
    if not plain:
        return Fact("lead_time", column, question="its cells are words; give a number and a unit")
    if re.search(r"woche|week|semaine|settiman|semana", name):
        return Fact("lead_time", column, "weeks")
    if re.search(r"werktag|arbeitstag|business|working|ouvr|lavorativ|hábil|werkdag", name):
        return Fact("lead_time", column, "business_days")
    return Fact("lead_time", column, "days", question="or business_days, weeks")


def _availability(column: str, cells: Sequence[str]) -> Fact:
    words = list(dict.fromkeys(cells))
    if all(re.fullmatch(r"-?[\d.,]+", word) for word in words):
        return Fact("availability", column, question="pieces in stock are no words that pages say")
    lookup = [(word, _stock(word)) for word in words]
    if len(words) > 12 or not all(ours for _, ours in lookup):
        unread = ", ".join(word for word, ours in lookup if not ours)[:60]
        return Fact("availability", column, question=f"what do these mean: {unread}?")
    return Fact("availability", column, lookup=tuple(lookup))


def _stock(word: str) -> str:
    folded = word.casefold()
    if folded in _YES | _NO:
        return "in_stock" if folded in _YES else "out_of_stock"
    found = find_cues(folded).found
    states = ("out_of_stock", "in_stock", "backorder", "made_to_order", "preorder")
    return next((state for state in states if f"stock.{state}" in found), "")

"""What is said once for many prices: unit, tax and currency from labels, captions and footnotes.

"Price/100", "€/Stück netto", "US dollars per 100 pcs", "Alle Preise sind Nettopreise in Euro".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache, partial

from auditor.extract.cues import Span
from auditor.extract.interface import Context
from auditor.extract.reading import Place, Reading
from auditor.page.model import Block
from auditor.values.locale import Locale
from auditor.values.phrasing import Phrasing
from auditor.values.tokenizer import tokenize
from auditor.values.tokens import Kind
from auditor.values.types import Basis, Money, Tax
from auditor.values.units import COUNTED, canonical_unit

ISO_CODES = (
    "USD EUR GBP CHF CAD AUD NZD INR JPY CNY SEK NOK DKK PLN CZK HUF RON BGN TRY BRL MXN "
    "ZAR SGD HKD KRW ILS AED SAR THB MYR IDR PHP VND TWD UAH RSD ISK CLP ARS COP PEN"
)
_CODES = frozenset(ISO_CODES.split())
_CODE = re.compile(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])")
_SIGN = re.compile(r"[$€£₹¥]")
_SIGNS = {"€": "EUR", "£": "GBP", "₹": "INR"}
_NAMES = (
    (re.compile(r"\b(?:us[- ]?dollars?|u\.s\. dollars?|dollars us|dólares)\b"), "USD"),
    (re.compile(r"\beuros?\b"), "EUR"),
    (re.compile(r"\b(?:pounds sterling|sterling|gbp|britische pfund)\b"), "GBP"),
    (re.compile(r"\b(?:swiss francs?|schweizer franken|francs suisses|franken|fr\.)(?!\w)"), "CHF"),
    (re.compile(r"\b(?:canadian dollars?|c\$)(?!\w)"), "CAD"),
    (re.compile(r"\b(?:rupees|indian rupees)\b"), "INR"),
)
_PER = re.compile(
    r"(?<!\w)(?:price[ds]? )?(?P<word>per|je|pro|par|por|al|each|ea\.?|la|l'|le|à la|à "
    r"l')(?!\w)|/(?=\s?\w)|"
    r"\b(?:for|für|pour|para|voor)(?=\s\d)",
    re.I,
)
_PIECE_WORDS = Phrasing(r"\b(?:<<price.piece>>)(?!\w)")
# "£1,249.00 plus VAT @ 20% = £1,498.80"
WITH_TAX = re.compile(r"\b(?:vat|gst|tax|mwst\.?|ust\.?|tva|iva|btw)[^=€$£\n]{0,16}=\s*$", re.I)
_MONEY_WORDS = (
    "amount.price", "amount.list", "amount.sale", "amount.was", "amount.rrp", "amount.total",
    "tax.excl", "tax.incl",
)  # fmt: skip
# "Price per pair £4.00", "Price per meter of strap is $2.10"
_PRICE_PER = re.compile(
    r"(?:price|preis|prix|precio|prezzo|prijs)s? (?:per|je|pro|par|por|al|a) (?:\d+ )?[^\W\d_]+"
    r"(?:[\s:(-]+[^\W\d_]+){0,4}$",
    re.I,
)
# "Case (24): $110", "Karton: 24,00 €"
_CONTAINER = re.compile(
    r"\s*([^\W\d_]{2,12})(?:\s*\(\d+\)|\s(?:of|à|zu|mit|de|da|van)\s\d+(?:\s[^\W\d_]+)?)?\s*:?\s*$"
)
_PRICES = Phrasing(r"(?:<<price.many>>)$")
_UNIT_HEADER = Phrasing(r"<<price.unit_column>>")
# American trade units: C is a hundred, M a thousand.
_TRADE_UNITS = {"EA": Decimal(1), "C": Decimal(100), "M": Decimal(1000), "CPC": Decimal(100)}
# Value added tax rates in force in Europe, India and Australia, in percent.
_VAT_RATES = "5 5.5 7 8.1 10 12 13 17 18 19 20 21 22 23 24 25 25.5 27"
_RATES = tuple(Decimal(rate) for rate in _VAT_RATES.split())
_CENT = Decimal("0.011")
# Text after an amount is looked at this far when it opens the next block.
_DRESSING = 60


@dataclass(frozen=True, slots=True)
class PageTerms:
    """What the page says of all its prices."""

    tax: Tax
    currency: str | None


def page_terms(reading: Reading, context: Context) -> PageTerms:
    """The tax and currency statement that holds for every price of the page.

    Counts only sentences about prices in general that name no amount: "All prices net".
    """
    stated: set[Tax] = set()
    currency: str | None = None
    for concept, tax in (("tax.excl", Tax.EXCL), ("tax.incl", Tax.INCL)):
        for hit in reading.cues.found.get(concept, ()):
            sentence = _general_sentence(reading, hit)
            if sentence is not None:
                stated.add(tax)
                currency = currency or currency_in(
                    reading.page.text[slice(*sentence)], reading.locale
                )
    if currency is None:
        currency = _stated_currency(reading)
    tax = stated.pop() if len(stated) == 1 else context.tax
    return PageTerms(tax, currency or context.currency)


def terms_of(reading: Reading, place: Place, span: Span, basis: Basis, page: PageTerms) -> Basis:
    """``basis`` completed from what follows the amount, its labels, its table and its page.

    ``span`` is the amount's own text; what is printed there is never overruled.
    """
    start, end = span
    sources = [_following(reading, place, end), _leading(reading, place, start)]
    sources += [
        reading.page.text[slice(*label)]
        for label in place.labels
        if reading.once(("price label", label), partial(_is_price_label, label=label))
    ]
    if not basis.unit_stated:
        basis = _completed(basis, _unit_column(reading, place))
    sources += [reading.page.text[slice(*note)] for note in table_notes(reading, place)]
    for source in sources:
        if basis.unit_stated and basis.tax is not Tax.UNKNOWN:
            return basis
        if source:
            basis = _completed(basis, basis_in(source, reading.locale))
    if basis.tax is not Tax.UNKNOWN:
        return basis
    tax = _beside_other_tax(reading, place, span)
    if tax is Tax.UNKNOWN:
        is_sum = WITH_TAX.search(reading.page.text, max(0, start - 40), start) is not None
        tax = Tax.INCL if is_sum else page.tax
    return basis if tax is Tax.UNKNOWN else replace(basis, tax=tax)


@lru_cache(maxsize=2048)  # one label stands over many prices, and on every page of a site
def basis_in(text: str, locale: Locale) -> Basis:
    """The price unit and tax a label states: "Price/100", "€/Stück netto", "je Stück, netto"."""
    per = _PER.search(text)
    found = Basis()
    if per is not None:
        start = per.start("word") if per["word"] else per.start()
        found = _read(text[start : start + _DRESSING], locale) or found
    if not found.unit_stated:
        container = _CONTAINER.match(text)
        unit = canonical_unit(container[1], locale.language, locale.own) if container else None
        if unit in COUNTED and unit != "pcs":
            found = replace(found, price_unit=unit or "pcs", unit_stated=True)
    if not found.unit_stated and _PIECE_WORDS.of(locale.own).search(text.lower()):
        found = replace(found, unit_stated=True)
    if found.tax is Tax.UNKNOWN:
        dressed = _read(text[:_DRESSING], locale)
        if dressed is not None:
            found = replace(found, tax=dressed.tax)
    if found.tax is Tax.UNKNOWN:
        found = replace(found, tax=_tax_word(text, locale))
    return found


@lru_cache(maxsize=2048)
def currency_in(text: str, locale: Locale) -> str | None:
    """The currency a label names, None where none: "Price (USD)", "€/Stück", "in US dollars".

    >>> from auditor.values.locale import locale_for
    >>> currency_in("Price (USD, each)", locale_for("en-US"))
    'USD'
    >>> currency_in("€/Stück", locale_for("de"))
    'EUR'
    """
    for code in _CODE.findall(text):
        if code in _CODES:
            return str(code)
    lowered = text.lower()
    for name, currency in _NAMES:
        if name.search(lowered):
            return currency
    sign = _SIGN.search(text)
    if sign is None:
        return None
    return _SIGNS.get(sign[0]) or locale.sign(sign[0])


def table_notes(reading: Reading, place: Place) -> tuple[Span, ...]:
    """Caption of the amount's table, rows that span it, and the lines just around it."""
    table = reading.table(place.block)
    if table is None or place.block.cell is None:
        return ()
    notes = list(reading.notes(place.block.cell[0]))
    for at in (reading.block_at(max(table.start - 2, 0)), reading.block_at(table.end + 1)):
        if at >= 0:
            block = reading.blocks[at]
            if block.cell is None and reading.cues.any(block.start, block.end, "amount.price"):
                notes.append((block.start, block.end))
    return tuple(dict.fromkeys(notes))


def _leading(reading: Reading, place: Place, start: int) -> str:
    """The words that lead to the amount: "Nettopreis: ", "Price per 1,000: "."""
    first = max(place.clause[0], start - _DRESSING)
    tokens = [t for t in reading.tokens_in(first, start) if t.kind is Kind.MONEY]
    said = reading.page.text[tokens[-1].end if tokens else first : start].strip()
    if re.match(r"par \d+\s?:", said, re.I):
        return ""  # a quantity break in French
    return said if said.endswith((":", "=")) or _PRICE_PER.search(said) else ""


def _is_break(reading: Reading, label: Span) -> bool:
    """ "Par 10" in French is a quantity break, not a price unit."""
    return re.fullmatch(r"par \d+\s?:?", reading.plain(*label)) is not None


def _is_price_label(reading: Reading, label: Span) -> bool:
    """Whether a label is about money, so that its "/" or "per" can be a price unit.

    A product's name over its price is a label too: "SLC 5/05", "Pro 14" are no units.
    """
    if _is_break(reading, label):
        return False
    text = reading.page.text[slice(*label)].strip()
    return bool(
        _PER.match(text)
        or reading.cues.any(*label, *_MONEY_WORDS)
        or currency_in(text, reading.locale) is not None
        or _PIECE_WORDS.of(reading.locale.own).search(text.lower())
    )


def _beside_other_tax(reading: Reading, place: Place, span: Span) -> Tax:
    """The tax of an amount that stands beside the same price with its tax named.

    "39,90 € (33,53 € netto)": the larger of the two holds the tax.
    """
    if not reading.once("taxed amounts", _has_taxed_amounts):
        return Tax.UNKNOWN
    own = _amount_at(reading, span)
    near = max(place.block.start, span[0] - 48), min(place.block.end, span[1] + 48)
    for token in reading.tokens_in(*near):
        if token.start == span[0] or token.basis is None or token.basis.tax is Tax.UNKNOWN:
            continue
        other = _amount_at(reading, (token.start, token.end))
        if own is None or other is None or not other or not own:
            continue
        if token.basis.tax is Tax.EXCL and _differ_by_tax(other, own):
            return Tax.INCL
        if token.basis.tax is Tax.INCL and _differ_by_tax(own, other):
            return Tax.EXCL
    return Tax.UNKNOWN


def _has_taxed_amounts(reading: Reading) -> bool:
    return any(t.basis is not None and t.basis.tax is not Tax.UNKNOWN for t in reading.tokens)


def _differ_by_tax(net: Decimal, gross: Decimal) -> bool:
    """Whether two amounts differ by a known rate to the cent; a discount rarely does."""
    return net >= 1 and any(abs(net * (100 + rate) / 100 - gross) <= _CENT for rate in _RATES)


def _amount_at(reading: Reading, span: Span) -> Decimal | None:
    for token in reading.tokens_in(*span):
        if isinstance(token.value, Money):
            return token.value.amount.readings[0].low
    return None


def _unit_column(reading: Reading, place: Place) -> Basis:
    """What a unit column of the amount's row says the price is for: EA, C, M, ft."""
    if place.block.cell is None:
        return Basis()
    number, row, _ = place.block.cell
    heads = reading.once(("unit heads", number), partial(_unit_heads, number=number))
    for cell in reading.row(number, row) if heads else ():
        if heads.isdisjoint(reading.labels_of(number, cell)):
            continue
        said = reading.page.text[cell.start : cell.end].strip()
        per = _TRADE_UNITS.get(said) or _TRADE_UNITS.get(said.lower())
        unit = "pcs" if per else canonical_unit(said, reading.locale.language, reading.locale.own)
        if unit:
            return Basis(price_per=per or Decimal(1), price_unit=unit, unit_stated=True)
    return Basis()


def _unit_heads(reading: Reading, number: int) -> frozenset[Span]:
    """The headers of a table that announce units."""
    header = _UNIT_HEADER.of(reading.locale.own)
    labels = {
        label
        for cell in reading.cells(number).values()
        for label in reading.labels_of(number, cell)
    }
    return frozenset(
        label for label in labels if header.fullmatch(reading.plain(*label).strip(" .:"))
    )


def _following(reading: Reading, place: Place, end: int) -> str:
    """The rest of the amount's line; where it ends there, the start of the next block."""
    rest = reading.page.text[end : place.block.end].strip()
    if rest:
        return (
            "" if place.block.cell is not None else rest[:_DRESSING] if _is_dressing(rest) else ""
        )
    after = reading.next_block(place.index)
    if after is None or _has_amount(reading, after):
        return ""
    text = reading.page.text[after.start : min(after.end, after.start + _DRESSING)]
    if reading.cues.any(after.start, after.end, "order.from", "order.moq", "order.minimum"):
        return ""  # "Per 12 te bestellen, dat is het minimum" is no price unit
    return text if _is_dressing(text) else ""


def _has_amount(reading: Reading, block: Block) -> bool:
    """Whether a line names an amount itself: "Price per metre $2.10" dresses no other."""
    head = reading.tokens_in(block.start, min(block.end, block.start + _DRESSING))
    return any(token.kind is Kind.MONEY for token in head)


def _is_dressing(text: str) -> bool:
    """Whether text opens with a price unit or tax word: it dresses the amount before it."""
    per = _PER.match(text.lstrip(" (,*"))
    if per is not None:
        return True
    head = text.lstrip(" (,*")[:24].lower()
    return bool(
        re.match(
            r"(?:netto|brutto|excl|exc|ex|incl|inc|inkl|exkl|zzgl|plus|\+|ht|ttc|hors|iva|btw|vat|net)\b",
            head,
        )
    )


def _read(dressing: str, locale: Locale) -> Basis | None:
    """What a price dressed like that would be for."""
    for token in tokenize(f"1 EUR {dressing}", locale):
        if token.kind is Kind.MONEY and token.core[0] <= 1:
            return token.basis
    return None


def _completed(basis: Basis, more: Basis) -> Basis:
    if not basis.unit_stated and more.unit_stated:
        basis = replace(
            basis,
            price_per=more.price_per,
            price_unit=more.price_unit,
            pack_size=basis.pack_size or more.pack_size,
            unit_stated=True,
        )
    if basis.tax is Tax.UNKNOWN and more.tax is not Tax.UNKNOWN:
        basis = replace(basis, tax=more.tax)
    return basis


def _tax_word(text: str, locale: Locale) -> Tax:
    from auditor.extract.cues import find_cues  # small label text, not the page

    cues = find_cues(text.lower(), locale.language, locale.own)
    excl, incl = cues.any(0, len(text), "tax.excl"), cues.any(0, len(text), "tax.incl")
    if excl and not incl:
        return Tax.EXCL
    return Tax.INCL if incl and not excl else Tax.UNKNOWN


def _general_sentence(reading: Reading, hit: Span) -> Span | None:
    """The sentence around a tax word when it speaks of prices in general and names none."""
    place = reading.place(hit[0])
    if place is None or place.block.cell is not None:
        return None
    first, last = place.clause
    general = reading.cues.within(
        "amount.price", max(place.sentence[0], hit[0] - 80), min(place.sentence[1], hit[1] + 80)
    )
    if not any(_is_plural(reading, reading.plain(*span)) for span in general):
        return None
    near = [t for t in reading.tokens_in(max(first, hit[0] - 80), hit[0]) if t.kind is Kind.MONEY]
    return None if near else (first, last)


def _is_plural(reading: Reading, word: str) -> bool:
    return _PRICES.of(reading.locale.own).search(word) is not None


def _stated_currency(reading: Reading) -> str | None:
    """ "All prices in US dollars": a price word with a currency name and no number near it."""
    for span in reading.cues.found.get("amount.price", ())[:200]:
        if not _is_plural(reading, reading.plain(*span)):
            continue
        text = reading.page.text[span[1] : span[1] + 40]
        if any(c.isdigit() for c in text):
            continue
        lowered = text.lower()
        for name, currency in _NAMES:
            if name.search(lowered):
                return currency
    return None

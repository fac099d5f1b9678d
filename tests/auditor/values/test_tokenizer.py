"""Typed values in real strings: what is read, what is refused, where it stands."""

from __future__ import annotations

import pytest

from auditor.values.locale import locale_for
from auditor.values.text import canonical
from auditor.values.tokenizer import tokenize
from auditor.values.tokens import Bound, Kind, Token


def read(text: str, language: str, currency: str | None = None) -> list[str]:
    """One line a token: "kind: printed text = canonical value"."""
    return [said(token, text) for token in tokenize(text, locale_for(language, None, currency))]


def said(token: Token, text: str) -> str:
    value = "?" if token.value is None else canonical(token.value, token.basis)
    return f"{token.kind}: {text[token.start : token.end]} = {value}"


REFUSED = [
    "Order BX-200 today",
    "NS-PX18 and TK-50210",
    "1N4148 and 74HC00",
    "Rev 1.2.3",
    "24/7",
    "1080p",
    "call 1-800-555-1234",
    "555-1234",
    "+49 221 123-456",
    "GTIN 09520123456788",
    "978-3-16-148410-0",
    "open 9:00-17:00",
    "Order by 2 pm",
    "14:30 Uhr",
    "15-ab020nr",
    "10^6",
    "4K",
    "10k",
    "SLC 5/01 and the 5/05",
    "Omron H8PS, Rodin D503N",
    "one of the best",
    "two and a half men",
    "once in a while",
    "",
    "no digits at all",
]


@pytest.mark.parametrize("text", REFUSED)
def test_identifiers_times_and_telephones_are_no_values(text: str) -> None:
    assert read(text, "en-US") == []


MONEY = [
    ("de-DE", "1.299,00 €", "1.299,00 €", "1299.00 EUR / 1 pcs"),
    ("de-CH", "1’299.00 CHF", "1’299.00 CHF", "1299.00 CHF / 1 pcs"),
    ("de-CH", "CHF 1.299,–", "CHF 1.299,–", "1299 CHF / 1 pcs"),
    ("de-CH", "CHF 1’249.–", "CHF 1’249.–", "1249 CHF / 1 pcs"),
    ("de-CH", "Fr. 64.–", "Fr. 64.–", "64 CHF / 1 pcs"),
    ("de-CH", "Fr. 1'250.--", "Fr. 1'250.--", "1250 CHF / 1 pcs"),
    ("de-DE", "1.299,- €", "1.299,- €", "1299 EUR / 1 pcs"),
    ("en-US", "$0.0034", "$0.0034", "0.0034 USD / 1 pcs"),
    ("en-US", "$.31 each", "$.31 each", "0.31 USD / 1 pcs"),
    ("fr-FR", ",89 €", ",89 €", "0.89 EUR / 1 pcs"),
    ("en-US", "12¢", "12¢", "0.12 USD / 1 pcs"),
    ("en-GB", "99p", "99p", "0.99 GBP / 1 pcs"),
    ("de-DE", "45 Cent", "45 Cent", "0.45 EUR / 1 pcs"),
    ("en-IN", "Rs. 1,25,000/-", "Rs. 1,25,000/-", "125000 INR / 1 pcs"),
    ("en-IN", "₹1,25,000", "₹1,25,000", "125000 INR / 1 pcs"),
    ("en-IN", "₹1.25 lakh", "₹1.25 lakh", "125000.00 INR / 1 pcs"),
    ("en-US", "$1.2k", "$1.2k", "1200.0 USD / 1 pcs"),
    ("en-US", "$4.16 million", "$4.16 million", "4160000.00 USD / 1 pcs"),
    ("en-US", "$148.00 USD", "$148.00 USD", "148.00 USD / 1 pcs"),
    ("en-US", "USD1,234.50", "USD1,234.50", "1234.50 USD / 1 pcs"),
    ("en-US", "＄４１５．００", "＄４１５．００", "415.00 USD / 1 pcs"),
    ("en-CA", "US $12", "US $12", "12 USD / 1 pcs"),
    ("en-CA", "C$74.50", "C$74.50", "74.50 CAD / 1 pcs"),
    ("en-US", "$14.50 – $18.75", "$14.50 – $18.75", "14.50..18.75 USD / 1 pcs"),
    ("en-US", "$14.50-18.75", "$14.50-18.75", "14.50..18.75 USD / 1 pcs"),
    ("de-DE", "14,50–18,75 €", "14,50–18,75 €", "14.50..18.75 EUR / 1 pcs"),
    ("en-US", "$28,130\u00a0- $39,785", "$28,130\u00a0- $39,785", "28130..39785 USD / 1 pcs"),
    ("en-US", "8–12¢", "8–12¢", "0.08..0.12 USD / 1 pcs"),
    ("en-US", "from €45", "from €45", "45 EUR / 1 pcs"),
    ("de-DE", "ab 45 €", "ab 45 €", "45 EUR / 1 pcs"),
    ("fr-FR", "à partir de 45 €", "à partir de 45 €", "45 EUR / 1 pcs"),
    ("es-ES", "desde 45 €", "desde 45 €", "45 EUR / 1 pcs"),
    ("ko-KR", "30,000원~", "30,000원~", "30000 KRW / 1 pcs"),
    ("sv-SE", "1 299 kr", "1 299 kr", "1299 SEK / 1 pcs"),
    ("es-CL", "$229.990", "$229.990", "229990 CLP / 1 pcs"),
    ("en-US", "EUR219.99", "EUR219.99", "219.99 EUR / 1 pcs"),
    ("en-US", "~$779.99", "$779.99", "779.99 USD / 1 pcs"),
    ("en-US", "-5,00 €", "-5,00 €", "-5.00 EUR / 1 pcs"),
    ("en-US", "٩٩٫٥٠ $", "٩٩٫٥٠ $", "99.50 USD / 1 pcs"),
    ("de-DE", "9⁹⁹ €", "9⁹⁹ €", "9.99 EUR / 1 pcs"),
    ("en-ZA", "R 450.00", "R 450.00", "450.00 ZAR / 1 pcs"),
]


@pytest.mark.parametrize(("language", "text", "printed", "value"), MONEY)
def test_money_is_read_in_every_form(language: str, text: str, printed: str, value: str) -> None:
    assert read(text, language) == [f"money: {printed} = {value}"]


BASES = [
    ("en-US", "EUR 45 / 100 Stk.", "45 EUR / 100 pcs", ""),
    ("en-US", "$2.10 ea", "2.10 USD / 1 pcs", ""),
    ("en-US", "$6.40/C", "6.40 USD / 100 pcs", ""),
    ("en-US", "$31.40/M", "31.40 USD / 1000 pcs", ""),
    ("en-US", "$18.70 per thousand", "18.70 USD / 1000 pcs", ""),
    ("en-GB", "£11.80 per 100 m reel", "11.80 GBP / reel of 100 m", ""),
    ("en-US", "$212.00 per 25 kg bag", "212.00 USD / bag of 25 kg", ""),
    ("fr-FR", "8,40 € HT la boîte", "8.40 EUR / box", "excl"),
    ("en-US", "€ 0,35/m", "0.35 EUR / m", ""),
    ("de-DE", "389,00 €* pro Fass", "389.00 EUR / drum", ""),
    ("de-DE", "12,40 € / 100 Stk.", "12.40 EUR / 100 pcs", ""),
    ("de-DE", "12,90 EUR pro 1.000 Stück", "12.90 EUR / 1000 pcs", ""),
    ("de-DE", "1,74 € je Paar", "1.74 EUR / pair", ""),
    ("de-DE", "150 €/100 kg", "150 EUR / 100 kg", ""),
    ("de-DE", "10,23 € inkl. 19 % MwSt.", "10.23 EUR / 1 pcs", "incl"),
    ("de-CH", "CHF 159.99 inkl. 8.1 % MWST", "159.99 CHF / 1 pcs", "incl"),
    ("de-DE", "15 € netto/Stück zzgl. 19% MwSt.", "15 EUR / 1 pcs", "excl"),
    ("en-GB", "£378.00 inc. VAT", "378.00 GBP / 1 pcs", "incl"),
    ("en-GB", "£40 (excl. VAT)", "40 GBP / 1 pcs", "excl"),
    ("en-GB", "£40.00 + VAT", "40.00 GBP / 1 pcs", "excl"),
    ("fr-FR", "15,00 € TTC", "15.00 EUR / 1 pcs", "incl"),
    ("nl-NL", "€ 12,50 excl. btw per stuk", "12.50 EUR / 1 pcs", "excl"),
    ("it-IT", "€ 1.250,00 + IVA al metro", "1250.00 EUR / m", "excl"),
    ("es-ES", "12,50 € la unidad IVA incl.", "12.50 EUR / 1 pcs", "incl"),
    ("en-US", "$12/pk of 10", "12 USD / pack of 10", ""),
    ("en-US", "$3.20 / box (50 pcs)", "3.20 USD / box of 50", ""),
    ("en-GB", "£3.50/ 3 pack", "3.50 GBP / pack of 3", ""),
    ("en-US", "$5 a bag", "5 USD / bag", ""),
    ("en-US", "$142.00 per gallon", "142.00 USD / gal", ""),
    ("en-IN", "₹285 / kg", "285 INR / kg", ""),
    ("sv-SE", "12,50 kr/st", "12.50 SEK / 1 pcs", ""),
    ("en-US", "$10.00 for 100 pcs", "10.00 USD / 100 pcs", ""),
    ("en-US", "$46.50 per 50-lb bag", "46.50 USD / bag of 50 lb", ""),
    ("de-DE", "12,40 € % Stück", "12.40 EUR / 100 pcs", ""),
    ("de-DE", "45 €/Rolle (50 m)", "45 EUR / roll of 50 m", ""),
    ("de-DE", "45,00 €/VE (50 Stk)", "45.00 EUR / pack of 50", ""),
    ("fr-FR", "12,40 € le cent", "12.40 EUR / 100 pcs", ""),
    ("fr-FR", "10 € HT le lot de 10", "10 EUR / pack of 10", "excl"),
    ("fr-FR", "5 € TVA 20 % comprise", "5 EUR / 1 pcs", "incl"),
    ("es-ES", "12,40 € por cada 100 uds", "12.40 EUR / 100 pcs", ""),
    ("es-ES", "30 € el millar", "30 EUR / 1000 pcs", ""),
    ("nl-NL", "€ 20 per doos (50 st.)", "20 EUR / box of 50", ""),
    ("en-GB", "£10 VAT excl.", "10 GBP / 1 pcs", "excl"),
]


@pytest.mark.parametrize(("language", "text", "value", "tax"), BASES)
def test_what_a_price_is_for_belongs_to_it(language: str, text: str, value: str, tax: str) -> None:
    [token] = tokenize(text, locale_for(language))
    assert token.kind is Kind.MONEY
    assert token.value is not None
    assert token.basis is not None
    assert (token.start, token.end) == (0, len(text))
    assert canonical(token.value, token.basis) == value
    assert token.basis.tax == (tax or "unknown")


def test_a_price_without_unit_says_that_it_was_not_stated() -> None:
    stated, bare = tokenize("$2.10 each $2.10", locale_for("en-US"))
    assert stated.basis is not None
    assert bare.basis is not None
    assert stated.basis.unit_stated
    assert not bare.basis.unit_stated


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en-US", "EUR 1.299", "1.299|1299 EUR / 1 pcs"),
        ("en-US", "€1.299", "1.299|1299 EUR / 1 pcs"),
        ("", "1.299 EUR", "1.299|1299 EUR / 1 pcs"),
        ("", "1.250 pcs", "1.25|1250 pcs"),
        ("kk-KZ", "44 890 тг.", "44890|890 KZT / 1 pcs"),
    ],
)
def test_readings_that_nothing_decides_all_stay(language: str, text: str, expected: str) -> None:
    assert [line.partition(" = ")[2] for line in read(text, language)] == [expected]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en-US", "$1.125", "1.125 USD / 1 pcs"),
        ("en-GB", "£0.105", "0.105 GBP / 1 pcs"),
        ("en-US", "€1,299", "1299 EUR / 1 pcs"),
        ("", "0.335 EUR", "0.335 EUR / 1 pcs"),
        ("", "1.299,00 EUR", "1299.00 EUR / 1 pcs"),
        ("", "12.50 EUR", "12.50 EUR / 1 pcs"),
        ("de-DE", "1.299 €", "1299 EUR / 1 pcs"),
    ],
)
def test_a_number_that_can_be_read_one_way_is(language: str, text: str, expected: str) -> None:
    assert [line.partition(" = ")[2] for line in read(text, language)] == [expected]


@pytest.mark.parametrize("text", ["$12.50", "12,50 $"])
def test_a_dollar_on_a_page_without_dollars_has_no_currency(text: str) -> None:
    assert [line.partition(" = ")[2] for line in read(text, "de-DE")] == ["12.50 ? / 1 pcs"]


def test_a_currency_between_two_numbers_is_taken_once() -> None:
    assert read("ab 8,71 € 9,25 €", "de-DE") == [
        "money: ab 8,71 € = 8.71 EUR / 1 pcs",
        "money: 9,25 € = 9.25 EUR / 1 pcs",
    ]
    assert read("100 $12.40 500 $11.20", "en-US") == [
        "number: 100 = 100",
        "money: $12.40 = 12.40 USD / 1 pcs",
        "number: 500 = 500",
        "money: $11.20 = 11.20 USD / 1 pcs",
    ]


QUANTITIES = [
    ("en-US", '4.2" (107 mm)', ["4.2 in", "107 mm"]),
    ("en-US", "3/4 in (19 mm)", ["0.75 in", "19 mm"]),
    ("en-US", "1½ in", ["1.5 in"]),
    ("en-US", '1-1/2"', ["1.5 in"]),
    ("en-US", '1 1/2"', ["1.5 in"]),
    ("en-US", "1⁄2 in", ["0.5 in"]),
    ("en-US", "2-1/2″", ["2.5 in"]),
    ("en-US", '1/2" to 48"', ["0.5..48 in"]),
    ("de-DE", "-10 °C bis +55 °C", ["-10..55 °C"]),
    ("en-US", "–40 … +85 °C", ["-40..85 °C"]),
    ("en-US", "-40 to 85 degC", ["-40..85 °C"]),
    ("en-US", "0 to 60 degrees Celsius", ["0..60 °C"]),
    ("en-US", "85–264 V AC", ["85..264 V"]),
    ("en-US", "100-240VAC", ["100..240 V"]),
    ("en-US", "12V/24V", ["12 V", "24 V"]),
    ("en-US", "30 VDC", ["30 V"]),
    ("en-US", "50/60 Hz", ["50..60 Hz"]),
    ("en-US", "-20/+60 °C", ["-20..60 °C"]),
    ("en-US", "230/400 V", []),
    ("en-US", "between 5 and 30 V", ["5..30 V"]),
    ("en-US", "5 and 30 V", ["5", "30 V"]),
    ("en-US", "-6% -6%", ["-6 %", "-6 %"]),
    ("en-US", "3-inch pipe, 24-volt, 50-lb", ["3 in", "24 V", "50 lb"]),
    ("en-US", "2-in-1, 5-piece set, 12-V", ["2", "5", "12"]),
    ("en-GB", '1.1/2"', ["1.5 in"]),
    ("de-DE", "10 ㎜, 5㎏", ["10 mm", "5 kg"]),
    ("en-US", "24 V DC +10%/-15%", ["24 V"]),
    ("en-US", "sizes 80,85,90,95,100", []),
    ("en-US", "98 102 106 110", ["98", "102", "106", "110"]),
    ("en-US", "24 V ±10 %", ["24 V"]),
    ("en-US", "± 0.25 % FS", ["0.25 %"]),
    ("de-DE", "96,0–97,0 %", ["96..97 %"]),
    ("en-US", "60 µV/(W/m²)", ["60 µV/(W/m²)"]),
    ("en-US", "2,5 m", ["2.5 m"]),
    ("en-US", "55 US gal", ["55 gal"]),
    ("de-DE", "Mindest\u00adbestell\u00admenge 2 Stück", ["2 pcs"]),
    ("de-DE", "Mindestmenge 12 Paar", ["12 pair"]),
    ("en-US", "1 – 9 units", ["1..9 pcs"]),
    ("en-US", "12 in stock", ["12"]),
    ("en-US", "four sets, a dozen boxes", ["4 set", "12 box"]),
    ("de-DE", "fünf Stück", ["5 pcs"]),
    ("fr-FR", "trois pièces", ["3 pcs"]),
    ("en-US", "Two-roll minimum", ["2 roll"]),
    ("en-US", "2 lb 3 oz", ["2 lb", "3 oz"]),
    ("en-US", "the 140 can support, 6 cans", ["140", "6 can"]),
    ("en-US", "FW 3.1 ~$700.00", ["3.1", "700.00 USD / 1 pcs"]),
    ("en-US", "SAI 940 00 S", ["940"]),
    ("en-US", 'the "Model 5" kit', ["5"]),
]


@pytest.mark.parametrize(("language", "text", "expected"), QUANTITIES)
def test_quantities_are_read_with_their_unit(language: str, text: str, expected: list[str]) -> None:
    assert [line.partition(" = ")[2] for line in read(text, language)] == expected


DURATIONS = [
    ("en-US", "2–3 weeks", "2..3 weeks"),
    ("en-US", "2 to 3 weeks from order", "2..3 weeks"),
    ("en-US", "two to three weeks", "2..3 weeks"),
    ("en-US", "2 or 3 weeks", "2..3 weeks"),
    ("en-US", "five business days", "5 business_days"),
    ("en-US", "3-day lead time", "3 days"),
    ("en-US", "24-hour", "24 hours"),
    ("en-US", "ships within 48 h", "48 hours"),
    ("en-US", "4-6 wks ARO", "4..6 weeks"),
    ("en-US", "warranty of 2 years", "24 months"),
    ("de-DE", "zwei bis drei Wochen", "2..3 weeks"),
    ("de-DE", "Lieferzeit von drei Werktagen", "3 business_days"),
    ("de-DE", "in ca. 14 Tagen", "14 days"),
    ("fr-FR", "de 2 à 3 semaines", "2..3 weeks"),
    ("fr-FR", "sous 24/48h", "24..48 hours"),
    ("fr-FR", "sous 10 jours ouvrés", "10 business_days"),
    ("es-ES", "10 días hábiles", "10 business_days"),
    ("it-IT", "da 2 a 3 settimane", "2..3 weeks"),
    ("it-IT", "10 giorni lavorativi", "10 business_days"),
    ("nl-NL", "2 tot 3 weken", "2..3 weeks"),
    ("nl-NL", "5 werkdagen", "5 business_days"),
]


@pytest.mark.parametrize(("language", "text", "expected"), DURATIONS)
def test_spans_of_time_keep_their_calendar(language: str, text: str, expected: str) -> None:
    [token] = tokenize(text, locale_for(language))
    assert token.kind is Kind.DURATION
    assert token.value is not None
    assert canonical(token.value) == expected


BOUNDS = [
    ("en-US", "up to 60 W", Bound.UP_TO, "60 W"),
    ("en-US", "≤ 4.0 %", Bound.UP_TO, "..4 %"),
    ("en-US", ">= 5 kg", Bound.FROM, "5.. kg"),
    ("en-US", "<= 10 A", Bound.UP_TO, "..10 A"),
    ("en-US", "as little as $0.31", Bound.FROM, "0.31 USD"),
    ("en-GB", "£40+VAT", Bound.NONE, "40 GBP"),
    ("en-US", "≥5 kg", Bound.FROM, "5.. kg"),
    ("en-US", "< 3 mm", Bound.UP_TO, "..3 mm"),
    ("en-US", "max. 85 °C", Bound.UP_TO, "85 °C"),
    ("en-US", "max.85 °C", Bound.NONE, "85 °C"),
    ("en-US", "36 V max.", Bound.UP_TO, "36 V"),
    ("en-US", "200 min.", Bound.FROM, "200"),
    ("en-US", "1,000+", Bound.FROM, "1000"),
    ("en-US", "10 and up", Bound.FROM, "10"),
    ("de-DE", "ab 1.000 Stk.", Bound.FROM, "1000 pcs"),
    ("de-DE", "10 und mehr", Bound.FROM, "10"),
    ("fr-FR", "de 2 à 3 m", Bound.NONE, "2..3 m"),
    ("fr-FR", "une remise de 5 %", Bound.NONE, "5 %"),
]


@pytest.mark.parametrize(("language", "text", "bound", "expected"), BOUNDS)
def test_open_ends_are_told(language: str, text: str, bound: Bound, expected: str) -> None:
    [token] = tokenize(text, locale_for(language))
    assert token.value is not None
    assert (token.bound, canonical(token.value)) == (bound, expected)


CODES = [
    ("IP65 / IP67", ["IP65", "IP67"]),
    ("IP68/IP69K", ["IP68", "IP69K"]),
    ("IP65/67", ["IP65/IP67"]),
    ("M10x1.5-6g", ["M10x1.5"]),
    ("1/2-14 NPT", ["1/2 NPT"]),
    ("IP 65.", ["IP65"]),
    ("Type 4X (NEMA 4X)", ["NEMA 4X", "NEMA 4X"]),
    ("M8 × 1", ["M8x1"]),
    ("M8-1.25", ["M8x1.25"]),
    ("M6 x 20", ["M6x20"]),
    ("20 AWG or AWG 20", ["AWG 20", "AWG 20"]),
    ("DN 40, PN16", ["DN40", "PN16"]),
    ("UN 1950, UN1993", ["UN1950", "UN1993"]),
    ("2 NC", ["2 NC"]),
    ("1/4-20 UNC", ["1/4-20 UNC"]),
    ('G 1/2" and R 3/4 and 1/2" NPT', ["G1/2", "R3/4", "1/2 NPT"]),
    ("RAL 9005", ["RAL 9005"]),
    ("class 8.8", ["8.8"]),
    ("Edelstahl 1.4301", ["1.4301"]),
    ("A4-70, V2A", ["A4", "V2A"]),
    ("316L stainless steel, type 304", ["316L", "304"]),
]


@pytest.mark.parametrize(("text", "expected"), CODES)
def test_coded_values_are_enums(text: str, expected: list[str]) -> None:
    tokens = tokenize(text, locale_for("en-US"))
    assert {token.kind for token in tokens} == {Kind.CODE}
    assert [canonical(token.value) for token in tokens if token.value] == expected


DATES = [
    ("en-US", "valid until March 31, 2026", "2026-03-31"),
    ("en-US", "12/31/2025", "2025-12-31"),
    ("en-US", "1/2/2026", "2026-01-02"),
    ("en-GB", "01/02/2026", "2026-02-01"),
    ("en-GB", "1st March 2026", "2026-03-01"),
    ("en-GB", "31 March 2025", "2025-03-31"),
    ("de-DE", "gültig bis 31.12.2026", "2026-12-31"),
    ("de-DE", "31. März 2025", "2025-03-31"),
    ("fr-FR", "jusqu’au 31 mars 2026", "2026-03-31"),
    ("es-ES", "hasta el 31 de marzo de 2026", "2026-03-31"),
    ("it-IT", "fino al 31 marzo 2026", "2026-03-31"),
    ("nl-NL", "t/m 31 maart 2026", "2026-03-31"),
    ("en", "13/02/2026", "2026-02-13"),
    ("en-US", "2026-11-01", "2026-11-01"),
]


@pytest.mark.parametrize(("language", "text", "expected"), DATES)
def test_dates_are_read_in_six_languages(language: str, text: str, expected: str) -> None:
    [token] = tokenize(text, locale_for(language))
    assert token.kind is Kind.DATE
    assert token.instant is not None
    assert token.instant.date().isoformat() == expected
    assert token.instant.tzinfo is not None


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "03/04/2026", None),
        ("en-US", "March 2026", "2026-03"),
        ("de-DE", "06/2026", "2026-06"),
        ("en-GB", "5 May", "--05-05"),
    ],
)
def test_a_date_that_is_not_one_day_has_no_instant(
    language: str, text: str, value: str | None
) -> None:
    [token] = tokenize(text, locale_for(language))
    assert token.kind is Kind.DATE
    assert token.instant is None
    assert (canonical(token.value) if token.value else None) == value


@pytest.mark.parametrize("text", ["31.02.2026", "2026-02-30", "32/01/2026", "99/99/9999"])
def test_impossible_dates_are_no_dates(text: str) -> None:
    assert Kind.DATE not in {token.kind for token in tokenize(text, locale_for("de-DE"))}


DIMENSIONS = [
    ("en-US", "24 in × 16 in × 12 in", "24 x 16 x 12 in", ("", "", "")),
    ("en-US", "120 x 60 x 40 mm", "120 x 60 x 40 mm", ("", "", "")),
    ("en-US", "(L x W x H): 24 x 16 x 12 in", "24 x 16 x 12 in", ("length", "width", "height")),
    ("en-US", "H x W x D: 300 x 400 x 150 mm", "300 x 400 x 150 mm", ("height", "width", "depth")),
    ("de-DE", "(B × T × H): 120 × 200 × 60 mm", "120 x 200 x 60 mm", ("width", "depth", "height")),
    ("en-US", '24" L x 16" W x 12" H', "24 x 16 x 12 in", ("length", "width", "height")),
    ("de-DE", "L 120 x B 60 x H 40 mm", "120 x 60 x 40 mm", ("length", "width", "height")),
    ("en-US", "10 ft x 12 ft", "10 x 12 ft", ("", "")),
    ("en-US", "60 x 40 mm (L x W)", "60 x 40 mm", ("length", "width")),
    ("en-US", "300(H) x 400(W) mm", "300 x 400 mm", ("height", "width")),
    ("en-US", "H300 x W400 mm", "300 x 400 mm", ("height", "width")),
    ("en-US", "235x100 cm", "235 x 100 cm", ("", "")),
]


@pytest.mark.parametrize(("language", "text", "value", "labels"), DIMENSIONS)
def test_dimensions_keep_their_labels(
    language: str, text: str, value: str, labels: tuple[str, ...]
) -> None:
    [token] = tokenize(text, locale_for(language))
    assert token.kind is Kind.DIMENSIONS
    assert token.value is not None
    assert canonical(token.value) == value
    assert token.value.labels == labels  # type: ignore[union-attr]  # the kind says so


def test_a_count_times_a_price_is_no_dimension() -> None:
    assert read("17 × 4.50 €", "en-US") == [
        "number: 17 = 17",
        "money: 4.50 € = 4.50 EUR / 1 pcs",
    ]


def test_offsets_are_of_the_text_as_given() -> None:
    text = "Preis:\u200b １\u00ad２,４０ €\u00a0/ 100 Stk."
    [token] = tokenize(text, locale_for("de-DE"))
    assert text[token.start : token.end] == "１\u00ad２,４０ €\u00a0/ 100 Stk."
    assert text[slice(*token.core)] == "１\u00ad２,４０ €"


def test_a_window_of_the_text_keeps_its_offsets() -> None:
    text = "100 pcs $5.00 each"
    [token] = tokenize(text, locale_for("en-US"), start=8)
    assert text[token.start : token.end] == "$5.00 each"
    assert tokenize(text, locale_for("en-US"), start=0, end=3)[0].end == 3

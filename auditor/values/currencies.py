"""Currency signs, codes and names as printed, and which ISO 4217 code each means."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.values.locale import Locale

# Codes that are taken as currencies wherever they stand in capitals beside a number. Codes that
# are English words (ALL, TOP, CUP, MOP, PEN) are left out on purpose.
ISO = frozenset(
    {
        "USD", "EUR", "GBP", "CHF", "JPY", "CNY", "INR", "AUD", "CAD", "NZD", "SGD", "HKD", "TWD",
        "SEK", "NOK", "DKK", "ISK", "PLN", "CZK", "HUF", "RON", "BGN", "TRY", "RUB", "UAH", "BRL",
        "MXN", "CLP", "COP", "ARS", "ZAR", "ILS", "AED", "SAR", "QAR", "KWD", "EGP", "MAD", "KRW",
        "THB", "MYR", "IDR", "PHP", "VND", "PKR", "LKR", "BDT", "KZT", "RSD",
    }
)  # fmt: skip
# Printed form → ISO 4217, or a sign that only the locale resolves ("$", "kr", "¥", "£", "rs").
_SIGNS: dict[str, str] = {
    "€": "EUR", "EURO": "EUR", "Euro": "EUR", "euro": "EUR", "Euros": "EUR", "euros": "EUR",
    "Eur": "EUR", "eur": "EUR", "$": "$", "US$": "USD", "US-$": "USD", "U$S": "USD",
    "C$": "CAD", "CA$": "CAD",
    "CDN$": "CAD", "Can$": "CAD", "A$": "AUD", "AU$": "AUD", "NZ$": "NZD", "S$": "SGD",
    "SG$": "SGD", "HK$": "HKD", "NT$": "TWD", "MX$": "MXN", "US $": "USD", "CA $": "CAD",
    "CAN $": "CAD", "AU $": "AUD", "NZ $": "NZD", "HK $": "HKD", "R": "R", "R$": "BRL",
    "US-Dollar": "USD", "US dollars": "USD",
    "US Dollar": "USD", "dollars": "$", "dollar": "$", "Dollar": "$", "£": "£",
    "GBP£": "GBP", "pounds sterling": "GBP", "¥": "¥", "円": "JPY", "元": "CNY", "RMB": "CNY",
    "₹": "INR", "Rs.": "rs", "Rs": "rs", "RS.": "rs", "Re.": "rs", "rupees": "rs", "Fr.": "CHF",
    "SFr.": "CHF", "sFr.": "CHF", "SFr": "CHF", "Franken": "CHF", "CHF": "CHF", "kr": "kr",
    "kr.": "kr", "Kr.": "kr", "Kr": "kr", "zł": "PLN", "zl": "PLN", "Kč": "CZK", "Ft": "HUF",
    "lei": "RON",
    "Lei": "RON", "лв": "BGN", "лв.": "BGN", "₺": "TRY", "TL": "TRY", "₽": "RUB", "руб.": "RUB",
    "руб": "RUB", "₴": "UAH", "грн": "UAH", "₩": "KRW", "원": "KRW", "₪": "ILS", "฿": "THB",
    "₫": "VND", "₱": "PHP", "₸": "KZT", "тг": "KZT", "тг.": "KZT", "RM": "MYR", "Rp": "IDR",
}  # fmt: skip
_SIGNS.update({code: code for code in ISO})
# Hundredths: printed form → the currency they are of, "" for the page's own.
_CENTS: dict[str, str] = {
    "¢": "$", "cents": "", "cent": "", "Cent": "", "ct": "", "ct.": "", "Ct.": "", "Ct": "",
    "cts": "",
    "p": "GBP", "Rp.": "CHF", "Rappen": "CHF", "paise": "INR", "pence": "GBP",
}  # fmt: skip
# Forms never taken in front of a number: names and hundredths ("euros 5" is no price form).
_ONLY_BEHIND = frozenset(
    {
        "euros", "Euros", "dollars", "dollar", "rupees", "Franken", "₽", "руб", "руб.", "円", "元",
        "원", "лв", "лв.", "zł", "zl", "Kč", "Ft", "lei", "Lei", "грн", "тг", "тг.", "TL",
    }
)  # fmt: skip
# Single letters that are a sign only where that currency is in use.
_ONLY_AT_HOME = frozenset({"R"})
_ONLY_BEFORE = frozenset({"R", "Rs.", "Rs", "RS.", "Re.", "RM", "Rp", "A$", "C$", "S$"})


def behind(text: str, at: int, locale: Locale) -> tuple[int, str | None, bool] | None:
    """The currency printed at ``at``, behind a number: end, ISO code, whether hundredths.

    The code is None where the sign is ambiguous here.

    >>> from auditor.values.locale import locale_for
    >>> behind("€ each", 0, locale_for("en")), behind("¢", 0, locale_for("en-US"))
    ((1, 'EUR', False), (1, 'USD', True))
    """
    for printed in _BEHIND.get(text[at : at + 1], ()):
        if not text.startswith(printed, at):
            continue
        end = at + len(printed)
        if printed[-1].isalnum() and text[end : end + 1].isalnum():
            continue
        if printed in _CENTS:
            return _cents(printed, end, locale)
        return end, resolve(_SIGNS[printed], locale), False
    return None


def before(text: str, at: int, locale: Locale, floor: int = 0) -> tuple[int, str | None] | None:
    """The currency printed right before ``at`` (the number): its start and ISO code.

    What stands before ``floor`` belongs to something else already.

    >>> from auditor.values.locale import locale_for
    >>> before("MOQ 5 US$54", 9, locale_for("en-CA"))
    (6, 'USD')
    >>> before("series 45", 7, locale_for("en")) is None
    True
    """
    end = at
    while end > floor and at - end < 2 and text[end - 1] == " ":
        end -= 1
    if end <= floor:
        return None
    for printed in _BEFORE.get(text[end - 1], ()):
        start = end - len(printed)
        if start < floor or not text.startswith(printed, start):
            continue
        if printed[0].isalnum() and start and text[start - 1].isalnum():
            continue
        code = resolve(_SIGNS[printed], locale)
        if code is None and printed in _ONLY_AT_HOME:
            continue
        if code is None or printed == "$":  # "USD $54"
            named = _named_before(text, start)
            if named is not None and named[0] >= floor:
                return named
        return start, code
    return None


def resolve(sign: str, locale: Locale) -> str | None:
    """The ISO code of a sign from the tables; None where the locale does not tell."""
    return sign if len(sign) == 3 and sign.isupper() else locale.sign(sign)


def _cents(printed: str, end: int, locale: Locale) -> tuple[int, str | None, bool] | None:
    of = _CENTS[printed]
    if printed == "p" and locale.currency != "GBP":
        return None
    if of == "$" or (of == "" and locale.currency is not None):
        code = locale.currency if of == "" else locale.sign("$") or locale.currency
        return end, code, True
    return (end, of, True) if of else None


def _named_before(text: str, start: int) -> tuple[int, str] | None:
    at = start - 1 if start and text[start - 1] == " " else start
    code = text[max(0, at - 3) : at]
    is_alone = at < 4 or not text[at - 4].isalnum()
    return (at - 3, code) if code in ISO and is_alone else None


def _arranged(forms: list[str], *, last: bool) -> Mapping[str, list[str]]:
    table: dict[str, list[str]] = {}
    for form in sorted(forms, key=len, reverse=True):
        table.setdefault(form[-1] if last else form[0], []).append(form)
    return table


# Every printed form, for those who must know whether a word can be one.
FORMS = frozenset({*_SIGNS, *_CENTS})
_BEHIND = _arranged([*(set(_SIGNS) - _ONLY_BEFORE), *_CENTS], last=False)
_BEFORE = _arranged([*(set(_SIGNS) - _ONLY_BEHIND)], last=True)

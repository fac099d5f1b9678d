"""Which separators, grouping, date order and currency signs a page's readers expect."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from babel import Locale as BabelLocale
from babel import UnknownLocaleError
from babel.numbers import get_territory_currencies

from auditor.values.own_words import NO_WORDS, OwnWords

_DOLLARS = frozenset(
    {
        "USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "CLP", "COP", "ARS", "BBD", "BSD",
        "BZD", "JMD", "TTD", "FJD", "NAD",
    }
)  # fmt: skip
_CROWNS = frozenset(["SEK", "NOK", "DKK", "ISK", "CZK"])
_YEN = frozenset({"JPY", "CNY"})
_RUPEES = frozenset(["INR", "PKR", "LKR", "NPR", "MUR"])
_POUNDS = frozenset({"GBP", "EGP", "GIP", "FKP"})
# Currencies whose home writes a decimal comma; used only to see that a foreign supplier's number
# may stand on the page ("EUR 1.299" on an American page).
COMMA_CURRENCIES = frozenset(
    {
        "EUR", "SEK", "NOK", "DKK", "ISK", "PLN", "CZK", "HUF", "RON", "BGN", "BRL", "ARS", "CLP",
        "COP", "TRY", "RUB", "UAH", "IDR", "VND", "RSD",
    }
)  # fmt: skip
# Currencies whose home groups 1,25,000.
LAKH_CURRENCIES = frozenset({"INR", "PKR", "LKR", "NPR", "BDT"})
_AMBIGUOUS_SIGNS = {
    "$": _DOLLARS,
    "kr": _CROWNS,
    "¥": _YEN,
    "£": _POUNDS,
    "rs": _RUPEES,
    "R": frozenset({"ZAR"}),
}
# The home of a language printed without a region; English has none.
_LANGUAGE_HOME = {
    "de": "DE", "fr": "FR", "es": "ES", "it": "IT", "nl": "NL", "sv": "SE", "da": "DK", "nb": "NO",
    "no": "NO", "ja": "JP", "zh": "CN", "cs": "CZ", "pl": "PL",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Locale:
    """How numbers, dates and money are written on a page.

    ``decimal`` is "." or ",", "" where not known (then every reading is kept); ``groups`` holds
    the grouping characters in use ("." "," " " "'"). ``indian`` tells 1,25,000 grouping.
    ``currency`` is what an ambiguous sign ("$", "kr", "¥", "Rs") resolves to when it fits, None
    where unknown. ``day_first`` is the order of numeric dates, None where unknown. ``own`` are the
    words that the configuration adds.
    """

    language: str = ""
    market: str | None = None
    currency: str | None = None
    decimal: str = ""
    groups: frozenset[str] = frozenset()
    indian: bool = False
    day_first: bool | None = None
    own: OwnWords = NO_WORDS

    def sign(self, symbol: str) -> str | None:
        """The ISO 4217 code an ambiguous ``symbol`` means here; None where it cannot be told.

        >>> locale_for("en-US").sign("$"), locale_for("en", currency="EUR").sign("$")
        ('USD', None)
        """
        family = _AMBIGUOUS_SIGNS.get(symbol)
        if family is None:
            return None
        home = market_currency(self.market)
        for currency in (home, self.currency):
            if currency in family:
                return currency
        if symbol == "£":
            return "GBP"
        return "INR" if symbol == "rs" else None


@lru_cache(maxsize=512)
def locale_for(language: str, market: str | None = None, currency: str | None = None) -> Locale:
    """The Locale of a BCP 47 ``language`` tag, refined by the source's market and currency.

    An unknown language leaves the separators unknown, so that all readings of a number are kept.
    Source: CLDR through babel; Swiss, Austrian and South African practice is wider than CLDR.

    >>> locale_for("de-DE").decimal, sorted(locale_for("de-CH").groups)
    (',', [' ', "'"])
    >>> locale_for("").decimal
    ''
    """
    parts = [part for part in language.replace("_", "-").split("-") if part]
    tongue = parts[0].lower() if parts else ""
    region = next((p.upper() for p in parts[1:] if len(p) == 2 and p.isalpha()), None)
    market = market.upper() if market else None
    known = _babel(tongue, region or market)
    where = market or region or _LANGUAGE_HOME.get(tongue)
    currency = currency.upper() if currency else market_currency(where)
    if known is None:
        return Locale("", where, currency)
    decimal, groups = _separators(known, region or market)
    return Locale(
        language=tongue,
        market=where,
        currency=currency,
        decimal=decimal,
        groups=groups,
        indian=tongue == "hi" or where in {"IN", "PK", "LK", "NP", "BD"},
        day_first=_day_first(known, tongue, region or market),
    )


@lru_cache(maxsize=512)
def market_currency(market: str | None) -> str | None:
    """The currency in use in a country, None where unknown.

    >>> market_currency("CH"), market_currency("XX")
    ('CHF', None)
    """
    if not market:
        return None
    found = get_territory_currencies(market.upper())
    return found[0] if found else None


def _babel(tongue: str, region: str | None) -> BabelLocale | None:
    if not tongue:
        return None
    for tag in (f"{tongue}_{region}" if region else tongue, tongue):
        try:
            return BabelLocale.parse(tag)
        except (UnknownLocaleError, ValueError):
            continue
    return None


def _separators(known: BabelLocale, region: str | None) -> tuple[str, frozenset[str]]:
    symbols = known.number_symbols.get("latn", known.number_symbols)
    decimal = str(symbols.get("decimal", ""))
    group = str(symbols.get("group", ""))
    group = " " if group.isspace() else group.replace("’", "'")
    if region in {"CH", "LI"}:
        return ".", frozenset({"'", " "})
    if region == "ZA":  # both forms are in daily use
        return "", frozenset({" ", ","})
    if decimal == ",":
        return ",", frozenset({group, ".", " "}) - {","}
    if decimal == ".":
        return ".", frozenset({group} if group in {",", "'", " "} else {","})
    return "", frozenset()


def _day_first(known: BabelLocale, tongue: str, region: str | None) -> bool | None:
    if tongue == "en" and region is None:
        return None
    pattern = str(known.date_formats["short"].pattern)
    if pattern.lower().startswith("y"):
        return None if tongue == "en" else True
    return pattern.find("d") < pattern.find("M")

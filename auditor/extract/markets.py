"""Prices for another country: a sentence or section that sells to somebody else.

Country names come from CLDR (babel) in the six languages; adjectives and the cities where such
branches usually stand are a short list of our own. A country alone means nothing ("made in
Germany"): it counts only beside a word for customers, a branch or a price list.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ahocorasick_rs import AhoCorasick, MatchKind
from babel import Locale as BabelLocale

from auditor.extract.interface import Context
from auditor.extract.reading import Place, Reading
from auditor.values.tokens import Token

_WORDS = {
    "US": "american usa u.s. amerikanische amerikanischen américain américains",
    "CA": "canadian canada toronto montreal vancouver calgary ottawa ontario quebec québec alberta "
    "manitoba saskatchewan kanadische kanadischen canadien canadiens",
    "GB": "britain british scotland uk u.k. britische britischen britannique england london leeds",
    "IE": "irish dublin irische irischen irlandais",
    "DE": "german deutsche deutschen allemand allemands tedesco tedeschi duitse berlin hamburg",
    "AT": "austrian tirol steiermark österreichische österreichischen autrichien wien vienna",
    "CH": "swiss schweizer suisse svizzero zürich zurich basel genf geneva",
    "FR": "french französische französischen français francese paris lyon",
    "BE": "belgian belgische belgischen belge belges ghent antwerp brussels bruxelles",
    "NL": "dutch niederländische niederländischen néerlandais amsterdam rotterdam",
    "ES": "spanish catalonia cataluña spanische spanischen espagnol españoles madrid barcelona",
    "IT": "italian italienische italienischen italien italiani milan milano",
    "PT": "portuguese portugiesische portugiesischen portugais portugueses lisbon lisboa",
    "LU": "luxembourgish luxembourgeois",
    "HU": "hungarian ungarische ungarischen hongrois budapest",
    "RO": "romanian rumänische rumänischen roumain bucharest",
    "GR": "greek griechische griechischen grec athens",
    "PL": "polish polnische polnischen polonais warsaw",
    "CZ": "czech tschechische tschechischen tchèque prague prag",
    "SE": "swedish schwedische schwedischen suédois stockholm",
    "NO": "norwegian norwegische norwegischen norvégien oslo",
    "DK": "danish dänische dänischen danois copenhagen",
    "FI": "finnish finnische finnischen finlandais helsinki",
    "AU": "australian queensland tasmania australische australischen australien sydney melbourne",
    "NZ": "zealand auckland",
    "MX": "mexican guadalajara jalisco sonora mexikanische mexikanischen mexicain monterrey",
    "BR": "brazilian brasilianische brasilianischen brésilien",
    "CN": "chinese chinesische chinesischen chinois shanghai shenzhen beijing",
    "JP": "japanese japanische japanischen japonais tokyo osaka",
    "IN": "indian indische indischen indien pune mumbai delhi chennai",
    "SG": "singapore",
    "TR": "turkish türkische türkischen turc istanbul",
}
_BUYERS = re.compile(
    r"\b(?:customers?|accounts?|buyers?|markets?|branch\w*|offices?|dealers?|distributors?|"
    r"partners?|subsidiar\w+|price (?:book|list|sheet)s?|stores?|resellers?|export|visiting|"
    r"invoiced?|kunden|markt|partner\w*|niederlassung\w*|händler|vertretung\w*|export\w*|preisliste|"
    r"filiale\w*|clients?|marché|agence|partenaires?|succursale|clientes|mercado|socios?|"
    r"sucursal|clienti|mercato|consociat\w+|klanten|vestiging)\b"
)
# What makes a heading with a country the head of that country's prices ("Tarif export : Suisse").
_PRICES = re.compile(
    r"\b(?:prices?|pricing|preise?|tarife?|prix|tarifs?|precios?|tarifas?|prezzi|listino|"
    r"prijzen|prijslijst|exportación|exportation|esportazione)\b"
)
# "This page is for customers in Portugal only": said once for all that stands on the page.
_PAGE = re.compile(
    r"\b(?:pages?|prices?|(?:price )?lists?|seite|preise|preisliste|prix|tarifs?|página|precios|"
    r"tarifa|lista|pagina|prezzi|listino|prijzen|prijslijst)\b"
)
_ONLY = re.compile(
    r"\b(?:only|exclusively|solely|nur|ausschließlich|uniquement|exclusivement|réservée?s?|solo|"
    r"sólo|únicamente|exclusivamente|soltanto|esclusivamente|alleen|uitsluitend)\b"
)
# Its letters wherever they stand: found in a page at once, word boundaries are not.
_ONLY_STEM = re.compile(_ONLY.pattern.replace(r"\b", ""))
# Longer than a sentence that says for whom a page is.
_NOTICE = 200
_LANGUAGES = ("en", "de", "fr", "es", "it", "nl")


def other_market(reading: Reading, place: Place, token: Token, context: Context) -> str | None:
    """A sentence about prices of another country than the source's, None where there is none.

    Looks at what the page says of itself, at the amount's heading and at its block up to the end
    of its sentence.
    """
    home = (context.market or "").upper()
    if not home or not reading.once("markets", _names_a_market):
        return None
    said = reading.once("page market", lambda page: _page_market(page, home))
    if said is not None:
        return said
    for heading in reading.headings(place.block)[:1]:
        text = reading.plain(*heading)
        if place.block.cell is None and _is_home(reading.plain(*place.sentence), home):
            break  # "Ireland: …" above "Here in Britain it is £730"
        found = _sells_abroad(text, home) or _heads_prices(text, home)
        if found:
            return found
    if place.block.cell is not None:
        return None
    if _is_home(reading.plain(*place.sentence), home):
        return None
    start = max(place.block.start, place.sentence[1] - 600)
    return _sells_abroad(reading.plain(start, place.sentence[1]), home)


def _names_a_market(reading: Reading) -> bool:
    """Four hundred words: an automaton finds the places where one may stand."""
    text, pattern = reading.lowered, _pattern()
    places = _matcher().find_matches_as_indexes(text, overlapping=True)
    return any(
        not text[start - 1 : start].isalnum() and pattern.match(text, start) is not None
        for _, start, _ in places
    )


def _page_market(reading: Reading, home: str) -> str | None:
    """ "This price list is only for customers in Portugal", None where home is named too."""
    for index in reading.blocks_with(_ONLY_STEM):
        if reading.blocks[index].cell is not None:
            continue
        for span in reading.sentences(index):
            text = reading.plain(*span) if span[1] - span[0] <= _NOTICE else ""
            if _ONLY.search(text) and _PAGE.search(text) and _BUYERS.search(text):
                found = _abroad(text, home)
                if found:
                    return found
    return None


def _heads_prices(text: str, home: str) -> str | None:
    return _abroad(text, home) if _PRICES.search(text) else None


def _abroad(text: str, home: str) -> str | None:
    """The one other country that ``text`` names; None where it names home or several."""
    named = {_markets()[hit[0]] for hit in _pattern().finditer(text)}
    if len(named) != 1 or home in named:
        return None
    return f"a price for {named.pop()}, not {home}"


def _is_home(text: str, home: str) -> bool:
    """Whether the source's own country is the only one that ``text`` names."""
    return {_markets()[hit[0]] for hit in _pattern().finditer(text)} == {home}


def _sells_abroad(text: str, home: str) -> str | None:
    if not _BUYERS.search(text):
        return None
    for hit in _pattern().finditer(text):
        market = _markets()[hit[0]]
        if market != home:
            return f"a price for {market}, not {home}"
    return None


@lru_cache(maxsize=1)
def _markets() -> dict[str, str]:
    words: dict[str, str] = {}
    for market, names in _WORDS.items():
        for language in _LANGUAGES:
            name = BabelLocale.parse(language).territories.get(market)
            if name:
                words[str(name).lower()] = market
        words.update(dict.fromkeys(names.split(), market))
    return words


@lru_cache(maxsize=1)
def _matcher() -> AhoCorasick:
    return AhoCorasick(list(_markets()), matchkind=MatchKind.Standard)


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    words = sorted(_markets(), key=lambda word: (-len(word), word))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)")

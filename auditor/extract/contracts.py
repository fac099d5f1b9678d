"""Does a value belong to the contract of one customer rather than to everybody?

"Halden has a frame contract. Under it they pay $70 per pump." Nobody else pays that, so what such
a paragraph says after it named the contract is no public statement, unless its clause speaks of the
others or of the list.
"""

from __future__ import annotations

import re

from auditor.extract.reading import Place, Reading

_CONTRACT = re.compile(
    r"(?:\b(?:has|holds|signed|buys(?: \w+)? under) an?|\b(?:on|under) (?:their|its|his|her)) "
    r"(?:[\w-]+ ){0,2}?(?:contract|agreement|blanket order)\b|"
    r"\b(?:hat|hält|bezieht|kauft) (?:[\w-]+ ){0,3}?(?:rahmen|liefer|kunden)?vertrag\b|"
    r"\b(?:a|possède|bénéficie d'|sous) ?un contrat(?:[- ]cadre)?\b|"
    r"\btiene (?:firmado )?un (?:contrato|acuerdo)(?: marco)?\b|"
    r"\bha (?:firmato )?un (?:contratto|accordo)(?: quadro)?\b|"
    r"\bheeft een (?:raam|leverings)?(?:contract|overeenkomst)\b"
)
# Contracts about something else than the goods a customer buys.
_SERVICE = re.compile(
    r"service|maintenance|carrier|freight|licen[cs]e|rental|lease|wartung|service|entretien|"
    r"mantenimiento|manutenzione|onderhoud"
)
_OTHERS = re.compile(
    r"\b(?:list|others?|everyone|everybody|anyone|public|without (?:a|the) contract|listenpreis\w*|"
    r"liste|andere[nrs]?|übrigen?|alle|sonst|autres|tous|catalogue|otros|demás|todos|tarifa|"
    r"altri|tutti|listino|anderen?|overigen?|iedereen)\b"
)
# How far before a clause its paragraph may have named the contract.
_PARAGRAPH = 400


def in_contract(reading: Reading, place: Place) -> bool:
    """Whether the paragraph named a customer's contract before this clause or in it."""
    if place.block.cell is not None:
        return False
    first, last = place.clause
    before = reading.plain(max(place.block.start, first - _PARAGRAPH), last)
    named = _CONTRACT.search(before)
    if named is None or _SERVICE.search(named[0]):
        return False
    return _OTHERS.search(reading.plain(first, last)) is None

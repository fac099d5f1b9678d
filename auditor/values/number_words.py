"""Numbers in words up to 999, and round thousands: "twenty-five", "zweihundertfünfzig", "mille".

Single words stand in ``vocabulary/*.yaml``, where a company can add its own; this module puts them
together the way each language does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

_ONES = {
    "en": "one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen",
    "de": "ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn "
    "fünfzehn sechzehn siebzehn achtzehn neunzehn",
    "fr": "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze "
    "seize dix-sept dix-huit dix-neuf",
    "es": "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
    "dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés "
    "veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve",
    "it": "uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici "
    "quindici sedici diciassette diciotto diciannove",
    "nl": "een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien "
    "zestien zeventien achttien negentien",
}
_TENS = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "de": "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "fr": "vingt trente quarante cinquante soixante septante quatre-vingt nonante",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "it": "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
    "nl": "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
}
_MORE_TENS_FR = {7: ("soixante-dix",), 8: ("quatre-vingts",), 9: ("quatre-vingt-dix",)}
_HUNDREDS_ES = "doscient trescient cuatrocient quinient seiscient setecient ochocient novecient"
_THOUSANDS = range(2, 13)
# What a group of so many is called.
_GROUPS = {
    "en": {"dozen": 12, "score": 20, "gross": 144},
    "de": {"dutzend": 12},
    "fr": {
        "dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30,
        "cinquantaine": 50, "centaine": 100, "millier": 1000,
    },
    "es": {
        "decena": 10, "docena": 12, "veintena": 20, "centena": 100, "centenar": 100, "millar": 1000,
    },
    "it": {"decina": 10, "dozzina": 12, "ventina": 20, "cinquantina": 50, "centinaio": 100},
    "nl": {"dozijn": 12},
}  # fmt: skip
_DIGITS = re.compile(r"[1-9]\d{0,5}(?=er|s\b|'s\b|tal|-|$)")
_PLURALS = {
    "decine": "decina",
    "dozzine": "dozzina",
    "centinaia": "centinaio",
    "ventine": "ventina",
}
# A number that the yaml files know already wins; 1 is an article in every language.
_FIRST = 2


@lru_cache(maxsize=8)
def spelled(language: str) -> Mapping[str, str]:
    """Number words of one of the six languages → digits; empty for any other language.

    >>> [spelled("en")[word] for word in ("forty-five", "forty five", "two hundred and fifty")]
    ['45', '45', '250']
    >>> spelled("de")["zweihundertfünfzig"], spelled("nl")["vijfentwintig"]
    ('250', '25')
    >>> spelled("fr")["soixante-quinze"], spelled("fr")["deux cents"], spelled("it")["ventotto"]
    ('75', '200', '28')
    """
    if language not in _ONES:
        return {}
    below = _below_hundred(language)
    found: dict[str, str] = {}
    for number in range(_FIRST, 1000):
        for word in _words(language, number, below):
            found.setdefault(word, str(number))
    for thousands in _THOUSANDS:
        for word in below[thousands]:
            for spelling in _thousand(language, word):
                found.setdefault(spelling, str(1000 * thousands))
    return found


def group_of(word: str, language: str) -> str:
    """The number that a lower-case word means a group of; "" where it means none.

    >>> group_of("24s", "en"), group_of("fives", "en"), group_of("twenties", "en")
    ('24', '5', '20')
    >>> group_of("zehnerpack", "de"), group_of("10er-schritten", "de"), group_of("leerpack", "de")
    ('10', '10', '')
    >>> group_of("vijftallen", "nl"), group_of("douzaines", "fr"), group_of("dozzine", "it")
    ('5', '12', '12')
    """
    digits = _DIGITS.match(word)
    if digits:
        return digits[0]
    words, groups = spelled(language), _GROUPS.get(language, {})
    if language == "de":
        ends = [at for at in range(len(word)) if word.startswith("er", at)]
        found = next((words[word[:at]] for at in ends if word[:at] in words), "")
        return found or ("12" if word.startswith("dutzend") else "")
    if language == "nl" and "tal" in word:
        return words.get(word.partition("tal")[0], "")
    singular = _PLURALS.get(word, word)
    for one in (singular, singular[:-1], singular[:-2], f"{singular[:-3]}y"):
        if one in groups:
            return str(groups[one])
        if one in words and (one != word or "-" in word):
            return words[one]
    return ""


def _below_hundred(language: str) -> dict[int, tuple[str, ...]]:
    ones, tens = [""], ["", ""]
    ones += _ONES[language].split()
    tens += _TENS[language].split()
    found: dict[int, tuple[str, ...]] = {
        number: (word,) for number, word in enumerate(ones) if number >= _FIRST
    }
    for number in range(20, 100):
        if number not in found:
            ten, one = divmod(number, 10)
            found[number] = tuple(_joined(language, ones, tens[ten], one, ten))
    return found


def _joined(language: str, ones: list[str], ten: str, one: int, tens: int) -> Iterator[str]:
    if one == 0:
        yield ten
    match language:
        case _ if one == 0:
            if language == "fr":
                yield from _MORE_TENS_FR.get(tens, ())
            if language == "de" and "ß" in ten:
                yield ten.replace("ß", "ss")
        case "en":
            yield from (f"{ten}-{ones[one]}", f"{ten} {ones[one]}")
        case "de":
            yield from {f"{ones[one]}und{t}" for t in (ten, ten.replace("ß", "ss"))}
        case "nl":
            yield f"{ones[one]}{'ën' if ones[one].endswith('e') else 'en'}{ten}"
        case "es":
            yield f"{ten} y {ones[one]}"
        case "it":
            yield f"{ten[:-1] if one in (1, 8) else ten}{'tré' if one == 3 else ones[one]}"
        case "fr":
            yield f"{ten}{' et un' if one == 1 and tens != 8 else '-' + ones[one]}"
            if tens in (7, 9):  # soixante-quinze, quatre-vingt-quinze
                yield f"{'soixante' if tens == 7 else 'quatre-vingt'}-{ones[10 + one]}"


def _words(language: str, number: int, below: Mapping[int, tuple[str, ...]]) -> Iterator[str]:
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        yield from below[number]
        return
    heads = list(_hundred(language, hundreds, below, alone=not rest))
    for head in heads:
        if not rest:
            yield head
        for tail in below.get(rest, ()):
            yield from (f"{head}{link}{tail}" for link in _LINKS[language])


_LINKS = {
    "en": (" and ", " "),
    "de": ("", "und"),
    "nl": ("", "en"),
    "fr": (" ",),
    "es": (" ",),
    "it": ("",),
}


def _hundred(
    language: str, hundreds: int, below: Mapping[int, tuple[str, ...]], *, alone: bool
) -> Iterator[str]:
    one = below.get(hundreds, ("",))[0] if hundreds >= _FIRST else ""
    match language:
        case "en":
            yield from [f"{one} hundred"] if one else ["a hundred", "one hundred", "hundred"]
        case "de":
            yield from [f"{one}hundert"] if one else ["hundert", "einhundert"]
        case "nl":
            yield from [f"{one}honderd"] if one else ["honderd", "eenhonderd"]
        case "it":
            yield f"{one}cento"
        case "fr":
            yield f"{one} cent".strip()
            if alone and one:
                yield f"{one} cents"
        case "es" if hundreds == 1:
            yield from ["cien"] if alone else ["ciento"]
        case "es":
            stem = _HUNDREDS_ES.split()[hundreds - 2]
            yield from (f"{stem}os", f"{stem}as")


def _thousand(language: str, word: str) -> Iterator[str]:
    match language:
        case "en":
            yield f"{word} thousand"
        case "de":
            yield f"{word}tausend"
        case "nl":
            yield f"{word}duizend"
        case "fr":
            yield f"{word} mille"
        case "es":
            yield f"{word} mil"
        case "it":
            yield f"{word}mila"

"""One printed number: where it ends, and every reading its separators allow.

Rules (in this order): two kinds of separator → the last is the decimal mark; a repeated
separator groups; other than three digits behind a single separator → decimals; a leading zero →
decimals; else the locale decides, and where it is unknown both readings stay. Apostrophes group.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from auditor.values.locale import Locale
from auditor.values.types import Amount, Interval

# The longest printed number that is still one; longer digit runs are keys or noise.
_MAX_DIGITS = 24
_LITERAL = re.compile(r"\d+(?:[.,']\d+)*")
_SPACED = re.compile(r"(?: \d{3})+(?!\d)(?:[.,]\d+)?(?![.,]?\d)")
_FRACTION_TAIL = re.compile(r"(?:[ -]| ?[-–] ?)(\d{1,2})/([1-9]\d{0,2})(?![\d/.,]*\d)")
_FRACTION = re.compile(r"/([1-9]\d{0,2})(?![\d/]|[.,]\d|-\d\d)")
_BRITISH = re.compile(r"(\d{1,2})\.(\d{1,2})/(2|4|8|16|32)(?![\d/]|[.,]\d)")
_DENOMINATORS = frozenset({2, 3, 4, 5, 6, 8, 16, 32, 64, 128})
_VULGAR = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5),
    "⅗": (3, 5), "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8),
    "⅞": (7, 8), "⅐": (1, 7), "⅑": (1, 9), "⅒": (1, 10),
}  # fmt: skip
VULGAR_CHARACTERS = "".join(_VULGAR)
# What can follow digits and still belong to the number.
_WHOLE_GOES_ON = frozenset("½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞⅐⅑⅒ -–/.,⁰¹²³⁴⁵⁶⁷⁸⁹")
_HALF = Decimal("0.5")
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_SUPER_DECIMALS = re.compile(r"[.,]?([⁰¹²³⁴⁵⁶⁷⁸⁹]{2})(?![⁰¹²³⁴⁵⁶⁷⁸⁹\d])")
_MAGNITUDE = re.compile(
    r"(?:[kK](?![\w²³/°])|(?: (?:million|mio\.?|mln\.?|millionen|millions|millones|milioni|miljoen)"
    r"|(?<=\d)M(?![\w²³/°.])| ?(?:thousand|tsd\.?|tausend|mille|mila|duizend)"
    r"| (?:lakhs?|crores?)"
    r"|,? ?(?:bn|billion|mrd\.?|milliarden|milliards?|miliardi|miljard))(?!\w))",
    re.IGNORECASE,
)

# Languages whose usual grouping mark is a blank (CLDR).
_BLANK_LANGUAGES = frozenset(
    ["fr", "sv", "nb", "no", "fi", "pl", "cs", "sk", "uk", "ru", "hu", "bg", "et", "lv", "lt"]
)


class Number(NamedTuple):
    """A printed number: its end in the text, its readings (most plausible first), its precision.

    ``half_step`` is half a unit of the last printed digit of the first reading; ``is_integer``
    tells a number without any decimals or fraction. A named tuple because one is made for every
    number of every page.
    """

    end: int
    readings: tuple[Decimal, ...]
    half_step: Decimal
    is_integer: bool
    is_fraction: bool = False


def read_number(
    text: str, at: int, locale: Locale, *, foreign: bool = False, lakh: bool = False
) -> Number | None:
    """The number that begins at ``at`` of folded text, None where none does.

    ``foreign`` says that the currency beside it has a decimal comma at home while the page has
    not: then three decimals stay open (``EUR 1.299`` on an American page). ``lakh`` says that it
    groups the Indian way.

    >>> from auditor.values.locale import locale_for
    >>> read_number("1.299,00 €", 0, locale_for("de")).readings
    (Decimal('1299.00'),)
    >>> read_number("1.299", 0, locale_for("")).readings
    (Decimal('1.299'), Decimal('1299'))
    >>> read_number("1-1/2 in", 0, locale_for("en")).readings
    (Decimal('1.5'),)
    >>> read_number("1.2.3", 0, locale_for("en")) is None
    True
    """
    first = text[at : at + 1]
    if not first:
        return None
    if first in _VULGAR:
        return _vulgar(text, at, Decimal(0))
    if first in ".,":  # "$.31"
        found = _LITERAL.match(text, at + 1)
        if found is None or not found.group().isdigit() or len(found.group()) > 6:
            return None
        return _decimal("0." + found.group(), found.end())
    found = _LITERAL.match(text, at)
    if found is None:
        return None
    literal, end = found.group(), found.end()
    if len(literal) > _MAX_DIGITS:
        return None
    british = _BRITISH.match(text, at)
    if british is not None and int(british[2]) < int(british[3]):  # 1.1/2" is one and a half
        value = int(british[1]) + Decimal(int(british[2])) / Decimal(int(british[3]))
        return Number(british.end(), (value,), Decimal(0), is_integer=False, is_fraction=True)
    spaced = _spaced(text, literal, end, locale)
    if spaced is not None:
        return spaced
    if literal.isdigit():
        return _whole(text, literal, end)
    readings = readings_of(literal, locale, foreign=foreign, lakh=lakh)
    if not readings:
        return None
    if text[end : end + 1] in _VULGAR:
        return None
    return Number(end, readings, _half_step(readings[0]), is_integer=_is_whole(readings[0]))


def readings_of(
    literal: str, locale: Locale, *, foreign: bool = False, lakh: bool = False
) -> tuple[Decimal, ...]:
    """Every reading of a digit run with separators, most plausible first; () for none.

    >>> from auditor.values.locale import locale_for
    >>> readings_of("1,25,000", locale_for("en-IN")), readings_of("0.335", locale_for(""))
    ((Decimal('125000'),), (Decimal('0.335'),))
    >>> readings_of("1'299.00", locale_for("de-CH")), readings_of("12.05.26", locale_for("de"))
    ((Decimal('1299.00'),), ())
    """
    marks = [c for c in literal if not c.isdigit()]
    if not marks:
        return (Decimal(literal),)
    kinds = dict.fromkeys(marks)
    lakh = lakh or locale.indian or not locale.decimal
    if len(kinds) > 2:
        return ()
    if len(kinds) == 2:
        return _two_marks(literal, marks, lakh=lakh)
    mark, parts = marks[0], literal.split(marks[0])
    if mark == "'":
        return (Decimal("".join(parts)),) if _is_grouped(parts, lakh=False) else ()
    if len(marks) > 1:
        return (
            (Decimal("".join(parts)),) if _is_grouped(parts, lakh=lakh) and parts[0] != "0" else ()
        )
    whole, fraction = parts
    decimal = Decimal(f"{whole}.{fraction}")
    if len(fraction) != 3 or len(whole) > 3 or whole.startswith("0"):
        return (decimal,)
    grouped = Decimal(whole + fraction)
    if mark == locale.decimal:
        return (decimal, grouped) if foreign else (decimal,)
    if mark in locale.groups:
        return (grouped,)
    return (decimal, grouped)


def magnitude(text: str, at: int) -> tuple[int, Decimal] | None:
    """A magnitude behind a number ("k", " million"): its end and factor, None where none is.

    >>> magnitude("1.2k", 3), magnitude("5 kg", 1)
    ((4, Decimal('1000')), None)
    """
    found = _MAGNITUDE.match(text, at)
    if found is None:
        return None
    word = found.group().strip(" ,.").lower()
    if word.startswith(("lakh", "crore")):
        return found.end(), Decimal(10**5 if word.startswith("lakh") else 10**7)
    if word in {"bn", "billion"} or word.startswith(("mrd", "milliard", "miliard", "miljard")):
        return found.end(), Decimal(10**9)
    if word == "m" or (word.startswith(("mio", "mln", "milli", "millo", "milio", "miljoen"))):
        return found.end(), Decimal(10**6)
    return found.end(), Decimal(1000)


def amount_of(text: str, number: Number, sign: int = 1, factor: Decimal = Decimal(1)) -> Amount:
    """The Amount of one number, with the text it was printed as."""
    if sign == 1 and factor == 1:
        if len(number.readings) == 1:
            value = number.readings[0]
            return Amount(text, (Interval(value, value),), number.half_step)
        return Amount(text, tuple(map(Interval.point, number.readings)), number.half_step)
    readings = tuple(Interval.point(sign * value * factor) for value in number.readings)
    return Amount(text, readings, abs(number.half_step * factor))


def range_of(text: str, low: Amount, high: Amount) -> Amount | None:
    """The Amount of a printed range; None where no pair of readings is in order.

    Readings of both ends go together: the first with the first, the second with the second.
    """
    size = max(len(low.readings), len(high.readings))
    lows = low.readings * size if len(low.readings) == 1 else low.readings
    highs = high.readings * size if len(high.readings) == 1 else high.readings
    ranges = [
        Interval(a.low, b.high)
        for a, b in zip(lows, highs, strict=False)
        if a.low is not None and b.high is not None and a.low <= b.high
    ]
    if not ranges:
        return None
    return Amount(text, tuple(dict.fromkeys(ranges)), max(low.half_step, high.half_step))


def _whole(text: str, literal: str, end: int) -> Number | None:
    """A number of digits alone, with the fraction or superscript decimals behind it."""
    value = Decimal(literal)
    following = text[end : end + 1]
    if following not in _WHOLE_GOES_ON:
        return Number(end, (value,), _HALF, is_integer=True)
    if following in _VULGAR:
        return _vulgar(text, end, value)
    if following in " -–":
        if text[end + 1 : end + 2] in _VULGAR:
            return _vulgar(text, end + 1, value)
        found = _FRACTION_TAIL.match(text, end)
        if found is not None and len(literal) <= 3:
            fraction = _fraction(int(found.group(1)), int(found.group(2)))
            if fraction is not None and fraction < 1:
                return Number(
                    found.end(), (value + fraction,), Decimal(0), is_integer=False, is_fraction=True
                )
    if following == "/" and len(literal) <= 2 and literal[0] != "0":
        found = _FRACTION.match(text, end)
        if found is not None:
            fraction = _fraction(int(literal), int(found.group(1)))
            if fraction is not None:
                return Number(
                    found.end(), (fraction,), Decimal(0), is_integer=False, is_fraction=True
                )
    if following in "⁰¹²³⁴⁵⁶⁷⁸⁹.,":
        found = _SUPER_DECIMALS.match(text, end)
        if found is not None:
            return _decimal(f"{literal}.{found.group(1).translate(_SUPERSCRIPT)}", found.end())
    return Number(end, (value,), _HALF, is_integer=True)


def _spaced(text: str, literal: str, end: int, locale: Locale) -> Number | None:
    """Digits grouped by blanks ("1 299,00"), where the page may write so.

    A blank also stands between two table cells, so the reading without the first group stays
    unless the language groups by blanks, a group is "000", or there are two groups.
    """
    if len(literal) > 3 or not literal.isdigit() or literal.startswith("0"):
        return None
    if text[end : end + 1] != " " or (found := _SPACED.match(text, end)) is None:
        return None
    rest = found.group().replace(" ", "")
    readings = readings_of(literal + rest, locale)
    alone = readings_of(rest, locale)
    groups = found.group().count(" ")
    if not readings or groups > 3:
        return None
    if locale.language not in _BLANK_LANGUAGES and not rest.startswith("000"):
        if groups > 1 and rest.isdigit():
            return None  # sizes and telephone numbers more often than millions
        if locale.decimal and " " not in locale.groups:
            return None
        readings = (*readings, *alone)
    return _at(found.end(), readings)


def _at(end: int, readings: tuple[Decimal, ...]) -> Number:
    return Number(end, readings, _half_step(readings[0]), is_integer=_is_whole(readings[0]))


def _two_marks(literal: str, marks: list[str], *, lakh: bool) -> tuple[Decimal, ...]:
    last = marks[-1]
    if marks.count(last) > 1 or last == "'":
        return ()
    whole, fraction = literal.rsplit(last, 1)
    parts = whole.split(marks[0])
    if not _is_grouped(parts, lakh=lakh):
        return ()
    return (Decimal(f"{''.join(parts)}.{fraction}"),)


def _is_grouped(parts: list[str], *, lakh: bool) -> bool:
    """1.299.000 or, where lakhs are in use, 1,25,000 (up to 99,99,99,999)."""
    first, *rest = parts
    if not 1 <= len(first) <= 3 or not rest or len(rest[-1]) != 3:
        return False
    if all(len(part) == 3 for part in rest):
        return True
    return lakh and len(first) <= 2 and len(rest) <= 3 and all(len(p) == 2 for p in rest[:-1])


def _vulgar(text: str, at: int, whole: Decimal) -> Number:
    above, below = _VULGAR[text[at]]
    value = whole + Decimal(above) / Decimal(below)
    return Number(at + 1, (value,), Decimal(0), is_integer=False, is_fraction=True)


def _fraction(above: int, below: int) -> Decimal | None:
    if below not in _DENOMINATORS or above == 0 or above > 8 * below:
        return None
    return Decimal(above) / Decimal(below)


def _decimal(text: str, end: int) -> Number:
    value = Decimal(text)
    return Number(end, (value,), _half_step(value), is_integer=False)


def _half_step(value: Decimal) -> Decimal:
    exponent = value.as_tuple().exponent
    return Decimal(5).scaleb(exponent - 1) if isinstance(exponent, int) else Decimal(0)


def _is_whole(value: Decimal) -> bool:
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= 0

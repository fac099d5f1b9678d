"""One value at one place of a folded text: a number with its currency or unit.

The tokenizer walks the text and asks here what stands at each number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

from auditor.values import currencies, durations
from auditor.values.lexicon import Lexicon, lookup
from auditor.values.locale import COMMA_CURRENCIES, LAKH_CURRENCIES, Locale
from auditor.values.numbers import (
    VULGAR_CHARACTERS,
    Number,
    amount_of,
    magnitude,
    read_number,
    readings_of,
)
from auditor.values.types import Amount, Interval
from auditor.values.units import COUNTED

STARTS = frozenset("0123456789" + VULGAR_CHARACTERS)
_DASHED = re.compile(r"(?:[.,]|:(?=-))[–-]{1,2}(?![\d\w])|/-(?!\d)")
_DASH_STARTS = frozenset(".,:/")
_MAGNITUDE_STARTS = frozenset(" kKmM,")
_BEFORE_SIGN = frozenset(" (:[;/|~→,=…>≥≤<\"'")
_SPELT_UNITS = COUNTED | {"m", "ft", "kg", "lb", "l"}
# "5-piece" and "10-pack" describe a product, "3-inch" and "two-roll" measure.
_NEVER_HYPHENED = frozenset({"pcs", "pack", "case"})
_SHORTEST_HYPHENED = 2
_DECIMAL_SIGNS = frozenset("€£")
_CENTS_BEHIND_SIGN = re.compile(r"(?P<sign>[€£])(?P<cents>\d\d)(?![\d.,]\d|\d|\s?[€£$%])")
_CURRENCY_NAME = re.compile(
    r" (?P<name>(?:[Ee]uros?|[Dd]ollars?|pounds?|[Ff]ranken|francs|cents?|pence|rupees|Cent)(?!\w))"
)
_CENTS_LINK = re.compile(r" (?:(?:and|und|et|con|e|y|en) )?")
# "Two dozen" counts pieces; "a dozen" is said of anything.
_DOZENS = ("dozen", "dutzend", "douzaines", "docenas", "dozzine", "dozijn")
_DOZEN = Decimal(12)
_ONE = Decimal(1)
_HUNDRED = Decimal(100)
_HUNDREDTH = Decimal("0.01")


class Sort(Enum):
    """What kind of unit a number carries."""

    NUMBER = "number"
    MONEY = "money"
    TIME = "time"
    UNIT = "unit"


# The sorts that are measured or counted. A tuple: members compare by identity, no hashing.
MEASURED = (Sort.NUMBER, Sort.UNIT)


@dataclass(frozen=True, slots=True)
class Scan:
    """A folded text made ready: its lower case (as long), its length, the page's locale and
    words, and the number words by start position (end, value)."""

    text: str
    lowered: str
    stop: int
    locale: Locale
    lexicon: Lexicon
    words: Mapping[int, tuple[int, Decimal]]


class Item(NamedTuple):
    """A number with what belongs to it. ``unit`` is a currency (or None), a unit of time or a
    canonical unit; ``number_end`` is where the digits end; ``is_word`` tells a number word.

    A named tuple because one is made for every number of every page.
    """

    start: int
    end: int
    number_end: int
    sort: Sort
    amount: Amount
    unit: str | None
    is_integer: bool = True
    is_range: bool = False
    is_word: bool = False
    tolerance: Interval | None = None


class _Printed(NamedTuple):
    """A number as printed: where it starts with its sign, where its digits start, and where it
    ends with the dash that stands for the cents."""

    start: int
    at: int
    number: Number
    sign: int
    after: int
    is_dashed: bool


def read_item(scan: Scan, at: int, floor: int = 0) -> Item | None:
    """The value whose digits (or number word) begin at ``at``; None where none can be read.

    What stands before ``floor`` belongs to another value already.
    """
    word = scan.words.get(at)
    if word is not None:
        return _worded(scan, at, *word)
    text, locale = scan.text, scan.locale
    left = currencies.before(text, at, locale, floor)
    foreign = left is not None and _is_foreign(left[1], locale)
    is_lakh = left is not None and left[1] in LAKH_CURRENCIES
    number = read_number(text, at, locale, foreign=foreign, lakh=is_lakh)
    if number is None:
        return None
    start, sign = _sign(text, at if left is None else left[0], floor)
    after = number.end
    dashed = None
    if text[after : after + 1] in _DASH_STARTS and not number.is_fraction:
        dashed = _DASHED.match(text, after)
        after = dashed.end() if dashed else after
    printed = _Printed(start, at, number, sign, after, dashed is not None)
    return _right(scan, printed) if left is None else _money_left(scan, printed, left[1])


def unit_behind(scan: Scan, at: int) -> tuple[int, Sort, str] | None:
    """The unit that stands at ``at`` behind a number, a blank or hyphen between."""
    text = scan.text
    if at >= scan.stop:
        return None
    gap = text[at]
    position = at
    if gap == " " or (gap == "-" and text[at + 1 : at + 2].isalpha()):
        position = at + 1
    time = durations.read_unit(scan.lexicon, scan.lowered, position)
    unit = scan.lexicon.unit(text, scan.lowered, position)
    if unit is not None and (time is None or unit[0] > time[0]):
        if unit[1] == "K" and position == at:  # "4K" is no temperature
            return None
        if gap == "-" and text.startswith("-", unit[0]):  # "2-in-1"
            return None
        if gap == "-" and (unit[1] in _NEVER_HYPHENED or unit[0] - position < _SHORTEST_HYPHENED):
            return None  # "5-piece set", "12-V"
        if unit[1] in {"in", "ft"} and text[position] in "\"'" and _closes_quote(text, position):
            return None
        return unit[0], Sort.UNIT, unit[1]
    return None if time is None else (time[0], Sort.TIME, time[1])


def _worded(scan: Scan, at: int, end: int, value: Decimal) -> Item:
    """A number word; it counts only where a currency, a unit of time or of counting (or a range)
    follows."""
    unit = unit_behind(scan, end)
    number = Number(end, (value,), Decimal("0.5"), is_integer=True)
    money = _spelt_money(scan, at, number)
    if money is not None:
        return money
    amount = amount_of(scan.text[at:end], number)
    if unit is None and value != _DOZEN and scan.lowered.endswith(_DOZENS, at, end):
        return Item(at, end, end, Sort.UNIT, amount, "pcs", is_word=True)
    if unit is None or (unit[1] is Sort.UNIT and unit[2] not in _SPELT_UNITS):
        return Item(at, end, end, Sort.NUMBER, amount, None, is_word=True)
    return Item(at, unit[0], end, unit[1], amount, unit[2], is_word=True)


def _spelt_money(scan: Scan, at: int, number: Number) -> Item | None:
    """ "twenty euros", "eighteen pounds fifty": a number word and a currency's name."""
    text = scan.text
    name = _CURRENCY_NAME.match(text, number.end)
    if name is None:
        return None
    found = currencies.behind(text, name.start("name"), scan.locale)
    is_pounds = name["name"].lower().startswith("pound")
    if is_pounds:  # a pound is a weight, too: money at home only
        code = "GBP" if scan.locale.sign("£") == "GBP" and scan.locale.currency == "GBP" else None
        found = (name.end(), code, False) if code else None
    if found is None or found[1] is None:
        return None
    end, code, is_cents = found
    value = number.readings[0] * (_HUNDREDTH if is_cents else _ONE)
    link = None if is_cents else _CENTS_LINK.match(text, end)
    cents = scan.words.get(link.end()) if link is not None else None
    if cents is not None and cents[1] < _HUNDRED and not _counts(scan, cents[0]):
        value, end = value + cents[1] * _HUNDREDTH, cents[0]
    spelt = number._replace(end=end, readings=(value,), half_step=Decimal("0.005"))
    amount = amount_of(text[at:end], spelt)
    return Item(at, end, end, Sort.MONEY, amount, code, is_integer=False, is_word=True)


def _counts(scan: Scan, at: int) -> bool:
    """Whether a unit of counting follows: "ten pounds fifty pieces", not "… fifty each"."""
    if lookup(scan.lexicon.eaches, scan.lowered, at + scan.text.startswith(" ", at)) is not None:
        return False
    return unit_behind(scan, at) is not None


def _money_left(scan: Scan, printed: _Printed, code: str | None) -> Item:
    text, number = scan.text, printed.number
    factor, end = _ONE, printed.after
    scale = None if printed.is_dashed else _magnitude(scan, number.end)
    if scale is not None:
        end, factor = scale
    gap = end + text.startswith(" ", end)
    named = text[gap : gap + 3]
    if named in currencies.ISO and not text[gap + 3 : gap + 5].strip()[:1].isalnum():
        code, end = named, gap + 3  # "$148.00 USD"
    amount = _amount(scan, printed, factor)
    return Item(printed.start, end, number.end, Sort.MONEY, amount, code, number.is_integer)


def _right(scan: Scan, printed: _Printed) -> Item | None:
    text, number = scan.text, printed.number
    factor, end = _ONE, printed.after
    scale = None if printed.is_dashed else _magnitude(scan, number.end)
    money = None
    if scale is None and text[printed.after : printed.after + 1] in _DECIMAL_SIGNS:
        split = _split_by_sign(scan, printed)
        if split is not None:
            return split
    if scale is not None:
        money = _money_behind(scan, scale[0], number)
        is_word = scale[0] - number.end > 2
        is_counted = is_word or (
            text[number.end] not in "mM" and unit_behind(scan, scale[0]) is not None
        )
        if money is not None or is_counted:
            end, factor = scale
    if money is None:
        money = _money_behind(scan, end, number)
    if money is not None:
        return _money(scan, printed, money, factor)
    amount = _amount(scan, printed, factor)
    if printed.is_dashed:
        if text[number.end] == "/":  # 1,25,000/- is rupees wherever rupees are in use
            code = scan.locale.sign("rs")
            return Item(printed.start, end, number.end, Sort.MONEY, amount, code)
        code = scan.locale.sign("kr") if text[number.end] == ":" else None  # 499:-
        sort = Sort.NUMBER if code is None else Sort.MONEY
        return Item(printed.start, end, number.end, sort, amount, code)
    unit = unit_behind(scan, end)
    if unit is not None:
        end, sort, name = unit
        return Item(printed.start, end, number.end, sort, amount, name, number.is_integer)
    if end < scan.stop and text[end].isalpha() and not _continues(text, end):
        return None
    return Item(printed.start, end, number.end, Sort.NUMBER, amount, None, number.is_integer)


def _split_by_sign(scan: Scan, printed: _Printed) -> Item | None:
    """ "4€29": the sign stands where others print the decimal mark."""
    hit = _CENTS_BEHIND_SIGN.match(scan.text, printed.number.end)
    if hit is None or not printed.number.is_integer or printed.is_dashed:
        return None
    found = currencies.behind(scan.text, hit.start("sign"), scan.locale)
    if found is None or len(printed.number.readings) != 1:
        return None
    value = printed.number.readings[0] + Decimal(hit["cents"]) * _HUNDREDTH
    number = Number(hit.end(), (value,), Decimal("0.005"), is_integer=False)
    amount = amount_of(scan.text[printed.at : hit.end()], number, printed.sign)
    return Item(printed.start, hit.end(), hit.end(), Sort.MONEY, amount, found[1], is_integer=False)


def _money(
    scan: Scan, printed: _Printed, money: tuple[int, str | None, bool], factor: Decimal
) -> Item:
    end, code, is_cents = money
    if is_cents:
        factor *= _HUNDREDTH
    if _is_foreign(code, scan.locale):
        again = read_number(scan.text, printed.at, scan.locale, foreign=True)
        printed = printed._replace(number=again or printed.number)
    amount = _amount(scan, printed, factor)
    number = printed.number
    return Item(printed.start, end, number.end, Sort.MONEY, amount, code, number.is_integer)


def _amount(scan: Scan, printed: _Printed, factor: Decimal) -> Amount:
    number = printed.number
    text = scan.text[printed.at : number.end]
    if printed.is_dashed:  # the dash stands for the cents: every mark in the number groups
        readings = [r for r in readings_of(text.replace(" ", ""), Locale()) if r == int(r)]
        number = number._replace(
            readings=tuple(readings[-1:]) or number.readings, half_step=Decimal("0.5")
        )
    return amount_of(text, number, printed.sign, factor)


def _magnitude(scan: Scan, at: int) -> tuple[int, Decimal] | None:
    return magnitude(scan.text, at) if scan.text[at : at + 1] in _MAGNITUDE_STARTS else None


def _money_behind(scan: Scan, at: int, number: Number) -> tuple[int, str | None, bool] | None:
    """A currency behind the number, unless it belongs to the next number ("10 $5.00")."""
    text = scan.text
    position = at + text.startswith(" ", at)
    found = currencies.behind(text, position, scan.locale)
    if found is None:
        return None
    end = found[0]
    if text[end : end + 1].isdigit():
        return None
    if text[end : end + 1] == " " and text[end + 1 : end + 2].isdigit():
        return found if _is_own_sign(scan, position, end, number, at) else None
    return found


def _is_own_sign(scan: Scan, position: int, end: int, number: Number, at: int) -> bool:
    """Whether a sign between two numbers belongs to the first."""
    following = read_number(scan.text, end + 1, scan.locale)
    if following is None:
        return True
    after = following.end + scan.text.startswith(" ", following.end)
    if currencies.behind(scan.text, after, scan.locale) is not None:
        return True  # "12 € 9,25 €"
    if scan.text[position] in "$£" and position > at:
        return False
    return not number.is_integer or following.is_integer


def _continues(text: str, end: int) -> bool:
    """Whether the letter behind a number is a multiplication sign between two numbers."""
    return text[end] in "xX" and (
        text[end + 1 : end + 2].isdigit() or text[end + 1 : end + 3].strip().isdigit()
    )


def _sign(text: str, start: int, floor: int) -> tuple[int, int]:
    """Where the printed value starts with its sign, and the sign's factor; ± counts as plus."""
    mark = text[start - 1] if start > floor else ""
    if mark == "±":
        return start - 1, 1
    if mark == " " and start > floor + 1 and text[start - 2] == "±":
        return start - 2, 1
    if mark and mark in "-–+" and (start == 1 or text[start - 2] in _BEFORE_SIGN):
        return start - 1, 1 if mark == "+" else -1
    return start, 1


def _is_foreign(code: str | None, locale: Locale) -> bool:
    return code in COMMA_CURRENCIES and locale.decimal == "." and code != locale.currency


def _closes_quote(text: str, at: int) -> bool:
    """Whether the quote mark at ``at`` closes a quotation rather than meaning inch or foot."""
    window = text[max(0, at - 60) : at]
    opening = window.rfind(text[at])
    if opening < 0:
        return False
    before = window[opening - 1 : opening] if opening else " "
    return before in " (:[" and window[opening + 1 : opening + 2].isalpha()

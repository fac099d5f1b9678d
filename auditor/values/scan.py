"""One value at one place of a folded text: number, currency or unit, range, tolerance.

The tokenizer walks the text and asks here what stands at each number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum

from auditor.values import currencies, durations
from auditor.values.lexicon import Lexicon
from auditor.values.locale import COMMA_CURRENCIES, Locale
from auditor.values.numbers import (
    VULGAR_CHARACTERS,
    Number,
    amount_of,
    magnitude,
    range_of,
    read_number,
    readings_of,
)
from auditor.values.types import Amount, Interval
from auditor.values.units import COUNTED

STARTS = frozenset("0123456789" + VULGAR_CHARACTERS)
_DASHED = re.compile(r"(?:[.,]|:(?=-))[–-]{1,2}(?![\d\w])|/-(?!\d)")
_SIGNED = re.compile(r"[+±-]? ?(?:(?:[A-Z]{0,3}[$€£¥₹]|CHF|EUR|USD|GBP|Rs\.?|Fr\.) ?)?[.+-]?")
_TOLERANCE = re.compile(r" ?(?:±|\+/-|\+-) ?(?=[\d.])")
_BAND = re.compile(r" ?\+ ?(\d+(?:[.,]\d+)?) ?(?:%|[a-zµ°]{1,3})?/ ?[-–] ?(?=\d)")
_BEFORE_SIGN = frozenset(" (:[;/|~→,=…>≥≤<\"'")


class Sort(Enum):
    """What kind of unit a number carries."""

    NUMBER = "number"
    MONEY = "money"
    TIME = "time"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Scan:
    """A folded text made ready: its lower case, the page's locale and words, number words by
    start position (end, value)."""

    text: str
    lowered: str
    locale: Locale
    lexicon: Lexicon
    words: Mapping[int, tuple[int, Decimal]]

    @property
    def stop(self) -> int:
        """The end of the text."""
        return len(self.text)


@dataclass(frozen=True, slots=True)
class Item:
    """A number with what belongs to it. ``unit`` is a currency (or None), a unit of time or a
    canonical unit; ``number_end`` is where the digits end; ``is_word`` tells a number word."""

    start: int
    end: int
    number_end: int
    sort: Sort
    amount: Amount
    unit: str | None
    is_range: bool = False
    is_word: bool = False
    is_plus_minus: bool = False
    tolerance: Interval | None = None
    is_integer: bool = True


def read_item(scan: Scan, at: int) -> Item | None:
    """The value whose digits (or number word) begin at ``at``; None where none can be read."""
    word = scan.words.get(at)
    if word is not None:
        return _worded(scan, at, *word)
    text, locale = scan.text, scan.locale
    left = currencies.before(text, at, locale)
    start = at if left is None else left[0]
    foreign = left is not None and _is_foreign(left[1], locale)
    number = read_number(text, at, locale, foreign=foreign)
    if number is None:
        return None
    start, sign, plus_minus = _sign(text, start)
    dashed = _DASHED.match(text, number.end)
    after = dashed.end() if dashed else number.end
    if left is not None:
        item = _money_left(scan, start, at, number, sign, left[1], after)
    else:
        item = _right(scan, start, at, number, sign, after, dashed=dashed is not None)
    if item is None:
        return None
    if dashed is not None and item.sort is Sort.MONEY:
        item = replace(item, amount=_whole(text[at : number.end], number, sign))
    return replace(item, is_plus_minus=True) if plus_minus else item


def read_range(scan: Scan, first: Item) -> Item | None:
    """``first`` extended to the range that begins with it; None where there is none."""
    connector = scan.lexicon.range.match(scan.lowered, first.end)
    is_or = False
    if connector is None or not connector.group():
        connector = scan.lexicon.range_or.match(scan.lowered, first.end)
        is_or = True
        if connector is None or not connector.group():
            return None
    signed = _SIGNED.match(scan.text, connector.end())
    at = signed.end() if signed else connector.end()
    if at not in scan.words and (at >= scan.stop or scan.text[at] not in STARTS):
        return None
    if at in scan.words and at != connector.end():
        return None
    second = read_item(scan, at)
    if second is None or (is_or and second.sort is not Sort.TIME):
        return None
    return _joined(scan, first, second, connector.group())


def read_tolerance(scan: Scan, item: Item) -> Item:
    """``item`` with the ± band printed behind it, or as it is."""
    found = _TOLERANCE.match(scan.text, item.end)
    band = _BAND.match(scan.text, item.end) if found is None else None
    if (
        (found is None and band is None)
        or item.is_range
        or item.sort not in {Sort.NUMBER, Sort.UNIT}
    ):
        return item
    width = read_item(scan, (found or band).end())  # type: ignore[union-attr]  # one is set
    centre = item.amount.readings[0].low
    if width is None or centre is None or width.sort not in {Sort.NUMBER, Sort.UNIT}:
        return item
    upper = lower = width.amount.readings[0].low or Decimal(0)
    if band is not None:
        upper = Decimal(band.group(1).replace(",", "."))
    if width.unit == "%" and item.unit != "%":
        upper, lower = abs(centre) * upper / 100, abs(centre) * lower / 100
    elif width.unit and item.unit and width.unit != item.unit:
        return item
    unit = item.unit or ("" if width.unit == "%" else width.unit)
    return replace(
        item,
        end=width.end,
        unit=unit,
        sort=Sort.UNIT if unit else item.sort,
        tolerance=Interval(-lower, upper),
    )


def unit_behind(scan: Scan, at: int) -> tuple[int, Sort, str] | None:
    """The unit that stands at ``at`` behind a number, a blank or hyphen between."""
    text, lowered = scan.text, scan.lowered
    if at >= scan.stop:
        return None
    gap = text[at]
    position = at + 1 if gap == " " or (gap == "-" and text[at + 1 : at + 2].isalpha()) else at
    time = durations.read_unit(scan.lexicon, lowered, position)
    if time is None and gap == " " and text[position : position + 1] == "(":
        return None
    unit = scan.lexicon.unit(text, lowered, position)
    if unit is not None and (time is None or unit[0] > time[0]):
        if gap == "-" and position > at and unit[1] not in COUNTED - {"pcs", "pack", "case"}:
            return None
        if unit[1] in {"in", "ft"} and text[position] in "\"'" and _closes_quote(text, position):
            return None
        return unit[0], Sort.UNIT, unit[1]
    if time is not None:
        return time[0], Sort.TIME, time[1]
    return None


def _worded(scan: Scan, at: int, end: int, value: Decimal) -> Item | None:
    """A number word; it counts only where a unit of time or of counting (or a range) follows."""
    unit = unit_behind(scan, end)
    number = Number(end, (value,), Decimal("0.5"), is_integer=True)
    amount = amount_of(scan.text[at:end], number)
    if unit is None or (unit[1] is Sort.UNIT and unit[2] not in COUNTED | {"m", "kg", "l"}):
        return Item(at, end, end, Sort.NUMBER, amount, None, is_word=True)
    return Item(at, unit[0], end, unit[1], amount, unit[2], is_word=True)


def _money_left(
    scan: Scan, start: int, at: int, number: Number, sign: int, code: str | None, after: int
) -> Item:
    factor, end = Decimal(1), after
    scale = magnitude(scan.text, number.end, scan.stop) if after == number.end else None
    if scale is not None:
        end, factor = scale
    gap = end + (scan.text[end : end + 1] == " ")
    named = scan.text[gap : gap + 3]
    if named in currencies.ISO and not scan.text[gap + 3 : gap + 4].isalnum():
        code, end = named, gap + 3  # "$148.00 USD"
    amount = amount_of(scan.text[at : number.end], number, sign, factor)
    return Item(start, end, number.end, Sort.MONEY, amount, code, is_integer=number.is_integer)


def _right(
    scan: Scan, start: int, at: int, number: Number, sign: int, after: int, *, dashed: bool
) -> Item | None:
    text = scan.text
    printed = text[at : number.end]
    factor, end = Decimal(1), after
    scale = magnitude(text, number.end, scan.stop) if not dashed else None
    if (
        scale is not None
        and _behind_money(scan, scale[0], number) is None
        and (unit_behind(scan, scale[0]) is None or text[number.end] in "mM")
    ):
        scale = None
    if scale is not None:
        end, factor = scale
    money = _behind_money(scan, end, number)
    if money is not None:
        end, code, cents = money
        if cents:
            factor = factor / 100
        if _is_foreign(code, scan.locale):
            again = read_number(text, at, scan.locale, foreign=True)
            number = again or number
        amount = amount_of(printed, number, sign, factor)
        return Item(start, end, number.end, Sort.MONEY, amount, code, is_integer=number.is_integer)
    amount = amount_of(printed, number, sign, factor)
    if dashed and text[number.end] == "/":  # 1,25,000/- is rupees wherever rupees are in use
        return Item(start, end, number.end, Sort.MONEY, amount, scan.locale.sign("rs"))
    unit = unit_behind(scan, end) if not dashed else None
    if unit is not None:
        return Item(
            start, unit[0], number.end, unit[1], amount, unit[2], is_integer=number.is_integer
        )
    if not dashed and end < scan.stop and text[end].isalpha() and not _continues(text, end):
        return None
    return Item(
        start, number.end, number.end, Sort.NUMBER, amount, None, is_integer=number.is_integer
    )


def _behind_money(scan: Scan, at: int, number: Number) -> tuple[int, str | None, bool] | None:
    """A currency behind the number, unless it belongs to the next number ("10 $5.00")."""
    text = scan.text
    position = at + 1 if text[at : at + 1] == " " else at
    found = currencies.behind(text, position, scan.locale)
    if found is None:
        return None
    end = found[0]
    if text[end : end + 1].isdigit():
        return None
    if text[end : end + 1] == " " and text[end + 1 : end + 2].isdigit():
        if text[position] in "$£" and position > at:
            return None
        following = read_number(text, end + 1, scan.locale)
        if following is not None and number.is_integer and not following.is_integer:
            return None
    return found


def _continues(text: str, end: int) -> bool:
    """Whether the letter behind a number is a multiplication sign between two numbers."""
    return text[end] in "xX" and (
        text[end + 1 : end + 2].isdigit() or text[end + 1 : end + 3].strip().isdigit()
    )


def _sign(text: str, start: int) -> tuple[int, int, bool]:
    """Where the printed value starts with its sign, the sign's factor, and whether it is ±."""
    if start == 0:
        return start, 1, False
    mark = text[start - 1]
    if mark in "-–+":
        free = start == 1 or text[start - 2] in _BEFORE_SIGN
        return (start - 1, 1 if mark == "+" else -1, False) if free else (start, 1, False)
    if mark == "±":
        return start - 1, 1, True
    if mark == " " and text[start - 2 : start - 1] == "±":
        return start - 2, 1, True
    return start, 1, False


def _joined(scan: Scan, first: Item, second: Item, connector: str) -> Item | None:
    is_tight = " " not in connector
    if first.sort is not second.sort:
        if first.sort is Sort.NUMBER:
            first = replace(
                first, sort=second.sort, unit=second.unit, amount=_scaled(first, second)
            )
        elif (
            second.sort is Sort.NUMBER
            and first.sort is Sort.MONEY
            and (is_tight or not second.is_integer)
        ):
            second = replace(second, sort=first.sort, unit=first.unit)
        else:
            return None
    if first.unit != second.unit:
        return None
    if (
        is_tight
        and scan.text[second.end : second.end + 1] == "-"
        and scan.text[second.end + 1 : second.end + 2].isdigit()
    ):
        return None
    printed = scan.text[first.start : second.number_end]
    amount = range_of(printed, first.amount, second.amount)
    if amount is None:
        return None
    return replace(
        second, start=first.start, amount=amount, is_range=True, is_word=False,
        is_integer=first.is_integer and second.is_integer,
    )  # fmt: skip


def _scaled(first: Item, second: Item) -> Amount:
    """The lower end of "8–12¢" and "2 to 3k" in the unit of the upper end."""
    printed = second.amount.text
    if second.sort is not Sort.MONEY or not printed or len(second.amount.readings) != 1:
        return first.amount
    try:
        raw = (
            Decimal(printed.replace(",", ".").replace("'", ""))
            if printed.count(",") + printed.count(".") < 2
            else None
        )
    except ArithmeticError:
        return first.amount
    high = second.amount.readings[0].low
    if raw is None or high is None or raw == 0 or raw != high * 100:
        return first.amount
    return replace(
        first.amount,
        readings=tuple(
            Interval(
                r.low / 100 if r.low is not None else None,
                r.high / 100 if r.high is not None else None,
            )
            for r in first.amount.readings
        ),
    )


def _whole(printed: str, number: Number, sign: int) -> Amount:
    """Where a dash stands for the cents, every mark in the number before it groups."""
    readings = [
        r for r in readings_of(printed.replace(" ", ""), Locale()) if r == r.to_integral_value()
    ]
    whole = replace(
        number, readings=tuple(readings[-1:]) or number.readings, half_step=Decimal("0.5")
    )
    return amount_of(printed, whole, sign)


def _is_foreign(code: str | None, locale: Locale) -> bool:
    return code in COMMA_CURRENCIES and locale.decimal == "." and code != locale.currency


def _closes_quote(text: str, at: int) -> bool:
    """Whether the quote mark at ``at`` closes a quotation rather than meaning inch or foot."""
    mark = text[at]
    window = text[max(0, at - 60) : at]
    opening = window.rfind(mark)
    if opening < 0:
        return False
    before = window[opening - 1 : opening] if opening else " "
    behind = window[opening + 1 : opening + 2]
    return (not before or before in " (:[") and behind.isalpha()

"""Two numbers that say one thing: ranges ("2–3 weeks") and tolerance bands ("24 V ±10 %")."""

from __future__ import annotations

import re
from decimal import Decimal

from auditor.values.numbers import range_of
from auditor.values.scan import MEASURED, STARTS, Item, Scan, Sort, read_item
from auditor.values.types import Amount, Interval

_SIGNED = re.compile(r"[+±-]? ?(?:(?:[A-Z]{0,3}[$€£¥₹]|CHF|EUR|USD|GBP|Rs\.?|Fr\.) ?)?[.+-]?")
_ALTERNATIVE = re.compile(r" ?/ ?[+]?(?=\d)")
_BETWEEN = ("between", "zwischen", "entre", "tra", "fra", "tussen")
_TOLERANCE = re.compile(r" ?\(?(?:±|\+/-|\+-) ?(?=[\d.])")
_BAND = re.compile(r" ?\+ ?(\d+(?:[.,]\d+)?) ?(?:%|[a-zµ°]{1,3})?/ ?[-–] ?(?=\d)")


def read_range(scan: Scan, first: Item) -> Item | None:
    """``first`` extended to the range that begins with it; None where there is none."""
    words = scan.lexicon
    if scan.text[first.end : first.end + 1] not in words.range_starts:
        return _alternatives(scan, first)
    if scan.text.startswith(" /", first.end):
        return _alternatives(scan, first)
    is_or = False
    connector = words.range.match(scan.lowered, first.end)
    if connector is None:
        connector = words.range_or.match(scan.lowered, first.end)
        is_or = True
    if connector is None:
        return None
    mark = connector.group()
    if mark == " ~":  # "FW 3.1 ~$700": about 700
        return None
    if mark == " -" and (first.sort is not Sort.NUMBER or first.amount.text.startswith("-")):
        return None  # "-6% -6%": the second is a value of its own
    at = connector.end()
    if at not in scan.words:
        signed = _SIGNED.match(scan.text, at)
        at = signed.end() if signed else at
        if at >= scan.stop or scan.text[at] not in STARTS:
            return None
    second = read_item(scan, at, first.end)
    if second is None:
        return None
    if is_or and second.sort is not Sort.TIME and not _is_between(scan, first.start):
        return None
    if mark.strip()[:1] in {"…", "."} and not _may_follow_dots(first, second):
        return None
    return _joined(scan, first, second, is_tight=" " not in mark)


def _alternatives(scan: Scan, first: Item) -> Item | None:
    """ "24/48h", "50/60 Hz" and "-20/+60 °C" as the range they span; no other slash joins."""
    slash = _ALTERNATIVE.match(scan.text, first.end)
    if slash is None or first.sort is Sort.MONEY:
        return None
    second = read_item(scan, slash.end(), slash.start() + 1)
    if second is None:
        return None
    is_signed = scan.text[second.start] == "+" and second.sort is Sort.UNIT
    if not (is_signed or second.sort is Sort.TIME or second.unit == "Hz"):
        return None
    return _joined(scan, first, second, is_tight=True)


def read_tolerance(scan: Scan, item: Item) -> Item:
    """``item`` with the ± band printed behind it, or as it is."""
    mark = scan.text[item.end : item.end + 3].lstrip(" (")[:1]
    if not mark or mark not in "±+" or item.is_range or item.sort not in MEASURED:
        return item
    found = _TOLERANCE.match(scan.text, item.end)
    band = found or _BAND.match(scan.text, item.end)
    centre = item.amount.readings[0].low
    width = read_item(scan, band.end(), band.end()) if band is not None else None
    if band is None or width is None or centre is None or width.sort not in MEASURED:
        return item
    upper = lower = width.amount.readings[0].low or Decimal(0)
    if found is None:
        upper = Decimal(band.group(1).replace(",", "."))
    if width.unit == "%" and item.unit != "%":
        upper, lower = abs(centre) * upper / 100, abs(centre) * lower / 100
    elif width.unit and item.unit and width.unit != item.unit:
        return item
    unit = item.unit or ("" if width.unit == "%" else width.unit)
    is_open = "(" in band.group() and scan.text.startswith(")", width.end)
    return item._replace(
        end=width.end + is_open,
        unit=unit,
        sort=Sort.UNIT if unit else item.sort,
        tolerance=Interval(-lower, upper),
    )


def _joined(scan: Scan, first: Item, second: Item, *, is_tight: bool) -> Item | None:
    if first.sort is not second.sort:
        if first.sort is Sort.NUMBER:
            amount = _in_cents(first.amount, second)
            first = first._replace(sort=second.sort, unit=second.unit, amount=amount)
        elif (
            second.sort is Sort.NUMBER
            and first.sort is Sort.MONEY
            and (is_tight or not second.is_integer)
        ):
            second = second._replace(sort=first.sort, unit=first.unit)
        else:
            return None
    if first.unit != second.unit:
        return None
    behind = scan.text[second.end : second.end + 2]
    if is_tight and behind[:1] == "-" and behind[1:].isdigit():
        return None  # 1-800-555: a key, not a range
    if is_tight and second.sort is Sort.NUMBER and _is_telephone(first, second):
        return None
    printed = scan.text[first.start : second.number_end]
    amount_range = range_of(printed, first.amount, second.amount)
    if amount_range is None:
        return None
    return second._replace(
        start=first.start,
        amount=amount_range,
        is_range=True,
        is_word=False,
        is_integer=first.is_integer and second.is_integer,
    )


def _is_telephone(first: Item, second: Item) -> bool:
    """555-1234 and 02-2711: three digits and four or a leading zero, and no unit."""
    printed = first.amount.text
    lengths = len(printed), len(second.amount.text)
    return printed.isdigit() and (lengths == (3, 4) or (printed[0] == "0" and lengths[0] > 1))


def _is_between(scan: Scan, start: int) -> bool:
    """ "between 5 and 30 V": only there does "and" join a range."""
    return scan.lowered[max(0, start - 10) : start].rstrip().endswith(_BETWEEN)


def _may_follow_dots(first: Item, second: Item) -> bool:
    """Dots also cut texts short ("Set 2... 8,89 €"): they join measured amounts alone."""
    return second.sort in (Sort.UNIT, Sort.TIME) or (first.sort is second.sort is Sort.MONEY)


def _in_cents(first: Amount, second: Item) -> Amount:
    """The lower end of "8–12¢": in hundredths, as the upper end turned out to be."""
    high, low = second.amount.readings[0].low, first.readings[0].low
    if second.sort is not Sort.MONEY or high is None or low is None:
        return first
    if not second.amount.text.isdigit() or Decimal(second.amount.text) != high * 100:
        return first
    return Amount(first.text, (Interval.point(low / 100),), first.half_step / 100)

"""Typed values in running text, in order, with the spans they stand in.

Only places with a digit, a fraction character or a number word are looked at; everything around
them is read by bounded look-ups, so the time is linear in the text whatever it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from auditor.values import codes, dates
from auditor.values.bare import bare_number, has_plain_left
from auditor.values.dimensions import read_dimensions
from auditor.values.durations import duration
from auditor.values.fold import Folded, fold
from auditor.values.lexicon import Lexicon, lexicon
from auditor.values.locale import Locale
from auditor.values.money import read_basis
from auditor.values.numbers import VULGAR_CHARACTERS
from auditor.values.ranges import read_range, read_tolerance
from auditor.values.scan import MEASURED, Item, Scan, Sort, read_item
from auditor.values.tokens import Bound, Kind, Token
from auditor.values.types import Amount, Basis, Dimensions, Interval, Money, Quantity, Value, Word

_ANCHOR = re.compile(rf"\d+|[{VULGAR_CHARACTERS}]")
_RUN = re.compile(r"[\w#+]*(?:[-./,'][\w#+]+)*")
_PHONE = re.compile(r"\+\d[\d ()/.-]{6,24}\d")
_CODE_HINT = re.compile(
    r"1\.\d{4}(?![\d.,])|18[-/](?:8|10)(?!\d)|[34]\d\d ?(?:SS|L|Ti|stainless)|\d{1,3}P\d|"
    r"\d[\d/\"″ -]{0,8}(?:in\.? ?|inch ?)?(?:AWG|N[OCP]|CO|UN|BSP)"
)
# What follows the digits of a date or a time of day.
_DATE_HINT = re.compile(r"\d{1,2}(?:[:./-]|[ .a-zº°]{1,4}[^\W\d_])|\d{4}[-./]\d")
_OPEN = {
    "≤": Bound.UP_TO,
    "<": Bound.UP_TO,
    "≦": Bound.UP_TO,
    "≥": Bound.FROM,
    ">": Bound.FROM,
    "≧": Bound.FROM,
}
_MORE = re.compile(
    r"\+(?![A-Za-z\d/])| ?(?:and|&) (?:up|above|over|more)(?!\w)| or more(?!\w)| upwards(?!\w)|"
    r" (?:und|oder) mehr(?!\w)| (?:et|ou) plus(?!\w)| [yo] más(?!\w)| (?:e oltre|o più)(?!\w)|"
    r" (?:en|of) (?:meer|hoger)(?!\w)| upward(?!\w)| (?:onwards?|and beyond)(?!\w)| aufwärts(?!\w)|"
    r" (?:und|oder) darüber(?!\w)| en adelante(?!\w)| in (?:su|poi)(?!\w)|"
    r" et au-delà(?!\w)|원~|(?<=원)~",
    re.IGNORECASE,
)
_KEY_TAIL = re.compile(r"-[A-Za-z]{1,8}\d|\^")
_EXTREME = re.compile(
    r" ?(min|max)(?:imum|imal|imale)?\.?(?![\w])| ?\((?:min|max)(?:imum|imal|imale)?\.?\)",
    re.IGNORECASE,
)
# Prepositions that open a range ("de 2 à 3") but say nothing in front of a single value.
_WEAK = frozenset({"de", "von", "van", "between", "zwischen", "entre", "tra", "tussen"})
_OPENERS = frozenset({"from", "ab", "à partir de", "dès", "desde", "da", "dal", "vanaf"})
# One letter glued to a number that labels a side: "L120 x B60".
_LENGTHS = frozenset({"mm", "cm", "m", "in", "ft"})
_SIDES = frozenset("LWHBTDØø")
_BOUND_WINDOW = 18


def tokenize(text: str, locale: Locale, *, start: int = 0, end: int | None = None) -> list[Token]:
    """Every typed value in ``text[start:end]``, in order, not overlapping; linear time.

    Offsets are of ``text`` exactly as given. Numbers inside identifiers ("BX-200", "1N4148"),
    times of day and telephone numbers are no tokens. A blank may also be a cell boundary: tokenize
    a block or cell at a time where the page has them.

    >>> from auditor.values.locale import locale_for
    >>> [(t.kind.value, t.value.unit) for t in tokenize('4.2" (107 mm)', locale_for("en-US"))]
    [('quantity', 'in'), ('quantity', 'mm')]
    >>> tokenize("Order BX-200 today", locale_for("en-US"))
    []
    """
    folded = fold(text, start, end)
    scan = _scan_of(folded.text, locale)
    if not scan.words and _ANCHOR.search(scan.text) is None:
        return []  # most pieces of most pages
    return [_placed(token, folded) for token in _tokens(scan)]


def _tokens(scan: Scan) -> Iterator[Token]:
    position = last_end = 0
    for at, end in _anchors(scan):
        if at < position:
            continue
        is_plain = end > 0 and has_plain_left(scan, at, last_end)
        token = bare_number(scan, at, end) if is_plain else None
        if token is not None:
            last_end = position = end
            yield token
            continue
        token, position = _token(scan, at, at if is_plain else last_end)
        if token is not None and token.start >= last_end:
            last_end = position = max(position, token.end)
            yield token


def _scan_of(text: str, locale: Locale) -> Scan:
    lowered = text.lower()
    if len(lowered) != len(text):  # a character whose lower case is longer
        lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    words = lexicon(locale.language, locale.own)
    return Scan(text, lowered, len(text), locale, words, _number_words(words, lowered))


def _number_words(words: Lexicon, lowered: str) -> dict[int, tuple[int, Decimal]]:
    return {start: (end, Decimal(value)) for start, end, value in words.numbers_in(lowered)}


def _anchors(scan: Scan) -> list[tuple[int, int]]:
    """Where values can begin, in order, and the end of the digits (0 for number words)."""
    digits = [found.span() for found in _ANCHOR.finditer(scan.text)]
    return sorted([*digits, *((at, 0) for at in scan.words)]) if scan.words else digits


def _token(scan: Scan, at: int, last_end: int) -> tuple[Token | None, int]:
    """The token at the anchor ``at`` (None for none) and where to go on."""
    text = scan.text
    if at in scan.words:
        return _valued(scan, at, last_end)
    before = text[at - 1] if at > last_end else ""
    if before.isalpha() or (before and before in "_#@^²³"):
        return _glued(scan, at, last_end)
    if before and before in "-/.'" and at - 1 > last_end and text[at - 2].isalnum():
        return _after_mark(scan, at, last_end, before)
    if before == "+" and (phone := _PHONE.match(text, at - 1)) is not None:
        return None, phone.end()
    dated = _dated(scan, at, last_end)
    if dated is not None:
        return dated
    coded = _coded(scan, at, last_end)
    if coded is not None:
        return coded
    return _valued(scan, at, last_end)


def _glued(scan: Scan, at: int, last_end: int) -> tuple[Token | None, int]:
    """Digits right behind letters: a coded value, a currency ("EUR45"), else an identifier."""
    text = scan.text
    start = at
    while start > last_end and at - start < 8 and text[start - 1].isalpha():
        start -= 1
    free = start == 0 or not (text[start - 1].isalnum() or text[start - 1] in "-_/.#")
    free = free or (start - 1 == last_end and text[start - 1] == "/")
    if free or start == last_end:
        if text[start:at].lower() in codes.PREFIXES:
            found = codes.read_code(text, start, scan.stop)
            if found is not None:
                return Token(Kind.CODE, start, found[0], found[1], (start, found[0])), found[0]
        item = read_item(scan, at, last_end)
        if item is not None and item.sort is Sort.MONEY and item.start < at:
            return _finished(scan, item, last_end)
        if text[start:at].lower() in {"x", "ab", "je", "dès", "da"}:
            return _valued(scan, at, last_end)
        if text[start:at] in _SIDES:
            token, end = _valued(scan, at, last_end)
            if token is not None and _is_length(token):
                return token, end
    return None, _run_end(text, at)


def _is_length(token: Token) -> bool:
    """Whether a letter glued to the number can label a side: "H300 mm", not "H8PS"."""
    return isinstance(token.value, Dimensions) or (
        isinstance(token.value, Quantity) and token.value.unit in _LENGTHS
    )


def _after_mark(scan: Scan, at: int, last_end: int, before: str) -> tuple[Token | None, int]:
    """Digits behind "-", "/" or "." glued to a word: a bound ("max.85 °C"), else an identifier."""
    end = dates.read_time(scan.text, at) if before == "-" else None
    if end is not None:
        return None, end
    window = scan.lowered[max(0, at - 8) : at]
    if before == "." and window.endswith(
        ("min.", "max.", "mind.", "ca.", "nr.", "no.", "rs.", "fr.")
    ):
        return _valued(scan, at, last_end)
    return None, _run_end(scan.text, at)


def _dated(scan: Scan, at: int, last_end: int) -> tuple[Token | None, int] | None:
    text, lowered = scan.text, scan.lowered
    start, printed = at, None
    if _DATE_HINT.match(text, at) is not None:
        end = dates.read_time(text, at)
        if end is not None:
            return None, end
        printed = dates.read_date(text, lowered, at, scan.locale)
    if printed is None and at > last_end + 2 and lowered[at - 1] in " .":
        found = dates.read_after_month(lowered, at, scan.locale)
        if found is not None:
            start, printed = found
    if printed is None:
        return None
    value = Word(text[start : printed.end], printed.text) if printed.text else None
    bound, outer = _bound_before(scan, start, last_end)
    span, end = (start, printed.end), printed.end
    return Token(Kind.DATE, outer, end, value, span, bound=bound, instant=printed.instant), end


def _coded(scan: Scan, at: int, last_end: int) -> tuple[Token | None, int] | None:
    """A coded value with its letters before a blank ("IP 65", "DN 40") or behind ("20 AWG")."""
    text = scan.text
    if at - 2 >= last_end and text[at - 1] in " -" and text[at - 2].isalpha():
        start = at - 1
        while start > last_end and at - start < 8 and text[start - 1].isalpha():
            start -= 1
        word = text[start : at - 1].lower()
        is_free = start == 0 or not (text[start - 1].isalnum() or text[start - 1] in "-_/")
        if is_free and word in codes.PREFIXES:
            found = codes.read_code(text, start, scan.stop)
            if found is not None and found[0] > at:
                return Token(Kind.CODE, start, found[0], found[1], (start, found[0])), found[0]
    if _CODE_HINT.match(text, at) is not None:
        found = codes.read_code(text, at, scan.stop, digit_first=True)
        if found is not None:
            return Token(Kind.CODE, at, found[0], found[1], (at, found[0])), found[0]
    return None


def _valued(scan: Scan, at: int, last_end: int) -> tuple[Token | None, int]:
    """A number with its currency, unit, range, tolerance or further dimensions."""
    text = scan.text
    if (
        at
        and text[at - 1] in ".,"
        and at > last_end
        and not text[max(0, at - 2) : at - 1].isalnum()
    ):
        pointed = read_item(scan, at - 1, last_end)  # "$.31", ",89 €"
        if pointed is not None and (text[at - 1] == "." or pointed.sort is Sort.MONEY):
            return _finished(scan, pointed, last_end)
    item = read_item(scan, at, last_end)
    if item is None or _is_key(text, item):
        return None, max(at + 1, _run_end(text, at))
    composite = read_dimensions(scan, item)
    if composite is not None:
        start, end, value = composite
        return Token(Kind.DIMENSIONS, start, end, value, (start, end)), end
    return _finished(scan, item, last_end)


def _finished(scan: Scan, item: Item, last_end: int) -> tuple[Token | None, int]:
    ranged = read_range(scan, item)
    if ranged is None and _is_chain(scan.text, item):
        return None, _run_end(scan.text, item.number_end - 1)
    item = read_tolerance(scan, item) if ranged is None else ranged
    if item.is_word and item.sort is Sort.NUMBER:
        return None, item.end
    bound, start = _bound_before(scan, item.start, last_end, is_range=item.is_range)
    core = (item.start, item.end)
    bound, end = _bound_behind(scan, item, bound)
    opened = scan.text[start : start + 1] in _OPEN and item.sort is not Sort.MONEY
    value = _value(item, bound if opened else Bound.NONE)
    basis: Basis | None = None
    if item.sort is Sort.MONEY:
        end, basis = read_basis(scan, end)
    return Token(_kind(item), start, end, value, core, basis=basis, bound=bound), end


def _is_key(text: str, item: Item) -> bool:
    """Digits that name something: leading zeros, ten digits and more, "15-ab020"."""
    if item.sort is not Sort.NUMBER or item.is_word:
        return False
    printed = item.amount.text
    if printed.isdigit() and (len(printed) > 9 or (len(printed) > 1 and printed[0] == "0")):
        return True
    return _KEY_TAIL.match(text, item.end) is not None


def _run_end(text: str, at: int) -> int:
    """The end of the identifier that goes on at ``at``."""
    run = _RUN.match(text, at)
    return run.end() if run else at


def _is_chain(text: str, item: Item) -> bool:
    """Digits joined by hyphens or slashes that are no range: keys, telephone numbers."""
    end = item.end
    return (
        item.sort is Sort.NUMBER
        and not item.is_word
        and text[end : end + 1] in {"-", "/"}
        and text[end + 1 : end + 2].isdigit()
    )


def _value(item: Item, bound: Bound) -> Value:
    amount = item.amount if bound is Bound.NONE else _opened(item.amount, bound)
    match item.sort:
        case Sort.MONEY:
            return Money(amount, item.unit)
        case Sort.TIME:
            return duration(amount, item.unit or "")
        case _:
            return Quantity(amount, item.unit or "", item.tolerance)


def _opened(amount: Amount, bound: Bound) -> Amount:
    """≤ 4 is everything up to 4."""
    readings = tuple(
        Interval(None, reading.high) if bound is Bound.UP_TO else Interval(reading.low, None)
        for reading in amount.readings
    )
    return replace(amount, readings=readings)


def _kind(item: Item) -> Kind:
    if item.sort is Sort.UNIT:
        return Kind.PERCENT if item.unit == "%" else Kind.QUANTITY
    if item.sort is Sort.MONEY:
        return Kind.MONEY
    return Kind.DURATION if item.sort is Sort.TIME else Kind.NUMBER


def _bound_before(
    scan: Scan, start: int, last_end: int, *, is_range: bool = False
) -> tuple[Bound, int]:
    """An open end printed before a value, and where the value starts with it."""
    at = start - 1 if start and scan.text[start - 1] == " " else start
    if at <= last_end:
        return Bound.NONE, start
    mark = scan.text[at - 1]
    if mark in _OPEN:
        return _OPEN[mark], at - 1
    if mark == "=" and scan.text[at - 2 : at - 1] in {"<", ">"}:
        return _OPEN[scan.text[at - 2]], at - 2
    if at == start or not (mark.isalpha() or mark in ".'"):
        return Bound.NONE, start
    window = scan.lowered[max(last_end, at - _BOUND_WINDOW) : at]
    for bound, phrases in (
        (Bound.FROM, scan.lexicon.lower_bounds),
        (Bound.UP_TO, scan.lexicon.upper_bounds),
    ):
        if not window.endswith(phrases):
            continue
        phrase = next(p for p in phrases if window.endswith(p))
        if len(window) > len(phrase) and window[-len(phrase) - 1].isalnum():
            continue
        if phrase in _WEAK or (is_range and phrase in _OPENERS):
            return Bound.NONE, at - len(phrase) if is_range else start
        return bound, at - len(phrase)
    return Bound.NONE, start


def _bound_behind(scan: Scan, item: Item, bound: Bound) -> tuple[Bound, int]:
    """An open end printed behind: "100+", "10 and up", "36 V max."."""
    end = item.end
    if item.is_range or bound is not Bound.NONE:
        return bound, end
    more = _MORE.match(scan.text, end)
    if more is not None:
        return Bound.FROM, more.end()
    if item.sort in MEASURED:
        extreme = _EXTREME.match(scan.text, end)
        if extreme is not None:
            return (Bound.FROM if "min" in extreme.group().lower() else Bound.UP_TO), extreme.end()
    return bound, end


def _placed(token: Token, folded: Folded) -> Token:
    if folded.offsets is None and folded.base == 0:
        return token
    start, end = folded.back(token.start, token.end)
    return replace(token, start=start, end=end, core=folded.back(*token.core))

"""What is printed behind a price: what it is for, and whether tax is in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from auditor.values.lexicon import Lexicon, lexicon, lookup
from auditor.values.locale import Locale
from auditor.values.numbers import read_number
from auditor.values.types import Basis, Tax
from auditor.values.units import COUNTED

_FILLER = re.compile(r"[ *†(,:;·|]{1,4}")
_RATE = re.compile(
    r"(?P<word>\+|plus|zzgl\.?|excl\.?|exkl\.?|exc\.?|ex|excluding|zuzüglich|inkl\.?|incl\.?|inc\.?|"
    r"including|inklusive|mit|con|dont|with)? ?(?:der |gesetzl\.? |gesetzlicher )?"
    r"\d{1,2}(?:[.,]\d{1,2})? ?% ?(?:vat|mwst\.?|mehrwertsteuer|ust\.?|tva|iva|btw|gst|tax)(?!\w)\.?"
    r"(?: (?P<after>incl\.?|included|inkl\.?|excl\.?|incluse|comprise|incluido|inclusa|inbegrepen))?",
    re.IGNORECASE,
)
_INCLUSIVE = ("inkl", "incl", "inc", "mit", "con", "dont", "with")
_PER_WORD = re.compile(r" ?/ ?")
_HUNDRED = re.compile(
    r"(?P<thousand>thousand|1 ?000|tausend|mille|mil|duizend|M(?=[ .,;)]|$))|(?P<hundred>hundred|hundert|"
    r"cent(?!\w)|cien|cento|honderd|C(?=[ .,;)]|$))"
)
_PIECES_BEHIND = re.compile(r"(?:\([^()]{0,20}\))")
_OF_PIECES = re.compile(
    r" ?(?:\(|of |à |a |mit |zu |de |da |van |con |von |with |at )(?:of |à )?(?=\d)", re.IGNORECASE
)
_FOR = re.compile(r" (?:for|für|pour|para|per|voor) (?=\d)")


@dataclass(slots=True)
class _Suffix:
    """What has been read behind a price so far."""

    end: int
    per: Decimal = Decimal(1)
    unit: str = "pcs"
    pack_size: Decimal | None = None
    tax: Tax = Tax.UNKNOWN
    stated: bool = False


def read_basis(
    text: str, lowered: str, at: int, stop: int, words: Lexicon, locale: Locale
) -> tuple[int, Basis]:
    """What is printed at ``at``, right behind a price: its end and the basis it states.

    Reads unit, count and tax label in any order ("HT la boîte", "/ 100 Stk. zzgl. MwSt.").
    Where nothing is stated, the end is ``at`` and the basis is one piece, not stated.
    """
    state = _Suffix(at)
    for _ in range(4):
        filler = _FILLER.match(text, state.end, stop)
        start = filler.end() if filler else state.end
        opened = bool(filler) and "(" in text[state.end : start]
        if start >= stop:
            break
        if state.tax is Tax.UNKNOWN and _read_tax(lowered, start, stop, words, state):
            state.end = _closed(text, state.end, stop, opened=opened)
            continue
        hard = filler is not None and any(c in ",:;·|" for c in text[state.end : start])
        if (
            not state.stated
            and not hard
            and _read_per(text, lowered, start, stop, words, locale, state)
        ):
            state.end = _closed(text, state.end, stop, opened=opened)
            continue
        break
    return state.end, Basis(
        price_per=state.per,
        price_unit=state.unit,
        pack_size=state.pack_size,
        tax=state.tax,
        unit_stated=state.stated,
    )


def _closed(text: str, end: int, stop: int, *, opened: bool) -> int:
    return end + 1 if opened and end < stop and text[end] == ")" else end


def _read_tax(lowered: str, at: int, stop: int, words: Lexicon, state: _Suffix) -> bool:
    found = lookup(words.taxes, lowered, at)
    if found is not None and found[0] <= stop:
        state.end, state.tax = found[0], Tax(found[1])
        return True
    rate = _RATE.match(lowered, at, stop)
    if rate is None:
        return False
    word = rate["word"] or rate["after"] or ""
    if not word:
        return False
    state.tax = Tax.INCL if word.startswith(_INCLUSIVE) else Tax.EXCL
    state.end = rate.end()
    return True


def _read_per(
    text: str, lowered: str, at: int, stop: int, words: Lexicon, locale: Locale, state: _Suffix
) -> bool:
    each = lookup(words.eaches, lowered, at)
    per = _per_end(text, lowered, at, stop, words)
    if per is not None and _read_unit(text, lowered, per, stop, words, locale, state):
        return True
    if each is not None and each[0] <= stop:
        state.end, state.stated = each[0], True
        return True
    return False


def _per_end(text: str, lowered: str, at: int, stop: int, words: Lexicon) -> int | None:
    slash = _PER_WORD.match(text, at, stop)
    if slash is not None:
        return slash.end()
    found = lookup(words.pers, lowered, at)
    if found is None:
        return None
    end, word = found[0], lowered[at : found[0]]
    if word.endswith("'"):
        return end
    if text[end : end + 1] != " ":
        return None
    is_for = word in {"for", "für", "pour", "por", "voor", "para", "les"}
    if is_for and word != "por" and not text[end + 1 : end + 2].isdigit():
        return None
    return end + 1


def _read_unit(
    text: str, lowered: str, at: int, stop: int, words: Lexicon, locale: Locale, state: _Suffix
) -> bool:
    """The count and unit behind a "per": 100 Stk. · thousand · 100 m reel · pack of 25."""
    count: Decimal | None = None
    position = at
    number = read_number(text, at, locale, stop) if text[at : at + 1].isdigit() else None
    if number is not None:
        if len(number.readings) > 1 or number.readings[0] <= 0:
            return False
        count, position = number.readings[0], number.end
        position += text[position : position + 1] == " "
    else:
        hundred = _HUNDRED.match(text if text[at : at + 1] in "CM" else lowered, at, stop)
        if hundred is not None:
            count = Decimal(1000 if hundred["thousand"] else 100)
            position = hundred.end() + (text[hundred.end() : hundred.end() + 1] == " ")
    unit = _unit_of_any_language(text, lowered, position, words) if position < stop else None
    if unit is None or unit[0] > stop:
        if count is None or (number is not None and count < 5):
            return False
        state.end = number.end if number is not None else position - (text[position - 1] == " ")
        state.per, state.unit, state.stated = count, "pcs", True
        return True
    end, name = unit
    state.per, state.unit, state.stated, state.end = count or Decimal(1), name, True, end
    if count is not None:
        _read_container(text, lowered, stop, words, state)
    else:
        _read_contents(text, lowered, stop, words, locale, state)
    return True


def _unit_of_any_language(
    text: str, lowered: str, at: int, words: Lexicon
) -> tuple[int, str] | None:
    """The unit at ``at``; suppliers' units stay in their own language ("EUR 45 / 100 Stk.")."""
    return words.unit(text, lowered, at) or lexicon("").unit(text, lowered, at)


def _read_container(text: str, lowered: str, stop: int, words: Lexicon, state: _Suffix) -> None:
    """The container behind a content: "per 100 m reel" is one reel of 100."""
    at = state.end + (text[state.end : state.end + 1] in {" ", "-"})
    outer = words.unit(text, lowered, at) if at > state.end and at < stop else None
    if outer is not None and outer[1] in COUNTED and outer[1] not in {"pcs", "pair"}:
        state.pack_size, state.per, state.unit, state.end = (
            state.per,
            Decimal(1),
            outer[1],
            outer[0],
        )
    elif state.unit in {"pack", "kit", "set"}:  # "£3.50/ 3 pack" is one pack of three
        state.pack_size, state.per = state.per, Decimal(1)


def _read_contents(
    text: str, lowered: str, stop: int, words: Lexicon, locale: Locale, state: _Suffix
) -> None:
    """The contents behind a container: "per pack of 25", "/ box (100 pcs)"."""
    if state.unit not in COUNTED or state.unit == "pcs":
        return
    link = _OF_PIECES.match(text, state.end, stop)
    if link is None:
        return
    number = read_number(text, link.end(), locale, stop)
    if number is None or len(number.readings) > 1:
        return
    end = number.end
    at = end + (text[end : end + 1] == " ")
    unit = words.unit(text, lowered, at) if at < stop else None
    if unit is not None:
        end = unit[0]
    state.pack_size = number.readings[0]
    state.end = _closed(text, end, stop, opened="(" in link.group())

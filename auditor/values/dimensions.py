"""Composite dimensions: 120 × 60 × 40 mm, with the labels printed before, between or behind."""

from __future__ import annotations

import re

from auditor.values.ranges import read_range
from auditor.values.scan import MEASURED, STARTS, Item, Scan, Sort, read_item, unit_behind
from auditor.values.types import Dimensions, Quantity

# The letters of the axes where a language differs; in French "L x l x H" the case decides.
AXES = {
    "en": {"l": "length", "w": "width", "h": "height", "d": "depth", "t": "thickness"},
    "de": {
        "l": "length", "b": "width", "h": "height", "t": "depth", "d": "diameter", "s": "thickness",
    },
    "fr": {
        "L": "length", "l": "width", "h": "height", "H": "height", "P": "depth", "p": "depth",
        "D": "diameter", "E": "thickness",
    },
    "es": {"l": "length", "a": "width", "h": "height", "p": "depth", "f": "depth"},
    "it": {"l": "width", "h": "height", "p": "depth", "a": "height"},
    "nl": {"l": "length", "b": "width", "h": "height", "d": "depth"},
}  # fmt: skip
_SLASH = re.compile(r" ?/ ?")
_TIMES = re.compile(r" ?(?:x(?![a-z])|X(?![A-Za-z])|[×*]|by(?= )) ?")
_LETTERS = {
    "l": "length", "w": "width", "h": "height", "d": "depth", "b": "width", "t": "depth",
    "ø": "diameter", "dia": "diameter", "od": "diameter", "p": "depth",
}  # fmt: skip
_LABEL = r"[A-Za-zÀ-ÖØ-öø-ÿ]{1,12}\.?"
_BEHIND = re.compile(rf" ?\(?({_LABEL})\)?(?![\w])")
_BETWEEN = re.compile(rf"({_LABEL})[ :=]{{0,2}}(?=\d)")
_HEAD = re.compile(
    rf"\(?({_LABEL}) ?[x×X*/] ?({_LABEL})(?: ?[x×X*/] ?({_LABEL}))?\)?[ :=]{{0,3}}"
    r"(?:in (?:mm|cm|inches)[ :]*)?$"
)
_TAIL = re.compile(rf" ?\(({_LABEL}) ?[x×X*/] ?({_LABEL})(?: ?[x×X*/] ?({_LABEL}))?\)")
_LAST_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]{1,12}$")
_HEAD_WIDTH = 48
_MAX_PARTS = 4


def read_dimensions(scan: Scan, first: Item) -> tuple[int, int, Dimensions] | None:
    """The dimensions that begin with ``first``: start, end and the value; None for none."""
    if first.sort not in MEASURED or first.is_word or first.unit == "%":
        return None
    items, labels = [first], [""]
    end = first.end
    slashed = _is_slashed(scan, first)
    if not slashed and not _may_go_on(scan.text, end):
        return None
    sign = _SLASH if slashed else _TIMES
    while len(items) < _MAX_PARTS:
        behind = _label_behind(scan, end)
        times = sign.match(scan.text, behind[0] if behind else end)
        if times is None:
            break
        found = _part(scan, times.end())
        if found is None:
            break
        if behind:
            labels[-1] = behind[1]
        items.append(found[0])
        labels.append(found[1])
        end = found[0].end
    if len(items) < 2 or (len(items) == 2 and _is_one(first)):
        return None
    headed = _headed(scan, first.start, len(items))
    if headed is not None:
        return first.start, end, Dimensions(_with_units(items), headed)
    tailed = _tailed(scan, end, len(items)) if not any(labels) else None
    if tailed is not None:
        return first.start, tailed[0], Dimensions(_with_units(items), tailed[1])
    labels[0] = labels[0] or _label_before(scan, first.start)
    behind = _label_behind(scan, end)
    if behind and any(labels[:-1]):
        end, labels[-1] = behind
        unit = unit_behind(scan, end) if items[-1].unit is None else None
        if unit is not None and unit[1] is Sort.UNIT:  # 300(H) x 400(W) mm
            items[-1] = items[-1]._replace(unit=unit[2])
            end = unit[0]
    return first.start, end, Dimensions(_with_units(items), tuple(labels))


def _is_slashed(scan: Scan, first: Item) -> bool:
    """ "H/W/D: 300 / 400 / 150 mm": slashes part dimensions where they part their letters."""
    if not _SLASH.match(scan.text, first.end):
        return False
    head = _HEAD.search(scan.text, max(0, first.start - _HEAD_WIDTH), first.start)
    return head is not None and "/" in head[0]


def _may_go_on(text: str, end: int) -> bool:
    """A quick look: a multiplication sign stands within the length of a label."""
    window = text[end : end + 18]
    return any(mark in window for mark in ("x", "×", "X", "*", "by "))


def _is_one(item: Item) -> bool:
    """ "1 x 20 cm frying pan" counts, it does not measure."""
    return item.sort is Sort.NUMBER and item.amount.text == "1"


def _part(scan: Scan, at: int) -> tuple[Item, str] | None:
    """The next part: a number in a length unit or none, a label before it perhaps."""
    label = ""
    between = _BETWEEN.match(scan.text, at)
    if between is not None:
        label = _meaning(scan, between.group(1))
        if not label:
            return None
        at = between.end()
    if at >= scan.stop or scan.text[at] not in STARTS:
        return None
    item = read_item(scan, at, at)
    if item is None or item.sort not in MEASURED or item.unit == "%":
        return None
    return read_range(scan, item) or item, label


def _label_before(scan: Scan, start: int) -> str:
    window = scan.text[max(0, start - 14) : start].rstrip(" :=.")
    word = _LAST_WORD.search(window)
    if word is None or (len(word.group()) == 1 and word.group() not in "LWHBDTØ"):
        return ""
    return _meaning(scan, word.group())


def _label_behind(scan: Scan, end: int) -> tuple[int, str] | None:
    found = _BEHIND.match(scan.text, end)
    if found is None or found.group(1) in {"x", "X", "by"}:
        return None
    meaning = _meaning(scan, found.group(1))
    return (found.end(), meaning) if meaning else None


def _headed(scan: Scan, start: int, count: int) -> tuple[str, ...] | None:
    """Labels of a head in front, as many as there are parts: "H x W x D: 300 x 400 x 150"."""
    head = _HEAD.search(scan.text, max(0, start - _HEAD_WIDTH), start)
    return None if head is None else _labels(scan, head, count)


def _tailed(scan: Scan, end: int, count: int) -> tuple[int, tuple[str, ...]] | None:
    """Labels behind, in brackets: "120 x 60 x 40 mm (L x W x H)"."""
    tail = _TAIL.match(scan.text, end)
    labels = None if tail is None else _labels(scan, tail, count)
    return None if tail is None or labels is None else (tail.end(), labels)


def _labels(scan: Scan, head: re.Match[str], count: int) -> tuple[str, ...] | None:
    meanings = tuple(_meaning(scan, letter) for letter in head.groups() if letter)
    is_whole = len(meanings) == count == len(set(meanings))
    return meanings if is_whole and all(meanings) else None


def _meaning(scan: Scan, word: str) -> str:
    lowered = word.lower().rstrip(".")
    if len(lowered) == 1 and lowered.isalpha():
        own = AXES.get(scan.locale.language, {})
        found = own.get(word) or own.get(lowered)
        if found:
            return found
    return _LETTERS.get(lowered) or scan.lexicon.dimensions.get(lowered, "") or ""


def _with_units(items: list[Item]) -> tuple[Quantity, ...]:
    """Parts without a unit take the next one printed behind them."""
    unit = ""
    parts: list[Quantity] = []
    for item in reversed(items):
        unit = item.unit or unit
        parts.append(Quantity(item.amount, unit, item.tolerance))
    return tuple(reversed(parts))

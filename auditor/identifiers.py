"""How product identifiers are written: folding with an offset map, GTINs, and look-alikes.

Pure text; knows no catalogue. ``BX-20``, ``BX 20`` and ``bx20`` are one identifier; ``BX-200``
and ``BX-20-S`` are others.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise

# Characters a writer may add, drop or exchange inside an identifier without changing it.
_SEPARATORS = re.compile(r"[\s\-_‐‑‒–—−\u00ad\u200b-\u200d\u2060\ufeff]+")
_DROPPED = dict.fromkeys(
    [c for c in range(0x3001) if chr(c).isspace() or _SEPARATORS.fullmatch(chr(c))] + [0xFEFF]
)
_WIDE = re.compile("[\uff01-\uff5e]")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
# A character that glues a further part to an identifier: "BX-20" is not named in "BX-20-S".
_GLUE = "-‐‑_.+#/"
_APART = frozenset(("", " "))
_SPEC_LIKE = re.compile(
    r"^(?:[<>±≤≥]?\d+(?:[.,/]\d+)?(?:v|kv|mv|a|ma|ah|mah|w|kw|mw|hz|khz|mhz|ghz|mm|cm|m|km|in|ft|"
    r"kg|g|mg|lb|lbs|oz|l|ml|gal|bar|mbar|psi|pa|kpa|mpa|c|f|k|rpm|nm|n|kn|pcs|stk|st|ohm|kohm|"
    r"uf|nf|pf|vdc|vac|pole|polig|pin|x)|m\d+(?:[.,]\d+)?(?:x\d.*)?|dn\d+|pn\d+|ip\d\d[a-z]?|"
    r"awg\d+|g\d/\d|r\d/\d|e\d{3}[a-z]?|pt1000?|nema\d+x?|iso\d+|din\d+|en\d+|ul\d+|ansi.*|"
    r"tx\d+|cat\d[a-z]?|usb\d?|rs\d{3}|a[24]|\d+x\d+(?:x\d+)?|[12]\d{3})$"
)
_LABEL = re.compile(
    r"(?:sku|mpn|gtin|ean|upc|p/n|pn|item|part|stock|art(?:ikel|icle|ículo|icolo|\.)?|best(?:ell)?|"
    r"mat(?:erial)?|mat\.|prod(?:uct|ukt|uit|otto|ucto)?|model(?:l|e|lo|o)?|modèle|order|cat(?:alog"
    r"(?:ue)?)?|r[ée]f(?:[ée]rence|erencia|erenz)?|codice|código|code|type|typ|id)"
    r"[\s.\-]*(?:no|nr|num(?:ber|mer|éro|ero)?|n°|nº|#|code|id)?\s*[.:#)]*\s*[:=]?\s*$",
    re.IGNORECASE,
)
_ID_HEADER = re.compile(
    r"^\W*(?:(?:sku|mpn|gtin|ean|upc|p/n)\b|(?:item|part|stock|art(?:ikel|icle|ículo|icolo)?|"
    r"best(?:ell)?|mat(?:erial)?|prod(?:uct|ukt|uit|otto|ucto)?|model(?:l|e|lo|o)?|modèle|order|"
    r"cat(?:alog(?:ue)?)?|variant[ea]?|r[ée]f(?:[ée]rence|erencia|erenz)?)?[\s.\-]*"
    r"(?:no|nr|num(?:ber|mer|éro|ero)?|n°|nº|#|code|id)\b|(?:part|item|article|artikel|product|"
    r"produkt|model|modell|r[ée]f(?:[ée]rence)?|référence|sku|type|typ|codice|código|variant[ea]?)"
    r"\b)[\s.:]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Folded:
    """A text without separators, in lower case, and the way back to the original's offsets."""

    text: str
    starts: tuple[int, ...]
    shifts: tuple[int, ...]

    def origin(self, position: int) -> int:
        """The original offset of the folded character at ``position``."""
        return position + self.shifts[bisect_right(self.starts, position) - 1]


def fold(text: str) -> Folded:
    """Drop separators and case, keeping an offset map.

    >>> folded = fold("the BX-20 S")
    >>> folded.text, folded.origin(3), folded.origin(7)
    ('thebx20s', 4, 10)
    """
    lowered = lower_same_length(text)
    kept: list[str] = []
    removed: list[int] = []
    last = 0
    for run in _SEPARATORS.finditer(lowered):
        kept.append(lowered[last : run.start()])
        removed.append(run.end() - run.start())
        last = run.end()
    kept.append(lowered[last:])
    starts = list(accumulate((len(part) for part in kept[:-1]), initial=0))
    shifts = list(accumulate(removed, initial=0))
    return Folded("".join(kept), tuple(starts), tuple(shifts))


@lru_cache(maxsize=8192)  # a page's few names are compared over and over
def key(identifier: str) -> str:
    """The folded form that identifiers are compared by.

    >>> key("BX‑20 S")
    'bx20s'
    """
    return lower_same_length(identifier).translate(_DROPPED)


def lower_same_length(text: str) -> str:
    """Lower case and ASCII for full-width forms, never changing the length."""
    if text.isascii():
        return text.lower()
    narrowed = text.translate(_FULL_WIDTH) if _WIDE.search(text) else text
    lowered = narrowed.lower()
    if len(lowered) == len(narrowed):
        return lowered
    return "".join(low if len(low := c.lower()) == 1 else c for c in narrowed)


def stands_alone(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] is not part of a longer identifier.

    >>> stands_alone("see BX-20.", 4, 9), stands_alone("BX-20-S", 0, 5), stands_alone("ABX20", 1, 5)
    (True, False, False)
    """
    if text[start - 1 : start] in _APART and text[end : end + 1] in _APART:
        return True  # by far the most
    before, after = text[max(0, start - 12) : start][::-1], text[end : end + 12]
    return not _glued(before) and not _glued(after)


def reads_as(text: str, identifier: str) -> bool:
    """Whether ``text`` is a spelling of ``identifier`` that a reader would accept.

    A blank is accepted only where the identifier has a separator or changes between letters and
    digits, and then the letters' case must be the identifier's own: "as 20 pieces" is not AS20.

    >>> reads_as("PZ 1", "PZ1"), reads_as("as 20", "AS20"), reads_as("ns-lt1", "NS-LT1")
    (True, False, True)
    """
    if not any(c.isspace() for c in text):
        return True
    squeezed = _SEPARATORS.sub("", text.translate(_FULL_WIDTH))
    if squeezed != _SEPARATORS.sub("", identifier.translate(_FULL_WIDTH)):
        return False
    breaks = _break_points(identifier)
    position = 0
    for previous, char in pairwise(text):
        position += not _SEPARATORS.match(previous)
        if char.isspace() and position not in breaks:
            return False
    return True


def needs_context(identifier: str) -> bool:
    """Whether an identifier is too much like other text to count without a label.

    >>> needs_context("4711"), needs_context("WASHER"), needs_context("120v")
    (True, True, True)
    >>> needs_context("BX-20"), needs_context("TK-77120"), needs_context("4012345678901")
    (False, False, False)
    """
    folded = key(identifier)
    if len(folded) < 3 or _SPEC_LIKE.match(folded):
        return True
    if folded.isdigit():
        return len(folded) < 10
    return not any(c.isdigit() for c in folded)


def has_label_before(text: str, start: int) -> bool:
    """Whether a label such as "SKU:" or "Art.-Nr." stands directly before ``start``.

    >>> has_label_before("Art.-Nr. 4711", 9), has_label_before("weighs 4711", 7)
    (True, False)
    """
    return _ends_in_label(text[max(0, start - 30) : start])


@lru_cache(maxsize=8192)
def _ends_in_label(text: str) -> bool:
    return _LABEL.search(text) is not None


@lru_cache(maxsize=8192)  # asked of every cell of a table
def is_identifier_header(text: str) -> bool:
    """Whether a header cell or label announces identifiers ("Part Number", "Artikel-Nr.").

    >>> is_identifier_header("Stock no."), is_identifier_header("Price")
    (True, False)
    """
    return len(text) <= 40 and bool(_ID_HEADER.match(text))


def gtin14(digits: str) -> str | None:
    """A GTIN-8, -12, -13 or -14 as 14 digits, None if the length or check digit is wrong.

    Source: GS1 General Specifications, section 7.9 (check digit) and 2.1.7 (indicator digit).

    >>> gtin14("4006381333931"), gtin14("4006381333932"), gtin14("12345")
    ('04006381333931', None, None)
    """
    plain = digits.strip()
    if len(plain) not in (8, 12, 13, 14) or not (plain.isascii() and plain.isdigit()):
        return None
    padded = plain.zfill(14)
    weighted = sum(int(c) * (3 if i % 2 == 0 else 1) for i, c in enumerate(padded[:13]))
    return padded if (10 - weighted % 10) % 10 == int(padded[13]) else None


def _glued(beyond: str) -> bool:
    if not beyond:
        return False
    if beyond[0].isalnum():
        return True
    if beyond[0] not in _GLUE or len(beyond) < 2 or not beyond[1].isalnum():
        return False
    if beyond[0] == "/":  # "BX-20/S" is another part; "BX-20/BX-30" names two
        return re.match(r"/\w{1,3}(?![\w-])", beyond) is not None
    return True


def _break_points(identifier: str) -> set[int]:
    points: set[int] = set()
    position = 0
    previous = ""
    for char in identifier:
        if _SEPARATORS.match(char):
            points.add(position)
            continue
        if previous and previous.isdigit() != char.isdigit():
            points.add(position)
        position += 1
        previous = char
    return points

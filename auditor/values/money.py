"""What is printed behind a price: what it is for, and whether tax is in it."""

from __future__ import annotations

import re
from decimal import Decimal

from auditor.values.lexicon import lexicon, lookup
from auditor.values.numbers import read_number
from auditor.values.scan import Scan
from auditor.values.types import Basis, Tax
from auditor.values.units import COUNTED

_FILLER = re.compile(r"[ *†(,:;·|]{1,4}")
_SEPARATING = frozenset(",:;·|")
_RATE = re.compile(
    r"(?P<word>\+|plus|zzgl\.?|excl\.?|exkl\.?|exc\.?|ex|excluding|zuzüglich|inkl\.?|incl\.?|"
    r"inc\.?|including|inklusive|mit|con|dont|with)? ?(?:der |gesetzl\.? |gesetzlicher )?"
    r"\d{1,2}(?:[.,]\d{1,2})? ?% ?"
    r"(?:vat|mwst\.?|mehrwertsteuer|ust\.?|tva|iva|btw|gst|tax)(?!\w)\.?"
    r"(?: (?P<after>incl\.?|included|inkl\.?|excl\.?|incluse|comprise|incluido|inclusa|"
    r"inbegrepen))?"
    r"|(?:vat|tva|iva|btw|gst) \d{1,2}(?:[.,]\d{1,2})? ?% (?P<behind>incl\.?|included|incluse|"
    r"comprise|incluido|inclusa|inbegrepen|excl\.?|excluded|esclusa|no incluido|non comprise)",
    re.IGNORECASE,
)
_INCLUSIVE = ("inkl", "incl", "inc", "mit", "con", "dont", "with", "comprise", "inbegrepen")
_SLASH = re.compile(r" ?/ ?")
# "for" counts as "per" only in front of a number: "$10.00 for 100 pcs".
_FOR = frozenset({"for", "für", "pour", "para", "voor", "les"})
_MANY = re.compile(
    r"(?:(?:the|a|le|la|il|el|het|das) )?"
    r"(?:(?P<thousand>thousand|tausend|mille|millar|migliaio|duizend)(?!\w)|"
    r"(?P<hundred>hundred|hundert|cent|cien|ciento|centenar|cento|centinaio|honderd)(?!\w))"
)
# $6.40/C and $31.40/M: per hundred and per thousand, in American catalogues.
_ROMAN = re.compile(r"[CM](?=[ .,;)*]|$)")
_OF_PIECES = re.compile(
    r" ?(?:\(|of |à |a |mit |zu |de |da |van |con |von |with |at )(?:of |à )?(?=\d)", re.IGNORECASE
)
_PER_SIGNS = {"%": Decimal(100), "‰": Decimal(1000)}
_SMALLEST_BARE_COUNT = 5  # "$5/2" is no price per two


def read_basis(scan: Scan, at: int) -> tuple[int, Basis]:
    """What is printed at ``at``, right behind a price: its end and the basis it states.

    Reads unit, count and tax label in any order ("HT la boîte", "/ 100 Stk. zzgl. MwSt.").
    Where nothing is stated, the end is ``at`` and the basis is one piece, not stated.
    """
    suffix = _Suffix(scan, at)
    for _ in range(4):
        if not suffix.read_next():
            break
    return suffix.end, Basis(
        price_per=suffix.per,
        price_unit=suffix.unit,
        pack_size=suffix.pack_size,
        tax=suffix.tax,
        unit_stated=suffix.is_stated,
        pack_unit=suffix.pack_unit,
    )


class _Suffix:
    """What has been read behind a price so far."""

    __slots__ = (
        "_scan",
        "_text",
        "end",
        "is_stated",
        "pack_size",
        "pack_unit",
        "per",
        "tax",
        "unit",
    )  # fmt: skip

    def __init__(self, scan: Scan, at: int) -> None:
        self._scan = scan
        self._text = scan.text
        self.end = at
        self.per = Decimal(1)
        self.unit = "pcs"
        self.pack_size: Decimal | None = None
        self.pack_unit = "pcs"
        self.tax = Tax.UNKNOWN
        self.is_stated = False

    def read_next(self) -> bool:
        """Read one more statement; False where nothing of a price stands."""
        filler = _FILLER.match(self._text, self.end)
        between = filler.group() if filler else ""
        start = self.end + len(between)
        if start >= self._scan.stop:
            return False
        if self._read_tax(start):
            self._close("(" in between)
            return True
        if self.is_stated or not _SEPARATING.isdisjoint(between):
            return False
        if self._read_per(start):
            self._close("(" in between)
            return True
        return False

    def _close(self, is_open: bool) -> None:
        if is_open and self._text.startswith(")", self.end):
            self.end += 1

    def _read_tax(self, at: int) -> bool:
        lowered = self._scan.lowered
        found = lookup(self._scan.lexicon.taxes, lowered, at)
        if found is not None:
            return self._taxed(Tax(found[1]), found[0])
        if not (lowered[at].isdigit() or lowered[at] in "+pzeicmdwvtbg"):
            return False
        rate = _RATE.match(lowered, at)
        word = (rate["word"] or rate["after"] or rate["behind"] or "") if rate else ""
        if rate is None or not word:
            return False
        return self._taxed(Tax.INCL if word.startswith(_INCLUSIVE) else Tax.EXCL, rate.end())

    def _taxed(self, tax: Tax, end: int) -> bool:
        """Take a tax label; a second one only says the same again, else it is another price's."""
        if self.tax not in {Tax.UNKNOWN, tax}:
            return False
        self.tax, self.end = tax, end
        return True

    def _read_per(self, at: int) -> bool:
        per = self._per_end(at)
        if per is not None and self._read_unit(per):
            return True
        each = lookup(self._scan.lexicon.eaches, self._scan.lowered, at)
        if each is None:
            return False
        self.end, self.is_stated = each[0], True
        return True

    def _per_end(self, at: int) -> int | None:
        slash = _SLASH.match(self._text, at)
        if slash is not None:
            return slash.end()
        if self._text[at] in _PER_SIGNS:
            unit = self._unit(at + 1 + self._text.startswith(" ", at + 1))
            return at if unit is not None and unit[1] == "pcs" else None
        found = lookup(self._scan.lexicon.pers, self._scan.lowered, at)
        if found is None:
            return None
        end, word = found[0], self._scan.lowered[at : found[0]]
        if word.endswith("'"):
            return end
        if not self._text.startswith(" ", end):
            return None
        is_digit = self._text[end + 1 : end + 2].isdigit()
        return end + 1 if is_digit or word not in _FOR else None

    def _read_unit(self, at: int) -> bool:
        """The count and unit behind a "per": 100 Stk. · thousand · 100 m reel · pack of 25."""
        count, end = self._count(at)
        if count is not None and count <= 0:
            return False
        position = end + self._text.startswith((" ", "-"), end) if count is not None else at
        unit = self._unit(position)
        if unit is None:
            if count is None or count < _SMALLEST_BARE_COUNT:
                return False
            self.end, self.per, self.unit, self.is_stated = end, count, "pcs", True
            return True
        self.end, self.unit = unit
        self.per, self.is_stated = count or Decimal(1), True
        if count is not None:
            self._read_container()
        else:
            self._read_contents()
        return True

    def _count(self, at: int) -> tuple[Decimal | None, int]:
        """A printed or spelt count and its end."""
        if self._text[at : at + 1] in _PER_SIGNS:  # "12,40 € % Stück" in German price lists
            return _PER_SIGNS[self._text[at]], at + 1
        if self._text[at : at + 1].isdigit():
            number = read_number(self._text, at, self._scan.locale)
            if number is None or len(number.readings) > 1:
                return None, at
            return number.readings[0], number.end
        roman = _ROMAN.match(self._text, at)
        if roman is not None:
            return Decimal(1000 if roman.group() == "M" else 100), roman.end()
        many = _MANY.match(self._scan.lowered, at)
        if many is not None:
            return Decimal(1000 if many["thousand"] else 100), many.end()
        return None, at

    def _unit(self, at: int) -> tuple[int, str] | None:
        """The unit at ``at``; a supplier's unit keeps its language ("EUR 45 / 100 Stk.")."""
        if at >= self._scan.stop:
            return None
        text, lowered = self._text, self._scan.lowered
        return self._scan.lexicon.unit(text, lowered, at) or lexicon("").unit(text, lowered, at)

    def _read_container(self) -> None:
        """The container behind a content: "per 100 m reel" is one reel of 100 m."""
        at = self.end + self._text.startswith((" ", "-"), self.end)
        outer = self._unit(at) if at > self.end else None
        if outer is not None and outer[1] in COUNTED - {"pcs", "pair"}:
            self.pack_size, self.pack_unit = self.per, self.unit
            self.per, (self.end, self.unit) = Decimal(1), outer
        elif self.unit in {"pack", "kit", "set"}:  # "£3.50/ 3 pack" is one pack of three
            self.pack_size, self.per = self.per, Decimal(1)

    def _read_contents(self) -> None:
        """The contents behind a container: "per pack of 25", "/ box (100 pcs)"."""
        if self.unit not in COUNTED or self.unit == "pcs":
            return
        link = _OF_PIECES.match(self._text, self.end)
        if link is None:
            return
        number = read_number(self._text, link.end(), self._scan.locale)
        if number is None or len(number.readings) > 1:
            return
        unit = self._unit(number.end + self._text.startswith(" ", number.end))
        if unit is None and "(" in link.group() and not self._text.startswith(")", number.end):
            return
        self.end = unit[0] if unit else number.end
        self.pack_size, self.pack_unit = number.readings[0], unit[1] if unit else "pcs"
        self._close("(" in link.group())

"""How many of the truth's selling units are in one of the page's?"""

from __future__ import annotations

from decimal import Decimal

from auditor.values.types import Basis
from auditor.values.units import COUNTED, convert, convertible

PIECES = frozenset({"pcs", ""})
"""Units that mean one piece."""

_COUNTS = {"pair": Decimal(2), "dozen": Decimal(12), "gross": Decimal(144)}

PACKS = COUNTED - PIECES - frozenset(_COUNTS)
"""Selling units that may hold several pieces; how many is said by a pack size."""

VESSELS = frozenset(
    {"bottle", "can", "canister", "cartridge", "drum", "jar", "length", "pail", "sheet", "tube"}
)
"""What holds a substance or is cut from one: such goods are counted by it."""


def factor_between(
    page: Basis, feed: Basis, pack_size: Decimal | None, pack_unit: str = "pcs"
) -> Decimal | None:
    """How many of the feed's price units are in one of the page's; None: it cannot be told.

    An unprinted page unit is taken for the feed's. ``pack_size`` is the product's own and counts
    ``pack_unit``.

    >>> factor_between(Basis(price_unit="box", unit_stated=True), Basis(), Decimal(200))
    Decimal('200')
    >>> factor_between(Basis(price_unit="m", unit_stated=True), Basis(price_unit="kg"), None)
    """
    ours, theirs = page.price_unit, feed.price_unit
    if ours == theirs or (not page.unit_stated and ours in PIECES):
        return Decimal(1)
    if page.pack_size and page.pack_unit not in PIECES and convertible(page.pack_unit, theirs):
        return page.pack_size * convert(Decimal(1), page.pack_unit, theirs)
    printed = page.pack_size or feed.pack_size
    if printed:
        return units_in(ours, theirs, printed)
    return units_in(ours, theirs, pack_size, pack_unit)


def units_in(
    ours: str, theirs: str, pack_size: Decimal | None, pack_unit: str = "pcs"
) -> Decimal | None:
    """How many of unit ``theirs`` one of unit ``ours`` holds; None where nothing says.

    ``pack_size`` counts ``pack_unit``: in a carton of 6 rolls, 6 and "roll".

    >>> units_in("carton", "pcs", Decimal(50)), units_in("pair", "pcs", None)
    (Decimal('50'), Decimal('2'))
    >>> units_in("carton", "pcs", None)
    >>> units_in("carton", "roll", Decimal(6), "roll")
    Decimal('6')
    """
    if ours == theirs or (ours in PIECES and theirs in PIECES):
        return Decimal(1)
    if ours in _COUNTS and theirs in PIECES:
        return _COUNTS[ours]
    if ours in PACKS and theirs in PIECES:
        return pack_size
    if ours in PIECES and theirs in PACKS:
        # "each" is the selling unit itself unless the pack is known to hold several.
        return Decimal(1) / pack_size if pack_size else Decimal(1)
    if pack_size and pack_unit not in PIECES and ours != theirs:
        if theirs == pack_unit and ours in PACKS:
            return pack_size
        if ours == pack_unit and theirs in PACKS:
            return Decimal(1) / pack_size
    if ours in _COUNTS and theirs in PACKS and pack_size and pack_unit in PIECES:
        return _COUNTS[ours] / pack_size
    if ours in PACKS and theirs in PACKS:
        return Decimal(1)  # two words for the one selling unit: sack and bag, case and carton
    if convertible(ours, theirs):
        return convert(Decimal(1), ours, theirs)
    return None


def is_one_selling_unit(ours: str, theirs: str) -> bool:
    """Whether two words may name the same selling unit though nothing says how many it holds.

    A feed's "pcs" of a drum, a roll or a length is the drum, the roll or the length. Good enough to
    recognise equal values by, not to call others wrong.

    >>> is_one_selling_unit("drum", "pcs"), is_one_selling_unit("m", "pcs")
    (True, False)
    """
    return ours in COUNTED | PIECES and theirs in COUNTED | PIECES

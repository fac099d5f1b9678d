"""By what a product is named: its kinds of identifiers and names, and its mention in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from auditor import identifiers

if TYPE_CHECKING:
    from auditor.model import Product

_MODEL = re.compile(r"(?<![\w-])[A-Z]{1,6}[- ]?\d{1,5}[A-Z]{0,3}(?![\w-])")
# A shorter name is a word that texts are full of, unless it holds the product's own number.
_LONG_NAME = 10


class Kind(StrEnum):
    """By which of its identifiers a product is mentioned; the first four prove it."""

    SKU = "sku"
    MPN = "mpn"
    GTIN = "gtin"
    ALIAS = "alias"
    CASE_GTIN = "case_gtin"
    NAME = "name"
    MODEL = "model"

    @property
    def is_proof(self) -> bool:
        """Whether the mention alone proves which product is meant."""
        return self in (Kind.SKU, Kind.MPN, Kind.GTIN, Kind.ALIAS)


@dataclass(frozen=True, slots=True)
class Mention:
    """A product named on a page: span of the text, the products it can mean, and by what.

    More than one SKU: the identifier is shared, so it proves none of them. ``CASE_GTIN`` names
    another packaging level of the product.
    """

    start: int
    end: int
    skus: tuple[str, ...]
    kind: Kind
    text: str

    @property
    def sku(self) -> str:
        """The one product meant, "" where the identifier is shared."""
        return self.skus[0] if len(self.skus) == 1 else ""


@dataclass(frozen=True, slots=True)
class MainProduct:
    """The product a page is about and what proves it ("url", "h1", "title", "label" …)."""

    sku: str
    proof: str


def texts_of(product: Product) -> Iterable[tuple[Kind, str]]:
    """Everything a product is called by, identifiers first."""
    yield Kind.SKU, product.sku
    if product.mpn:
        yield Kind.MPN, product.mpn
    for alias in product.aliases:
        yield Kind.ALIAS, alias
    if " " in product.name.strip() and (
        len(product.name) >= _LONG_NAME
        or identifiers.key(product.sku) in identifiers.key(product.name)
    ):
        yield Kind.NAME, product.name
    for match in _MODEL.finditer(product.name):
        if not identifiers.needs_context(match.group()):
            yield Kind.MODEL, match.group()

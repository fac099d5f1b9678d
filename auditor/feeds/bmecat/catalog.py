"""What a BMEcat file says about itself: transaction, defaults, and the groups of its products."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.errors import FeedError
from auditor.feeds.bmecat.elements import Element, name_of
from auditor.feeds.xml_items import xml_items

if TYPE_CHECKING:
    from pathlib import Path

NEW, PRODUCTS, PRICES = "T_NEW_CATALOG", "T_UPDATE_PRODUCTS", "T_UPDATE_PRICES"
TRANSACTIONS = (NEW, PRODUCTS, PRICES)
"""What a file may be: a whole catalogue, changed products, changed prices."""

_TAGS = (
    "{*}CATALOG", "{*}CATALOG_STRUCTURE", "{*}CLASSIFICATION_GROUP",
    "{*}ARTICLE_TO_CATALOGGROUP_MAP", "{*}PRODUCT_TO_CATALOGGROUP_MAP",
    "{*}SUPPLIER_AID", "{*}SUPPLIER_PID",
)  # fmt: skip


@dataclass(slots=True)
class Catalog:
    """The head of a file: ``groups`` is sku → name of its catalogue group."""

    transaction: str
    currency: str = ""
    territories: tuple[str, ...] = ()
    groups: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_partial(self) -> bool:
        """Whether what it lacks is not gone: updates state what changed alone."""
        return self.transaction != NEW


def transaction_of(path: Path) -> str:
    """The file's transaction by its first product; raises FeedError where it has none."""
    for _line, node in xml_items(path, ("{*}SUPPLIER_AID", "{*}SUPPLIER_PID")):
        for parent in node.iterancestors():
            if (name := name_of(parent)) in TRANSACTIONS:
                return name
    raise FeedError(
        f"{path.name} holds no product under {', '.join(TRANSACTIONS)}; is it a BMEcat file?"
    )


def read_catalog(path: Path) -> Catalog:
    """Read all of ``path`` but its products: groups are told after them."""
    transaction = transaction_of(path)
    catalog = Catalog(transaction)
    names: dict[str, str] = {}
    of_product: dict[str, str] = {}
    for _line, node in xml_items(path, _TAGS):
        match name_of(node):
            case "CATALOG":
                head = Element(node)
                catalog.currency = head.text("CURRENCY")
                catalog.territories = tuple(head.texts("TERRITORY"))
            case "CATALOG_STRUCTURE":
                entry = Element(node)
                names[entry.text("GROUP_ID")] = entry.text("GROUP_NAME")
            case "PRODUCT_TO_CATALOGGROUP_MAP":
                entry = Element(node)
                group = sys.intern(entry.text("CATALOG_GROUP_ID"))
                of_product.setdefault(entry.text("PROD_ID", "SUPPLIER_PID"), group)
    catalog.groups = {sku: names.get(group, "") for sku, group in of_product.items()}
    return catalog

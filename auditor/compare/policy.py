"""What may be assumed when a page's statements are compared with the truths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType

from auditor.model import Attribute
from auditor.values.types import Tax

STANDARD_VAT: Mapping[str, Decimal] = MappingProxyType(
    {
        country: Decimal(rate)
        for country, rate in {
            "AT": "20", "BE": "21", "BG": "20", "CH": "8.1", "CY": "19", "CZ": "21", "DE": "19",
            "DK": "25", "EE": "24", "ES": "21", "FI": "25.5", "FR": "20", "GB": "20", "GR": "24",
            "HR": "25", "HU": "27", "IE": "23", "IT": "22", "LI": "8.1", "LT": "21", "LU": "17",
            "LV": "21", "MT": "18", "NL": "21", "NO": "25", "PL": "23", "PT": "23", "RO": "21",
            "SE": "25", "SI": "22", "SK": "23",
        }.items()
    }
)  # fmt: skip
"""Standard rates in percent by market. Source: European Commission, Taxes in Europe Database;
Swiss and Norwegian tax administrations. Configuration may override them."""

DEFAULT_GRACE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Policy:
    """What one source is compared under.

    ``grace`` is how long around a change the old or new value is left alone, per attribute;
    ``default_grace`` holds for the others. ``vat`` are standard rates in percent by market.
    ``required_specs`` are spec keys per product group ("" = every group); a group without an
    entry requires the specs its products have a truth for. ``offers_are_complete`` says that every
    offer stands in a feed, so that one which does not is reported. ``source_kind`` is "website",
    "kms" … ``channel`` and ``customer_group`` are folded; no group: it is public.
    """

    source_kind: str = "website"
    language: str = ""
    currency: str | None = None
    market: str | None = None
    channel: str | None = None
    customer_group: str | None = None
    tax: Tax = Tax.UNKNOWN
    default_grace: timedelta = DEFAULT_GRACE
    grace: Mapping[Attribute, timedelta] = field(default_factory=dict)
    vat: Mapping[str, Decimal] = field(default_factory=lambda: STANDARD_VAT)
    required_specs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    offers_are_complete: bool = False

    def grace_for(self, attribute: Attribute) -> timedelta:
        """How long before and after a change ``attribute`` is not judged against it."""
        return self.grace.get(attribute, self.default_grace)

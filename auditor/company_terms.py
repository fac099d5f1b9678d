"""Terms of sale hold for the whole company: a page that states one speaks of the terms' product.

Feeds keep them under a product of their own ("TERMS-GB"), which has no truth but a minimum order
value, policies and offers. Articles, scripts and shop pages state them without ever naming it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from auditor.model import Attribute, Candidate, Product

TERMS = frozenset({Attribute.MIN_ORDER_VALUE, Attribute.POLICY, Attribute.OFFER})
"""What a product has truths of, and of nothing else, that stands for the terms of sale."""

_POLICIES = frozenset({"returns", "payment"})
# Proofs that a statement is of one product alone, whatever holds for all others.
_NAMED = frozenset({"row", "column", "structured", "sentence", "card"})
_NOT_OURS = frozenset({"reviews", "comments", "related", "nav"})


@dataclass(frozen=True, slots=True)
class CompanyTerms:
    """The products that stand for terms of sale: the markets each is for (empty: every one)."""

    markets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    hosts: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def of(self, host: str, market: str | None) -> str | None:
        """The one terms product for a market, else the one that ``host`` shows; None for several.

        >>> terms = CompanyTerms({"TERMS-GB": frozenset({"GB"}), "TERMS-US": frozenset({"US"})})
        >>> terms.of("kb.example", "GB"), terms.of("kb.example", "FR"), terms.of("kb.example", None)
        ('TERMS-GB', None, None)
        """
        fitting = [
            sku for sku, of in self.markets.items() if not of or market is None or market in of
        ]
        if len(fitting) > 1:
            fitting = [sku for sku in fitting if host in self.hosts.get(sku, ())]
        return fitting[0] if len(fitting) == 1 else None


def company_terms(
    stated: Iterable[tuple[str, Attribute, str | None]], products: Mapping[str, Product]
) -> CompanyTerms:
    """The terms products among ``stated``: the sku, attribute and market of every truth."""
    markets: dict[str, set[str]] = {}
    others: set[str] = set()
    firm: set[str] = set()
    for sku, attribute, market in stated:
        if attribute not in TERMS:
            others.add(sku)
            continue
        markets.setdefault(sku, set()).update([market] if market else [])
        if attribute is not Attribute.OFFER:
            firm.add(sku)
    skus = [sku for sku in sorted(markets) if sku in firm - others and sku in products]
    return CompanyTerms(
        {sku: frozenset(markets[sku]) for sku in skus},
        {sku: frozenset(host_of(url) for url in products[sku].urls) for sku in skus},
    )


def host_of(url: str) -> str:
    """The host of a URL in lower case, without its "www.".

    >>> host_of("https://www.Shop.example/terms"), host_of("shop.example/p")
    ('shop.example', 'shop.example')
    """
    plain = url.partition("://")[2] or url
    return plain.partition("/")[0].lower().removeprefix("www.")


def may_be_terms(candidate: Candidate, how: str) -> bool:
    """Whether a statement can be of the terms of sale, given how a product was found for it."""
    if candidate.region in _NOT_OURS or not candidate.visible or how in _NAMED:
        return False
    is_policy = candidate.attribute is Attribute.POLICY and candidate.key in _POLICIES
    return is_policy or candidate.attribute is Attribute.MIN_ORDER_VALUE

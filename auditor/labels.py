"""What a finding is called and how urgent it is: product, group, owner, priority."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.model import DecisionKind
from auditor.owners import owner_of, present
from auditor.prioritise import priority
from auditor.url_keys import url_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from auditor.config import Config
    from auditor.model import Decision, Finding, Popularity, Product


class Labels:
    """Labels findings by the catalogue and the configuration as they are at ``now``."""

    def __init__(
        self,
        config: Config,
        products: Mapping[str, Product],
        popularity: Mapping[str, Popularity],
        now: datetime,
    ) -> None:
        self._config, self._products, self._popularity = config, products, popularity
        self._now = now

    def product(self, sku: str) -> Product | None:
        """The product of that SKU, whatever its case; None where there is none."""
        wanted = sku.strip().casefold()
        return self._products.get(sku) or next(
            (p for known, p in self._products.items() if known.casefold() == wanted), None
        )

    def product_at(self, url: str) -> str:
        """The SKU of the one product whose page ``url`` is, "" where there is none or several."""
        wanted = url_key(url)
        found = [
            sku
            for sku, product in self._products.items()
            if any(url_key(own) == wanted for own in product.urls)
        ]
        return found[0] if len(found) == 1 else ""

    def label(self, finding: Finding, decisions: Mapping[str, Sequence[Decision]]) -> Finding:
        """``finding`` with product, group, owner and priority filled in.

        Whom somebody assigned it to beats every rule.
        """
        judgement = finding.judgement
        product = self._products.get(judgement.sku)
        source = self._config.sources.get(judgement.source)
        stale = judgement.stale_since
        score, parts = priority(
            judgement,
            self._popularity.get(judgement.sku),
            customer_visible=source is None or source.kind != "kms",
            days_wrong=None if stale is None else (self._now - stale).total_seconds() / 86400,
        )
        return replace(
            finding,
            priority=score,
            priority_parts=parts,
            product=product.name if product else finding.product,
            group=product.group if product else finding.group,
            owner=self._owner(finding, product, decisions.get(finding.fingerprint, ())),
        )

    def _owner(
        self, finding: Finding, product: Product | None, decisions: Sequence[Decision]
    ) -> str:
        undone = {decision.undoes for decision in decisions if decision.undoes}
        for decision in reversed(decisions):
            if decision.kind is DecisionKind.ASSIGN and decision.id not in undone:
                return decision.assignee
        source = self._config.sources.get(finding.judgement.source)
        owner, deputy = owner_of(
            finding.judgement, product, source.owner if source else "", self._config.owners
        )
        owner = self._config.teams.get(owner, owner)
        deputies = {name: person.deputy for name, person in self._config.people.items()}
        return present(owner, deputy, self._config.away, self._now.date(), deputies)

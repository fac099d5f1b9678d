"""Claims, truths and judging in as few words as a case needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from auditor.catalogue import Catalogue
from auditor.compare import Policy, judge_page
from auditor.model import Attribute, Claim, Judgement, Locator, Method, Product, Role, Truth
from auditor.page.model import Page
from auditor.values.types import (
    Amount,
    Basis,
    Code,
    Duration,
    DurationUnit,
    Interval,
    Money,
    Quantity,
    Tax,
    Value,
    Word,
)

AT = datetime(2026, 11, 16, 2, tzinfo=UTC)
SKU = "BX-20"


class Bench:
    """Builds the records of one product and judges them on one page."""

    def day(self, text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    def money(self, text: str, currency: str = "EUR") -> Money:
        number = Decimal(text)
        exponent = number.as_tuple().exponent
        assert isinstance(exponent, int)
        half = Decimal(1).scaleb(exponent) / 2
        return Money(Amount(text, (Interval.point(number),), half), currency)

    def quantity(self, text: str, unit: str = "pcs") -> Quantity:
        low, _, high = text.partition("..")
        interval = Interval(Decimal(low), Decimal(high or low))
        exponent = Decimal(low).as_tuple().exponent
        assert isinstance(exponent, int)
        return Quantity(Amount(text, (interval,), Decimal(1).scaleb(exponent) / 2), unit)

    def span(self, text: str, unit: str) -> Duration:
        low, _, high = text.partition("..")
        interval = Interval(Decimal(low), Decimal(high or low))
        return Duration(Amount(text, (interval,)), DurationUnit(unit))

    def code(self, text: str) -> Code:
        return Code(text, text)

    def word(self, text: str) -> Word:
        return Word(text, text)

    def claim(
        self,
        value: Value,
        attribute: Attribute = Attribute.PRICE,
        *,
        key: str = "",
        role: Role = Role.NONE,
        basis: Basis | None = None,
        sku: str = SKU,
        visible: bool = True,
        binding: str = "main",
        at: int = 0,
        valid_to: datetime | None = None,
        quote: str = "",
    ) -> Claim:
        text = quote or getattr(getattr(value, "amount", value), "text", "")
        return Claim(
            source="shop",
            url="https://shop.example/bx-20",
            sku=sku,
            attribute=attribute,
            key=key,
            role=role,
            value=value,
            basis=basis or Basis(),
            quote=text,
            locator=Locator(at, at + len(text)),
            method=Method.PAIR if visible else Method.JSON_LD,
            visible=visible,
            confidence=1.0,
            binding=binding,
            valid_to=valid_to,
        )

    def truth(
        self,
        value: Value,
        attribute: Attribute = Attribute.PRICE,
        *,
        key: str = "",
        start: str = "2026-01-01",
        end: str = "",
        sku: str = SKU,
        **basis: object,
    ) -> Truth:
        base = Basis(tax=Tax.EXCL) if attribute is Attribute.PRICE else Basis()
        return Truth(
            sku=sku,
            attribute=attribute,
            key=key,
            value=value,
            basis=replace(base, **basis),  # type: ignore[arg-type]  # test shorthand
            valid_from=self.day(start),
            valid_to=self.day(end) if end else None,
            feed="erp",
            row="truths.csv:2",
        )

    def judge(
        self,
        claims: Sequence[Claim],
        truths: Sequence[Truth],
        *,
        policy: Policy | None = None,
        text: str = "",
        main: bool = False,
        status: str = "active",
        name: str = "",
    ) -> list[Judgement]:
        url = "https://shop.example/bx-20"
        products = {t.sku for t in truths} | {c.sku for c in claims} | {SKU}
        catalogue = Catalogue(
            Product(sku, name, urls=(url,) if main and sku == SKU else (), status=status)
            for sku in sorted(products)
        )
        page = Page("shop", url, text)
        rules = policy or Policy(market="DE", tax=Tax.EXCL, language="en-US")

        def of(sku: str) -> list[Truth]:
            return [t for t in truths if t.sku == sku]

        return judge_page(page, claims, [], catalogue, of, at=AT, policy=rules)

    def one(self, claims: Sequence[Claim] | Claim, *truths: Truth, **more: object) -> Judgement:
        given = [claims] if isinstance(claims, Claim) else claims
        (judgement,) = self.judge(given, truths, **more)  # type: ignore[arg-type]  # as above
        return judgement


@pytest.fixture
def bench() -> Bench:
    return Bench()

"""The same job done with extruct and price-parser: what a labelled set is measured against.

Structured data give price, currency, availability and identifier; a page without a structured
price gives the first visible price that price-parser reads. The product is the one the data name,
else the one the page's address belongs to. No basis, role, region or history, as those tools know
none: each value is held against the truth in force and is a match or a mismatch.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from auditor.model import Attribute, Judgement, Locator, Verdict
from auditor.page.read import read_page
from auditor.values.types import Money, Word
from crawler.content import decode
from crawler.snapshot import Outcome, Snapshot

if TYPE_CHECKING:
    from auditor.labelled import LabelledSet
    from auditor.model import Truth
    from auditor.page.model import Page

SYNTAXES = ["json-ld", "microdata", "rdfa", "opengraph"]
_STATES = {"instock": "in_stock", "outofstock": "out_of_stock", "backorder": "backorder",
           "preorder": "preorder"}  # fmt: skip


class NotInstalled(Exception):
    """The tools of the ``bench`` group are not here."""


Said = tuple[str, Attribute, Any, str]
"""(SKU, attribute, (amount, currency) or state, quote)."""


def audited_by_others() -> Callable[[LabelledSet, str], tuple[Page, list[Judgement]]]:
    """An audit for :func:`auditor.evaluate.evaluate`. Raises NotInstalled."""
    try:
        extruct = importlib.import_module("extruct")
        price_parser = importlib.import_module("price_parser")
    except ImportError as error:
        raise NotInstalled(
            f"{error.name} is not installed; it is in the dependency group `bench`"
        ) from error

    def audit(labelled: LabelledSet, name: str) -> tuple[Page, list[Judgement]]:
        url, body = f"https://{name}", (labelled.folder / name).read_bytes()
        source = name.split("/", 1)[0]
        snapshot = Snapshot(source, url, labelled.at, Outcome.OK, 200, "text/html", None, body)
        page = read_page(snapshot, language=labelled.sources[source][0].language)
        said = list(_structured(extruct, decode(body, None, "text/html"), url, labelled))
        if not any(attribute is Attribute.PRICE for _, attribute, _, _ in said):
            said += _first_price(price_parser, page, url, labelled)
        return page, [j for each in said for j in _judged(labelled, source, url, each)]

    return audit


def _structured(extruct: Any, markup: str, url: str, labelled: LabelledSet) -> Iterator[Said]:
    try:
        data = extruct.extract(markup, base_url=url, syntaxes=SYNTAXES, uniform=True)
    except Exception:  # noqa: BLE001  # it raises whatever its parsers raise on broken markup
        return
    for item in (each for syntax in SYNTAXES for each in _dicts(data.get(syntax))):
        offers = [o for o in _dicts(item.get("offers"), deep=False) if isinstance(o, dict)]
        for sku in _skus(item, url, labelled) if offers else ():
            for offer in offers:
                price, currency = offer.get("price"), offer.get("priceCurrency")
                amount = _decimal(price)
                if amount is not None:
                    yield sku, Attribute.PRICE, (amount, currency), str(price)
                said = str(offer.get("availability") or "")
                state = _STATES.get(said.rpartition("/")[2].lower())
                if state:
                    yield sku, Attribute.AVAILABILITY, state, said


def _first_price(price_parser: Any, page: Page, url: str, labelled: LabelledSet) -> Iterator[Said]:
    skus = labelled.catalogue.at_url(url)
    for block in page.blocks:
        text = page.text[block.start : block.end]
        found = price_parser.Price.fromstring(text)
        if found.amount is not None and found.currency:
            for sku in skus:
                yield sku, Attribute.PRICE, (found.amount, found.currency), text
            return


def _judged(labelled: LabelledSet, source: str, url: str, said: Said) -> Iterator[Judgement]:
    sku, attribute, value, quote = said
    truths = [
        truth
        for truth in labelled.truths.get(sku, ())
        if truth.attribute is attribute and truth.in_force(labelled.at)
    ]
    if truths:
        agrees = any(_equal(truth, value) for truth in truths)
        yield Judgement(
            source,
            url,
            sku,
            attribute,
            "",
            "",
            Verdict.MATCH if agrees else Verdict.MISMATCH,
            claimed=str(value),
            quote=quote,
            locator=Locator(-1, -1),
        )


_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "CHF": "CHF", "US$": "USD"}


def _equal(truth: Truth, value: Any) -> bool:
    if isinstance(truth.value, Money) and isinstance(value, tuple):
        amount, currency = value
        reading = truth.value.amount.readings[0]
        same = not currency or _SIGNS.get(currency, currency) == truth.value.currency
        low, high = reading.low, reading.high
        return same and (low is None or low <= amount) and (high is None or amount <= high)
    return isinstance(truth.value, Word) and truth.value.canonical == value


def _skus(item: dict[str, Any], url: str, labelled: LabelledSet) -> tuple[str, ...]:
    for name in ("sku", "mpn", "gtin13", "gtin"):
        known = labelled.catalogue.resolve(str(item.get(name) or ""))
        if len(known) == 1:
            return tuple(known)
    return tuple(labelled.catalogue.at_url(url))


def _dicts(value: Any, *, deep: bool = True) -> Iterator[dict[str, Any]]:
    waiting = [value]
    while waiting:
        here = waiting.pop(0)
        if isinstance(here, dict):
            yield here
            waiting += list(here.values()) if deep else []
        elif isinstance(here, list):
            waiting += here


def _decimal(text: Any) -> Decimal | None:
    try:
        return Decimal(str(text))
    except InvalidOperation:
        return None

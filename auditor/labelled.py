"""A labelled set: pages as served, what they are held against, and what must come out.

One folder with ``set.yaml``, ``products.csv``, ``truths.csv``, the pages and ``cases/*.yaml``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from auditor.catalogue import Catalogue
from auditor.compare import Policy
from auditor.extract.interface import Context
from auditor.feeds import FeedConfig, read_feed
from auditor.model import Attribute, Product, Truth
from auditor.values.types import Tax


@dataclass(frozen=True, slots=True)
class Label:
    """One labelled statement: what must come out for a page, a product and an attribute."""

    kind: str
    case: str
    pitfall: str
    page: str
    sku: str
    attribute: str
    key: str
    quote: str
    verdict: str = ""
    diagnosis: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """Pages that are about one pitfall, with their labels and traps (page, text)."""

    name: str
    pitfall: str
    pages: tuple[str, ...]
    labels: tuple[Label, ...]
    traps: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """What the pages of a set are judged against, and at which instant."""

    folder: Path
    at: datetime
    catalogue: Catalogue
    truths: Mapping[str, Sequence[Truth]]
    sources: Mapping[str, tuple[Context, Policy]]

    @classmethod
    def read(cls, folder: Path) -> LabelledSet:
        """The set in ``folder``. Raises OSError, KeyError or FeedError for one that is none."""
        settings = yaml.safe_load((folder / "set.yaml").read_text(encoding="utf-8"))
        config = FeedConfig(format="products_csv", path="products.csv")
        products = (r for r in read_feed("products", config, folder) if isinstance(r, Product))
        truths = _truths(folder)
        offers = any(t.attribute is Attribute.OFFER for known in truths.values() for t in known)
        return cls(
            folder,
            _instant(settings["as_of"]),
            Catalogue(products, stated=_stated(truths)),
            truths,
            {
                name: (_context(source, truths), _policy(source, offers=offers))
                for name, source in settings["sources"].items()
            },
        )

    def cases(self, only: str = "") -> Iterator[Case]:
        """The cases whose name contains ``only``, by name."""
        for path in sorted((self.folder / "cases").glob("*.yaml")):
            if only not in path.stem:
                continue
            data = yaml.safe_load(path.read_text(encoding="utf-8"))
            labels = [
                _label(kind, path.stem, data, entry)
                for kind, group in (
                    ("finding", "findings"),
                    ("match", "matches"),
                    ("abstain", "abstain"),
                )
                for entry in data.get(group) or ()
            ]
            traps = tuple((trap["page"], str(trap["text"])) for trap in data.get("traps") or ())
            yield Case(path.stem, str(data["pitfall"]), tuple(data["pages"]), tuple(labels), traps)


def _label(kind: str, case: str, data: Mapping[str, Any], entry: Mapping[str, Any]) -> Label:
    text = {
        name: str(entry.get(name) or "")
        for name in ("page", "sku", "attribute", "key", "quote", "verdict", "diagnosis", "reason")
    }
    return Label(kind=kind, case=case, pitfall=str(data["pitfall"]), **text)


def _context(source: Mapping[str, Any], truths: Mapping[str, Sequence[Truth]]) -> Context:
    names = {
        truth.key: truth.key
        for of_sku in truths.values()
        for truth in of_sku
        if truth.attribute is Attribute.SPEC
    }
    return Context(
        language=source.get("language", ""),
        currency=source.get("currency"),
        tax=Tax(source.get("tax", "unknown")),
        market=source.get("market"),
        timezone=source.get("timezone", "UTC"),
        spec_names=names,
    )


def _policy(source: Mapping[str, Any], *, offers: bool) -> Policy:
    return Policy(
        offers_are_complete=offers,
        source_kind=source.get("kind", "website"),
        language=source.get("language", ""),
        currency=source.get("currency"),
        tax=Tax(source.get("tax", "unknown")),
        market=source.get("market"),
    )


def _truths(set_dir: Path) -> dict[str, list[Truth]]:
    found: dict[str, list[Truth]] = defaultdict(list)
    for record in read_feed("truths", FeedConfig(format="truths_csv", path="truths.csv"), set_dir):
        if isinstance(record, Truth):
            found[record.sku].append(record)
    return found


def _stated(truths: Mapping[str, Sequence[Truth]]) -> Iterator[tuple[str, Attribute, str | None]]:
    for sku, known in truths.items():
        yield from ((sku, truth.attribute, truth.basis.market) for truth in known)


def _instant(value: Any) -> datetime:
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return datetime.fromisoformat(text.replace("Z", "+00:00"))

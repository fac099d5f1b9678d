"""One product group, one owner, one source: what is wrong there, and how it went."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from auditor.popularity import explain
from auditor.report.health import source_rows
from auditor.report.material import Material
from auditor.report.page import Page
from auditor.report.trend import Trend, trend
from auditor.report.view import GroupRow, SourceRow, TaskRow
from auditor.report.wording import slug

TASKS_SHOWN = 300
PRODUCTS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product, how popular it is (0–100, None: not known), and what is open on it."""

    sku: str
    name: str
    owner: str
    popularity: float | None
    why: str
    open: int


@dataclass(frozen=True, slots=True)
class SliceView:
    """``kind`` is "group", "owner" or "source"; ``n_tasks`` may be more than are shown.

    ``products`` (of a group alone) come most popular first; ``source`` is of a source alone.
    """

    tasks: tuple[TaskRow, ...]
    kind: str
    row: GroupRow
    rank: int
    of: int
    trend: Trend
    n_tasks: int
    products: tuple[ProductRow, ...] = ()
    n_products: int = 0
    source: SourceRow | None = None


def _ids(kind: str, material: Material) -> Iterable[str]:
    return [slug(row.name) for row in material.slice_rows(kind)]


def _view(kind: str, material: Material, page_id: str) -> SliceView | None:
    rows = material.slice_rows(kind)
    for rank, row in enumerate(rows, 1):
        if slug(row.name) == page_id:
            tasks = material.work_of.get((kind, row.name), ())
            products = _products(material, row.name) if kind == "group" else ()
            sources = [s for s in source_rows(material) if kind == "source" and s.name == row.name]
            return SliceView(
                kind=kind,
                row=row,
                rank=rank,
                of=len(rows),
                trend=trend(material, kind, row.name),
                tasks=material.task_rows(tasks[:TASKS_SHOWN]),
                n_tasks=len(tasks),
                products=tuple(products[:PRODUCTS_SHOWN]),
                n_products=len(products),
                source=sources[0] if sources else None,
            )
    return None


def _products(material: Material, group: str) -> list[ProductRow]:
    """The group's products, most popular first."""
    found = []
    for product in material.products_of(group):
        known = material.popularity.get(product.sku)
        found.append(
            ProductRow(
                sku=product.sku,
                name=product.name,
                owner=product.owner,
                popularity=known.score if known else None,
                why=explain(known) if known else "no popularity signal",
                open=material.open_by_sku.get(product.sku, 0),
            )
        )
    return found


def _page(kind: str) -> Page:
    return Page(kind, partial(_view, kind), ids=partial(_ids, kind))


GROUP, OWNER, SOURCE = _page("group"), _page("owner"), _page("source")

"""Where the wrong facts stand: by product group, owner, source and state."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.popularity import FORMULA
from auditor.report.material import Material
from auditor.report.page import Page
from auditor.report.view import GroupRow, StateRow
from auditor.report.wording import STATES


@dataclass(frozen=True, slots=True)
class GroupsView:
    """Counts of facts; ``unranked_products`` have no popularity signal.

    ``popularity_formula`` is how a score comes about, in one line.
    """

    groups: tuple[GroupRow, ...]
    owners: tuple[GroupRow, ...]
    sources: tuple[GroupRow, ...]
    states: tuple[StateRow, ...]
    unranked_products: int
    popularity_formula: str


def _view(material: Material, _id: str) -> GroupsView:
    counts = material.store.findings.counts()
    return GroupsView(
        groups=tuple(material.slice_rows("group")),
        owners=tuple(material.slice_rows("owner")),
        sources=tuple(material.slice_rows("source")),
        states=tuple(
            StateRow(state.replace("_", " "), meaning, counts.get(state, 0))
            for state, meaning in STATES.items()
        ),
        unranked_products=sum(p.sku not in material.popularity for p in material.products),
        popularity_formula=FORMULA,
    )


GROUPS = Page("groups", _view, "Groups and owners")

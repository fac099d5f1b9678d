"""A report: its pages, each built when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from auditor.report.frame import Frame, frame
from auditor.report.ledger import digest_of
from auditor.report.material import Material
from auditor.report.page import Page
from auditor.report.pages import PAGES
from auditor.report.tables import Table, tables

MOVING = frozenset({"priority", "last_seen", "observed_at"})
"""Columns that change every night by themselves; ``findings.csv`` and ``.xlsx`` have them."""


@dataclass(frozen=True)
class Sheet:
    """One page, built: which it is, its record, and what stands around it."""

    page: Page
    id: str
    view: object
    frame: Frame

    @property
    def path(self) -> str:
        """Where its HTML lies below the report's root."""
        return self.page.path(self.id)

    @cached_property
    def digest(self) -> str:
        """Stands for the page's record."""
        return digest_of(self.view)

    @cached_property
    def tables(self) -> list[Table]:
        """What a spreadsheet shows of it: of pages of which there are many the first table alone.

        Their JSON holds the rest, and what moves every night.
        """
        found = tables(self.view, without=MOVING if self.page.is_one_of_many else frozenset())
        return found[: 1 if self.id else None]


class Report:
    """All pages over one ``Material``; ``pages`` are the kinds, in the navigation's order."""

    def __init__(self, material: Material, pages: Sequence[Page] = PAGES) -> None:
        self.material = material
        self.pages = tuple(pages)
        self._alone: dict[str, Sheet] = {}

    def sheet(self, name: str, page_id: str = "") -> Sheet | None:
        """The page of this name and id; None where there is none."""
        page = next((page for page in self.pages if page.name == name), None)
        return self._sheet(page, page_id) if page is not None else None

    def at(self, path: str) -> Sheet | None:
        """The page whose HTML lies at ``path`` ("task/t146e833.html"); None where there is none."""
        name, _, page_id = path.removesuffix(".html").partition("/")
        return self.sheet(name, page_id) if path.endswith(".html") else None

    def sheets(self, without: Callable[[Page, str], bool] | None = None) -> Iterator[Sheet]:
        """Every page there is, one after the other; ``without`` leaves pages out, by id."""
        self.material.rows_of((*self.material.work, *self.material.fixed))  # in few queries
        for page in self.pages:
            for page_id in page.ids(self.material):
                if without is not None and without(page, page_id):
                    continue
                if (sheet := self._sheet(page, page_id)) is not None:
                    yield sheet

    def frame(self, page: Page, page_id: str) -> Frame:
        """What stands around a page."""
        return frame(self.material, self.pages, page, page_id)

    def _sheet(self, page: Page, page_id: str) -> Sheet | None:
        """One page; those that are alone of their kind are built once for all formats."""
        if not page_id and page.name in self._alone:
            return self._alone[page.name]
        view = page.view(self.material, page_id)
        if view is None:
            return None
        made = Sheet(page, page_id, view, self.frame(page, page_id))
        if not page_id:
            self._alone[page.name] = made
        return made

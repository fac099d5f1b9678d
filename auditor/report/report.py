"""A report: its pages, each built when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from auditor.report.frame import Frame, frame
from auditor.report.material import Material
from auditor.report.page import Page
from auditor.report.pages import PAGES


@dataclass(frozen=True, slots=True)
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
        """Every page there is, one after the other; ``without`` leaves pages out, by path."""
        self.material.rows_of((*self.material.work, *self.material.fixed))  # in few queries
        for page in self.pages:
            for page_id in page.ids(self.material):
                if without is not None and without(page, page.path(page_id)):
                    continue
                if (sheet := self._sheet(page, page_id)) is not None:
                    yield sheet

    def _sheet(self, page: Page, page_id: str) -> Sheet | None:
        """One page; those that are alone of their kind are built once for all formats."""
        if not page_id and page.name in self._alone:
            return self._alone[page.name]
        view = page.view(self.material, page_id)
        if view is None:
            return None
        made = Sheet(page, page_id, view, frame(self.material, self.pages, page, page_id))
        if not page_id:
            self._alone[page.name] = made
        return made

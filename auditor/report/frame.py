"""What stands on every page around its own record: whose report, of when, and where else to go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from auditor.report.material import Material
from auditor.report.page import Page

FORMATS = (("CSV", "csv"), ("Excel", "xlsx"), ("JSON", "json"))


@dataclass(frozen=True, slots=True)
class Link:
    """A link inside the report: its words, and where to, from the page it stands on."""

    label: str
    href: str
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """The page's surroundings.

    ``page`` and ``id`` say which page it is; ``root`` leads from it to the report's top ("" or
    "../"). ``as_of`` is the instant the newest audit judged, "–" before the first; it and
    ``generated_at`` are "" on the pages of tasks, which change only when there is news. ``data``
    are the page's own downloads.
    """

    company: str
    generated_at: str
    as_of: str
    version: str
    page: str
    id: str
    root: str
    menu: tuple[Link, ...]
    data: tuple[Link, ...]


def frame(material: Material, pages: Sequence[Page], page: Page, page_id: str) -> Frame:
    """The surroundings of one page."""
    root = "../" if page_id else ""
    return Frame(
        company=material.config.company or "Your company",
        generated_at="" if page.is_one_of_many else material.clock(material.now),
        as_of="" if page.is_one_of_many else _as_of(material),
        version=installed_version(),
        page=page.name,
        id=page_id,
        root=root,
        menu=tuple(Link(p.menu, root + p.path(), p is page) for p in pages if p.menu),
        data=tuple(Link(label, root + page.path(page_id, suffix)) for label, suffix in FORMATS)
        if page.is_data
        else (),
    )


def _as_of(material: Material) -> str:
    return material.clock(material.audit.as_of) if material.audit else "–"


@cache
def installed_version() -> str:
    """The version of Sellby that is installed."""
    try:
        return version("sellby")
    except PackageNotFoundError:
        return "from a checkout"

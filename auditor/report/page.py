"""What a page of the report is: a name, a record for its template, and its tables.

A page is one file in ``auditor/report/pages/`` (its record and how it is built), one template
``templates/NAME.html``, and one line in ``auditor.report.pages.PAGES``.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from types import NoneType

from auditor.report.material import Material


def alone(_material: Material) -> Iterable[str]:
    """The id of a page of which there is one."""
    return ("",)


@dataclass(frozen=True, slots=True)
class Page:
    """One kind of page.

    ``name`` is its address and its template: "health" is ``health.html``; with an id it is
    ``NAME/ID.html`` (an id is letters, digits and ``-``). ``ids`` lists those there are; "" is the
    page without an id. ``view`` builds the record of one of them, None where there is no such id.
    ``menu`` is its word in the navigation, "" for a page that others lead to. Every page is
    written as CSV, XLSX and JSON, too: its tables are the record's tuples of records, unless
    ``is_data`` is False. With ``is_kept`` an id stands for all that its page shows, so that a
    page of the earlier report is taken over instead of made again. ``is_one_of_many``: there may
    be thousands, so that nothing stands on one that changes every night by itself, if it can be
    helped.
    """

    name: str
    view: Callable[[Material, str], object | None]
    menu: str = ""
    ids: Callable[[Material], Iterable[str]] = alone
    is_data: bool = True
    is_kept: bool = False
    is_one_of_many: bool = False

    @property
    def record(self) -> type:
        """The kind of record that ``view`` builds."""
        build = self.view.func if isinstance(self.view, partial) else self.view
        hint = typing.get_type_hints(build)["return"]
        kinds = [kind for kind in typing.get_args(hint) if kind is not NoneType] or [hint]
        return typing.cast("type", kinds[0])

    def path(self, page_id: str = "", suffix: str = "html") -> str:
        """Where it lies below the report's root.

        >>> Page("task", lambda _m, _i: None).path("3fa9c01b", "csv")
        'task/3fa9c01b.csv'
        """
        return f"{self.name}/{page_id}.{suffix}" if page_id else f"{self.name}.{suffix}"

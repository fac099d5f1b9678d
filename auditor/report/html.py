"""The HTML site: static files that need no network and work without JavaScript."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

import auditor
from auditor.plain import printable
from auditor.report.view import FindingRow, ReportView

ROWS_A_PAGE = 500
ROWS_ON_THE_OVERVIEW = 25


class HtmlReport:
    """Renders ``templates/*.html``; a user's own folder may override any of them."""

    name = "html"

    def __init__(self, overrides: Path | None = None) -> None:
        self._environment = environment(overrides)

    def write(self, view: ReportView, directory: Path) -> None:
        """Write the site below ``directory``: index.html, work-N.html, finding/ID.html …"""
        self._page(directory / "index.html", view, top=view.tasks[:ROWS_ON_THE_OVERVIEW])
        for name in ("groups.html", "health.html", "unjudged.html", "fixed.html"):
            self._page(directory / name, view)
        self._work_list(view, directory)
        (directory / "finding").mkdir(exist_ok=True)
        for finding in (*view.findings, *view.fixed):
            self._page(directory / finding.href, view, "finding.html", f=finding, root="../")

    def _work_list(self, view: ReportView, directory: Path) -> None:
        n_pages = max(1, -(-len(view.findings) // ROWS_A_PAGE))
        for page in range(1, n_pages + 1):
            rows: tuple[FindingRow, ...] = view.findings[
                (page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE
            ]
            self._page(
                directory / f"work-{page}.html",
                view,
                "work.html",
                rows=rows,
                page=page,
                n_pages=n_pages,
                heading=f"Work list: {len(view.findings)} findings",
                here="work-1.html",
            )

    def _page(
        self, path: Path, view: ReportView, template: str | None = None, **variables: object
    ) -> None:
        values = {"root": "", "here": path.name, "view": view, **variables}
        text = self._environment.get_template(template or path.name).render(values)
        path.write_text(text, encoding="utf-8")


def templates_directory() -> Path:
    """Where the templates lie: inside an installed wheel, else the checkout's ``templates/``.

    The checkout comes first: an editable install leaves an old copy inside site-packages.
    """
    package = Path(auditor.__file__).parent
    checkout = package.parent / "templates"
    return checkout if (checkout / "_base.html").is_file() else package / "_templates"


def environment(overrides: Path | None = None) -> Environment:
    """The Jinja environment of every report: autoescape, StrictUndefined, hostile text made plain.

    ``overrides`` is a folder whose templates win over the built-in ones.
    """
    folders = ([overrides] if overrides else []) + [templates_directory()]
    env = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = _source(env, "_style.css")
    script = _source(env, "_script.js")
    env.globals.update(
        style=Markup(style),  # our own files, nothing crawled
        script=Markup(script),  # our own files, nothing crawled
        style_hash=_hash(style),
        script_hash=_hash(script),
    )
    return env


def _source(env: Environment, name: str) -> str:
    assert env.loader is not None
    return env.loader.get_source(env, name)[0].strip()


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _finalize(value: object) -> object:
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value

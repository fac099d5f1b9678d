"""The HTML site: static files that need no network and work without JavaScript."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

import auditor
from auditor.plain import printable
from auditor.report.report import Report, Sheet


class HtmlReport:
    """Renders ``templates/*.html``; a user's own folder may override any of them."""

    name = "html"

    def __init__(self, overrides: Path | None = None) -> None:
        self._environment = environment(overrides)

    def html(self, sheet: Sheet, **more: object) -> str:
        """One page as text; ``more`` are further variables for templates that know them."""
        template = self._environment.get_template(f"{sheet.page.name}.html")
        return template.render(view=sheet.view, frame=sheet.frame, **more)

    def write_page(self, sheet: Sheet, directory: Path) -> None:
        """Write one page below ``directory``."""
        (directory / sheet.path).write_text(self.html(sheet), encoding="utf-8")

    def write_whole(self, report: Report, directory: Path) -> None:
        """There is nothing beside the pages."""


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

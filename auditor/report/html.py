"""The HTML site: static files that need no network and work without JavaScript."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path

import jinja2
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, TemplateSyntaxError
from markupsafe import Markup

import auditor
from auditor import plain
from auditor.errors import AuditorError
from auditor.page import annotate
from auditor.plain import printable
from auditor.report.frame import Frame, installed_version
from auditor.report.ledger import digest_of, digest_of_files
from auditor.report.page import Page
from auditor.report.report import Report, Sheet

POLICY = (
    "default-src 'none'; style-src 'self' file:; script-src 'self' file:; frame-src 'self' file:; "
    "img-src 'none'; base-uri 'none'; form-action 'none'"
)
"""What a page may do: use the report's own style sheet and script, show its own copies.

``file:`` is for browsers that know no "self" where a report is opened from disk.
"""

ASSETS = "assets"

_WRITERS = (Path(__file__), Path(plain.__file__), Path(annotate.__file__))
"""What decides how a page is written beside its record and the templates."""


class HtmlReport:
    """Renders ``templates/*.html``; a user's own folder may override any of them.

    Raises AuditorError, with template and line, where a template of that folder is broken.
    """

    name = "html"

    def __init__(self, overrides: Path | None = None, *, policy: str = POLICY) -> None:
        """``policy`` is the Content-Security-Policy that the pages state."""
        self._folders = _folders(overrides)
        self._environment = environment(overrides)
        self.assets: Mapping[str, str] = {
            _named(name, text): text
            for name in ("style.css", "script.js")
            for text in [_source(self._environment, f"_{name}")]
        }
        self._made_by = digest_of(
            installed_version(),
            jinja2.__version__,
            policy,
            digest_of_files(*_WRITERS, *self._folders),
        )
        style, script = self.assets
        self._environment.globals.update(
            policy=Markup(policy), style=f"{ASSETS}/{style}", script=f"{ASSETS}/{script}"
        )
        if overrides is not None:
            self._check(overrides)

    def html(self, sheet: Sheet, **more: object) -> str:
        """One page as text; ``more`` are further variables for templates that know them."""
        name = f"{sheet.page.name}.html"
        try:
            template = self._environment.get_template(name)
            return template.render(view=sheet.view, frame=sheet.frame, **more)
        except Exception as error:
            where = self._where(error)
            if where is None:
                raise
            message = f"{where}: {_problem(error)}; docs/templates.md lists what {name} may use"
            raise AuditorError(message) from error

    def text(self, name: str, **variables: object) -> str:
        """A page or a part of one that is not the report's, from the template ``name``."""
        return self._environment.get_template(name).render(**variables)

    def write_page(self, sheet: Sheet, directory: Path) -> None:
        """Write one page below ``directory``."""
        (directory / sheet.path).write_text(self.html(sheet), encoding="utf-8")

    def made_of(self, sheet: Sheet) -> Mapping[str, str]:
        """What the HTML of a page is made of."""
        if sheet.page.is_kept:
            return self.made_of_id(sheet.page, sheet.id, sheet.frame)
        return {sheet.path: digest_of(self._made_by, sheet.frame, sheet.digest)}

    def made_of_id(self, page: Page, page_id: str, frame: Frame) -> Mapping[str, str]:
        """The same of a page whose id stands for all that it shows, before it is built."""
        return {page.path(page_id): digest_of(self._made_by, frame)}

    def write_whole(self, report: Report, directory: Path) -> None:
        """Write the style sheet and the script."""
        (directory / ASSETS).mkdir(exist_ok=True)
        for name, text in self.assets.items():
            (directory / ASSETS / name).write_text(text, encoding="utf-8")

    def _check(self, overrides: Path) -> None:
        """Raises AuditorError where a template has no place or does not compile."""
        if not overrides.is_dir():
            raise AuditorError(f"report.templates: there is no folder {overrides}")
        known = {path.name for path in templates_directory().iterdir()}
        for path in sorted(overrides.glob("*.html")):
            if path.name not in known and not path.name.startswith("_"):
                close = get_close_matches(path.name, known, 1)
                hint = f"; did you mean {close[0]}?" if close else f"; known are {sorted(known)}"
                raise AuditorError(f"{path}: the report has no such template{hint}")
            try:
                self._environment.get_template(path.name)
            except TemplateSyntaxError as error:
                raise AuditorError(f"{self._where(error)}: {error.message}") from error

    def _where(self, error: Exception) -> str | None:
        """The place in a template that an error comes from; None where it is none of ours."""
        if isinstance(error, TemplateSyntaxError):
            return f"{error.filename}:{error.lineno}"
        for entry in reversed(traceback.extract_tb(error.__traceback__)):
            if Path(entry.filename).parent in self._folders:
                return f"{entry.filename}:{entry.lineno}"
        return None


def _problem(error: Exception) -> str:
    return getattr(error, "message", None) or f"{type(error).__name__}: {error}"


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
    return Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in _folders(overrides)]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def _folders(overrides: Path | None) -> list[Path]:
    return [*([overrides] if overrides else []), templates_directory()]


def _named(name: str, text: str) -> str:
    """A file name that changes with its content, so that no browser keeps an old one."""
    stem, _, suffix = name.partition(".")
    return f"{stem}.{sha256(text.encode()).hexdigest()[:8]}.{suffix}"


def _source(env: Environment, name: str) -> str:
    assert env.loader is not None
    return env.loader.get_source(env, name)[0].strip() + "\n"


def _finalize(value: object) -> object:
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value

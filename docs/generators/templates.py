"""docs/templates.md, from the records of the report's pages."""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, Union, get_args, get_origin, get_type_hints

from markupsafe import Markup

from auditor.report.frame import Frame
from auditor.report.page import Page
from auditor.report.pages import PAGES
from generators.kinds import PLAIN

TEMPLATES = """\
# Templates

The report's pages are [Jinja](https://jinja.palletsprojects.com/) templates in `templates/`. To
change one, put a file of the same name into a folder of your own and name the folder in
`config.yaml`:

```yaml
report:
  templates: our-templates
```

Yours win, the others stay. `_base.html` holds what stands around every page, `_macros.html` the
lists, bars and charts, `_style.css` and `_script.js` what they say; `_slice.html` is what groups,
owners and sources share. A template may extend the built-in one of another name, and use its
macros:

```jinja
{{% extends "_base.html" %}}
{{% import "_macros.html" as m %}}
{{% block main %}}
<h1>{{{{ view.headline.sentence }}}}</h1>
{{{{ m.task_list(view.tasks, "top") }}}}
{{% endblock %}}
```

Every template sees two variables, `view` (its page's record) and `frame` (what stands around it),
and nothing else. Text is escaped, an unknown name is an error, and a template that breaks is told
with its line; the report of the night before stays. Pages run under a policy that allows the
report's own style sheet and script alone: no inline style or script, nothing from elsewhere.

A page's tables (each tuple of records below) are also its CSV, XLSX and JSON. Pages of which there
are many (tasks, groups, owners, sources) put their first table into CSV and XLSX, all into JSON; a
task's leave out the columns that move every night by themselves (`priority`, `last_seen`,
`observed_at`), which `findings.csv` and `findings.xlsx` have.

A file that would be the same as last night's is left alone (a hard link into the new report). It is
made anew where its record, any template, the configuration that it shows, or Sellby is another;
`.made-of.json` in the report's folder says what each was made of, and without it everything is made
anew.

This page is generated from the records by `docs/generate.py`.
"""


def templates() -> str:
    """docs/templates.md as it should be."""
    parts = [TEMPLATES.format(), "## On every page\n"]
    told: list[type] = []
    parts += _record("frame", Frame, told)
    parts.append("## Pages\n")
    for page in PAGES:
        place = f"{page.name}.html" if "" in _ids_of(page) else f"{page.name}/ID.html"
        parts.append(f"### `{page.name}.html`: the page `{place}`\n")
        parts += _record("view", page.record, told)
    parts.append("## Records inside\n")
    for kind in told:
        parts += _record(kind.__name__, kind, told, heading=True)
    return "\n".join(parts)


def _ids_of(page: Page) -> tuple[str, ...]:
    return ("",) if page.menu else ()


def _record(name: str, kind: type, told: list[type], *, heading: bool = False) -> Iterator[str]:
    """The fields of a record; kinds of records inside it are noted in ``told``."""
    if heading:
        yield f"### {name}\n"
    yield inspect.cleandoc(kind.__doc__ or "").replace("``", "`") + "\n"
    yield "| field | kind |\n|---|---|"
    hints = get_type_hints(kind)
    for field in fields(kind):
        prefix = "" if heading else f"{name}."
        yield f"| `{prefix}{field.name}` | {_kind_of(hints[field.name], told)} |"
    yield ""


def _kind_of(hint: Any, told: list[type]) -> str:
    """A field's kind in words."""
    if is_dataclass(hint) and isinstance(hint, type):
        if hint not in told:
            told.append(hint)
        return f"[{hint.__name__}](#{hint.__name__.lower()})"
    arguments = [a for a in get_args(hint) if a is not Ellipsis]
    if get_origin(hint) is tuple:
        words = [_kind_of(a, told) for a in arguments]
        is_row = Ellipsis not in get_args(hint)
        return f"({', '.join(words)})" if is_row else f"list of {words[0]}"
    if get_origin(hint) in (Union, types.UnionType):
        words = [_kind_of(a, told) for a in arguments if a is not type(None)]
        return " or ".join([*words, "none"] if type(None) in arguments else words)
    return {Markup: "SVG or HTML that is safe as it is", bool: "true or false"}.get(
        hint, PLAIN.get(hint, getattr(hint, "__name__", "text"))
    )

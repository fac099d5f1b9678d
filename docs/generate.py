"""Writes the parts of docs/ that can be derived from the code; ``--check`` only compares.

python docs/generate.py            write commands.md, configuration.md, database.md, templates.md
                                   and vocabulary.md
python docs/generate.py --check    exit 1 and name what is out of date
"""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import click
from markupsafe import Markup
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from sqlite_utils import Database

from auditor.cli import sellby
from auditor.cli.exit_codes import ExitCode
from auditor.config import Config
from auditor.extract.cues import LANGUAGES
from auditor.extract.kinds import FAMILIES, kinds
from auditor.report.frame import Frame
from auditor.report.page import Page
from auditor.report.pages import PAGES
from auditor.store.schema import migrations as auditor_migrations
from crawler.store.schema import migrations as crawler_migrations

HERE = Path(__file__).parent

CONFIGURATION = """\
# Configuration

One YAML file, `config.yaml`; `sellby init` writes a commented one, `sellby check` looks whether it
holds. Mistakes are told all at once, each with its line. Unknown keys are mistakes. Paths are
relative to the file. `${NAME}` anywhere in a value is taken from the environment (`$$` is a plain
dollar); what comes from there never reaches the database, a log or a report. Anchors, aliases and
tags are not read; `NO` and `0123` are words.

This page is generated from the models by `docs/generate.py`.
"""

DATABASE = """\
# The database

One SQLite file (default `sellby.db`), WAL, foreign keys on, strict tables, written through
sqlite-utils. Instants are ISO 8601 text in UTC with `Z`, so they sort; decimals are text. The
schema only ever grows, by numbered migrations; a file from a newer version is refused, not
changed. It opens as it is in [Datasette](https://datasette.io): `datasette sellby.db`.

Good to start from: the view `open_findings` (the work list), `latest_page` (what every page showed
last), `decision` (append-only: who decided what, on which evidence), `audit` (one row a night).

This page is generated from the migrations by `docs/generate.py`.
"""


def configuration() -> str:
    """docs/configuration.md as it should be."""
    parts = [CONFIGURATION, *_model(Config, "", "The file", set())]
    return "\n".join(parts)


def database() -> str:
    """docs/database.md as it should be."""
    db = Database(memory=True)
    crawler_migrations.apply(db)
    auditor_migrations.apply(db)
    parts = [DATABASE]
    for title, migrations in (
        ("The crawler's tables", crawler_migrations),
        ("The auditor's tables", auditor_migrations),
    ):
        own = Database(memory=True)
        migrations.apply(own)
        parts.append(f"## {title}\n")
        parts += [_table(own, name) for name in own.table_names() if not name.startswith("_")]
        parts += [_view(own, name) for name in own.view_names()]
    return "\n".join(parts)


COMMANDS = """\
# Commands

Data goes to stdout, talk and progress to stderr; every command that reads has `--format json`.
Global options stand in front of the command: `sellby -c other.yaml findings`. Each option can
also come from the environment: `SELLBY_CONFIG_PATH`, `SELLBY_FINDINGS_LIMIT`.

{exit_codes}

This page is generated from the commands by `docs/generate.py`.
"""


def commands() -> str:
    """docs/commands.md as it should be."""
    codes = inspect.cleandoc(ExitCode.__doc__ or "").splitlines()
    rows = [line.split(None, 1) for line in codes if line[:1].isdigit()]
    head = ["| exit code | meaning |", "|---|---|"]
    table = "\n".join(head + [f"| {number} | {meaning} |" for number, meaning in rows])
    parts = [COMMANDS.format(exit_codes=table), _help("sellby", sellby)]
    context = click.Context(sellby)
    for name in sellby.list_commands(context):
        command = sellby.get_command(context, name)
        assert command is not None
        parts.append(_help(f"sellby {name}", command))
        if isinstance(command, click.Group):
            subs = sorted(command.commands.items())
            parts += [_help(f"sellby {name} {sub}", each) for sub, each in subs]
    return "\n".join(parts)


VOCABULARY = """\
# Vocabulary

The words Sellby reads pages by, and how to add your own. More than {count:,} phrases come with it
in six languages: {languages}. They are data: numbers and units in `auditor/values/vocabulary/`,
the words around them in `auditor/extract/cues.toml`, the small words that patterns are built of in
`auditor/values/phrasing.toml`, names of specifications in `auditor/extract/spec_names.toml`.

`sellby claims PAGE` shows what is read on a page. Where it misses something because your company
calls it by another name, add the name in `config.yaml`:

```yaml
vocabulary:
  de:
    moq: [Mindestabnahme, Sockelposten*]
    unit.pack: [Gebinde]
    spec.operating voltage: [Betriebsspg.]
```

The words count on pages in that language and on pages whose language nobody knows; English words
count on all pages. A phrase is found whatever its case, between word boundaries; `*` at its end or
start lets the word go on there (not for kinds of values: `unit`, `month`, `number` …). Where two
phrases fit at one place, the longer one wins. A kind may be written without its family where only
one fits: `moq` is `order.moq`. `spec.NAME` takes any name of a specification, yours or the feed's.
Mistakes are told by `sellby check` with their line.

This page is generated from the data by `docs/generate.py`.
"""


def vocabulary() -> str:
    """docs/vocabulary.md as it should be."""
    known = kinds()
    count = sum(len(phrases) for by in known.values() for phrases in by.values())
    parts = [VOCABULARY.format(count=count // 500 * 500, languages=", ".join(LANGUAGES))]
    for family, meaning in FAMILIES.items():
        names = [name for name in known if name.partition(".")[0] == family]
        if names:
            parts.append(f"## {family}: {meaning}\n")
            parts.append("| kind | for example |\n|---|---|")
            parts += [_kind(name, known[name]) for name in names]
            parts.append("")
    return "\n".join(parts)


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
        hint, _PLAIN.get(hint, getattr(hint, "__name__", "text"))
    )


def _kind(name: str, phrases: Mapping[str, tuple[str, ...]]) -> str:
    examples = [f"`{by[0]}`" for language in LANGUAGES if (by := phrases.get(language))][:4]
    return f"| `{name}` | {', '.join(dict.fromkeys(examples)).replace('|', '')} |"


def _help(name: str, command: click.Command) -> str:
    context = click.Context(
        command, info_name=name, terminal_width=90, max_content_width=90, color=False
    )
    return f"## {name}\n\n```text\n{command.get_help(context)}\n```\n"


def main() -> int:
    """Write or check; the exit code."""
    stale = []
    pages = {
        "commands.md": commands(),
        "configuration.md": configuration(),
        "database.md": database(),
        "vocabulary.md": vocabulary(),
        "templates.md": templates(),
    }
    for name, text in pages.items():
        path = HERE / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                path.write_text(text, encoding="utf-8")
    if stale and "--check" in sys.argv:
        print(f"out of date: {', '.join(stale)}; run python docs/generate.py", file=sys.stderr)
        return 1
    return 0


def _model(
    model: type[BaseModel], path: str, title: str, told: set[type[BaseModel]]
) -> Iterator[str]:
    """A section for a model, then one for each model inside it that was not told before."""
    if model in told:
        return
    told.add(model)
    level = "##" if path.count(".") < 2 else "###"
    yield f"{level} {title}\n"
    if model.__doc__ and path:
        yield f"{model.__doc__.strip().split('.')[0].replace(chr(10), ' ')}.\n"
    yield "| key | what may stand there | default | meaning |\n|---|---|---|---|"
    inner: list[tuple[str, type[BaseModel]]] = []
    for name, field in model.model_fields.items():
        key = field.alias or name
        if field.exclude or (key == "name" and "key under" in (field.description or "")):
            continue
        yield f"| `{key}` | {_words(field.annotation)} | {_default(field)} | {_meaning(field)} |"
        inner += [(f"{path}{key}{deeper}", m) for deeper, m in _models(field.annotation)]
    yield ""
    for where, each in inner:
        yield from _model(each, f"{where}.", _title(where, each), told)


def _title(where: str, model: type[BaseModel]) -> str:
    kind = model.model_fields.get("kind")
    if kind is not None and get_origin(kind.annotation) is Literal:
        return f"`{where}` with `kind: {get_args(kind.annotation)[0]}`"
    return f"`{where}`"


def _models(kind: Any) -> Iterator[tuple[str, type[BaseModel]]]:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        yield from _models(arguments[0])
    elif origin in (Union, types.UnionType):
        for argument in arguments:
            yield from _models(argument)
    elif origin is dict:
        yield from ((f".NAME{deeper}", model) for deeper, model in _models(arguments[1]))
    elif origin in (tuple, list):
        yield from ((f"[]{deeper}", model) for deeper, model in _models(arguments[0]))
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        yield "", kind


_PLAIN = {
    str: "text", int: "whole number", float: "number", Decimal: "number", bool: "true or false",
    Path: "path", SecretStr: "secret text", date: "date",
}  # fmt: skip


def _words(kind: Any) -> str:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _words(arguments[0])
    if origin is Literal:
        return " or ".join(f"`{argument}`" for argument in arguments).replace("`\t`", "`tab`")
    if origin in (Union, types.UnionType):
        words = dict.fromkeys(_words(a) for a in arguments if a is not type(None))
        return " or ".join(words)
    if origin is dict:
        return f"{_words(arguments[1])}, by name"
    if origin in (tuple, list):
        return f"list of {_words(arguments[0])}"
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return "keys, see below"
    if isinstance(kind, type) and issubclass(kind, Enum):
        return " or ".join(f"`{member.value}`" for member in kind)
    return _PLAIN.get(kind, "text")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**must be given**"
    value = field.get_default(call_default_factory=True, validated_data={})
    if value in (None, "", (), {}) or isinstance(value, BaseModel):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return ", ".join(f"`{item}`" for item in value)
    return f"`{value}`"


def _meaning(field: FieldInfo) -> str:
    return (field.description or "").replace("|", "\\|")


def _table(db: Database, name: str) -> str:
    table = db[name]
    rows = "\n".join(
        f"| `{column.name}` | {column.type.lower()} | "
        f"{'' if column.notnull or column.is_pk else 'may be null'} |"
        for column in table.columns
    )
    keys = ", ".join(f"`{key}`" for key in table.pks)
    links = ", ".join(
        f"`{key.column}` → `{key.other_table}.{key.other_column}`" for key in table.foreign_keys
    )
    notes = [f"key {keys}"] * (keys != "`rowid`") + [f"refers {links}"] * bool(links)
    head = f"### `{name}`\n\n" + (f"{'; '.join(notes)}\n\n" if notes else "")
    return f"{head}| column | type | |\n|---|---|---|\n{rows}\n"


def _view(db: Database, name: str) -> str:
    columns = ", ".join(f"`{column.name}`" for column in db[name].columns)
    return f"### `{name}` (view)\n\n{columns}\n"


if __name__ == "__main__":
    raise SystemExit(main())

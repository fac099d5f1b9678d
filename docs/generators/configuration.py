"""docs/configuration.md, from the models."""

from __future__ import annotations

import types
from collections.abc import Iterator
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from auditor.config import Config
from generators.kinds import PLAIN

CONFIGURATION = """\
# Configuration

One YAML file, `config.yaml`; `sellby init` writes a commented one, `sellby check` looks whether it
holds. Mistakes are told all at once, each with its line. Unknown keys are mistakes. Paths are
relative to the file. `${NAME}` anywhere in a value is taken from the environment (`$$` is a plain
dollar); what comes from there never reaches the database, a log or a report. Anchors, aliases and
tags are not read; `NO` and `0123` are words.

This page is generated from the models by `docs/generate.py`.
"""


def configuration() -> str:
    """docs/configuration.md as it should be."""
    parts = [CONFIGURATION, *_model(Config, "", "The file", set())]
    return "\n".join(parts)


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
    return PLAIN.get(kind, "text")


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

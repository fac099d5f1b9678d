"""What pydantic found, in words: where it stands in the file, and what was probably meant."""

from __future__ import annotations

import difflib
import re
import types
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr

from auditor.config.document import Document, Mistake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from auditor.config.document import Data, Path


def translate(error: ValidationError, document: Document, model: type[BaseModel]) -> list[Mistake]:
    """The mistakes of a validation, in the file's own paths and lines."""
    return [
        mistake
        for detail in error.errors(include_url=False)
        for mistake in _mistakes(detail, document, model)
    ]


def dotted(path: Path) -> str:
    """A path as people write it.

    >>> dotted(("sources", "web", "start", 0))
    'sources.web.start[0]'
    """
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def suggestion(word: str, known: list[str]) -> str:
    """``, did you mean 'x'?`` where a known word is close, else the empty text.

    >>> suggestion("pth", ["path", "format"])
    ", did you mean 'path'?"
    """
    close = difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    return f", did you mean {close[0]!r}?" if close else ""


def _mistakes(
    detail: ErrorDetails, document: Document, model: type[BaseModel]
) -> Iterator[Mistake]:
    """The mistakes of one error; one about a whole mapping names each with its own key."""
    if detail["type"] != "mapping":
        yield _mistake(detail, document, model)
        return
    at = _file_path(detail["loc"], document.data)
    for path, message in detail["ctx"]["mistakes"]:
        yield Mistake(document.line((*at, *path)), (*at, *path), message)


def _mistake(detail: ErrorDetails, document: Document, model: type[BaseModel]) -> Mistake:
    path = _file_path(detail["loc"], document.data)
    kind = detail["type"]
    if kind == "extra_forbidden":
        known = _keys_at(model, path[:-1], document.data)
        word = str(path[-1])
        hint = suggestion(word, known) or f"; known are {', '.join(known)}" * bool(known)
        return Mistake(document.line(path), path, f"unknown key{hint}")
    if kind == "missing":
        path = (*path, str(detail["loc"][-1]))
        wanted = _description(model, path, document.data)
        return Mistake(document.line(path), path, f"is missing{wanted and ': '}{wanted}")
    if kind in ("union_tag_not_found", "union_tag_invalid"):
        return Mistake(*_kind(detail, document, path))
    return Mistake(document.line(path), path, _words(detail))


def _kind(detail: ErrorDetails, document: Document, path: Path) -> tuple[int, Path, str]:
    kinds = [word.strip(" '") for word in str(detail["ctx"].get("expected_tags", "")).split(",")]
    kinds = [kind for kind in kinds if kind] or ["website", "kms", "folder"]
    path = (*path, "kind")
    tag = detail["ctx"].get("tag")
    if tag is None:
        return document.line(path), path, f"is missing; one of {', '.join(kinds)}"
    return (
        document.line(path),
        path,
        f"{tag!r} is none of {', '.join(kinds)}{suggestion(str(tag), kinds)}",
    )


def _file_path(location: tuple[str | int, ...], data: Data) -> Path:
    """``location`` without what pydantic adds (union tags, "[key]"): a path of the file."""
    path: list[str | int] = []
    here: Data = data
    for part in location:
        if isinstance(here, dict) and part in here:
            here = here[str(part)]
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            here = here[part]
        else:
            continue
        path.append(part)
    return tuple(path)


def _words(detail: ErrorDetails) -> str:
    """The message of one error; values are shown, secrets are not in these errors."""
    kind, context = detail["type"], detail.get("ctx", {})
    given = detail["input"]
    shown = f"{given!r} " if isinstance(given, str | int | float) and len(str(given)) < 60 else ""
    match kind:
        case "string_type" if isinstance(given, bool | int):
            return f"{shown}must be text; put it in quotes"
        case "string_type":
            return "must be text"
        case "int_parsing" | "int_type" | "int_from_float":
            return f"{shown}is no whole number"
        case "float_parsing" | "float_type" | "decimal_parsing" | "decimal_type":
            return f"{shown}is no number"
        case "bool_parsing" | "bool_type":
            return f"{shown}must be true or false"
        case "literal_error" | "enum":
            expected = str(context["expected"])
            known = [word.strip("' ") for word in expected.replace(" or ", ",").split(",")]
            return f"{shown}is not {expected}{suggestion(str(given), known)}"
        case "tuple_type" | "list_type":
            return "must be a list"
        case "dict_type" | "model_type" | "model_attributes_type":
            return "must be keys and values"
        case "string_pattern_mismatch" if context.get("pattern") == "^[A-Z]{3}$":
            return f"{shown}is no ISO 4217 currency code, like EUR"
        case "too_short" | "string_too_short":
            return "must not be empty"
        case "value_error":
            return str(context["error"])
    return f"{shown}is refused: {detail['msg'].lower()}"


def _keys_at(model: type[BaseModel], path: Path, data: Data) -> list[str]:
    """The keys that may stand at ``path``."""
    keys = {
        field.alias or name
        for kind in _kinds_at(model, path, data)
        if _is_model(kind)
        for name, field in kind.model_fields.items()
        if not field.exclude
    }
    return sorted(keys)


def _kinds_at(model: type[BaseModel], path: Path, data: Data) -> list[Any]:
    """The models that may stand at ``path``, of a union the one that its ``kind`` says."""
    kinds: list[Any] = [model]
    here: Data = data
    for part in path:
        here = here[part] if isinstance(here, dict | list) else None  # type: ignore[index]  # path was found in data
        kinds = [inner for kind in kinds for inner in _inside(kind, part)]
        if isinstance(here, dict) and "kind" in here:
            kinds = [k for k in kinds if _tag(k) in (None, here["kind"])]
    return kinds


def _description(model: type[BaseModel], path: Path, data: Data) -> str:
    """What the key at ``path``, which is not there, is for, in a clause; "" where nobody knows."""
    for kind in _kinds_at(model, path[:-1], data):
        if _is_model(kind):
            for name, field in kind.model_fields.items():
                if path[-1] in (name, field.alias) and field.description:
                    return re.split(r"[;.](?=\s|$)", field.description)[0]
    return ""


def _inside(kind: Any, part: str | int) -> list[Any]:
    """What may stand under ``part`` of a value of type ``kind``, unions taken apart."""
    if _is_model(kind):
        for name, field in kind.model_fields.items():
            if part in (name, field.alias):
                return _members(field.annotation)
        return []
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is dict:
        return _members(arguments[1])
    return _members(arguments[0]) if origin in (tuple, list) else []


def _members(kind: Any) -> list[Any]:
    origin = get_origin(kind)
    if origin is Annotated:
        return _members(get_args(kind)[0])
    if origin in (Union, types.UnionType):
        return [inner for argument in get_args(kind) for inner in _members(argument)]
    return [kind]


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel) and kind is not SecretStr


def _tag(kind: Any) -> str | None:
    if not _is_model(kind) or "kind" not in kind.model_fields:
        return None
    annotation = kind.model_fields["kind"].annotation
    return str(get_args(annotation)[0]) if get_origin(annotation) is Literal else None

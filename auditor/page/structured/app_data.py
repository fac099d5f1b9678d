"""Application data that a page hands to its own scripts: Shopify, Next, Magento, dataLayer and kin.

Only JSON and plain literals are read, never run. What is found is kept by name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from auditor.page.model import Unread
from auditor.page.structured.literal import MAX_LITERAL, UnreadableError, read_json, read_literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditor.page.head import Script
    from auditor.page.model import Json

MAX_TOTAL = 4_000_000
"""Characters of scripts read per page."""

MAX_LITERALS = 40
"""Literals tried per page."""

MAX_STARTS = 400
"""Places of a script where a literal may begin."""

_WORDS = ("price", "sku", "preis", "prix")
_VALUE_START = re.compile(r"[=(]\s{0,20}(?:[\w$.]{1,60}\s?\|\|\s?)?(?=[{\[][^}\]]|JSON\.parse\()")
_NAME_BEFORE = re.compile(r"(?<![\w$.])([A-Za-z_$][\w$.]{0,60})\Z")
_PARSED = re.compile(r"JSON\.parse\(\s{0,20}(?=[\"'`])")
_DATA_TYPES = ("json", "x-magento-init", "x-json")


def application_data(scripts: Iterable[Script], unread: list[Unread]) -> list[tuple[str, Json]]:
    """(name, value) of data scripts and of literals assigned in scripts that name prices."""
    found: list[tuple[str, Json]] = []
    budget = MAX_TOTAL
    tries = MAX_LITERALS
    for script in scripts:
        text = script.text
        kind = script.attrs.get("type", "").lower()
        if not text or "src" in script.attrs:
            continue
        if not _is_worth(text.lower()):
            continue
        budget -= len(text)
        if budget < 0:
            unread.append(Unread("embedded", f"more than {MAX_TOTAL} characters", script.path))
            break
        name = script.attrs.get("id") or kind or "script"
        if any(mark in kind for mark in _DATA_TYPES):
            _data_script(script, name, text, found, unread)
        elif kind in ("", "text/javascript", "application/javascript", "module"):
            tries = _literals(text, tries, found)
    return found


def _data_script(
    script: Script, name: str, text: str, found: list[tuple[str, Json]], unread: list[Unread]
) -> None:
    try:
        found.append((name, read_json(text)))
    except UnreadableError as error:
        unread.append(Unread("embedded", f"{name}: {error}", script.path))


def _is_worth(text: str, start: int = 0, end: int | None = None) -> bool:
    return any(text.find(word, start, end) >= 0 for word in _WORDS)


def _literals(text: str, tries: int, found: list[tuple[str, Json]]) -> int:
    """Add the literals of a script; returns how many may still be tried on this page."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = text
    at = 0
    for _ in range(MAX_STARTS):
        match = _VALUE_START.search(text, at)
        if match is None or tries <= 0:
            break
        at = match.end()
        name = _name_before(text, match.start())
        if not name or not _is_worth(lowered, at, at + MAX_LITERAL):
            continue
        tries -= 1
        try:
            value, end = _value(text, at)
        except UnreadableError:
            continue
        at = max(end, at)
        if value:
            found.append((name, value))
    return tries


def _name_before(text: str, at: int) -> str:
    """The variable that "=" assigns to or "(" pushes to; "" for any other call or comparison."""
    before = text[max(0, at - 70) : at].rstrip()
    if text[at] == "(":
        stem, dot, method = before.rpartition(".")
        if not dot or method not in ("push", "concat"):
            return ""
        before = stem
    name = _NAME_BEFORE.search(before)
    return name[1] if name else ""


def _value(text: str, at: int) -> tuple[Json, int]:
    parsed = _PARSED.match(text, at)
    if parsed is None:
        return read_literal(text, at)
    closing = _string_end(text, parsed.end())
    value, _ = read_literal(f"[{text[parsed.end() : closing]}]", 0)
    if isinstance(value, list) and value and isinstance(value[0], str):
        return read_json(value[0]), closing
    raise UnreadableError("JSON.parse of no string")


def _string_end(text: str, at: int) -> int:
    quote = text[at]
    for match in re.compile(rf"\\.|{quote}", re.DOTALL).finditer(text, at + 1):
        if match[0] == quote:
            return match.end()
    raise UnreadableError("unbalanced string")

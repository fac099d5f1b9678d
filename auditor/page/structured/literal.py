"""JSON as people really publish it: repaired where only one reading is left, never evaluated.

Repairs: HTML comment and CDATA fences, entities, comments, trailing commas, control characters,
single quotes, bare keys, ``undefined``, bad escapes, inch marks left unescaped inside a string and
several values in one block. Everything runs in linear time.
"""

from __future__ import annotations

import html
import json
import math
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditor.page.model import Json

MAX_CHARACTERS = 2_000_000
"""A block longer than this is not read; product data is far smaller."""

MAX_LITERAL = 100_000
"""Characters of a literal that is no JSON: read token by token, so kept short."""

MAX_DEPTH = 200

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<double>"[^"\\]*(?:\\.[^"\\]*)*")
    |(?P<single>'[^'\\]*(?:\\.[^'\\]*)*')
    |(?P<tick>`(?:[^`\\$]|\\.|\$(?!\{))*`)
    |(?P<comment>//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)
    |(?P<number>-?(?:0[xX][0-9a-fA-F]{1,15}|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?))
    |(?P<word>[A-Za-z_$][\w$]*)
    |(?P<bang>![01])
    |(?P<open>[{\[])
    |(?P<close>[}\]])
    |(?P<punct>[,:])""",
    re.VERBOSE | re.DOTALL,
)
_WORDS = {
    "true": "true",
    "false": "false",
    "null": "null",
    "undefined": "null",
    "NaN": "null",
    "Infinity": "null",
}
_BAD_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt])|(u[0-9a-fA-F]{4})|(.)|\Z)', re.DOTALL)


class UnreadableError(ValueError):
    """A block that no safe repair makes readable."""


def read_json(text: str) -> Json:
    """The value of a JSON text; of several values in one block, a list of them.

    >>> read_json('{"sku": "A-1", "name": "1/2" valve",}')
    {'sku': 'A-1', 'name': '1/2" valve'}
    >>> read_json('{"a": 1}{"a": 2}')
    [{'a': 1}, {'a': 2}]
    >>> read_json('{"a": ')
    Traceback (most recent call last):
    ...
    auditor.page.structured.literal.UnreadableError: no readable JSON

    Raises:
        UnreadableError: too long, or not readable even after repair.
    """
    if len(text) > MAX_CHARACTERS:
        raise UnreadableError(f"longer than {MAX_CHARACTERS} characters")
    text = _unfenced(text)
    if not text:
        raise UnreadableError("empty")
    for attempt in (_plain, _concatenated, _relaxed, _requoted, _unescaped):
        value = attempt(text)
        if value is not None:
            return value
    raise UnreadableError("no readable JSON")


def read_literal(text: str, start: int) -> tuple[Json, int]:
    """The JavaScript object or array literal at ``start`` and the offset behind it.

    >>> read_literal("x = {sku: 'A', tiers: [1, 2,], ok: !0};", 4)
    ({'sku': 'A', 'tiers': [1, 2], 'ok': True}, 38)

    Raises:
        UnreadableError: it calls functions, is unbalanced or holds anything but data.
    """
    try:
        return _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        out, end = _as_json(text, start)
    try:
        return _loads(out), end
    except (ValueError, RecursionError) as error:
        raise UnreadableError("not a plain literal") from error


_OPENING = ("//", "/*", "<!--", "<![CDATA[", "*/")
_CLOSING = ("//", "*/", "-->", "]]>", "/*", ";")


def _unfenced(text: str) -> str:
    """Without the HTML comment or CDATA fence that old templates put around scripts."""
    text = text.strip().lstrip("\ufeff").lstrip()
    if text.startswith(("//", "/*", "<!")) and ("<!--" in text[:40] or "<![CDATA[" in text[:40]):
        while text.startswith(_OPENING):
            mark = next(mark for mark in _OPENING if text.startswith(mark))
            text = text[len(mark) :].lstrip()
    while text.endswith(_CLOSING):
        mark = next(mark for mark in _CLOSING if text.endswith(mark))
        text = text[: -len(mark)].rstrip()
    return text


def _loads(text: str) -> Json:
    value: Json = json.loads(
        text, strict=False, parse_float=_float, parse_int=_int, parse_constant=_constant
    )
    return value


def _float(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) and repr(number) == text else text


def _int(text: str) -> int | str:
    return int(text) if len(text) <= 18 else text


def _constant(_: str) -> None:
    return None


_DECODER = json.JSONDecoder(
    strict=False, parse_float=_float, parse_int=_int, parse_constant=_constant
)


def _plain(text: str) -> Json:
    try:
        return _loads(text)
    except (ValueError, RecursionError):
        return None


def _concatenated(text: str) -> Json:
    """Several values after another, with nothing but blanks, commas or semicolons between."""
    values: list[Json] = []
    at = 0
    while at < len(text):
        if text[at] in " \t\r\n,;":
            at += 1
            continue
        try:
            value, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            return None
        values.append(value)
    return values


def _relaxed(text: str) -> Json:
    values: list[Json] = []
    at = 0
    try:
        while at < len(text):
            if text[at] in " \t\r\n,;":
                at += 1
                continue
            value, at = read_literal(text, at)
            values.append(value)
    except UnreadableError:
        return None
    return values[0] if len(values) == 1 else values


def _requoted(text: str) -> Json:
    """Quotes inside a string escaped: a quote closes a string only before , : } ] or the end."""
    return _relaxed(_escape_inner_quotes(text))


def _unescaped(text: str) -> Json:
    if "&" not in text:
        return None
    plain = html.unescape(text)
    if plain == text:
        return None
    return _plain(plain) or _relaxed(plain)


def _escape_inner_quotes(text: str) -> str:
    out: list[str] = []
    inside = False
    at = 0
    for match in re.finditer(r'\\.|"', text, re.DOTALL):
        if match[0] != '"':
            continue
        out.append(text[at : match.start()])
        at = match.end()
        if not inside:
            inside = True
            out.append('"')
        elif _closes(text, at):
            inside = False
            out.append('"')
        else:
            out.append('\\"')
    out.append(text[at:])
    return "".join(out)


_AFTER_STRING = re.compile(r"\s{0,200}(?:[}\]:]|,\s{0,200}(?:[\"{\[}\]\d-]|true|false|null)|\Z)")


def _closes(text: str, at: int) -> bool:
    return _AFTER_STRING.match(text, at) is not None


def _as_json(text: str, start: int) -> tuple[str, int]:
    """The literal at ``start`` written as JSON, and the offset behind it."""
    if text[start : start + 1] not in ("{", "["):
        raise UnreadableError("no object or array here")
    out: list[str] = []
    depth = 0
    at = start
    limit = min(len(text), start + MAX_LITERAL)
    while at < limit:
        match = _TOKEN.match(text, at, limit)
        if match is None or match.end() == at:
            raise UnreadableError(f"unexpected character at {at}")
        at = match.end()
        kind = match.lastgroup or ""
        if kind in ("space", "comment"):
            continue
        if kind == "open":
            depth += 1
            if depth > MAX_DEPTH:
                raise UnreadableError("nested too deep")
        elif kind == "close":
            depth -= 1
            if out[-1] == ",":
                out.pop()
            elif out[-1] == ":":
                out.append("null")
        _emit(out, kind, match[0])
        if not depth:
            return "".join(out), at
    raise UnreadableError("unbalanced")


def _emit(out: list[str], kind: str, token: str) -> None:
    if kind in ("open", "close"):
        out.append(token)
    elif kind == "punct":
        if token == ",":
            if out[-1] == ":":
                out.append("null")
            elif out[-1] in (",", "[", "{"):
                return
        out.append(token)
    elif kind == "double":
        out.append(_double(token[1:-1]))
    elif kind in ("single", "tick"):
        out.append(_double(token[1:-1].replace('\\"', '"').replace('"', '\\"')))
    elif kind == "number":
        out.append(_number(token))
    elif kind == "bang":
        out.append("true" if token == "!0" else "false")
    else:
        is_value = bool(out) and out[-1] in (":", ",", "[") and token in _WORDS
        out.append(_WORDS[token] if is_value else f'"{token}"')


def _double(inner: str) -> str:
    if "\\" in inner:
        inner = _BAD_ESCAPE.sub(_escape, inner)
    return f'"{inner}"'


def _escape(match: re.Match[str]) -> str:
    if match[1] or match[2]:
        return match[0]
    character = match[3] or ""
    if character == "\n":
        return ""
    if character in ("'", "`", "$", "-", "&", "#"):
        return character
    return "\\\\" + character


def _number(token: str) -> str:
    if token[:3].lower().startswith(("0x", "-0x")):
        return str(int(token, 16))
    sign, digits = ("-", token[1:]) if token[0] == "-" else ("", token)
    if len(digits) > 1 and digits[0] == "0" and digits[1].isdigit():
        return f'"{token}"'
    if digits.startswith("."):
        digits = "0" + digits
    if digits.endswith("."):
        digits += "0"
    return sign + re.sub(r"\.(?=[eE])", "", digits)

"""JSON over HTTP as knowledge bases speak it: requests made, answers read, dates understood."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from crawler.kms.interface import Gone, Problem, Request

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crawler.kms.interface import Response

# JSON as vendors send it; every key is looked up with a default.
Json = dict[str, Any]

# What a path into an answer may name: keys and positions, joined by dots; * is the first of all.
_NEXT_LINK = re.compile(r'<([^>]*)>\s*;[^,]*?\brel="?([\w-]+)"?')


def get(
    url: str,
    kind: str,
    parameters: Mapping[str, object] | None = None,
    *,
    context: Mapping[str, str | None] | None = None,
    first: bool = False,
) -> Request:
    """A GET request; parameters that are None are left out, lists are repeated."""
    given = {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in (parameters or {}).items()
        if value is not None
    }
    if given:
        url += ("&" if "?" in url else "?") + urlencode(
            given, doseq=True, safe=":,[]()'$@", errors="replace"
        )
    return Request(url, kind, context=_texts(context), first=first)


def post(
    url: str,
    kind: str,
    body: object,
    *,
    context: Mapping[str, str | None] | None = None,
    first: bool = False,
) -> Request:
    """A POST request with a JSON body."""
    headers = {"Content-Type": "application/json"}
    data = json.dumps(body, separators=(",", ":")).encode()
    return Request(
        url, kind, "POST", headers=headers, body=data, context=_texts(context), first=first
    )


def read_json(response: Response) -> Any | Problem | Gone:
    """The JSON of an answer, or what is wrong with it, in words that say what to do.

    An answer about one document (``context["id"]``) is that document's problem, and 404 or 410
    mean that it is gone; any other answer without JSON ends the run.
    """
    document = response.request.context.get("id")
    where, status, fatal = _shown(response.request.url), response.status, document is None
    if document is not None and status in (404, 410):
        return Gone(document, "the knowledge base does not know it any more")
    if status >= 400:
        said = _what_it_said(response.body)
        hint = _HINTS.get(status, "") if fatal else ""
        code = _CODES.get(status, "http")
        return Problem(code, f"{where}: HTTP {status}{said}{hint}", fatal=fatal, document=document)
    try:
        return json.loads(response.body) if response.body.strip() else None
    except (ValueError, RecursionError):
        hint = "; is `url` the API's address?" if fatal else ""
        message = f"{where}: HTTP {status}, but no JSON{hint}"
        return Problem("not_json", message, fatal=fatal, document=document)


_CODES = {401: "login", 403: "forbidden", 404: "not_found"}
_HINTS = {
    401: "; the token or password was not accepted",
    403: "; the account lacks the right to read this",
    404: "; is `url` right, and may the account see this?",
}


def at(data: Any, path: str) -> Any:
    """What stands under a path; None where nothing does.

    >>> at({"a": [{"b": 1}]}, "a.0.b"), at({"a": {"7": {"b": 2}}}, "a.*.b"), at({}, "a.b")
    (1, 2, None)
    >>> at({"odata.type": 3}, "odata.type")
    3
    """
    if path == "":
        return data
    if isinstance(data, dict):
        if path in data:
            return data[path]
        head, _, rest = path.partition(".")
        if head == "*":
            return at(next(iter(data.values()), None), rest)
        # a key may hold dots itself, as OData's do
        parts = path.split(".")
        for size in range(1, len(parts)):
            key = ".".join(parts[:size])
            if key in data:
                return at(data[key], ".".join(parts[size:]))
        return None
    if isinstance(data, list):
        head, _, rest = path.partition(".")
        if head == "*":
            return at(data[0], rest) if data else None
        if head.lstrip("-").isdigit() and -len(data) <= int(head) < len(data):
            return at(data[int(head)], rest)
    return None


def text(data: Any, path: str) -> str | None:
    """What stands under a path as text; None where that is nothing or no single value."""
    found = at(data, path)
    if isinstance(found, str):
        return found or None
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return str(found)


def number(data: Any, path: str) -> int | None:
    """A count under a path, ≥ 0.

    >>> number({"n": "1042"}, "n"), number({"n": -1}, "n"), number({"n": True}, "n")
    (1042, None, None)
    """
    found = at(data, path)
    if isinstance(found, str) and found.isascii() and found.isdigit() and len(found) < 16:
        found = int(found)
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found < 1e15:
        return None
    return int(found)


def items(data: Any, path: str) -> list[Json]:
    """The objects in a list (or in an object that maps ids to them); empty where there is none."""
    found = at(data, path)
    if isinstance(found, dict):
        found = list(found.values())
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def instant(value: object, zone: str = "UTC") -> datetime | None:
    """A date as vendors write it, in aware UTC: ISO 8601, or seconds or milliseconds since 1970.

    ``zone`` (IANA) holds for what names none. What cannot be read is None.

    >>> instant("2026-11-22T07:36:29Z"), instant(1795332989) == instant(1795332989000)
    (datetime.datetime(2026, 11, 22, 7, 36, 29, tzinfo=datetime.timezone.utc), True)
    >>> instant("2026-11-22 08:36:29", "Europe/Berlin").hour, instant("20261122073629000").day
    (7, 22)
    >>> instant("2026-11-22T09:06:29.000+0130").hour, instant("yesterday"), instant(True)
    (7, None, None)
    """
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) > 8:
        value = f"{value[:8]}T{value[8:14]}" if len(value) in (14, 17) else int(value)
    if isinstance(value, bool):
        return None
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)
        if not isinstance(value, str):
            return None
        found = datetime.fromisoformat(value.strip())
    except (ValueError, OverflowError, OSError):
        return None
    try:
        if found.tzinfo is None:
            found = found.replace(tzinfo=ZoneInfo(zone))
        return found.astimezone(UTC)
    except OverflowError:
        return None


def iso(moment: datetime) -> str:
    """An instant as most filters take it: 2026-11-22T07:36:29Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def next_link(response: Response, relation: str = "next") -> str | None:
    """The URL a Link header gives for a relation (RFC 8288)."""
    for url, found in _NEXT_LINK.findall(response.headers.get("link", "")):
        if found == relation:
            return str(url)
    return None


def bearer(request: Request, token: str) -> Request:
    """The request with a bearer token."""
    return with_headers(request, Authorization=f"Bearer {token}")


def basic(request: Request, user: str, password: str) -> Request:
    """The request with HTTP basic authentication."""
    pair = base64.b64encode(f"{user}:{password}".encode()).decode()
    return with_headers(request, Authorization=f"Basic {pair}")


def with_headers(request: Request, **headers: str) -> Request:
    """The request with further headers; ``_`` in a name is ``-``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return replace(request, headers={**request.headers, **named})


def full_name(data: Any, path: str) -> str | None:
    """A person's name under a path: ``name``, or first and last, or the mail address."""
    person = at(data, path)
    if isinstance(person, str):
        return person or None
    first = text(person, "firstName") or text(person, "first_name") or ""
    last = text(person, "lastName") or text(person, "last_name") or ""
    return (
        text(person, "displayName")
        or text(person, "name")
        or f"{first} {last}".strip()
        or text(person, "email")
    )


def _what_it_said(body: bytes) -> str:
    """The message in an error's body, as one short line."""
    try:
        answer = json.loads(body[:20_000])
    except (ValueError, RecursionError):
        return ""
    for found in _messages(answer):
        line = " ".join(found.split())[:200]
        if line:
            return f": {line}"
    return ""


def _messages(answer: Any) -> Iterator[str]:
    if isinstance(answer, list):
        answer = answer[0] if answer else None
    for path in (
        "error_description", "error.message", "message", "error.detail", "errors.0.message",
        "errors.0.detail", "errors.0.title", "errors.0", "description", "detail", "error", "code",
    ):  # fmt: skip
        found = text(answer, path)
        if found:
            yield found


def _texts(context: Mapping[str, str | None] | None) -> dict[str, str]:
    return {key: value for key, value in (context or {}).items() if isinstance(value, str)}


def _shown(url: str) -> str:
    return url.partition("?")[0]

"""MediaWiki's action API: what is asked, and what its answers hold; no state."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from crawler.errors import SourceError
from crawler.kms.interface import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.kms.interface import Response

# JSON as MediaWiki sends it; every key is looked up with a default.
Json = dict[str, Any]

# What is asked of every page: its URLs and last revision.
PAGE = {
    "action": "query",
    "prop": "info|revisions",
    "inprop": "url",
    "rvprop": "ids|timestamp|user",
}
_GONE = ("nosuchpageid", "missingtitle")


def answer_of(response: Response) -> Json | Problem:
    """The JSON of an answer, or what is wrong with it: the API reports errors with HTTP 200."""
    document = response.request.context.get("id")
    where = response.request.context.get("url") or "the wiki"
    fatal = document is None
    try:
        answer = json.loads(response.body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        said = f"HTTP {response.status}, no JSON object"
        hint = "; is `url` the address of api.php, and may it be read?" if fatal else ""
        return Problem("not_json", f"{where}: {said}{hint}", fatal=fatal, document=document)
    error = answer.get("error")
    if isinstance(error, dict):
        code = str(error.get("code"))
        if document is not None and code in _GONE:
            return Problem("vanished", f"{where}: deleted while it was read", document=document)
        return Problem(
            code, f"{where}: {line(error.get('info') or code)}", fatal=fatal, document=document
        )
    if response.status == 401:
        message = f"{where}: HTTP 401; the token or password was not accepted"
        return Problem("login", message, fatal=True)
    if response.status >= 400:
        return Problem("http", f"{where}: HTTP {response.status}", fatal=fatal, document=document)
    return answer


def listing(namespace: str) -> dict[str, str]:
    return {
        **PAGE,
        "generator": "allpages",
        "gapnamespace": namespace,
        "gapfilterredir": "nonredirects",
        "gaplimit": "max",
    }


def users_of(template: str, namespaces: Sequence[str]) -> dict[str, str]:
    """The pages that show a template."""
    return {
        **PAGE,
        "generator": "embeddedin",
        "geititle": template,
        "geinamespace": "|".join(namespaces),
        "geifilterredir": "nonredirects",
        "geilimit": "max",
    }


def namespace_numbers(described: Json, wanted: Sequence[str]) -> list[str]:
    """The numbers of the namespaces to read. Raises SourceError where a name is unknown."""
    names = {"main": "0"}  # the main namespace's own name is empty
    content: list[str] = []
    for number, namespace in described.items():
        if not isinstance(namespace, dict) or not number.lstrip("-").isdigit():
            continue
        for key in (number, namespace.get("name"), namespace.get("canonical")):
            if isinstance(key, str) and key:
                names[key.lower()] = number
        if namespace.get("content"):
            content.append(number)
    if not wanted:
        return sorted(content, key=int) or ["0"]
    for name in wanted:
        if name.lower() not in names:
            have = ", ".join(sorted({key for key in names if not key.lstrip("-").isdigit()}))
            raise SourceError(f"the wiki has no namespace {name!r}; it has: {have}")
    return list(dict.fromkeys(names[name.lower()] for name in wanted))


def dig(answer: Json, *keys: str) -> Json:
    """The object under some keys; empty where it is not there."""
    at: object = answer
    for key in keys:
        at = at.get(key) if isinstance(at, dict) else None
    return at if isinstance(at, dict) else {}


def records(found: object) -> list[Json]:
    return (
        [record for record in found if isinstance(record, dict)] if isinstance(found, list) else []
    )


def instant(text: object) -> datetime | None:
    """MediaWiki's timestamps are ISO 8601 in UTC.

    >>> instant("2026-11-22T07:36:29Z"), instant("yesterday")
    (datetime.datetime(2026, 11, 22, 7, 36, 29, tzinfo=datetime.timezone.utc), None)
    """
    if not isinstance(text, str):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def line(text: object) -> str:
    """What a server said, as one short line."""
    return " ".join(str(text).split())[:300]

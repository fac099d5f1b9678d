"""How lists go on: by page, offset, cursor, a URL in the answer or in the Link header."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.kms.api import next_link, number
from crawler.kms.filling import text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.declaration import Paging
    from crawler.kms.interface import Response


def start(
    paging: Paging, query: Mapping[str, Any], body: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Query and body of the first page."""
    parts = {"query": dict(query), "body": dict(body)}
    if paging.size_parameter:
        parts[paging.into][paging.size_parameter] = paging.size
    if paging.style == "page":
        parts[paging.into][paging.parameter] = paging.first
    if paging.style == "offset":
        parts[paging.into][paging.parameter] = 0
    return parts["query"], parts["body"]


def following(
    paging: Paging, about: Mapping[str, Any], response: Response, answer: Any, count: int
) -> dict[str, Any] | None:
    """What differs in the request for the next page: url, query or body; None at the end.

    ``about`` is what the last page was asked with, ``count`` how many items it held.
    """
    match paging.style:
        case "page" | "offset":
            return _counted(paging, about, answer, count)
        case "cursor":
            cursor = text_of(answer, paging.next)
            if not cursor or not count:
                return None
            return {paging.into: {**about[paging.into], paging.parameter: cursor}}
        case "next_url":
            url = text_of(answer, paging.next)
        case "link":
            url = next_link(response, paging.relation)
        case _:
            url = None
    return {"url": url, "query": {}} if url else None


def _counted(
    paging: Paging, about: Mapping[str, Any], answer: Any, count: int
) -> dict[str, Any] | None:
    """The next page or offset, unless the answer says that there is none, or is not full."""
    at = about[paging.into][paging.parameter]
    step = count if paging.style == "offset" else 1
    total = number({"total": _total(answer, paging)}, "total")
    if not count:
        return None
    if total is not None:
        last = at + step >= total if paging.style == "offset" else at - paging.first + 1 >= total
        if last:
            return None
    elif count < paging.size:
        return None
    return {paging.into: {**about[paging.into], paging.parameter: at + step}}


def _total(answer: Any, paging: Paging) -> str | None:
    return text_of(answer, paging.total) if paging.total else None

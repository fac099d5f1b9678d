"""What a form or a JSON body asks for, checked: text and numbers in, an order out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any

from auditor.decide import Wish
from auditor.desk import Order
from auditor.errors import DecisionRefused
from auditor.flags import Flagged
from auditor.model import Attribute, DecisionKind
from auditor.store.findings import Filter
from auditor.until import end_of

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_IDS = 1_000
LONGEST_TEXT = 2_000

_FILTER = ("source", "url", "sku", "group", "owner", "attribute", "diagnosis", "task", "text")


def order_of(body: Mapping[str, Any], who: str, now: datetime, zone: tzinfo) -> Order:
    """The order in a JSON body. Raises DecisionRefused with what is wrong with it."""
    kind = text(body, "kind")
    if kind not in set(DecisionKind):
        raise DecisionRefused(f"kind: {kind!r} is none of {', '.join(DecisionKind)}")
    ids = _ids(body)
    where = body.get("where")
    if where is not None and not isinstance(where, dict):
        raise DecisionRefused("where: an object of filters")
    if where is not None and not body.get("dry_run") and not body.get("plan"):
        raise DecisionRefused("what a filter chooses needs the plan of a dry run")
    if not ids and where is None:
        raise DecisionRefused("ids or where: say which findings")
    return Order(
        wish=Wish(
            DecisionKind(kind),
            who,
            reason=text(body, "reason"),
            note=text(body, "note"),
            until=_until(text(body, "until"), now, zone),
            assignee=text(body, "assignee"),
        ),
        ids=tuple(ids),
        where=filter_of(where) if where is not None else None,
        plan=text(body, "plan"),
        dry_run=bool(body.get("dry_run", False)),
    )


def ids_of(body: Mapping[str, Any]) -> list[str]:
    """The ids in a JSON body, at least one. Raises DecisionRefused."""
    if not (ids := _ids(body)):
        raise DecisionRefused("ids: say which findings")
    return ids


def is_yes(word: str) -> bool:
    """Whether a word of a query says yes.

    >>> is_yes("1"), is_yes("True"), is_yes("")
    (True, True, False)
    """
    return word.lower() in ("1", "true")


def filter_of(given: Mapping[str, Any]) -> Filter:
    """The filter in query or body. Raises DecisionRefused for a key there is none of."""
    known = {*_FILTER, "states", "every_state", "limit", "verdict"}
    if unknown := sorted(set(given) - known):
        raise DecisionRefused(f"no such filter: {', '.join(unknown)}; known are {sorted(known)}")
    states = given.get("states") or ()
    states = states.split(",") if isinstance(states, str) else states
    limit = str(given.get("limit") or 0)
    if not limit.isdecimal():
        raise DecisionRefused(f"limit: {limit!r} is no number")
    texts = {name: str(given.get(name, "")) for name in _FILTER}
    return replace(
        Filter(**texts),  # type: ignore[arg-type]  # names of texts, every one
        states=tuple(str(state) for state in states),
        every_state=is_yes(str(given.get("every_state", ""))),
        verdict=str(given.get("verdict", "")),
        limit=int(limit),
    )


def flag_of(body: Mapping[str, Any], who: str) -> Flagged:
    """The flag in a JSON body or a form. Raises DecisionRefused."""
    what, minutes = text(body, "what"), str(body.get("minutes", 20))
    if not what:
        raise DecisionRefused("what: a URL or a SKU")
    if not minutes.isdecimal() or int(minutes) > 6000:
        raise DecisionRefused(f"minutes: {minutes!r} is no number of minutes up to 6000")
    about = text(body, "about") or str(Attribute.REPORTED)
    if about not in set(Attribute):
        raise DecisionRefused(f"about: {about!r} is no kind of fact")
    return Flagged(what, who, text(body, "note"), int(minutes), Attribute(about))


def text(body: Mapping[str, Any], key: str) -> str:
    """A text of the body, "" where it is not there. Raises DecisionRefused."""
    value = body.get(key, "")
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise DecisionRefused(f"{key}: a text of at most {LONGEST_TEXT} characters")
    return value.strip()


def _ids(body: Mapping[str, Any]) -> list[str]:
    ids = body.get("ids") or []
    if not isinstance(ids, list) or len(ids) > MOST_IDS or not all(isinstance(i, str) for i in ids):
        raise DecisionRefused(f"ids: a list of at most {MOST_IDS} texts")
    return ids


def _until(until: str, now: datetime, zone: tzinfo) -> datetime | None:
    if "T" in until:  # an instant, as a client that has done the reckoning sends it
        try:
            return datetime.fromisoformat(until).astimezone(UTC).replace(microsecond=0)
        except ValueError as error:
            raise DecisionRefused(f"until: {until!r} is no instant") from error
    try:
        return end_of(until or None, now, zone)
    except ValueError as error:
        raise DecisionRefused(f"until: {error}") from error

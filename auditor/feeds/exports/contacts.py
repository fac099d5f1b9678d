"""Tickets and calls as help desks export them.

Zendesk: the CSV of a view, or of the ticket API's fields. Freshdesk: the ticket export. Anything
else: ``contacts_csv`` with our own column names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b
from typing import TYPE_CHECKING, ClassVar

from auditor.errors import FeedError
from auditor.feeds import fields
from auditor.feeds.exports.sheet import Line, folded, rows
from auditor.model import Contact, RejectedRow

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.feeds.config import FeedConfig
    from auditor.feeds.interface import Record

SUBJECT_KEPT = 200
"""Characters kept of a subject: enough to find the product in it, not the customer's story."""

_CLOCK = re.compile(r"(\d+):([0-5]\d)(?::([0-5]\d))?")
_YES = frozenset({"1", "yes", "y", "true", "repeat", "repeated", "ja", "x"})
_NO = frozenset({"0", "no", "n", "false", "first", "nein"})


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a help desk's export has what; names of columns, folded, the first there is.

    ``minutes`` are in minutes or as a clock (1:30, 00:20:00), ``seconds`` in seconds, ``hours`` in
    hours. ``reopens`` counts how often a ticket was opened again: more than 0 is a repeat.
    """

    tool: str
    id: tuple[str, ...]
    at: tuple[str, ...]
    product: tuple[str, ...]
    subject: tuple[str, ...]
    reason: tuple[str, ...]
    minutes: tuple[str, ...]
    seconds: tuple[str, ...] = ()
    repeat: tuple[str, ...] = ()
    reopens: tuple[str, ...] = ()
    who: tuple[str, ...] = ()
    url: tuple[str, ...] = ("url", "page")


_PRODUCT = ("sku", "product", "product sku", "article", "part number", "item")

DESKS: dict[str, Desk] = {
    "contacts_csv": Desk(
        "contacts",
        id=("id", "ticket", "call", "case"),
        at=("date", "at", "created at"),
        product=_PRODUCT,
        subject=("subject", "text", "note"),
        reason=("reason", "category"),
        minutes=("minutes", "handling minutes"),
        repeat=("repeat", "repeated"),
        reopens=("reopens",),
        who=("customer", "requester", "account"),
    ),
    "zendesk": Desk(
        "Zendesk",
        id=("id", "ticket id", "nice id"),
        at=("created at", "ticket created - date", "ticket created - timestamp"),
        product=(*_PRODUCT, "product [list]", "product [txt]", "sku [txt]"),
        subject=("subject", "ticket subject", "raw subject"),
        reason=("reason", "reason [list]", "contact reason", "contact reason [list]", "ticket type",
                "type", "tags"),
        minutes=("handling minutes", "agent work time (min)", "full resolution time in minutes"),
        seconds=("total time spent (sec)", "total time spent (sec) [int]"),
        reopens=("reopens", "ticket reopens"),
        who=("requester id", "requester", "requester email", "ticket requester id"),
    ),
    "freshdesk": Desk(
        "Freshdesk",
        id=("ticket id", "id"),
        at=("created time", "created at"),
        product=(*_PRODUCT, "cf sku", "cf product"),
        subject=("subject",),
        reason=("reason", "type", "tags"),
        minutes=("time tracked",),
        reopens=("reopens", "reopened"),
        who=("contact id", "requester id", "email", "full name", "company"),
    ),
}  # fmt: skip
"""The help desks, by the ``format`` of the feed."""


@dataclass(frozen=True, slots=True)
class ContactExport:
    """An export of tickets or calls."""

    feed: str
    config: FeedConfig
    name: ClassVar[str] = "contacts"

    def read(self, path: Path) -> Iterator[Record]:
        """Yield the contacts of ``path``. Raises FeedError where it has no id or no date."""
        desk, seen, told = DESKS[self.config.format], set[str](), False
        columns: tuple[str, ...] = ()
        for head, line in rows(path, self.config.encoding):
            if line is None:
                columns = head.columns
                told = told or _is_desk(desk, columns)
                continue
            if not _is_desk(desk, columns):
                continue
            try:
                contact = self._contact(desk, columns, line)
                if contact.id in seen:
                    raise ValueError(f"the id {contact.id} stands here twice")
                seen.add(contact.id)
                yield contact
            except ValueError as error:
                yield RejectedRow(path.name, line.number, str(error), line.text)
        if not told:
            has = ", ".join(columns[:8]) or "nothing"
            raise FeedError(
                f"{path.name} is no export of {desk.tool} that is known here: it has {has}, wanted "
                f"are {desk.id[0]!r} and {desk.at[0]!r}. Export it in English, or rename its "
                "columns and use `format: contacts_csv`"
            )

    def _contact(self, desk: Desk, columns: Sequence[str], line: Line) -> Contact:
        if not line.whole:
            raise ValueError(f"{len(line.cells)} fields where the header has {len(columns)}")

        def cell(names: Sequence[str]) -> str:
            return next((line.cells[n] for n in names if n in columns and line.cells[n]), "")

        number = cell(desk.id)
        at = fields.instant(_iso(cell(desk.at)), self.config.timezone)
        if not number or at is None:
            raise ValueError("a contact needs an id and a date")
        return Contact(
            id=number[:100],
            at=at,
            product=cell(desk.product)[:200],
            url=cell(desk.url)[:2000],
            subject=cell(desk.subject)[:SUBJECT_KEPT],
            reason=cell(desk.reason)[:100],
            minutes=_minutes(cell(desk.minutes), cell(desk.seconds)),
            repeat=_repeat(cell(desk.repeat), cell(desk.reopens)),
            who=_stand_in(cell(desk.who)),
        )


def _is_desk(desk: Desk, columns: Sequence[str]) -> bool:
    return any(n in columns for n in desk.id) and any(n in columns for n in desk.at)


def _iso(text: str) -> str:
    """An instant as Zendesk ("2026-11-02 09:30") or Freshdesk ("2026-11-02 09:30:12 +0100") say it.

    >>> _iso("2026-11-02 09:30:12 +0100"), _iso("2026-11-02 09:30 UTC")
    ('2026-11-02T09:30:12+0100', '2026-11-02T09:30+00:00')
    """
    day, _, rest = text.strip().partition(" ")
    clock = rest.replace("UTC", "+00:00").replace(" ", "")
    return f"{day}T{clock}" if clock else day


def _minutes(text: str, seconds: str) -> Decimal | None:
    """Handling time in minutes.

    >>> _minutes("12", ""), _minutes("01:30:30", ""), _minutes("0:20", ""), _minutes("", "90")
    (Decimal('12'), Decimal('90.5'), Decimal('20'), Decimal('1.5'))
    >>> _minutes("", "") is None
    True
    """
    if text and (clock := _CLOCK.fullmatch(text.strip())):
        hours, minutes, rest = (Decimal(part or 0) for part in clock.groups())
        return hours * 60 + minutes + rest / 60
    if text:
        found = fields.exact(text)
    elif seconds:
        found = fields.exact(seconds) / 60
    else:
        return None
    if not 0 <= found <= 100_000:
        raise ValueError(f"{found} minutes are no handling time")
    return found


def _repeat(flag: str, reopens: str) -> bool | None:
    word = folded(flag)
    if word in _YES:
        return True
    if word in _NO:
        return False
    if word:
        raise ValueError(f"{flag[:20]!r} is no repeat flag; use yes or no")
    return fields.exact(reopens) > 0 if reopens else None


def _stand_in(who: str) -> str:
    """A customer as a digest: told apart from others, not named."""
    return blake2b(folded(who).encode(), digest_size=8).hexdigest() if who else ""

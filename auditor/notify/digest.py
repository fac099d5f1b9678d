"""Events of one reader as a message: a few lines, counts, and a link to the rest. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from auditor.notify.events import Event, Kind
from auditor.plain import printable

LINE = 160
"""Characters of one line's text; the rest stands in the report."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a message: a finding, and how many more the same fix settles (``also``).

    Every text is on one line and can do nothing.
    """

    kind: str
    id: str
    what: str
    claimed: str
    expected: str
    words: str
    url: str
    owner: str
    day: str
    also: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """The findings of one kind: how many there are, and the lines that name them."""

    kind: str
    total: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """What one reader is told: at most so many items; ``more`` were left to the report.

    ``owners`` are (owner, what there is to tell) for the lead, empty in an owner's digest.
    """

    reader: str
    sections: tuple[Section, ...]
    more: int
    owners: tuple[tuple[str, int], ...] = ()

    @property
    def items(self) -> tuple[Item, ...]:
        """All items, section by section."""
        return tuple(item for section in self.sections for item in section.items)

    @property
    def summary(self) -> str:
        """How many of what, as "2 worsened, 5 new"."""
        return ", ".join(f"{section.total} {section.kind}" for section in self.sections)


def digest(
    reader: str,
    news: Sequence[Event],
    lines: int,
    day: Callable[[datetime], str],
    *,
    is_lead: bool = False,
) -> Digest:
    """The digest of ``news`` in its order, with at most ``lines`` lines.

    Every kind that there is gets a line before any gets its second, so that ten new findings do
    not hide the one that is due.
    """
    by_kind = {kind: _bundled([e for e in news if e.kind is kind]) for kind in Kind}
    room = dict.fromkeys(Kind, 0)
    left = lines
    while left and any(room[kind] < len(by_kind[kind]) for kind in Kind):
        for kind in Kind:
            if left and room[kind] < len(by_kind[kind]):
                room[kind] += 1
                left -= 1
    sections = tuple(
        Section(
            str(kind),
            sum(map(len, bundles)),
            tuple(_item(bundle, day) for bundle in bundles[: room[kind]]),
        )
        for kind, bundles in by_kind.items()
        if bundles
    )
    named = sum(len(b) for kind, bundles in by_kind.items() for b in bundles[: room[kind]])
    owners = Counter(event.owner for event in news) if is_lead else Counter[str]()
    return Digest(
        one_line(reader),
        sections,
        len(news) - named,
        tuple((one_line(who) or "nobody", n) for who, n in owners.most_common()),
    )


def _bundled(found: Sequence[Event]) -> list[list[Event]]:
    """Events of one kind that one fix settles, most urgent first: one line each.

    Of what is coming those about one fact of one product belong together: its breaks and pages.
    """
    bundles: dict[object, list[Event]] = {}
    for event in found:
        j = event.finding.judgement
        key: object = event.finding.task or event.finding.fingerprint
        if event.kind is Kind.COMING:
            key = (j.sku, j.attribute, j.key, event.when)
        bundles.setdefault((event.owner, key), []).append(event)
    return list(bundles.values())


def one_line(text: str, limit: int = LINE) -> str:
    """Text of the web on one line, harmless in a terminal and in a header.

    >>> one_line("a\\r\\nBcc: b\\x1b[31m")
    'a Bcc: b⟨U+001B⟩[31m'
    """
    plain = printable(" ".join(text.split()))
    return plain if len(plain) <= limit else plain[: limit - 1] + "…"


def _item(bundle: Sequence[Event], day: Callable[[datetime], str]) -> Item:
    event = bundle[0]
    j = event.finding.judgement
    what = " ".join(part for part in (j.sku, str(j.attribute).replace("_", " "), j.key) if part)
    return Item(
        kind=str(event.kind),
        id=event.finding.id if event.kind is not Kind.COMING else "",
        what=one_line(what),
        claimed=one_line(j.claimed) or "nothing",
        expected=one_line(j.expected) or "nothing",
        words=one_line(event.words),
        url=one_line(j.url, 300),
        owner=one_line(event.owner) or "nobody",
        day=day(event.when),
        also=len(bundle) - 1,
    )

"""What audits came to over time: tallies of every night, what pages said before, quotes' context.

``judgement`` holds the newest look alone; these tables keep what would be lost with the next.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.freshness import Freshness, ProductFacts
from auditor.store.instants import from_text, to_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from auditor.store.audits import PageResult
    from auditor.store.database import AuditStore

SLICES = ("all", "group", "owner", "source")
"""By what audits are tallied; "all" has the one name ""."""


_UNSEEN = Freshness()


@dataclass(frozen=True, slots=True)
class NightTally:
    """One audit's facts of one slice ("group") and name ("Sensors"), and the views they had."""

    as_of: datetime
    slice: str
    name: str
    right: int
    wrong: int
    not_judged: int
    open: int
    freshness: Freshness = _UNSEEN


@dataclass(frozen=True, slots=True)
class JudgedProduct:
    """What was judged of one product on one source."""

    source: str
    group: str
    owner: str
    not_judged: int
    facts: ProductFacts


@dataclass(frozen=True, slots=True)
class FormerClaim:
    """What a page said of a fact before, and the audit that no longer saw it."""

    url: str
    sku: str
    attribute: str
    key: str
    role: str
    claimed: str
    until: datetime


@dataclass(frozen=True, slots=True)
class QuoteContext:
    """Text before and after a quote ("" where it is no visible text), and where to edit it.

    ``passage`` is the whole paragraph that the quote stands in, "" where it stands in none.
    """

    before: str = ""
    after: str = ""
    edit_url: str = ""
    passage: str = ""


class Trends:
    """The tables ``audit_tally``, ``former_claim`` and ``quote_context``."""

    def __init__(self, store: AuditStore) -> None:
        self._store = store
        self._db = store.database

    # Tallies -------------------------------------------------------------------------------------

    def judged(self, late_before: datetime) -> list[JudgedProduct]:
        """Facts by source and product, as judged last; "late" are wrong since before that.

        A fact counts as wrong since its value stopped being true, where that is known, else since
        it was first found. What a person said is not wrong counts as not judged.
        """
        rows = self._db.execute(
            "select c.source, coalesce(p.product_group, ''), coalesce(p.owner, ''), c.sku, "
            "sum(c.counts = 'right'), sum(c.counts = 'wrong'), sum(c.counts = 'not_judged'), "
            "sum(c.counts = 'wrong' and coalesce(f.stale_since, f.first_seen) < ?) "
            "from counted c left join product p on p.sku = c.sku "
            "left join finding f on c.fingerprint != '' and f.fingerprint = c.fingerprint "
            "group by c.source, c.sku order by c.source, c.sku",
            (to_text(late_before),),
        )
        return [
            JudgedProduct(source, group, owner, blind, ProductFacts(sku, right, wrong, late or 0))
            for source, group, owner, sku, right, wrong, blind, late in rows
        ]

    def open_counts(self) -> dict[tuple[str, str], int]:
        """Findings on the work list by slice and name."""
        found: dict[tuple[str, str], int] = {}
        for slice_, column in (
            ("all", "''"),
            ("group", "product_group"),
            ("owner", "owner"),
            ("source", "source"),
        ):
            rows = self._db.execute(f"select {column}, count(*) from open_findings group by 1")
            found.update({(slice_, name): count for name, count in rows})
        return found

    def save(self, audit: int, tallies: Iterable[NightTally]) -> None:
        """Keep an audit's tallies."""
        with self._store.writing():
            self._db.conn.executemany(
                "insert or replace into audit_tally values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        audit,
                        t.slice,
                        t.name,
                        t.right,
                        t.wrong,
                        t.not_judged,
                        t.open,
                        t.freshness.views,
                        t.freshness.right,
                        t.freshness.on_time,
                    )
                    for t in tallies
                ],
            )

    def nights(self, slice_: str, since: datetime) -> dict[str, list[NightTally]]:
        """The tallies of one slice since an instant, by name, oldest first."""
        rows = self._db.execute(
            "select a.as_of, t.slice, t.name, right_facts, wrong_facts, t.not_judged, "
            "open_findings, views, views_right, views_on_time from audit_tally t "
            "join audit a on a.id = t.audit where a.complete and t.slice = ? and a.as_of >= ? "
            "order by a.as_of, a.id",
            (slice_, to_text(since)),
        )
        found: dict[str, list[NightTally]] = defaultdict(list)
        for as_of, name_of, name, right, wrong, blind, opened, *views in rows:
            night = NightTally(
                _instant(as_of), name_of, name, right, wrong, blind, opened, Freshness(*views)
            )
            found[name].append(night)
        return dict(found)

    # What pages said before ----------------------------------------------------------------------

    def note_changes(self, page: PageResult, at: datetime) -> None:
        """Keep what a page said of facts of which it says something else now.

        Call it before the page's newest judgements are saved.
        """
        now: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for j in page.judgements:
            if j.claimed:
                now[(j.sku, j.attribute, j.key, j.role)].add(j.claimed)
        if not now:
            return
        before = self._db.execute(
            "select distinct sku, attribute, key, role, claimed from judgement "
            "where source = ? and url = ? and claimed != ''",
            (page.source, page.url),
        ).fetchall()
        said = [
            (page.source, page.url, *fact, claimed, to_text(at))
            for *fact, claimed in before
            if tuple(fact) in now and claimed not in now[tuple(fact)]
        ]
        self._db.conn.executemany("insert into former_claim values (?, ?, ?, ?, ?, ?, ?, ?)", said)

    def former_claims(self, skus: Collection[str]) -> dict[str, list[FormerClaim]]:
        """What pages said before, by SKU, oldest first."""
        found: dict[str, list[FormerClaim]] = defaultdict(list)
        for chunk in _chunks(sorted(skus)):
            marks = ", ".join("?" * len(chunk))
            rows = self._db.execute(
                "select url, sku, attribute, key, role, claimed, until from former_claim "
                f"where sku in ({marks}) order by until, rowid",
                chunk,
            )
            for url, sku, attribute, key, role, claimed, until in rows:
                said = FormerClaim(url, sku, attribute, key, role, claimed, _instant(until))
                found[sku].append(said)
        return dict(found)

    # Around quotes -------------------------------------------------------------------------------

    def save_contexts(self, contexts: Mapping[str, QuoteContext]) -> None:
        """Keep the words around quotes, by the fingerprint of the finding."""
        self._db.conn.executemany(
            "insert or replace into quote_context (fingerprint, before, after, edit_url, passage) "
            "values (?, ?, ?, ?, ?)",
            [(key, c.before, c.after, c.edit_url, c.passage) for key, c in contexts.items()],
        )

    def contexts(self, fingerprints: Iterable[str]) -> dict[str, QuoteContext]:
        """The words around quotes, by the fingerprint of the finding."""
        found = {}
        for chunk in _chunks(list(fingerprints)):
            marks = ", ".join("?" * len(chunk))
            rows = self._db.execute(
                "select fingerprint, before, after, edit_url from quote_context "
                f"where fingerprint in ({marks})",
                chunk,
            )
            found.update({key: QuoteContext(*rest) for key, *rest in rows})
        return found

    def context(self, fingerprint: str) -> QuoteContext:
        """The words around one finding's quote; none where they are not kept."""
        rows = self._db.execute(
            "select before, after, edit_url, passage from quote_context where fingerprint = ?",
            (fingerprint,),
        )
        return next((QuoteContext(*row) for row in rows), QuoteContext())

    def passages(self) -> dict[str, str]:
        """The paragraphs that quotes stand in, by the fingerprint of the finding."""
        rows = self._db.execute(
            "select fingerprint, passage from quote_context where passage != ''"
        )
        return dict(rows)


def _chunks(names: Sequence[str], size: int = 500) -> Iterable[Sequence[str]]:
    return (names[start : start + size] for start in range(0, len(names), size))


def _instant(text: str) -> Any:
    return from_text(text)

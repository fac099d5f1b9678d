"""Audits in the database: what was judged and skipped on every page, and incidents.

``judgement`` and ``skipped`` hold the newest look at each page, not every night's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.model import Incident, Judgement, Skipped
from auditor.store.instants import from_text, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from auditor.store.database import AuditStore


SAID_NOT_WRONG = "said_not_wrong"
"""The reason of what counts as not judged because a person said that it is not wrong."""


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One audit: its instant, its counts of facts, and whether it got to its end."""

    id: int
    as_of: datetime
    started_at: datetime
    finished_at: datetime | None
    pages: int = 0
    matches: int = 0
    wrong: int = 0
    not_judged: int = 0
    skipped: int = 0
    opened: int = 0
    verified: int = 0
    complete: bool = False


@dataclass(frozen=True, slots=True)
class PageResult:
    """What one page came to; ``fingerprints`` go with ``judgements``, "" for those without."""

    source: str
    url: str
    judgements: tuple[Judgement, ...] = ()
    fingerprints: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """Facts of one group, owner, source or attribute: right, wrong, not judged; and products."""

    name: str
    right: int
    wrong: int
    not_judged: int
    products: int = 0


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How often a reason was given, with examples: (source, url, sku, quote)."""

    reason: str
    count: int
    examples: tuple[tuple[str, str, str, str], ...] = ()


class Audits:
    """The tables ``audit``, ``judgement``, ``skipped`` and ``incident``."""

    def __init__(self, store: AuditStore) -> None:
        self._store = store
        self._db = store.database

    # An audit ------------------------------------------------------------------------------------

    def begin(self, as_of: datetime, started_at: datetime) -> int:
        """Start an audit; its id."""
        with self._store.writing():
            self._db.execute("create temp table if not exists audited (source text, url text)")
            self._db.execute("delete from audited")
            cursor = self._db.execute(
                "insert into audit (as_of, started_at) values (?, ?)",
                (to_text(as_of), to_text(started_at)),
            )
        return int(cursor.lastrowid or 0)

    def save_page(self, page: PageResult) -> None:
        """Replace what is kept of a page."""
        self._db.execute(
            "delete from judgement where source = ? and url = ?", (page.source, page.url)
        )
        self._db.execute(
            "delete from skipped where source = ? and url = ?", (page.source, page.url)
        )
        self._db.conn.executemany(
            "insert into judgement (source, url, sku, attribute, key, role, verdict, diagnosis, "
            "reason, claimed, expected, quote, note, fingerprint) "
            "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                _judgement_row(page, judgement, key)
                for judgement, key in zip(page.judgements, page.fingerprints, strict=True)
            ],
        )
        self._db.conn.executemany(
            "insert into skipped (source, url, sku, attribute, reason, quote, note) "
            "values (?, ?, ?, ?, ?, ?, ?)",
            [
                (page.source, page.url, s.sku, s.attribute or "", s.reason, s.quote, s.note)
                for s in page.skipped
            ],
        )

    def agreed(self, source: str, url: str) -> frozenset[tuple[str, str, str, str]]:
        """What a page said last and was not wrong then: SKU, attribute, key, claimed.

        It was right, too near to a change of the truth, or its feed was in doubt.
        """
        return frozenset(
            self._db.execute(
                "select sku, attribute, key, claimed from judgement where source = ? and url = ? "
                "and (verdict = 'match' or reason in ('propagation_grace', 'source_doubt'))",
                (source, url),
            )
        )

    def mark(self, source: str, url: str) -> None:
        """Note that the audit begun last came to this page."""
        self._db.execute("insert into audited values (?, ?)", (source, url))

    def forget_other_pages(self) -> None:
        """Drop what is kept of pages that this audit did not come to: they are gone.

        Only after ``begin`` and a ``mark`` for every page, on the same open store.
        """
        with self._store.writing():
            self._db.execute(
                "create index if not exists temp.audited_page on audited (source, url)"
            )
            for table in ("judgement", "skipped"):
                self._db.execute(
                    f"delete from {table} where not exists (select 1 from audited a "
                    f"where a.source = {table}.source and a.url = {table}.url)"
                )

    def finish(self, record: AuditRecord) -> None:
        """Save an audit's counts."""
        with self._store.writing():
            self._db.execute(
                "update audit set finished_at = ?, pages = ?, matches = ?, wrong = ?, "
                "not_judged = ?, skipped = ?, opened = ?, verified = ?, complete = ? where id = ?",
                (
                    to_text(record.finished_at),
                    record.pages,
                    record.matches,
                    record.wrong,
                    record.not_judged,
                    record.skipped,
                    record.opened,
                    record.verified,
                    int(record.complete),
                    record.id,
                ),
            )

    # Reading -------------------------------------------------------------------------------------

    def latest(self) -> AuditRecord | None:
        """The newest audit that got to its end."""
        found = self.history(1)
        return found[0] if found else None

    def first_at(self) -> datetime | None:
        """When the first audit that got to its end looked, None before."""
        row = self._db.execute("select min(as_of) from audit where complete").fetchone()
        return from_text(row[0])

    def history(self, limit: int = 400) -> list[AuditRecord]:
        """Complete audits, newest first."""
        rows = self._db.query(
            "select * from audit where complete order by as_of desc, id desc limit ?", [limit]
        )
        return [_audit(row) for row in rows]

    def tallies(self, by: str) -> list[Tally]:
        """Facts right, wrong and not judged by ``group``, ``owner``, ``source`` or ``attribute``.

        What a person said is not wrong counts as not judged. Groups and owners are the product's;
        "" where a fact belongs to no product.
        """
        column = {
            "group": "coalesce(p.product_group, '')",
            "owner": "coalesce(p.owner, '')",
            "source": "c.source",
            "attribute": "c.attribute",
        }[by]
        rows = self._db.execute(
            f"select {column} as name, sum(c.counts = 'right'), sum(c.counts = 'wrong'), "
            "sum(c.counts = 'not_judged'), count(distinct nullif(c.sku, '')) "
            "from counted c left join product p on p.sku = c.sku group by 1 order by 1"
        )
        return [Tally(*row) for row in rows]

    def not_judged(self, examples: int = 3) -> list[ReasonCount]:
        """Why facts were not judged, most frequent first."""
        return self._reasons("counted", "counts = 'not_judged' and reason != ''", examples)

    def said_not_wrong(self) -> int:
        """How many facts were judged wrong last that a person said are not."""
        row = self._db.execute("select count(*) from counted where reason = ?", [SAID_NOT_WRONG])
        return int(row.fetchone()[0])

    def skipped(self, examples: int = 3) -> list[ReasonCount]:
        """Why statements were skipped, most frequent first."""
        return self._reasons("skipped", "1", examples)

    def products_on_pages(self) -> int:
        """Products of which at least one fact was judged or met on a page."""
        row = self._db.execute(
            "select count(distinct sku) from judgement where sku != ''"
        ).fetchone()
        return int(row[0])

    def _reasons(self, table: str, where: str, examples: int) -> list[ReasonCount]:
        counted = self._db.execute(
            f"select reason, count(*) from {table} where {where} "
            "group by reason order by count(*) desc, reason"
        ).fetchall()
        return [
            ReasonCount(
                reason,
                count,
                tuple(
                    self._db.execute(
                        f"select source, url, sku, quote from {table} where {where} "
                        "and reason = ? order by source, url, sku, quote limit ?",
                        (reason, examples),
                    ).fetchall()
                ),
            )
            for reason, count in counted
        ]

    # Incidents -----------------------------------------------------------------------------------

    def open_incidents(self) -> list[Incident]:
        """What is wrong with our own eyes now."""
        return self._incidents("where closed_at is null order by kind, subject")

    def incidents(self, limit: int = 200) -> list[Incident]:
        """Every incident, newest first."""
        return self._incidents("order by id desc limit ?", limit)

    def set_incidents(
        self, kinds: Iterable[str], now_open: Iterable[Incident], at: datetime
    ) -> None:
        """Make ``now_open`` the open incidents of ``kinds``: new ones open, others close.

        An incident that goes on keeps the instant it opened at; its message is brought up to date.
        """
        wanted = {(incident.kind, incident.subject): incident for incident in now_open}
        with self._store.writing():
            for old in self.open_incidents():
                key = (old.kind, old.subject)
                if old.kind in set(kinds) and key not in wanted:
                    self._db.execute(
                        "update incident set closed_at = ? "
                        "where kind = ? and subject = ? and closed_at is null",
                        (to_text(at), *key),
                    )
            for incident in wanted.values():
                self._db.execute(
                    "insert into incident (kind, subject, message, opened_at) values (?, ?, ?, ?) "
                    "on conflict (kind, subject) where closed_at is null "
                    "do update set message = excluded.message",
                    (incident.kind, incident.subject, incident.message, to_text(at)),
                )

    def _incidents(self, tail: str, *values: object) -> list[Incident]:
        rows = self._db.query(f"select * from incident {tail}", list(values))
        return [
            Incident(
                row["kind"],
                row["subject"],
                row["message"],
                from_text(row["opened_at"]),
                from_text(row["closed_at"]),
            )
            for row in rows
        ]


def _judgement_row(page: PageResult, j: Judgement, key: str) -> tuple[object, ...]:
    return (
        page.source,
        page.url,
        j.sku,
        j.attribute,
        j.key,
        j.role,
        j.verdict,
        j.diagnosis,
        j.reason or "",
        j.claimed,
        j.expected,
        j.quote,
        j.note,
        key,
    )


def _audit(row: dict[str, Any]) -> AuditRecord:
    return AuditRecord(
        id=row["id"],
        as_of=_instant(row["as_of"]),
        started_at=_instant(row["started_at"]),
        finished_at=from_text(row["finished_at"]),
        pages=row["pages"],
        matches=row["matches"],
        wrong=row["wrong"],
        not_judged=row["not_judged"],
        skipped=row["skipped"],
        opened=row["opened"],
        verified=row["verified"],
        complete=bool(row["complete"]),
    )


def _instant(text: str) -> Any:
    return from_text(text)

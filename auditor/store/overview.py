"""What only all pages together show: cross-checks of two sources, and remarks of an audit."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from auditor.model import (
    Attribute,
    Diagnosis,
    Finding,
    Judgement,
    Reason,
    Truth,
    Verdict,
)
from auditor.store.instants import to_text
from auditor.values.types import Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from auditor.compare.three_way import CrossCheck
    from auditor.store.database import AuditStore


@dataclass(frozen=True, slots=True)
class Remark:
    """Something an audit noticed that is no finding: one for each kind and source or feed.

    ``examples`` are (url or "", sku or "", text); ``count`` counts all, not only the examples.
    """

    kind: str
    subject: str
    count: int
    message: str
    examples: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """How website, knowledge base and feed stand to each other on one fact, as it was stored.

    ``standing`` is a word of ``auditor.compare.Standing``; ``website`` and ``kms`` what they say.
    """

    sku: str
    attribute: str
    key: str
    role: str
    standing: str
    website: str
    website_url: str
    kms: str
    kms_url: str
    expected: str
    feed: str
    note: str


class Overview:
    """The tables ``cross_check`` and ``remark``, and what they are made from."""

    def __init__(self, store: AuditStore) -> None:
        self._store = store
        self._db = store.database

    # Reading -------------------------------------------------------------------------------------

    def stated_on_both(self, kms: Sequence[str], sku: str = "") -> Iterator[list[Judgement]]:
        """What pages say of each product that sources ``kms`` and others speak of.

        One list a product, by SKU; ``sku`` wants just that one. Rejected findings are left out,
        for a person has said that the page is right.
        """
        marks = ", ".join("?" * len(kms))
        one = " and sku = ?" if sku else ""
        rows = self._db.execute(
            "select j.source, j.url, j.sku, j.attribute, j.key, j.role, j.verdict, j.diagnosis, "
            "j.reason, j.claimed, j.expected, j.quote, j.note, coalesce(f.truth_feed, ''), "
            "coalesce(f.truth_row, '') from judgement j "
            "left join finding f on j.fingerprint != '' and f.fingerprint = j.fingerprint "
            "where j.claimed != '' and coalesce(f.state, '') != 'rejected' and j.sku in "
            f"(select sku from judgement where source in ({marks}) and sku != ''{one}) "
            "order by j.sku, j.source, j.url, j.rowid",
            (*kms, sku) if sku else tuple(kms),
        )
        for _, judged in groupby(rows, key=lambda row: row[2]):
            yield [_judgement(row) for row in judged]

    def beside(self, finding: Finding) -> Beside | None:
        """The cross-check of the fact that a finding is about; None where there is none."""
        j = finding.judgement
        rows = self._db.query(
            "select * from cross_check where sku = ? and attribute = ? and key = ? and "
            "(role = ? or standing = 'contradiction')",
            [j.sku, j.attribute, j.key, j.role],
        )
        row = next(iter(rows), None)
        return _beside(row) if row is not None else None

    def beside_all(self, findings: Iterable[Finding]) -> dict[str, Beside]:
        """The cross-checks of many findings, by the findings' ids; one query."""
        facts: dict[tuple[str, str, str], list[Beside]] = {}
        for check in self.checks():
            facts.setdefault((check.sku, check.attribute, check.key), []).append(check)
        found = {}
        for finding in findings:
            role = finding.judgement.role
            for check in facts.get(_fact(finding), ()):
                if check.role == role or check.standing == "contradiction":
                    found[finding.id] = check
                    break
        return found

    def checks(self, standing: str = "") -> list[Beside]:
        """Every cross-check, by product."""
        rows = self._db.query(
            "select * from cross_check where ? in ('', standing) "
            "order by sku, attribute, key, role",
            [standing],
        )
        return [_beside(row) for row in rows]

    def remarks(self) -> list[Remark]:
        """What the newest audit noticed."""
        rows = self._db.execute(
            "select kind, subject, count, message, examples from remark order by kind, subject"
        )
        return [
            Remark(kind, subject, count, message, tuple(map(tuple, json.loads(examples))))
            for kind, subject, count, message, examples in rows
        ]

    def strangers(self, source: str, examples: int) -> Remark | None:
        """Pages of a source that price something and are about no product of the catalogue."""
        where = (
            "from skipped s where s.source = ? and s.reason = ? and s.attribute = 'price' and not "
            "exists (select 1 from judgement j where j.source = s.source and j.url = s.url)"
        )
        values = (source, str(Reason.UNKNOWN_PRODUCT))
        count = self._db.execute(f"select count(distinct s.url) {where}", values).fetchone()[0]
        rows = self._db.execute(
            f"select s.url, '', min(s.quote) {where} group by s.url order by s.url limit ?",
            (*values, examples),
        ).fetchall()
        return Remark("unknown_products", source, count, "", tuple(rows)) if count else None

    def unmentioned(self, at: datetime, examples: int) -> list[Remark]:
        """Offers and policies in force at ``at`` that no page states, feed by feed."""
        now = to_text(at)
        rows = self._db.execute(
            "select distinct t.feed, t.attribute, t.key, t.sku from truth t where "
            "t.attribute in ('offer', 'policy') and t.removed_at is null and "
            "(t.valid_from is null or t.valid_from <= ?) and "
            "(t.valid_to is null or t.valid_to > ?) and not exists (select 1 from judgement j "
            "where j.sku = t.sku and j.attribute = t.attribute and j.key = t.key "
            "and j.claimed != '') order by 1, 2, 3, 4",
            (now, now),
        ).fetchall()
        found = []
        for feed, group in groupby(rows, key=lambda row: row[0]):
            silent = [("", sku, f"{attribute} {key}") for _, attribute, key, sku in group]
            found.append(Remark("unmentioned", feed, len(silent), "", tuple(silent[:examples])))
        return found

    # Writing -------------------------------------------------------------------------------------

    def replace_checks(self, checks: Iterable[CrossCheck], sku: str = "") -> None:
        """Make ``checks`` all there are, or all there are of ``sku``."""
        with self._store.writing():
            self._db.execute("delete from cross_check where ? in ('', sku)", (sku,))
            self._db.conn.executemany(
                "insert or replace into cross_check (sku, attribute, key, role, standing, "
                "website_source, website_url, website, kms_source, kms_url, kms, expected, feed, "
                "note) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [_row(check) for check in checks],
            )

    def replace_remarks(self, remarks: Iterable[Remark]) -> None:
        """Make ``remarks`` all there are."""
        with self._store.writing():
            self._db.execute("delete from remark")
            self._db.conn.executemany(
                "insert or replace into remark values (?, ?, ?, ?, ?)",
                [(r.kind, r.subject, r.count, r.message, json.dumps(r.examples)) for r in remarks],
            )


def _fact(finding: Finding) -> tuple[str, str, str]:
    j = finding.judgement
    return j.sku, j.attribute, j.key


def _judgement(row: Sequence[Any]) -> Judgement:
    source, url, sku, attribute, key, role, verdict, diagnosis, reason, claimed = row[:10]
    expected, quote, note, feed, where = row[10:]
    stated = Attribute(attribute)
    truth = Truth(sku, stated, key, Word(expected, expected), feed=feed, row=where)
    return Judgement(
        source=source,
        url=url,
        sku=sku,
        attribute=stated,
        key=key,
        role=role,
        verdict=Verdict(verdict),
        diagnosis=Diagnosis(diagnosis),
        reason=Reason(reason) if reason in set(Reason) else None,
        truth=truth if feed else None,
        claimed=claimed,
        expected=expected,
        note=note,
        quote=quote,
    )


def _row(check: CrossCheck) -> tuple[object, ...]:
    site, desk = check.website, check.kms
    truth = site.truth or desk.truth
    return (
        check.sku,
        check.attribute,
        check.key,
        check.role,
        check.standing,
        site.source,
        site.url,
        site.claimed,
        desk.source,
        desk.url,
        desk.claimed,
        site.expected or desk.expected,
        truth.feed if truth else "",
        check.note,
    )


def _beside(row: dict[str, Any]) -> Beside:
    return Beside(
        sku=row["sku"],
        attribute=row["attribute"],
        key=row["key"],
        role=row["role"],
        standing=row["standing"],
        website=row["website"],
        website_url=row["website_url"],
        kms=row["kms"],
        kms_url=row["kms_url"],
        expected=row["expected"],
        feed=row["feed"],
        note=row["note"],
    )

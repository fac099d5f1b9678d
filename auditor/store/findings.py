"""Findings in the database: the findings themselves, decisions on them, steps of their lives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from auditor.errors import NotFound
from auditor.findings import StateChange
from auditor.model import Decision, Finding
from auditor.store.finding_rows import UPSERT, decision_of, finding_of, row_of
from auditor.store.instants import instant, to_text
from auditor.tasks import ID_MARK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from auditor.store.database import AuditStore

_ON_THE_LIST = ("open", "acknowledged", "claimed_fixed", "not_observed", "reopened")
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Filter:
    """Which findings are wanted; an empty field wants them all.

    ``states`` empty means what is on the list: open, acknowledged, claimed_fixed, not_observed,
    reopened. ``text`` is looked for in product, sku, url and quote. ``only_wrong`` leaves out what
    a person said is not wrong (see the view ``not_wrong``). ``limit`` 0 is no limit.
    """

    states: tuple[str, ...] = ()
    source: str = ""
    url: str = ""
    sku: str = ""
    group: str = ""
    owner: str = ""
    attribute: str = ""
    verdict: str = ""
    diagnosis: str = ""
    task: str = ""
    text: str = ""
    every_state: bool = False
    only_wrong: bool = False
    limit: int = 0


class Findings:
    """The tables ``finding``, ``decision`` and ``state_change``."""

    def __init__(self, store: AuditStore) -> None:
        self._store = store
        self._db = store.database

    # Reading -------------------------------------------------------------------------------------

    def of_page(self, source: str, url: str) -> list[Finding]:
        """Every finding of a page, whatever its state."""
        return self._select("where source = ? and url = ? order by fingerprint", (source, url))

    def pages(self, source: str) -> list[str]:
        """URLs of a source that have a finding."""
        rows = self._db.execute(
            "select distinct url from finding where source = ? order by url", (source,)
        )
        return [row[0] for row in rows]

    def matching(self, wanted: Filter) -> list[Finding]:
        """Findings that fit, most urgent first."""
        clauses, values = _conditions(wanted)
        tail = " order by priority desc, id"
        if wanted.limit:
            tail += " limit ?"
            values.append(wanted.limit)
        where = f"where {' and '.join(clauses)}" if clauses else ""
        return self._select(where + tail, values)

    def count(self, wanted: Filter) -> int:
        """How many fit; the filter's limit does not count."""
        clauses, values = _conditions(wanted)
        where = f"where {' and '.join(clauses)}" if clauses else ""
        row = self._db.execute(f"select count(*) from finding {where}", values).fetchone()
        return int(row[0])

    def by_id(self, prefix: str) -> Finding:
        """The finding whose id or fingerprint starts with ``prefix``.

        Raises NotFound, with close ids, where there is none or more than one.
        """
        wanted = prefix.strip().lower()
        if not wanted or not all(letter in "0123456789abcdef" for letter in wanted):
            raise NotFound(
                f"{prefix!r} is no id of a finding (like 3fa9c01b) or of a task (like t51be02c); "
                "`sellby findings` and `sellby findings --tasks` list them"
            )
        exact = self._select("where id = ?", (wanted,))
        if exact:
            return exact[0]
        found = self._select(
            "where fingerprint >= ? and fingerprint < ? order by fingerprint limit 6",
            (wanted, wanted + "g"),
        )
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(finding.id for finding in found[:5])
            raise NotFound(f"{prefix!r} fits more than one finding: {ids}; say more letters")
        raise NotFound(f"there is no finding {prefix!r}; `sellby findings --all` lists every one")

    def of_task(self, prefix: str) -> list[Finding]:
        """Every finding of the task whose id starts with ``prefix``, whatever its state.

        Raises NotFound, with close ids, where there is no such task or more than one.
        """
        wanted = prefix.strip().lower()
        rows = self._db.execute(
            "select distinct task_id, task from finding where task_id >= ? and task_id < ? "
            "order by task_id limit 6",
            (wanted, wanted + "~"),
        ).fetchall()
        exact = [row for row in rows if row[0] == wanted]
        if len(exact or rows) == 1:
            found = (exact or rows)[0][0]
            return self._select("where task_id = ? order by priority desc, id", (found,))
        if rows:
            ids = ", ".join(row[0] for row in rows[:5])
            raise NotFound(f"{prefix!r} fits more than one task: {ids}; say more letters")
        raise NotFound(
            f"there is no task {prefix!r}; `sellby findings --tasks` lists those there are"
        )

    def named(self, prefix: str) -> list[Finding]:
        """What the id of a finding or of a task stands for: one finding, or all of a task.

        Raises NotFound.
        """
        is_task = prefix.strip().lower().startswith(ID_MARK)
        return self.of_task(prefix) if is_task else [self.by_id(prefix)]

    def decisions(self, fingerprints: Iterable[str]) -> dict[str, list[Decision]]:
        """The decisions on findings, oldest first, by fingerprint."""
        found: dict[str, list[Decision]] = {}
        for row in self._of("decision", fingerprints):
            found.setdefault(row["fingerprint"], []).append(decision_of(row))
        return found

    def history(self, fingerprint: str) -> list[StateChange]:
        """The steps of a finding's life, oldest first."""
        return self.histories([fingerprint]).get(fingerprint, [])

    def histories(self, fingerprints: Iterable[str]) -> dict[str, list[StateChange]]:
        """The steps of findings' lives, oldest first, by fingerprint."""
        found: dict[str, list[StateChange]] = {}
        for row in self._of("state_change", fingerprints):
            key = row["fingerprint"]
            step = StateChange(key, instant(row["at"]), row["old"], row["new"], row["why"])
            found.setdefault(key, []).append(step)
        return found

    def fixed_since(self, since: datetime) -> list[Finding]:
        """Findings that a crawl after ``since`` saw right, newest first."""
        return self._select(
            "where state = 'verified' and closed_at > ? order by closed_at desc, priority desc, id",
            (to_text(since),),
        )

    def is_decided_after(self, at: datetime) -> bool:
        """Whether anybody decided anything after an instant."""
        row = self._db.execute("select exists (select 1 from decision where at > ?)", [to_text(at)])
        return bool(row.fetchone()[0])

    def not_wrong(self) -> frozenset[str]:
        """Fingerprints of what a person said is not wrong."""
        return frozenset(row[0] for row in self._db.execute("select fingerprint from not_wrong"))

    def _of(self, table: str, fingerprints: Iterable[str]) -> Iterator[dict[str, Any]]:
        """Rows of a table that belong to findings, in few queries."""
        wanted = list(fingerprints)
        for start in range(0, len(wanted), _AT_ONCE):
            keys = wanted[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(keys))
            yield from self._query(
                f"select * from {table} where fingerprint in ({marks}) order by id", keys
            )

    def counts(self) -> dict[str, int]:
        """Findings by state."""
        rows = self._db.execute("select state, count(*) from finding group by state order by state")
        return dict(rows)

    # Writing -------------------------------------------------------------------------------------

    def save(self, findings: Iterable[Finding], history: Iterable[StateChange] = ()) -> None:
        """Insert or replace findings and add steps; one transaction.

        A new finding's id is lengthened where another finding has it already.
        """
        with self._store.writing():
            for finding in findings:
                self._db.execute(UPSERT, row_of(self._with_free_id(finding)))
            for change in history:
                self._db.execute(
                    "insert into state_change (fingerprint, at, old, new, why) "
                    "values (?, ?, ?, ?, ?)",
                    (
                        change.fingerprint,
                        to_text(change.at),
                        change.old,
                        change.new,
                        change.why,
                    ),
                )

    def record(self, decision: Decision, finding: Finding, change: StateChange | None) -> None:
        """Append a decision and save what it made of the finding; one transaction."""
        before = decision.before
        with self._store.writing():
            self._db.execute(
                "insert into decision (fingerprint, kind, who, at, reason, note, until, assignee, "
                "claimed, expected, evidence, old_state, old_owner, old_waived_until, "
                "old_closed_at, undoes) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    decision.fingerprint,
                    decision.kind,
                    decision.who,
                    to_text(decision.at),
                    decision.reason,
                    decision.note,
                    to_text(decision.until),
                    decision.assignee,
                    decision.claimed,
                    decision.expected,
                    decision.evidence,
                    before.state if before else "",
                    before.owner if before else "",
                    to_text(before.waived_until) if before else None,
                    to_text(before.closed_at) if before else None,
                    decision.undoes or None,
                ),
            )
            self.save([finding], [change] if change is not None else [])

    def _with_free_id(self, finding: Finding) -> Finding:
        length = len(finding.id)
        while True:
            wanted = finding.fingerprint[:length]
            row = self._db.execute("select fingerprint from finding where id = ?", (wanted,))
            taken = row.fetchone()
            if taken is None or taken[0] == finding.fingerprint:
                return finding if wanted == finding.id else replace(finding, id=wanted)
            length += 2

    def _select(self, tail: str, values: Sequence[object]) -> list[Finding]:
        return [finding_of(row) for row in self._query(f"select * from finding {tail}", values)]

    def _query(self, sql: str, values: Sequence[object]) -> Iterator[dict[str, Any]]:
        return self._db.query(sql, list(values))


def _conditions(wanted: Filter) -> tuple[list[str], list[object]]:
    clauses: list[str] = []
    values: list[object] = []
    if not wanted.every_state:
        states = wanted.states or _ON_THE_LIST
        clauses.append(f"state in ({', '.join('?' * len(states))})")
        values += states
    if wanted.only_wrong:
        clauses.append("fingerprint not in (select fingerprint from not_wrong)")
    columns = {
        "source": wanted.source,
        "url": wanted.url,
        "sku": wanted.sku,
        "product_group": wanted.group,
        "owner": wanted.owner,
        "attribute": wanted.attribute,
        "verdict": wanted.verdict,
        "diagnosis": wanted.diagnosis,
    }
    if wanted.task:
        clauses.append("(task = ? collate nocase or task_id = ?)")
        values += [wanted.task, wanted.task.lower()]
    for column, value in columns.items():
        if value:
            clauses.append(f"{column} = ? collate nocase")
            values.append(value)
    if wanted.text:
        clauses.append("instr(lower(product || ' ' || sku || ' ' || url || ' ' || quote), ?)")
        values.append(wanted.text.lower())
    return clauses, values
